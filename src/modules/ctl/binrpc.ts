import { type RpcArgument, RpcStruct } from '../../module/rpc.ts';

/**
 * BINRPC, the binary protocol of kamcmd. A packet is one byte `magic|version`, one byte `type|length sizes`, the
 * body's length, a cookie that the reply repeats, and records. A record begins with one byte: bit 7 says that bits
 * 6-4 give not the size but the number of size bytes that follow; bits 3-0 are the type.
 */

export const MAGIC = 0xa1;

export const PacketType = { request: 0, reply: 1, fault: 3 } as const;

export const RecordType = { int: 0, string: 1, double: 2, struct: 3, array: 4, name: 5, bytes: 6 } as const;

/** Records with no size byte of their own that close what was opened. */
export const END = 0x80;

export interface BinrpcRequest {
  readonly method: string;
  readonly args: readonly RpcArgument[];
  /** Repeated in the reply. */
  readonly cookie: Uint8Array;
  /** Bytes of the whole packet. */
  readonly length: number;
}

/** `more`: not all there yet; a string says why it is no request. */
export type ParsedPacket = BinrpcRequest | 'more' | { readonly error: string };

/** Parses the packet at the start of `data`; bodies over `maxBytes` are refused. */
export function parseRequest(data: Uint8Array, maxBytes: number): ParsedPacket {
  if (data.length < 2) return 'more';
  const second = data[1] as number;
  if (data[0] !== MAGIC) return { error: 'not a BINRPC packet' };
  if (second >> 4 !== PacketType.request) return { error: 'not a BINRPC request' };
  const lengthSize = ((second >> 2) & 3) + 1;
  const cookieSize = (second & 3) + 1;
  const bodyStart = 2 + lengthSize + cookieSize;
  if (data.length < bodyStart) return 'more';
  const bodyLength = bigEndian(data, 2, lengthSize);
  if (bodyLength > maxBytes)
    return { error: `request of ${bodyLength} bytes is over the limit of ${maxBytes}` };
  if (data.length < bodyStart + bodyLength) return 'more';
  const cookie = data.slice(2 + lengthSize, bodyStart);
  const values = new RecordReader(data, bodyStart, bodyStart + bodyLength).values();
  if (values === undefined) return { error: 'malformed record' };
  const [method, ...args] = values;
  if (typeof method !== 'string') return { error: 'no method name' };
  return { method, args, cookie, length: bodyStart + bodyLength };
}

function bigEndian(data: Uint8Array, start: number, size: number): number {
  let value = 0;
  for (let i = 0; i < size; i++) value = value * 256 + (data[start + i] as number);
  return value;
}

class RecordReader {
  readonly #data: Uint8Array;
  readonly #end: number;
  #position: number;

  constructor(data: Uint8Array, start: number, end: number) {
    this.#data = data;
    this.#position = start;
    this.#end = end;
  }

  /** All records up to the end; undefined when one is malformed. */
  values(): RpcArgument[] | undefined {
    const out: RpcArgument[] = [];
    while (this.#position < this.#end) {
      const value = this.#value();
      if (value === undefined) return undefined;
      out.push(value);
    }
    return out;
  }

  #value(): RpcArgument | undefined {
    const head = this.#head();
    if (head === undefined) return undefined;
    const { type, size } = head;
    if (type === RecordType.struct) return size === 0 && !head.sized ? this.#struct() : undefined;
    if (this.#position + size > this.#end) return undefined;
    const start = this.#position;
    this.#position += size;
    switch (type) {
      case RecordType.int:
        return size <= 4 ? this.#int(start, size) : undefined;
      case RecordType.double:
        return size <= 4 ? this.#int(start, size) / 1000 : undefined;
      case RecordType.string:
        return size === 0 ? '' : this.#text(start, size - 1);
      case RecordType.bytes:
        return this.#text(start, size);
      default:
        return undefined;
    }
  }

  #head(): { type: number; size: number; sized: boolean } | undefined {
    const first = this.#data[this.#position++];
    if (first === undefined || this.#position > this.#end) return undefined;
    const sized = (first & END) !== 0;
    const bits = (first >> 4) & 7;
    if (!sized) return { type: first & 15, size: bits, sized };
    if (bits === 0 || bits > 4 || this.#position + bits > this.#end)
      return { type: first & 15, size: 0, sized };
    const size = bigEndian(this.#data, this.#position, bits);
    this.#position += bits;
    return { type: first & 15, size, sized };
  }

  #struct(): RpcStruct | undefined {
    const struct = new RpcStruct();
    for (;;) {
      if (this.#data[this.#position] === (END | RecordType.struct)) {
        this.#position++;
        return struct;
      }
      const head = this.#head();
      if (head?.type !== RecordType.name || this.#position + head.size > this.#end || head.size === 0)
        return undefined;
      const name = this.#text(this.#position, head.size - 1);
      this.#position += head.size;
      const value = this.#value();
      if (value === undefined) return undefined;
      struct.add(name, value);
    }
  }

  /** Four bytes are two's complement; fewer are not negative. */
  #int(start: number, size: number): number {
    const value = bigEndian(this.#data, start, size);
    return size === 4 ? value | 0 : value;
  }

  #text(start: number, size: number): string {
    return Buffer.from(this.#data.buffer, this.#data.byteOffset + start, size).toString('utf8');
  }
}
