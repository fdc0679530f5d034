/** The server name in a ClientHello (RFC 8446 §4.1.2, RFC 6066 §3), read before the handshake begins. */

const handshakeRecord = 22;
const clientHello = 1;
const serverNameExtension = 0;
const hostNameType = 0;

/** Bytes of a ClientHello that are waited for; real ones have some hundred. */
export const maxHelloBytes = 18_432;

/**
 * The name; '' when there is none or the bytes are no ClientHello, which the handshake will find out;
 * undefined when more bytes are needed.
 */
export function serverNameOf(bytes: Buffer): string | undefined {
  const hello = handshakeBytes(bytes);
  if (hello === undefined) return bytes.length > maxHelloBytes ? '' : undefined;
  if (hello.length < 4 || hello[0] !== clientHello) return '';
  const reader = new Reader(hello.subarray(4, 4 + hello.readUIntBE(1, 3)));
  reader.skip(2 + 32); // version, random
  reader.vector(1); // session id
  reader.vector(2); // cipher suites
  reader.vector(1); // compression methods
  return nameIn(new Reader(reader.vector(2)));
}

/** The first handshake message out of its records; undefined while it is incomplete, empty when it is none. */
function handshakeBytes(bytes: Buffer): Buffer | undefined {
  const parts: Buffer[] = [];
  let have = 0;
  for (let at = 0; ; ) {
    if (at < bytes.length && bytes[at] !== handshakeRecord) return Buffer.alloc(0);
    if (at + 5 > bytes.length) return undefined;
    const length = bytes.readUInt16BE(at + 3);
    const part = bytes.subarray(at + 5, at + 5 + length);
    parts.push(part);
    have += part.length;
    const message = Buffer.concat(parts);
    if (have >= 4 && have >= 4 + message.readUIntBE(1, 3)) return message;
    if (part.length < length) return undefined;
    at += 5 + length;
  }
}

function nameIn(extensions: Reader): string {
  while (extensions.left >= 4) {
    const type = extensions.uint16();
    const body = extensions.vector(2);
    if (type !== serverNameExtension) continue;
    const names = new Reader(new Reader(body).vector(2));
    return names.uint8() === hostNameType ? names.vector(2).toString('latin1') : '';
  }
  return '';
}

/** Reads vectors; behind the end everything is empty. */
class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  skip(count: number): void {
    this.#at = Math.min(this.#bytes.length, this.#at + count);
  }

  uint8(): number {
    return this.left < 1 ? 0 : this.#bytes.readUInt8(this.#at++);
  }

  uint16(): number {
    return this.uint8() * 256 + this.uint8();
  }

  /** Bytes behind their length of `lengthBytes`. */
  vector(lengthBytes: 1 | 2): Buffer {
    const length = lengthBytes === 1 ? this.uint8() : this.uint16();
    const start = this.#at;
    this.skip(length);
    return this.#bytes.subarray(start, this.#at);
  }
}
