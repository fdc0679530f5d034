import { HeaderKind, headerKindAt } from './headerKind.ts';
import { limits as messageLimits } from './limits.ts';
import { isBlankCode, matchesAt, parseUint, skipSpace, trimEnd } from './scan.ts';

/** Bounds on one message of a stream, in bytes. */
export interface FramerLimits {
  /** Start line and headers, with the empty line. */
  readonly headerBytes: number;
  /** Content-Length at most. */
  readonly bodyBytes: number;
  /** Kamailio's `tcp_accept_no_cl`: a message without Content-Length has no body (RFC 3261 §20.14 forbids that). */
  readonly acceptNoContentLength: boolean;
}

export const framerLimits: FramerLimits = {
  headerBytes: messageLimits.messageBytes,
  bodyBytes: messageLimits.messageBytes,
  acceptNoContentLength: false,
};

/** Why a stream cannot be read on. */
export type FramingFault = 'not-sip' | 'http' | 'headers-too-large' | 'body-too-large' | 'content-length';

/** What a stream brought: a message, a keepalive (RFC 5626 §3.5.1), or its end as a SIP stream. */
export type Frame =
  | { readonly kind: 'message'; readonly text: string }
  /** CRLF CRLF between messages: answer with one CRLF. */
  | { readonly kind: 'ping' }
  | {
      readonly kind: 'fault';
      readonly fault: FramingFault;
      /** What to answer before closing; 0 when no answer makes sense. */
      readonly status: number;
      /** The start line, or start line and headers, as far as they were read before the fault. */
      readonly head: string;
    };

const CR = 13;
const LF = 10;
const noFrames: readonly Frame[] = [];

/**
 * Cuts a byte stream into SIP messages by Content-Length (RFC 3261 §18.3). Any chunking gives the same frames; each
 * byte is looked at a bounded number of times, also when bytes come one by one. What it keeps is bounded
 * by the limits. After a fault it takes nothing any more: close the connection.
 */
export class StreamFramer {
  readonly #limits: FramerLimits;
  /** Bytes of the message that has begun: `#store[0, #stored)`. */
  #store: Buffer = Buffer.alloc(0);
  #stored = 0;
  /** Where to go on looking for the empty line. */
  #scanned = 0;
  /** Bytes of the whole message once the empty line was seen; 0 before. */
  #messageBytes = 0;
  /** Length of the run of CR LF CR LF seen between messages, 0 to 3. */
  #lineEnds = 0;
  /** True once the start line was read and is one of SIP. */
  #isSip = false;
  #faulty = false;
  #rest: Buffer = Buffer.alloc(0);

  constructor(limits: FramerLimits = framerLimits) {
    this.#limits = limits;
  }

  /** Bytes of an unfinished message kept so far. */
  get pendingBytes(): number {
    return this.#stored;
  }

  /** Memory held for it, in bytes. */
  get reservedBytes(): number {
    return this.#store.length;
  }

  /** After the fault `http`: the bytes from the start line on, which another protocol may read. */
  get rest(): Buffer {
    return this.#rest;
  }

  get isFaulty(): boolean {
    return this.#faulty;
  }

  /** Takes the next bytes; `chunk` may be reused by the caller afterwards. */
  push(chunk: Buffer): readonly Frame[] {
    if (this.#faulty || chunk.length === 0) return noFrames;
    const frames: Frame[] = [];
    if (this.#stored === 0) {
      this.#keep(chunk, this.#take(chunk, chunk.length, frames));
    } else {
      this.#append(chunk);
      // only what is stored: searching the room behind it for each byte would cost its square
      const stored = this.#store.subarray(0, this.#stored);
      const taken = this.#take(stored, stored.length, frames);
      if (taken > 0) {
        this.#stored = 0;
        this.#keep(stored, taken);
      }
    }
    return frames;
  }

  /** Takes all whole frames out of `bytes[0, end)`; the number of bytes used up. */
  #take(bytes: Buffer, end: number, frames: Frame[]): number {
    let start = 0;
    for (;;) {
      if (this.#messageBytes === 0) {
        if (this.#scanned === 0) start = this.#skipLineEnds(bytes, start, end, frames);
        if (start >= end || !this.#readHead(bytes, start, end, frames)) break;
      }
      const behind = start + this.#messageBytes;
      if (behind > end) break;
      frames.push({ kind: 'message', text: bytes.toString('latin1', start, behind) });
      start = behind;
      this.#messageBytes = this.#scanned = 0;
      this.#isSip = false;
    }
    if (!this.#faulty) return start;
    if (lastFault(frames) === 'http') this.#rest = Buffer.from(bytes.subarray(start, end));
    return end;
  }

  /** Skips line ends between messages; a double CRLF is a ping, all else is ignored (§7.5). */
  #skipLineEnds(bytes: Buffer, start: number, end: number, frames: Frame[]): number {
    let position = start;
    for (; position < end; position++) {
      const code = bytes[position];
      if (code !== CR && code !== LF) {
        this.#lineEnds = 0;
        break;
      }
      const expected = this.#lineEnds % 2 === 0 ? CR : LF;
      this.#lineEnds = code === expected ? this.#lineEnds + 1 : code === CR ? 1 : 0;
      if (this.#lineEnds === 4) {
        frames.push({ kind: 'ping' });
        this.#lineEnds = 0;
      }
    }
    return position;
  }

  /** Looks for the empty line and sets the size of the message; false while it is not there or on a fault. */
  #readHead(bytes: Buffer, start: number, end: number, frames: Frame[]): boolean {
    const bound = Math.min(end, start + this.#limits.headerBytes);
    if (!this.#isSip && !this.#readStartLine(bytes, start, bound, frames)) return false;
    const behind = this.#isSip ? this.#findEmptyLine(bytes, start, bound) : -1;
    if (behind >= 0) return this.#readLength(bytes, start, behind, frames);
    return bound < end ? this.#fault(frames, 'headers-too-large', 513, headOf(bytes, start, bound)) : false;
  }

  /** Judges the start line as its bytes come in; false on a fault. */
  #readStartLine(bytes: Buffer, start: number, end: number, frames: Frame[]): boolean {
    let position = start + this.#scanned;
    while (position < end && bytes[position] !== LF) {
      if (!isStartLineByte(bytes[position] as number)) return this.#fault(frames, 'not-sip', 0, '');
      position++;
    }
    this.#scanned = position - start;
    if (position === end) return true;
    const line = headOf(bytes, start, position);
    const fault = startLineFault(line);
    if (fault !== undefined) return this.#fault(frames, fault, 0, line);
    this.#isSip = true;
    return true;
  }

  /** Goes on from where it stopped; the offset behind the empty line, or -1. */
  #findEmptyLine(bytes: Buffer, start: number, end: number): number {
    let lineFeed = bytes.indexOf(LF, start + this.#scanned);
    while (lineFeed >= 0 && lineFeed < end) {
      let next = lineFeed + 1;
      if (next < end && bytes[next] === CR) next++;
      if (next >= end) {
        // decided by the next bytes: look at this line feed again
        this.#scanned = lineFeed - start;
        return -1;
      }
      if (bytes[next] === LF) return next + 1;
      lineFeed = bytes.indexOf(LF, next);
    }
    this.#scanned = end - start;
    return -1;
  }

  #readLength(bytes: Buffer, start: number, behind: number, frames: Frame[]): boolean {
    const head = headOf(bytes, start, behind);
    const declared = contentLengthOf(head);
    if (declared === undefined || (declared < 0 && !this.#limits.acceptNoContentLength))
      return this.#fault(frames, 'content-length', 400, head);
    const length = Math.max(0, declared);
    if (length > this.#limits.bodyBytes) return this.#fault(frames, 'body-too-large', 513, head);
    this.#messageBytes = behind - start + length;
    return true;
  }

  #fault(frames: Frame[], fault: FramingFault, status: number, head: string): false {
    frames.push({ kind: 'fault', fault, status, head });
    this.#faulty = true;
    return false;
  }

  /** Keeps `bytes[from, ...)` as the beginning of the store. */
  #keep(bytes: Buffer, from: number): void {
    if (from >= bytes.length || this.#faulty) {
      if (this.#store.length > 0) this.#store = Buffer.alloc(0);
      return;
    }
    const rest = bytes.subarray(from);
    this.#store = Buffer.allocUnsafeSlow(this.#capacityFor(rest.length));
    rest.copy(this.#store);
    this.#stored = rest.length;
  }

  #append(chunk: Buffer): void {
    const needed = this.#stored + chunk.length;
    if (needed > this.#store.length) {
      const grown = Buffer.allocUnsafeSlow(this.#capacityFor(needed));
      this.#store.copy(grown, 0, 0, this.#stored);
      this.#store = grown;
    }
    chunk.copy(this.#store, this.#stored);
    this.#stored = needed;
  }

  /** Twice what is there, so that appending costs a constant per byte, but never what was only announced. */
  #capacityFor(bytes: number): number {
    const doubled = Math.max(512, bytes * 2);
    return this.#messageBytes >= bytes ? Math.min(doubled, this.#messageBytes) : doubled;
  }
}

function lastFault(frames: readonly Frame[]): FramingFault | undefined {
  const last = frames[frames.length - 1];
  return last?.kind === 'fault' ? last.fault : undefined;
}

function headOf(bytes: Buffer, start: number, end: number): string {
  return bytes.toString('latin1', start, end);
}

/** Controls never stand in a start line: a TLS record, for instance, is found out by its first bytes. */
function isStartLineByte(code: number): boolean {
  return code >= 0x20 || code === CR || code === 9;
}

function startLineFault(line: string): FramingFault | undefined {
  if (matchesAt(line, 0, 'sip/')) return undefined;
  const protocol = line.slice(line.trimEnd().lastIndexOf(' ') + 1);
  if (matchesAt(protocol, 0, 'sip/')) return undefined;
  return matchesAt(protocol, 0, 'http/') || matchesAt(line, 0, 'http/') ? 'http' : 'not-sip';
}

/** The Content-Length; -1 when there is none; undefined when it is no number or two of them differ. */
function contentLengthOf(head: string): number | undefined {
  let length = -1;
  let position = head.indexOf('\n') + 1;
  while (position < head.length) {
    let lineEnd = head.indexOf('\n', position);
    while (isBlankCode(head.charCodeAt(lineEnd + 1))) lineEnd = head.indexOf('\n', lineEnd + 1);
    const first = head.charCodeAt(position) | 0x20;
    if (first === 0x63 || first === 0x6c) {
      const number = contentLengthIn(head, position, lineEnd);
      if (number === -2 || (number >= 0 && length >= 0 && number !== length)) return undefined;
      if (number >= 0) length = number;
    }
    position = lineEnd + 1;
  }
  return length;
}

/** The number of one header line; -1 when it is another header, -2 when it is no number. */
function contentLengthIn(head: string, start: number, end: number): number {
  const colon = head.indexOf(':', start);
  if (colon < 0 || colon > end) return -1;
  if (headerKindAt(head, start, trimEnd(head, start, colon)) !== HeaderKind.contentLength) return -1;
  const valueStart = skipSpace(head, colon + 1, end);
  const number = parseUint(head, valueStart, trimEnd(head, valueStart, end), Number.MAX_SAFE_INTEGER / 16);
  return number < 0 ? -2 : number;
}
