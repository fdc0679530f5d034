import { charTable, equalsIgnoreCase, isDigit, parseUint } from './scan.ts';

/**
 * Where the parts of a URI stand in its text: the one scanner of URIs. As forgiving as the real server (white space
 * or quotes in a user part or a parameter pass); `SipUri.parse` is stricter. Equal offsets when a part is missing.
 */
export class UriParts {
  readonly text: string;
  /** Lower case: `sip`, `sips`, `tel`, `tels`, `urn`. */
  readonly scheme: string;
  /**
   * Number of a `tel`, namespace of a `urn`. In a SIP URI with `user=phone` it ends before its own parameters
   * (`sip:+49301;isub=1@gw;user=phone`), as such a user is a telephone-subscriber (RFC 3261 §19.1.1).
   */
  readonly userStart: number;
  readonly userEnd: number;
  readonly passwordStart: number;
  readonly passwordEnd: number;
  /** With the brackets of IPv6; empty in a `tel`. */
  readonly hostStart: number;
  readonly hostEnd: number;
  /** 0 when none is given. */
  readonly port: number = 0;
  readonly portStart: number;
  readonly portEnd: number;
  /** Behind the `;`. */
  readonly paramsStart: number;
  readonly paramsEnd: number;
  /** Behind the `?`. */
  readonly headersStart: number;

  constructor(text: string, scheme: string) {
    const end = text.length;
    this.text = text;
    this.scheme = scheme;
    this.userStart = end;
    this.userEnd = end;
    this.passwordStart = end;
    this.passwordEnd = end;
    this.hostStart = end;
    this.hostEnd = end;
    this.portStart = end;
    this.portEnd = end;
    this.paramsStart = end;
    this.paramsEnd = end;
    this.headersStart = end;
  }

  /** True if a `:password` stands behind the user, be it empty. */
  get hasPassword(): boolean {
    return this.passwordStart < this.text.length;
  }

  get user(): string {
    return this.text.slice(this.userStart, this.userEnd);
  }
  /** The user with the parameters that a telephone-subscriber may have. */
  get wholeUser(): string {
    if (this.hostStart === this.hostEnd || this.userStart === this.text.length) return this.user;
    return this.text.slice(this.userStart, (this.hasPassword ? this.passwordStart : this.hostStart) - 1);
  }
  get password(): string {
    return this.text.slice(this.passwordStart, this.passwordEnd);
  }
  get host(): string {
    return this.text.slice(this.hostStart, this.hostEnd);
  }
  get portText(): string {
    return this.text.slice(this.portStart, this.portEnd);
  }
  /** All parameters without the leading `;`. */
  get params(): string {
    return this.text.slice(this.paramsStart, this.paramsEnd);
  }
  get headers(): string {
    return this.text.slice(this.headersStart);
  }

  /** Value of a parameter as written; '' for one without a value, undefined when it is not there. */
  param(name: string): string | undefined {
    const span = this.paramSpan(name);
    return span === undefined ? undefined : this.text.slice(span.valueStart, span.end);
  }

  /** Where a parameter stands: from its name to its end. */
  paramSpan(name: string): { start: number; valueStart: number; end: number } | undefined {
    const { text, paramsEnd } = this;
    for (let start = this.paramsStart; start < paramsEnd; ) {
      let end = text.indexOf(';', start);
      if (end < 0 || end > paramsEnd) end = paramsEnd;
      const equals = text.indexOf('=', start);
      const nameEnd = equals < 0 || equals > end ? end : equals;
      if (nameEnd - start === name.length && equalsIgnoreCase(text.slice(start, nameEnd), name))
        return { start, valueStart: nameEnd === end ? end : nameEnd + 1, end };
      start = end + 1;
    }
    return undefined;
  }
}

/** For the scanner only: what is being read. */
type Scanned = { -readonly [K in keyof UriParts]: UriParts[K] };

/** undefined when it is no URI of a known scheme or is malformed. */
export function splitUri(text: string): UriParts | undefined {
  const colon = text.indexOf(':');
  if (colon < 3 || colon > 4) return undefined;
  const scheme = text.slice(0, colon).toLowerCase();
  const parts = new UriParts(text, scheme);
  switch (scheme) {
    case 'sip':
    case 'sips':
      return scanSip(text, colon + 1, parts) ? parts : undefined;
    case 'tel':
    case 'tels':
      return scanTel(text, colon + 1, parts) ? parts : undefined;
    case 'urn':
      return scanUrn(text, colon + 1, parts) ? parts : undefined;
    default:
      return undefined;
  }
}

/** `[user[:password]@]host[:port][;params][?headers]`; the first `@` ends the user part, a second one is wrong. */
function scanSip(text: string, start: number, parts: Scanned): boolean {
  const at = text.indexOf('@', start);
  if (at >= 0 && (text.indexOf('@', at + 1) >= 0 || !scanUserinfo(text, start, at, parts))) return false;
  parts.hostStart = at < 0 ? start : at + 1;
  parts.hostEnd = endOfHost(text, parts.hostStart);
  if (parts.hostEnd <= parts.hostStart) return false;
  let position = parts.hostEnd;
  if (text.charCodeAt(position) === 0x3a) {
    position++;
    parts.portStart = position;
    while (isDigit(text.charCodeAt(position))) position++;
    parts.portEnd = position;
    // an empty port passes
    parts.port = position === parts.portStart ? 0 : parseUint(text, parts.portStart, position, 65535);
  }
  if (parts.port < 0 || !scanTail(text, position, parts)) return false;
  if (at >= 0) endUserBeforeItsParams(text, at, parts);
  return true;
}

function endUserBeforeItsParams(text: string, at: number, parts: Scanned): void {
  const semicolon = text.indexOf(';', parts.userStart);
  if (semicolon > parts.userStart && semicolon < at && semicolon < parts.userEnd && isPhone(text, parts))
    parts.userEnd = semicolon;
}

/** `user=phone` in lower case only, as the real server has it. */
function isPhone(text: string, parts: Scanned): boolean {
  const params = `;${text.slice(parts.paramsStart, parts.paramsEnd)};`;
  return params.includes(';user=phone;');
}

function scanUserinfo(text: string, start: number, at: number, parts: Scanned): boolean {
  const colon = text.indexOf(':', start);
  parts.userStart = start;
  parts.userEnd = colon < 0 || colon > at ? at : colon;
  if (parts.userEnd < at) {
    parts.passwordStart = parts.userEnd + 1;
    parts.passwordEnd = at;
    const second = text.indexOf(':', parts.passwordStart);
    if (second >= 0 && second < at) return false;
  }
  return parts.userEnd > start;
}

/** `+` because numbers come without a user part (`sip:+4930123`), `_` because names in use have it. */
const hostTable = charTable('.-_+');

/** The offset behind a host or bracketed IPv6 address at `start`; `start` if there is none. */
function endOfHost(text: string, start: number): number {
  if (text.charCodeAt(start) === 0x5b) {
    const close = text.indexOf(']', start);
    return close < 0 ? start : close + 1;
  }
  let position = start;
  while (position < text.length) {
    const code = text.charCodeAt(position);
    if (code > 127 || hostTable[code] === 0) break;
    position++;
  }
  return position;
}

/** `;params?headers` or nothing. */
function scanTail(text: string, start: number, parts: Scanned): boolean {
  let end = text.indexOf('?', start);
  if (end < 0) end = text.length;
  else parts.headersStart = end + 1;
  if (start === end) return true;
  if (text.charCodeAt(start) !== 0x3b) return false;
  parts.paramsStart = start + 1;
  parts.paramsEnd = end;
  return true;
}

function scanTel(text: string, start: number, parts: Scanned): boolean {
  let end = text.indexOf(';', start);
  const query = text.indexOf('?', start);
  if (end < 0 || (query >= 0 && query < end)) end = query < 0 ? text.length : query;
  parts.userStart = start;
  parts.userEnd = end;
  return end > start && scanTail(text, end, parts);
}

/** `urn:namespace:rest`; without a second colon all of it is the host. */
function scanUrn(text: string, start: number, parts: Scanned): boolean {
  const colon = text.indexOf(':', start);
  if (colon >= 0) {
    parts.userStart = start;
    parts.userEnd = colon;
  }
  parts.hostStart = colon < 0 ? start : colon + 1;
  return parts.hostStart < text.length && colon !== start;
}

/** Remembers the last URI that it split: one message asks for several parts of the same URI. */
export class UriMemo {
  #text = '';
  #parts: UriParts | undefined = undefined;

  of(text: string): UriParts | undefined {
    if (text !== this.#text) {
      this.#parts = splitUri(text);
      this.#text = text;
    }
    return this.#parts;
  }
}
