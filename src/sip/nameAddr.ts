import { type Params, parseParams } from './params.ts';
import { endOfListElement, endOfQuoted, skipSpace } from './scan.ts';
import { SipUri } from './uri.ts';

/** `"display" <uri>;params` or `uri;params` (RFC 3261 §20.10, §25.1 name-addr and addr-spec). */
export class NameAddr {
  /** As written, quotes included; '' when there is none. */
  readonly displayName: string;
  /** The URI as written, without brackets. */
  readonly uri: string;
  readonly params: Params;
  /** Offsets of the URI in the text it was parsed from. */
  readonly uriStart: number;
  readonly uriEnd: number;
  /** Offsets of the whole value. */
  readonly start: number;
  readonly end: number;
  #parsed: SipUri | undefined | null = null;

  constructor(displayName: string, uri: string, params: Params, offsets: [number, number, number, number]) {
    this.displayName = displayName;
    this.uri = uri;
    this.params = params;
    [this.start, this.end, this.uriStart, this.uriEnd] = offsets;
  }

  /** The URI parsed; undefined when it is malformed. */
  get parsedUri(): SipUri | undefined {
    if (this.#parsed === null) this.#parsed = SipUri.parse(this.uri);
    return this.#parsed;
  }
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
  if (open >= 0 && open < end) return bracketed(text, begin, end, open);
  if (position !== begin) return undefined;
  let uriEnd = text.indexOf(';', begin);
  if (uriEnd < 0 || uriEnd > end) uriEnd = end;
  const params = parseParams(text, uriEnd, end);
  const uri = text.slice(begin, uriEnd).trimEnd();
  return params === undefined || uri === ''
    ? undefined
    : new NameAddr('', uri, params, [begin, end, begin, begin + uri.length]);
}

function bracketed(text: string, begin: number, end: number, open: number): NameAddr | undefined {
  const close = text.indexOf('>', open);
  if (close < 0 || close >= end) return undefined;
  const params = parseParams(text, close + 1, end);
  if (params === undefined) return undefined;
  const displayName = text.slice(begin, open).trimEnd();
  return new NameAddr(displayName, text.slice(open + 1, close), params, [begin, end, open + 1, close]);
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
