import {
  type RpcArgument,
  RpcDouble,
  RpcFault,
  RpcRecords,
  type RpcReply,
  RpcStruct,
  type RpcValue,
} from '../../module/rpc.ts';

/**
 * BINRPC, the binary protocol of kamcmd. A packet is one byte `magic|version`, one byte `type|length sizes`, the
 * body's length, a cookie that the reply repeats, and records. A record begins with one byte: bit 7 says that bits
 * 6-4 give not the size but the number of size bytes that follow; bits 3-0 are the type.
 */

const MAGIC = 0xa1;

const PacketType = { request: 0, reply: 1, fault: 3 } as const;

const RecordType = { int: 0, string: 1, double: 2, struct: 3, array: 4, name: 5, bytes: 6 } as const;

/** Records with no size byte of their own that close what was opened. */
const END = 0x80;

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

/** The packet that answers `cookie`. */
export function encodeReply(reply: RpcReply, cookie: Uint8Array): Buffer {
  const writer = new RecordWriter();
  if (reply instanceof RpcFault) {
    writer.value(reply.code);
    writer.value(reply.text);
    return packet(PacketType.fault, cookie, writer.bytes());
  }
  for (const value of reply) writer.value(value);
  return packet(PacketType.reply, cookie, writer.bytes());
}

function packet(type: number, cookie: Uint8Array, body: Buffer): Buffer {
  const length = unsignedBytes(body.length);
  const head = [MAGIC, (type << 4) | ((Math.max(1, length.length) - 1) << 2) | (cookie.length - 1)];
  return Buffer.concat([Buffer.from(head), Buffer.from(length.length === 0 ? [0] : length), cookie, body]);
}

function unsignedBytes(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return bytes;
}

/** Writes records one behind the other into one growing buffer: a dump may have millions of them. */
class RecordWriter {
  #buffer = Buffer.allocUnsafe(1024);
  #length = 0;

  bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  value(value: RpcValue): void {
    if (typeof value === 'number') this.#number(value);
    else if (typeof value === 'string') this.#text(RecordType.string, value);
    else if (value instanceof RpcDouble) this.#int(RecordType.double, Math.round(value.value * 1000));
    else if (value instanceof RpcStruct) this.#struct(value);
    else if (value instanceof RpcRecords) this.#records(value);
    else this.#list(value);
  }

  #number(value: number): void {
    if (Number.isInteger(value)) this.#int(RecordType.int, value);
    else this.#int(RecordType.double, Math.round(value * 1000));
  }

  /** As few bytes as keep the sign bit clear; negative ones and those over 31 bits take four. */
  #int(type: number, value: number): void {
    const bits = Math.abs(value) > 0xffffffff ? 0xffffffff : value >>> 0;
    let size = 4;
    if (value >= 0 && value <= 0x7fffffff) {
      size = byteCount(bits);
      if (size > 0 && size < 4 && bits >>> (8 * size - 1) === 1) size++;
    }
    this.#byte((size << 4) | type);
    this.#number32(bits, size);
  }

  #text(type: number, text: string): void {
    const size = Buffer.byteLength(text, 'utf8') + 1;
    if (size < 8) this.#byte((size << 4) | type);
    else {
      const digits = byteCount(size);
      this.#byte(END | (digits << 4) | type);
      this.#number32(size, digits);
    }
    this.#reserve(size);
    this.#length += this.#buffer.write(text, this.#length, 'utf8');
    this.#buffer[this.#length++] = 0;
  }

  /** `size` bytes, the most significant first. */
  #number32(bits: number, size: number): void {
    for (let shift = 8 * (size - 1); shift >= 0; shift -= 8) this.#byte((bits >>> shift) & 255);
  }

  #byte(byte: number): void {
    this.#reserve(1);
    this.#buffer[this.#length++] = byte;
  }

  #reserve(size: number): void {
    if (this.#length + size <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(2 * this.#buffer.length, this.#length + size));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }

  #struct(struct: RpcStruct): void {
    this.#byte(RecordType.struct);
    this.#members(struct);
    this.#byte(END | RecordType.struct);
  }

  #records({ list }: RpcRecords): void {
    this.#byte(RecordType.struct);
    for (const each of list) this.#struct(each);
    this.#byte(END | RecordType.struct);
  }

  #members(struct: RpcStruct): void {
    for (const { name, value } of struct.members) {
      this.#text(RecordType.name, name);
      this.value(value);
    }
  }

  /** kamcmd knows a list of records as one struct with all their members. */
  #list(list: readonly RpcValue[]): void {
    const type = list.every((each) => each instanceof RpcStruct) ? RecordType.struct : RecordType.array;
    this.#byte(type);
    for (const each of list) {
      if (type === RecordType.struct) this.#members(each as RpcStruct);
      else this.value(each);
    }
    this.#byte(END | type);
  }
}

/** Bytes that a number from 0 to 2^32-1 takes; 0 takes none. */
function byteCount(bits: number): number {
  return bits === 0 ? 0 : Math.ceil((32 - Math.clz32(bits)) / 8);
}
