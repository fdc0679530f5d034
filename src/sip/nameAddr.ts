import { ParamCursor, Params, parseParams } from './params.ts';
import { endOfListElement, endOfQuoted, isWordAt, skipSpace, trimEnd } from './scan.ts';
import { SipUri } from './uri.ts';

/** `"display" <uri>;params` or `uri;params` (RFC 3261 §20.10, §25.1 name-addr and addr-spec). */
export class NameAddr {
  /** Offsets of the whole value in the text it was parsed from. */
  readonly start: number;
  readonly end: number;
  /** Offsets of the URI, without brackets. */
  readonly uriStart: number;
  readonly uriEnd: number;
  /** The `tag` parameter; '' when there is none. */
  readonly tag: string;
  readonly #text: string;
  readonly #nameEnd: number;
  readonly #paramsStart: number;
  #params: Params | undefined;
  #parsed: SipUri | undefined | null = null;

  constructor(text: string, parts: NameAddrParts) {
    this.#text = text;
    this.start = parts.start;
    this.end = parts.end;
    this.uriStart = parts.uriStart;
    this.uriEnd = parts.uriEnd;
    this.tag = parts.tag;
    this.#nameEnd = parts.nameEnd;
    this.#paramsStart = parts.paramsStart;
  }

  /** As written, quotes included; '' when there is none. */
  get displayName(): string {
    return this.#text.slice(this.start, this.#nameEnd);
  }

  /** The URI as written, without brackets. */
  get uri(): string {
    return this.#text.slice(this.uriStart, this.uriEnd);
  }

  get params(): Params {
    this.#params ??= parseParams(this.#text, this.#paramsStart, this.end) ?? new Params();
    return this.#params;
  }

  /** True if the URI stands in `<>`. */
  get isBracketed(): boolean {
    return this.#text.charCodeAt(this.uriEnd) === 0x3e && this.#paramsStart === this.uriEnd + 1;
  }

  /** The URI parsed; undefined when it is malformed. */
  get parsedUri(): SipUri | undefined {
    if (this.#parsed === null) this.#parsed = SipUri.parse(this.uri);
    return this.#parsed;
  }
}

interface NameAddrParts {
  start: number;
  end: number;
  nameEnd: number;
  uriStart: number;
  uriEnd: number;
  paramsStart: number;
  tag: string;
}

/** Parses one value; `text[start, end)` must hold no further comma-separated value. */
export function parseNameAddr(text: string, start: number, end: number): NameAddr | undefined {
  const begin = skipSpace(text, start, end);
  let position = begin;
  if (text.charCodeAt(position) === 0x22) {
    position = endOfQuoted(text, position, end);
    if (position < 0) return undefined;
  }
  const open = text.indexOf('<', position);
  const parts: NameAddrParts = {
    start: begin,
    end,
    nameEnd: begin,
    uriStart: begin,
    uriEnd: begin,
    paramsStart: begin,
    tag: '',
  };
  const found = open >= 0 && open < end ? readBracketed(text, parts, open) : readBare(text, parts, position);
  return found && readTag(text, parts) ? new NameAddr(text, parts) : undefined;
}

function readBracketed(text: string, parts: NameAddrParts, open: number): boolean {
  const close = text.indexOf('>', open);
  if (close < 0 || close >= parts.end || close === open + 1) return false;
  parts.nameEnd = trimEnd(text, parts.start, open);
  parts.uriStart = open + 1;
  parts.uriEnd = close;
  parts.paramsStart = close + 1;
  return true;
}

/** addr-spec: what follows the first `;` belongs to the header, not to the URI (RFC 3261 §20.10). */
function readBare(text: string, parts: NameAddrParts, position: number): boolean {
  if (position !== parts.start) return false;
  const semicolon = text.indexOf(';', position);
  parts.paramsStart = semicolon < 0 || semicolon > parts.end ? parts.end : semicolon;
  parts.uriEnd = trimEnd(text, position, parts.paramsStart);
  return parts.uriEnd > position;
}

/** Walks over the parameters; false when they are malformed. */
function readTag(text: string, parts: NameAddrParts): boolean {
  if (parts.paramsStart === parts.end) return true;
  const cursor = new ParamCursor(text, parts.paramsStart, parts.end);
  while (cursor.next()) {
    if (cursor.valueStart >= 0 && parts.tag === '' && isWordAt(text, cursor.nameStart, cursor.nameEnd, 'tag'))
      parts.tag = text.slice(cursor.valueStart, cursor.valueEnd);
  }
  return !cursor.malformed;
}

/** Splits `text[start, end)` at commas outside quotes and brackets and parses each value; undefined if one is malformed. */
export function parseNameAddrList(text: string, start: number, end: number): NameAddr[] | undefined {
  const list: NameAddr[] = [];
  for (const [from, to] of splitValues(text, start, end)) {
    const value = parseNameAddr(text, from, to);
    if (value === undefined) return undefined;
    list.push(value);
  }
  return list;
}

/** The `[start, end)` pairs of comma-separated values, quotes and angle brackets respected. */
export function splitValues(text: string, start: number, end: number): [number, number][] {
  const values: [number, number][] = [];
  for (let from = start; from <= end; ) {
    const behind = endOfListElement(text, from, end);
    values.push([from, behind]);
    from = behind + 1;
  }
  return values;
}
