import { ParamCursor, Params, parseParams } from './params.ts';
import { charTable, endOfQuoted, isDigit, isSpaceCode, isWordAt, parseUint, skipSpace } from './scan.ts';

/** One Via value (RFC 3261 §20.42). Offsets are into the text it was parsed from. */
export class Via {
  /** `SIP/2.0`. */
  readonly protocol: string = 'SIP/2.0';
  /** As written: `UDP`, `TCP`, `TLS`, `WS` ... */
  readonly transport: string = '';
  /** IPv6 with its brackets. */
  readonly host: string = '';
  /** 0 when none is given. */
  readonly port: number = 0;
  /** '' when there is none. */
  readonly branch: string = '';
  readonly start: number;
  /** Behind the last character of this value (before a comma or the line's end). */
  readonly end: number;
  /** Behind sent-by: where `;received=` and friends may be inserted. */
  readonly sentByEnd: number = 0;
  /** Where `;rport=...` stands, from its `;` to its end; -1 when it is not there. */
  readonly rportStart: number = -1;
  readonly rportEnd: number = -1;
  /** Likewise `;received=...`. */
  readonly receivedStart: number = -1;
  readonly receivedEnd: number = -1;
  /** True if a further value follows behind a comma in the same header line. */
  readonly more: boolean;
  readonly #text: string;
  #params: Params | undefined;

  constructor(text: string, start: number, end: number, more: boolean) {
    this.#text = text;
    this.start = start;
    this.end = end;
    this.more = more;
  }

  get params(): Params {
    this.#params ??= parseParams(this.#text, this.sentByEnd, this.end) ?? new Params();
    return this.#params;
  }
}

/** For the parser only: what is being read. */
type Writable<T> = { -readonly [K in keyof T]: T[K] };
type ViaFields = Writable<Via>;

/** Parses the first Via value of `text[start, end)`; undefined when it is malformed. */
export function parseVia(text: string, start: number, end: number): Via | undefined {
  const valueEnd = endOfFirstValue(text, start, end);
  const via = new Via(text, skipSpace(text, start, valueEnd), valueEnd, valueEnd < end);
  const hostStart = readProtocol(text, via);
  return hostStart >= 0 && readSentBy(text, hostStart, via) && readParams(text, via) ? via : undefined;
}

/** `SIP / 2.0 / UDP ` (white space allowed around the slashes); the offset of sent-by, or -1. */
function readProtocol(text: string, fields: ViaFields): number {
  let nameEnd = 0;
  let versionStart = 0;
  let versionEnd = 0;
  let position = fields.start;
  if (text.slice(position, position + 8) === 'SIP/2.0/') {
    position += 8;
  } else {
    nameEnd = endOfWord(text, position, fields.end);
    versionStart = behindSlash(text, nameEnd, fields.end);
    versionEnd = versionStart < 0 ? -1 : endOfWord(text, versionStart, fields.end);
    position = versionEnd < 0 ? -1 : behindSlash(text, versionEnd, fields.end);
    if (position < 0 || nameEnd === fields.start || versionEnd === versionStart) return -1;
    fields.protocol = `${text.slice(fields.start, nameEnd)}/${text.slice(versionStart, versionEnd)}`;
  }
  position = skipSpace(text, position, fields.end);
  const transportEnd = endOfWord(text, position, fields.end);
  const hostStart = skipSpace(text, transportEnd, fields.end);
  if (transportEnd === position || hostStart === transportEnd) return -1;
  fields.transport = text.slice(position, transportEnd);
  return hostStart;
}

function endOfWord(text: string, start: number, end: number): number {
  let position = start;
  while (position < end) {
    const code = text.charCodeAt(position);
    if (code === 0x2f || isSpaceCode(code)) break;
    position++;
  }
  return position;
}

function behindSlash(text: string, start: number, end: number): number {
  const slash = skipSpace(text, start, end);
  return slash < end && text.charCodeAt(slash) === 0x2f ? skipSpace(text, slash + 1, end) : -1;
}

/** `host [: port]` up to the first `;` or the value's end. */
function readSentBy(text: string, start: number, fields: ViaFields): boolean {
  const end = fields.end;
  const hostEnd = endOfSentByHost(text, start, end);
  if (hostEnd <= start) return false;
  fields.host = text.slice(start, hostEnd);
  fields.sentByEnd = hostEnd;
  let position = skipSpace(text, hostEnd, end);
  if (position < end && text.charCodeAt(position) === 0x3a) {
    const portStart = skipSpace(text, position + 1, end);
    position = portStart;
    while (position < end && isDigit(text.charCodeAt(position))) position++;
    fields.port = parseUint(text, portStart, position, 65535);
    if (fields.port < 0) return false;
    fields.sentByEnd = position;
    position = skipSpace(text, position, end);
  }
  return position >= end || text.charCodeAt(position) === 0x3b;
}

const hostTable = charTable('.-_');

function endOfSentByHost(text: string, start: number, end: number): number {
  let position = start;
  if (text.charCodeAt(start) === 0x5b) {
    const close = text.indexOf(']', start);
    return close < 0 || close >= end ? start : close + 1;
  }
  while (position < end) {
    const code = text.charCodeAt(position);
    if (code > 127 || hostTable[code] === 0) break;
    position++;
  }
  return position;
}

/** Walks over the parameters and keeps those that every message is asked for; false when they are malformed. */
function readParams(text: string, fields: ViaFields): boolean {
  const cursor = new ParamCursor(text, fields.sentByEnd, fields.end);
  while (cursor.next()) {
    const { nameStart, nameEnd } = cursor;
    if (isWordAt(text, nameStart, nameEnd, 'branch')) {
      if (cursor.valueStart >= 0 && fields.branch === '')
        fields.branch = text.slice(cursor.valueStart, cursor.valueEnd);
    } else if (isWordAt(text, nameStart, nameEnd, 'rport')) {
      fields.rportStart = cursor.start;
      fields.rportEnd = cursor.valueEnd < 0 ? nameEnd : cursor.valueEnd;
    } else if (isWordAt(text, nameStart, nameEnd, 'received')) {
      fields.receivedStart = cursor.start;
      fields.receivedEnd = cursor.valueEnd < 0 ? nameEnd : cursor.valueEnd;
    }
  }
  return !cursor.malformed;
}

function endOfFirstValue(text: string, start: number, end: number): number {
  const comma = text.indexOf(',', start);
  if (comma < 0 || comma >= end) return end;
  for (let position = start; position < end; position++) {
    const code = text.charCodeAt(position);
    if (code === 0x2c) return position;
    if (code === 0x22) {
      const behind = endOfQuoted(text, position, end);
      if (behind < 0) return end;
      position = behind - 1;
    }
  }
  return end;
}

/** True for a branch that names its transaction (RFC 3261 §8.1.1.7): the cookie with something behind it. */
export function hasTransactionId(via: Via): boolean {
  return via.branch.length > 7 && via.branch.startsWith('z9hG4bK');
}
