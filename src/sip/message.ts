import { type CSeq, parseCSeq } from './cseq.ts';
import { EditList } from './editList.ts';
import { indexHeader, KIND_BITS, KIND_MASK, NAME, STRIDE, VALUE_END, VALUE_START } from './headerIndex.ts';
import { HeaderKind, headerKindOf, headerNames } from './headerKind.ts';
import { limits as defaultLimits, type MessageLimits } from './limits.ts';
import { type NameAddr, parseNameAddr } from './nameAddr.ts';
import { isBlankCode, parseUint, trimEnd } from './scan.ts';
import { parseStartLine, type StartLine } from './startLine.ts';
import { parseVia, type Via } from './via.ts';
import { isWireError, type WireError, wireError } from './wireError.ts';

export type { CSeq } from './cseq.ts';
export { isWireError, type WireError } from './wireError.ts';

/**
 * A SIP message (RFC 3261 §7): the text as received (latin1, one character a byte), an index of its header
 * lines, values parsed when first asked for and then kept, and an ordered list of pending edits.
 * The text itself never changes.
 */
export class SipMessage {
  readonly text: string;
  readonly isRequest: boolean;
  /** Requests: the method as written. Responses: the method of CSeq. */
  readonly method: string;
  /** Requests: the Request-URI as written; responses: ''. */
  readonly requestUri: string;
  /** Responses: 100 to 699; requests: 0. */
  statusCode: number;
  reasonPhrase: string;
  readonly version: string;
  /** Offset of the first header line. */
  readonly headersStart: number;
  /** Offset of the empty line that ends the headers (insertion point for appended headers). */
  readonly headersEnd: number;
  /** Offset of the body; equals `text.length` when there is none. */
  readonly bodyStart: number;
  readonly edits: EditList;

  /** undefined while the message rests. */
  #index: number[] | undefined;
  #via: Via | undefined;
  #from: NameAddr | undefined;
  #to: NameAddr | undefined;
  #cseq: CSeq | undefined;
  #callId: string | undefined;

  constructor(start: StartLine, text: string, index: number[], headersEnd: number, bodyStart: number) {
    this.text = text;
    this.isRequest = start.isRequest;
    this.requestUri = start.requestUri;
    this.statusCode = start.statusCode;
    this.reasonPhrase = start.reasonPhrase;
    this.version = start.version;
    this.headersStart = start.end;
    this.headersEnd = headersEnd;
    this.bodyStart = bodyStart;
    this.edits = new EditList();
    this.#index = index;
    this.method = start.isRequest ? start.method : (this.cseq?.method ?? '');
  }

  // ---- header lines by position

  get headerCount(): number {
    return (this.#lines.length - 1) / STRIDE;
  }

  headerKind(i: number): HeaderKind {
    return ((this.#lines[i * STRIDE] as number) & KIND_MASK) as HeaderKind;
  }

  /** The name as written. */
  headerName(i: number): string {
    const index = this.#lines;
    const at = i * STRIDE;
    const start = index[at + NAME] as number;
    return this.text.slice(start, start + ((index[at] as number) >> KIND_BITS));
  }

  /** The value without the white space around it; folded lines as received. */
  headerValue(i: number): string {
    const index = this.#lines;
    const at = i * STRIDE;
    return this.text.slice(index[at + VALUE_START], index[at + VALUE_END]);
  }

  headerStart(i: number): number {
    return this.#lines[i * STRIDE + NAME] as number;
  }
  headerValueStart(i: number): number {
    return this.#lines[i * STRIDE + VALUE_START] as number;
  }
  headerValueEnd(i: number): number {
    return this.#lines[i * STRIDE + VALUE_END] as number;
  }
  /** Offset behind the line's CRLF. */
  headerEnd(i: number): number {
    const next = (i + 1) * STRIDE;
    const index = this.#lines;
    return index[next + 1 < index.length ? next + NAME : next] as number;
  }

  /** Position of the first header of a kind at or after `from`, or -1. */
  find(kind: HeaderKind, from = 0): number {
    const index = this.#lines;
    for (let at = from * STRIDE; at < index.length - 1; at += STRIDE) {
      if (((index[at] as number) & KIND_MASK) === kind) return at / STRIDE;
    }
    return -1;
  }

  /** Like `find`, by name: full and compact forms are the same header. */
  findName(name: string, from = 0): number {
    const kind = headerKindOf(name);
    if (kind !== HeaderKind.other) return this.find(kind, from);
    const lower = name.toLowerCase();
    for (let i = from; i < this.headerCount; i++) {
      if (this.headerKind(i) === HeaderKind.other && this.headerName(i).toLowerCase() === lower) return i;
    }
    return -1;
  }

  /** Value of the first header of a kind. */
  value(kind: HeaderKind): string | undefined {
    const i = this.find(kind);
    return i < 0 ? undefined : this.headerValue(i);
  }

  has(kind: HeaderKind): boolean {
    return this.find(kind) >= 0;
  }

  // ---- parsed on demand, then kept

  /** The topmost Via; undefined when missing or malformed. */
  get topmostVia(): Via | undefined {
    if (this.#via === undefined) {
      const i = this.find(HeaderKind.via);
      if (i >= 0) this.#via = parseVia(this.text, this.headerValueStart(i), this.headerValueEnd(i));
    }
    return this.#via;
  }

  get from(): NameAddr | undefined {
    this.#from ??= this.#nameAddr(HeaderKind.from);
    return this.#from;
  }

  get to(): NameAddr | undefined {
    this.#to ??= this.#nameAddr(HeaderKind.to);
    return this.#to;
  }

  get fromTag(): string {
    return this.from?.tag ?? '';
  }

  /** '' when there is none. */
  get toTag(): string {
    return this.to?.tag ?? '';
  }

  get callId(): string {
    this.#callId ??= this.value(HeaderKind.callId) ?? '';
    return this.#callId;
  }

  get cseq(): CSeq | undefined {
    if (this.#cseq === undefined) {
      const i = this.find(HeaderKind.cseq);
      if (i >= 0) this.#cseq = parseCSeq(this.text, this.headerValueStart(i), this.headerValueEnd(i));
    }
    return this.#cseq;
  }

  /** undefined when there is no Content-Length or it is no number below 10^9. */
  get contentLength(): number | undefined {
    const i = this.find(HeaderKind.contentLength);
    if (i < 0) return undefined;
    const number = parseUint(this.text, this.headerValueStart(i), this.headerValueEnd(i), 999_999_999);
    return number < 0 ? undefined : number;
  }

  /** Offset behind the body: what a datagram holds behind Content-Length is noise (RFC 3261 §18.3). */
  get bodyEnd(): number {
    const length = this.contentLength;
    return length === undefined ? this.text.length : Math.min(this.text.length, this.bodyStart + length);
  }

  get body(): string {
    return this.text.slice(this.bodyStart, this.bodyEnd);
  }

  /** Appends a header line (with CRLF) behind the last header, as an edit. */
  appendHeader(line: string): void {
    this.edits.insert(this.headersEnd, line);
  }

  /** Gives a response in transit another status: to be read at once, and written by an edit. */
  changeStatus(code: number, reason: string): void {
    const start = this.version.length + 1;
    const before = this.edits.edits.find((edit) => edit.start === start && edit.end < this.headersStart);
    if (before !== undefined) this.edits.revoke(before);
    this.edits.replace(start, trimEnd(this.text, start, this.headersStart), `${code} ${reason}`);
    this.statusCode = code;
    this.reasonPhrase = reason;
  }

  /** Removes header line `i`, as an edit. */
  removeHeader(i: number): void {
    this.edits.remove(this.headerStart(i), this.headerEnd(i));
  }

  /**
   * Lets go of the index and of parsed values, for messages that are kept but hardly looked at again. All of it
   * comes back when it is asked for. What matching an ACK asks for (§13.2.2.4) stays.
   */
  rest(): void {
    this.#index = undefined;
    this.#via = undefined;
    this.#to = undefined;
  }

  get #lines(): number[] {
    return this.#index ?? this.#reindex();
  }

  #reindex(): number[] {
    const index: number[] = [];
    let position = this.headersStart;
    while (position < this.headersEnd) {
      position = indexHeader(this.text, position, this.text.charCodeAt(position), index);
    }
    index.push(this.headersEnd);
    this.#index = index;
    return index;
  }

  #nameAddr(kind: HeaderKind): NameAddr | undefined {
    const i = this.find(kind);
    return i < 0 ? undefined : parseNameAddr(this.text, this.headerValueStart(i), this.headerValueEnd(i));
  }
}

const CR = 13;
const LF = 10;

/**
 * Indexes a message. Only what makes it unusable as a whole is an error here; values are judged when they
 * are parsed (and by `validate`). Line ends before the start line are dropped (RFC 3261 §7.5).
 */
export function parseMessage(
  received: string,
  limits: MessageLimits = defaultLimits,
): SipMessage | WireError {
  if (received.length > limits.messageBytes) return wireError('message too large', limits.messageBytes, 513);
  const text = dropLeadingLineEnds(received);
  const start = parseStartLine(text, limits);
  if (isWireError(start)) return start;
  const index: number[] = [];
  let position = start.end;
  let first = text.charCodeAt(position);
  // the first header line cannot be a continuation; later ones never begin with white space
  if (isBlankCode(first)) return wireError('malformed header', position, 400);
  for (;;) {
    if (first === CR && text.charCodeAt(position + 1) === LF)
      return finished(start, text, index, position, position + 2);
    if (first === LF) return finished(start, text, index, position, position + 1);
    if (position >= text.length) {
      // a datagram may end with its last header line (RFC 4475 §3.1.2.15 does): complete it
      if (index.length === 0) return wireError('no header', position, 400);
      return finished(start, `${text}\r\n`, index, position, position + 2);
    }
    if (index.length >= limits.headerCount * STRIDE) return wireError('too many headers', position, 513);
    const end = indexHeader(text, position, first, index);
    if (end < 0) return wireError('malformed header', position, 400);
    position = end;
    first = text.charCodeAt(position);
  }
}

function finished(
  start: StartLine,
  text: string,
  index: number[],
  headersEnd: number,
  bodyStart: number,
): SipMessage {
  index.push(headersEnd);
  return new SipMessage(start, text, index, headersEnd, bodyStart);
}

function dropLeadingLineEnds(text: string): string {
  let start = 0;
  while (text.charCodeAt(start) === CR || text.charCodeAt(start) === LF) start++;
  return start === 0 ? text : text.slice(start);
}

/** `Name: value` with the canonical name. */
export function headerLine(kind: HeaderKind, value: string): string {
  return `${headerNames[kind]}: ${value}\r\n`;
}
