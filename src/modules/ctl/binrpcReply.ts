import { Buffer } from 'node:buffer';
import type { LoopSlices } from '../../base/loopSlices.ts';
import {
  RpcDouble,
  RpcFault,
  RpcLongList,
  RpcRecords,
  type RpcReply,
  RpcStruct,
  type RpcValue,
} from '../../module/rpc.ts';
import { END, MAGIC, PacketType, RecordType } from './binrpc.ts';

/** The packet that answers `cookie`. */
export function encodeReply(reply: RpcReply, cookie: Uint8Array): Buffer {
  const writer = new RecordWriter();
  for (const _ of writer.reply(reply)); // in one go
  return Buffer.concat(writer.packet(packetType(reply), cookie));
}

/** The same in slices, for replies of any length: the parts of the packet, one behind the other. */
export async function encodeInSlices(
  reply: RpcReply,
  cookie: Uint8Array,
  slices: LoopSlices,
): Promise<readonly Buffer[]> {
  const writer = new RecordWriter();
  for (const _ of writer.reply(reply)) {
    const pause = slices.step();
    if (pause !== undefined) await pause;
  }
  return writer.packet(packetType(reply), cookie);
}

function packetType(reply: RpcReply): number {
  return reply instanceof RpcFault ? PacketType.fault : PacketType.reply;
}

function unsignedBytes(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return bytes;
}

const partBytes = 65536;

/**
 * Writes records one behind the other into parts of fixed size: a dump may have millions of them. What holds others
 * is a generator, which yields behind each value so that the loop can have its turn.
 */
class RecordWriter {
  readonly #full: Buffer[] = [];
  #part = Buffer.allocUnsafe(1024);
  #length = 0;

  packet(type: number, cookie: Uint8Array): Buffer[] {
    const body = [...this.#full, this.#part.subarray(0, this.#length)];
    const length = unsignedBytes(body.reduce((sum, part) => sum + part.length, 0));
    const head = [MAGIC, (type << 4) | ((Math.max(1, length.length) - 1) << 2) | (cookie.length - 1)];
    const front = Buffer.concat([Buffer.from(head), Buffer.from(length.length === 0 ? [0] : length), cookie]);
    return body.length === 1 ? [Buffer.concat([front, ...body])] : [front, ...body];
  }

  *reply(reply: RpcReply): Generator<void> {
    const values = reply instanceof RpcFault ? [reply.code, reply.text] : reply;
    for (const value of values) yield* this.#value(value);
  }

  *#value(value: RpcValue): Generator<void> {
    if (value instanceof RpcStruct) yield* this.#struct(value);
    else if (value instanceof RpcRecords) yield* this.#records(value);
    else if (value instanceof RpcLongList) yield* this.#merged(value.items());
    else if (typeof value === 'object' && !(value instanceof RpcDouble)) yield* this.#list(value);
    else this.#scalar(value);
    yield;
  }

  #scalar(value: number | string | RpcDouble): void {
    if (typeof value === 'number') this.#number(value);
    else if (typeof value === 'string') this.#text(RecordType.string, value);
    else this.#int(RecordType.double, Math.round(value.value * 1000));
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
    this.#length += this.#part.write(text, this.#length, 'utf8');
    this.#part[this.#length++] = 0;
  }

  /** `size` bytes, the most significant first. */
  #number32(bits: number, size: number): void {
    for (let shift = 8 * (size - 1); shift >= 0; shift -= 8) this.#byte((bits >>> shift) & 255);
  }

  #byte(byte: number): void {
    this.#reserve(1);
    this.#part[this.#length++] = byte;
  }

  #reserve(size: number): void {
    if (this.#length + size <= this.#part.length) return;
    if (this.#length > 0) this.#full.push(this.#part.subarray(0, this.#length));
    this.#part = Buffer.allocUnsafe(Math.max(partBytes, size));
    this.#length = 0;
  }

  *#struct(struct: RpcStruct): Generator<void> {
    this.#byte(RecordType.struct);
    yield* this.#members(struct);
    this.#byte(END | RecordType.struct);
  }

  *#records({ list }: RpcRecords): Generator<void> {
    this.#byte(RecordType.struct);
    for (const each of list) yield* this.#struct(each);
    this.#byte(END | RecordType.struct);
  }

  *#members(struct: RpcStruct): Generator<void> {
    for (const { name, value } of struct.members) {
      this.#text(RecordType.name, name);
      if (isScalar(value)) this.#scalar(value);
      else yield* this.#value(value);
    }
  }

  *#list(list: readonly RpcValue[]): Generator<void> {
    if (list.every((each) => each instanceof RpcStruct)) {
      yield* this.#merged(list);
      return;
    }
    this.#byte(RecordType.array);
    for (const each of list) yield* this.#value(each);
    this.#byte(END | RecordType.array);
  }

  /** kamcmd knows a list of records as one struct with all their members. */
  *#merged(list: Iterable<RpcStruct>): Generator<void> {
    this.#byte(RecordType.struct);
    for (const each of list) {
      yield* this.#members(each);
      yield;
    }
    this.#byte(END | RecordType.struct);
  }
}

function isScalar(value: RpcValue): value is number | string | RpcDouble {
  return typeof value !== 'object' || value instanceof RpcDouble;
}

/** Bytes that a number from 0 to 2^32-1 takes; 0 takes none. */
function byteCount(bits: number): number {
  return bits === 0 ? 0 : Math.ceil((32 - Math.clz32(bits)) / 8);
}
