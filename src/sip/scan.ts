/** Character-level helpers over a part of a text: no allocation, no regular expressions. */

/** True for SP, HTAB, CR and LF. */
export function isSpaceCode(code: number): boolean {
  return code === 0x20 || code === 9 || code === 13 || code === 10;
}

/** True for SP and HTAB. */
export function isBlankCode(code: number): boolean {
  return code === 0x20 || code === 9;
}

/** The first offset in `[start, end]` that is no white space (folding included). */
export function skipSpace(text: string, start: number, end: number): number {
  let position = start;
  while (position < end && isSpaceCode(text.charCodeAt(position))) position++;
  return position;
}

/** The offset behind the last character of `text[start, end)` that is no white space. */
export function trimEnd(text: string, start: number, end: number): number {
  let position = end;
  while (position > start && isSpaceCode(text.charCodeAt(position - 1))) position--;
  return position;
}

/** The offset behind the closing quote of the quoted string at `start`, or -1 (RFC 3261 §25.1 quoted-string). */
export function endOfQuoted(text: string, start: number, end: number): number {
  const quote = text.indexOf('"', start + 1);
  if (quote < 0 || quote >= end) return -1;
  if (text.charCodeAt(quote - 1) !== 0x5c) return quote + 1;
  for (let position = start + 1; position < end; position++) {
    const code = text.charCodeAt(position);
    if (code === 0x5c) position++;
    else if (code === 0x22) return position + 1;
  }
  return -1;
}

/** The offset of the comma that ends the list element at `start`, or `end`. */
export function endOfListElement(text: string, start: number, end: number): number {
  let bracket = false;
  for (let position = start; position < end; position++) {
    const code = text.charCodeAt(position);
    if (code === 0x22 && !bracket) {
      const behind = endOfQuoted(text, position, end);
      if (behind < 0) return end;
      position = behind - 1;
    } else if (code === 0x3c) bracket = true;
    else if (code === 0x3e) bracket = false;
    else if (code === 0x2c && !bracket) return position;
  }
  return end;
}

/**
 * The decimal number that is all of `text[start, end)`; -1 when it is empty, has another character or
 * exceeds `max` (at most 2^53-1).
 */
export function parseUint(text: string, start: number, end: number, max: number): number {
  if (start >= end) return -1;
  let number = 0;
  for (let position = start; position < end; position++) {
    const digit = text.charCodeAt(position) - 0x30;
    if (!(digit >= 0 && digit <= 9)) return -1;
    number = number * 10 + digit;
    if (number > max) return -1;
  }
  return number;
}

/** True if `text` has `lower` (lower-case ASCII) at `start`, letter case aside. */
export function matchesAt(text: string, start: number, lower: string): boolean {
  for (let i = 0; i < lower.length; i++) {
    let code = text.charCodeAt(start + i);
    if (code >= 0x41 && code <= 0x5a) code |= 0x20;
    if (code !== lower.charCodeAt(i)) return false;
  }
  return true;
}

/** True if `text[start, end)` is `lower` (lower-case ASCII), letter case aside. */
export function isWordAt(text: string, start: number, end: number, lower: string): boolean {
  return end - start === lower.length && matchesAt(text, start, lower);
}

/** ASCII case-insensitive equality. */
export function equalsIgnoreCase(a: string, b: string): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y && ((x ^ y) !== 0x20 || !isLetter(x))) return false;
  }
  return true;
}

export function isLetter(code: number): boolean {
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** A `token` character of RFC 3261 §25.1. */
export function isTokenCode(code: number): boolean {
  return code < 128 && tokenTable[code] === 1;
}

/** True if `text[start, end)` is a non-empty token. */
export function isToken(text: string, start = 0, end = text.length): boolean {
  for (let position = start; position < end; position++) {
    if (!isTokenCode(text.charCodeAt(position))) return false;
  }
  return end > start;
}

/** The value of a hexadecimal digit, or -1. */
export function hexDigit(code: number): number {
  if (isDigit(code)) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** 1 for ASCII letters, digits and the characters of `others`. */
export function charTable(others: string): Uint8Array {
  const table = new Uint8Array(128);
  for (let code = 0; code < 128; code++) {
    if (isLetter(code) || isDigit(code) || others.includes(String.fromCharCode(code))) table[code] = 1;
  }
  return table;
}

const tokenTable = charTable("-.!%*_+`'~");
