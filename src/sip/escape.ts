/**
 * `%HEX` escapes in URIs (RFC 3261 §19.1.2). Escaping keeps printable ASCII only: other input gives undefined, as
 * does an unescaped result that would hold control characters or bytes beyond ASCII.
 */
import { charTable, hexDigit } from './scan.ts';

const mark = "-_.!~*'()";
const unreservedTable = charTable(mark);
/** What Kamailio leaves alone in a user part: `/` would be allowed too (user-unreserved), but it escapes it. */
const userTable = charTable(`${mark}&=+$,;?`);
const paramTable = charTable(`${mark}[]/:&+$`);

/** Escapes what cannot stand in the user part of a URI, in lower-case hex. */
export function escapeUser(text: string): string | undefined {
  return escapeWith(text, userTable);
}

/** Escapes what cannot stand in the value of a URI parameter, in lower-case hex. */
export function escapeParam(text: string): string | undefined {
  return escapeWith(text, paramTable);
}

function escapeWith(text: string, table: Uint8Array): string | undefined {
  let out = '';
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 32 || code > 126) return undefined;
    out += table[code] === 1 ? text[i] : `%${code.toString(16)}`;
  }
  return out;
}

/** The text with all escapes resolved; undefined for a malformed escape or one that is not printable ASCII. */
export function unescapeText(text: string): string | undefined {
  let percent = text.indexOf('%');
  if (percent < 0) return text;
  let out = '';
  let from = 0;
  while (percent >= 0) {
    const code = escapedCodeAt(text, percent);
    if (code < 32 || code > 126) return undefined;
    out += text.slice(from, percent) + String.fromCharCode(code);
    from = percent + 3;
    percent = text.indexOf('%', from);
  }
  return out + text.slice(from);
}

/**
 * The form in which two escaped texts compare equal when RFC 3261 §19.1.4 says so: an escaped unreserved character
 * is that character, other escapes stay, in upper case. A malformed escape stays as it is.
 */
export function comparableText(text: string): string {
  let percent = text.indexOf('%');
  if (percent < 0) return text;
  let out = '';
  let from = 0;
  while (percent >= 0) {
    const code = escapedCodeAt(text, percent);
    const hex = text.slice(percent, percent + 3);
    out += text.slice(from, percent);
    if (code < 0) out += '%';
    else out += code < 128 && unreservedTable[code] === 1 ? String.fromCharCode(code) : hex.toUpperCase();
    from = percent + (code < 0 ? 1 : 3);
    percent = text.indexOf('%', from);
  }
  return out + text.slice(from);
}

/** True if every `%` begins an escape. */
export function hasValidEscapes(text: string): boolean {
  for (let percent = text.indexOf('%'); percent >= 0; percent = text.indexOf('%', percent + 3)) {
    if (escapedCodeAt(text, percent) < 0) return false;
  }
  return true;
}

/** The code of the escape at `percent`, or -1. */
function escapedCodeAt(text: string, percent: number): number {
  const high = hexDigit(text.charCodeAt(percent + 1));
  const low = hexDigit(text.charCodeAt(percent + 2));
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}
