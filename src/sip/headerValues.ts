import { HeaderKind } from './headerKind.ts';
import { limits } from './limits.ts';
import type { SipMessage } from './message.ts';
import { type NameAddr, parseNameAddr } from './nameAddr.ts';
import { endOfListElement, equalsIgnoreCase, isToken, parseUint, skipSpace, trimEnd } from './scan.ts';
import { parseVia, type Via } from './via.ts';

/** One value of a header that may hold several: offsets in the message's text, white space aside. */
export interface HeaderValue {
  /** Position of its header line. */
  readonly header: number;
  readonly start: number;
  readonly end: number;
}

/**
 * All values of a kind in order, across header lines and comma lists (quotes and `<>` respected). Empty list
 * elements are left out. At most `max` values: what is beyond is not looked at (a bound on work, far above what is in use).
 */
export function valuesOf(
  message: SipMessage,
  kind: HeaderKind,
  max: number = limits.valueCount,
): HeaderValue[] {
  const values: HeaderValue[] = [];
  for (let i = message.find(kind); i >= 0; i = message.find(kind, i + 1)) {
    const lineEnd = message.headerValueEnd(i);
    let position = message.headerValueStart(i);
    while (position < lineEnd) {
      const behind = endOfListElement(message.text, position, lineEnd);
      const start = skipSpace(message.text, position, behind);
      if (start < behind) {
        if (values.length >= max) return values;
        values.push({ header: i, start, end: trimEnd(message.text, start, behind) });
      }
      position = behind + 1;
    }
  }
  return values;
}

/** All Via values, topmost first; undefined when one of them is malformed or there are too many (`limits.valueCount`). */
export function viasOf(message: SipMessage): Via[] | undefined {
  const vias: Via[] = [];
  for (let i = message.find(HeaderKind.via); i >= 0; i = message.find(HeaderKind.via, i + 1)) {
    const end = message.headerValueEnd(i);
    let position = message.headerValueStart(i);
    do {
      const via = parseVia(message.text, position, end);
      if (via === undefined || vias.length === limits.valueCount) return undefined;
      vias.push(via);
      position = via.end + 1;
    } while (position < end);
  }
  return vias;
}

/**
 * All values of Contact, Route, Record-Route, Path, P-Asserted-Identity ... as name-addr; undefined when one
 * of them is malformed or there are too many (`limits.valueCount`).
 */
export function nameAddrsOf(message: SipMessage, kind: HeaderKind): NameAddr[] | undefined {
  const list: NameAddr[] = [];
  for (const { start, end } of valuesOf(message, kind, limits.valueCount + 1)) {
    const value = parseNameAddr(message.text, start, end);
    if (value === undefined || list.length === limits.valueCount) return undefined;
    list.push(value);
  }
  return list;
}

/** Contact: `*` (RFC 3261 §10.2.2), or addresses. */
export interface Contacts {
  /** True for a lone `*`. */
  readonly star: boolean;
  readonly list: readonly NameAddr[];
}

/** undefined when a value is malformed or `*` does not stand alone. */
export function contactsOf(message: SipMessage): Contacts | undefined {
  const values = valuesOf(message, HeaderKind.contact);
  const star = values.some(({ start, end }) => end - start === 1 && message.text[start] === '*');
  if (star) return values.length === 1 ? { star, list: [] } : undefined;
  const list = nameAddrsOf(message, HeaderKind.contact);
  return list === undefined ? undefined : { star, list };
}

/**
 * The part of the text whose removal takes one value away: its whole line when it is the only one there,
 * else the value with the comma behind (or, for the last one, before) it. `values` is what `valuesOf` gave.
 */
export function removalOf(
  message: SipMessage,
  values: readonly HeaderValue[],
  at: number,
): { readonly start: number; readonly end: number } {
  const value = values[at] as HeaderValue;
  const next = values[at + 1];
  const previous = values[at - 1];
  if (next?.header === value.header) return { start: value.start, end: next.start };
  if (previous?.header === value.header) return { start: previous.end, end: value.end };
  return { start: message.headerStart(value.header), end: message.headerEnd(value.header) };
}

/** The elements of a comma-separated list of tokens (Supported, Require, Allow, Accept ...), as written. */
export function tokensOf(message: SipMessage, kind: HeaderKind): string[] {
  return valuesOf(message, kind).map(({ start, end }) => message.text.slice(start, end));
}

/** True if a token list has `token`, letter case aside. */
export function hasToken(message: SipMessage, kind: HeaderKind, token: string): boolean {
  if (!message.has(kind)) return false;
  return tokensOf(message, kind).some((other) => equalsIgnoreCase(other, token));
}

/**
 * The number of a header like Expires, Max-Forwards, Min-Expires or RSeq (0 to `max`); parameters behind `;`
 * or a comment behind white space are not looked at. undefined when it is missing or no such number.
 */
export function numberOf(message: SipMessage, kind: HeaderKind, max = 0xffffffff): number | undefined {
  const i = message.find(kind);
  if (i < 0) return undefined;
  const start = message.headerValueStart(i);
  const number = parseUint(message.text, start, endOfWord(message, start, message.headerValueEnd(i)), max);
  return number < 0 ? undefined : number;
}

/** Event: the package with its template, lower case, without parameters (RFC 6665 §8.2.1); undefined when missing. */
export function eventPackageOf(message: SipMessage): string | undefined {
  const i = message.find(HeaderKind.event);
  if (i < 0) return undefined;
  const start = message.headerValueStart(i);
  return message.text.slice(start, endOfWord(message, start, message.headerValueEnd(i))).toLowerCase();
}

/** Content-Type: `type/subtype` in lower case without parameters; undefined when missing or malformed. */
export function mediaTypeOf(message: SipMessage): string | undefined {
  const value = message.value(HeaderKind.contentType);
  return value === undefined ? undefined : mediaType(value);
}

/** `type/subtype` of a Content-Type value, in lower case; undefined when malformed. */
export function mediaType(value: string): string | undefined {
  const end = value.indexOf(';');
  const [type = '', subtype = '', ...rest] = (end < 0 ? value : value.slice(0, end)).split('/');
  if (rest.length > 0 || !isToken(type.trim()) || !isToken(subtype.trim())) return undefined;
  return `${type.trim()}/${subtype.trim()}`.toLowerCase();
}

/** The offset of the first `;` or white space in `[start, end)`, or `end`. */
function endOfWord(message: SipMessage, start: number, end: number): number {
  for (let position = start; position < end; position++) {
    const code = message.text.charCodeAt(position);
    if (code === 0x3b || code === 0x28 || code === 0x20 || code === 9 || code === 13 || code === 10)
      return position;
  }
  return end;
}
