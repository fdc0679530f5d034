import { equalsIgnoreCase } from './scan.ts';

/** Where the parts of a URI stand in its text. Cheaper than `SipUri` when a part or two is wanted. */
export class UriParts {
  readonly text: string;
  /** Lower case: `sip`, `sips`, `tel`, `tels`, `urn`. */
  readonly scheme: string;
  /** Number of a `tel`, namespace of a `urn`. Equal offsets when a part is missing. */
  readonly userStart: number;
  readonly userEnd: number;
  readonly passwordStart: number;
  readonly passwordEnd: number;
  /** With the brackets of IPv6; empty in a `tel`. */
  readonly hostStart: number;
  readonly hostEnd: number;
  /** 0 when none is given. */
  readonly port: number;
  readonly portStart: number;
  readonly portEnd: number;
  /** Behind the `;`. */
  readonly paramsStart: number;
  readonly paramsEnd: number;
  /** Behind the `?`. */
  readonly headersStart: number;

  constructor(text: string, scheme: string, offsets: Offsets) {
    this.text = text;
    this.scheme = scheme;
    this.userStart = offsets.userStart;
    this.userEnd = offsets.userEnd;
    this.passwordStart = offsets.passwordStart;
    this.passwordEnd = offsets.passwordEnd;
    this.hostStart = offsets.hostStart;
    this.hostEnd = offsets.hostEnd;
    this.port = offsets.port;
    this.portStart = offsets.portStart;
    this.portEnd = offsets.portEnd;
    this.paramsStart = offsets.paramsStart;
    this.paramsEnd = offsets.paramsEnd;
    this.headersStart = offsets.headersStart;
  }

  get user(): string {
    return this.text.slice(this.userStart, this.userEnd);
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

interface Offsets {
  userStart: number;
  userEnd: number;
  passwordStart: number;
  passwordEnd: number;
  hostStart: number;
  hostEnd: number;
  port: number;
  portStart: number;
  portEnd: number;
  paramsStart: number;
  paramsEnd: number;
  headersStart: number;
}

/** undefined when it is no URI of a known scheme or is malformed. */
export function splitUri(text: string): UriParts | undefined {
  const colon = text.indexOf(':');
  if (colon < 3 || colon > 4) return undefined;
  const scheme = text.slice(0, colon).toLowerCase();
  switch (scheme) {
    case 'sip':
    case 'sips':
      return splitSip(text, scheme, colon + 1);
    case 'tel':
    case 'tels':
      return splitTel(text, scheme, colon + 1);
    case 'urn':
      return splitUrn(text, colon + 1);
    default:
      return undefined;
  }
}

function emptyOffsets(end: number): Offsets {
  return {
    userStart: end,
    userEnd: end,
    passwordStart: end,
    passwordEnd: end,
    hostStart: end,
    hostEnd: end,
    port: 0,
    portStart: end,
    portEnd: end,
    paramsStart: end,
    paramsEnd: end,
    headersStart: end,
  };
}

function splitSip(text: string, scheme: string, start: number): UriParts | undefined {
  const offsets = emptyOffsets(text.length);
  const at = endOfUserinfo(text, start);
  let position = start;
  if (at >= 0) {
    const colon = text.indexOf(':', start);
    offsets.userStart = start;
    offsets.userEnd = colon >= 0 && colon < at ? colon : at;
    if (offsets.userEnd < at) {
      offsets.passwordStart = offsets.userEnd + 1;
      offsets.passwordEnd = at;
    }
    position = at + 1;
  }
  const hostEnd = endOfHost(text, position);
  if (hostEnd <= position) return undefined;
  offsets.hostStart = position;
  offsets.hostEnd = hostEnd;
  position = readPort(text, hostEnd, offsets);
  if (position < 0 || !readTail(text, position, offsets)) return undefined;
  return new UriParts(text, scheme, offsets);
}

/** The `@` behind the user, or -1. One behind `?` belongs to the headers. */
function endOfUserinfo(text: string, start: number): number {
  const at = text.indexOf('@', start);
  if (at <= start) return -1;
  const headers = text.indexOf('?', start);
  return headers >= 0 && headers < at && text.indexOf('@', at + 1) < 0 && isHostPort(text, start, headers)
    ? -1
    : at;
}

function isHostPort(text: string, start: number, end: number): boolean {
  const hostEnd = endOfHost(text, start);
  return hostEnd > start && hostEnd <= end && text.indexOf(':', hostEnd) < 0;
}

/** The offset behind a host or bracketed IPv6 address at `start`; `start` if there is none. */
function endOfHost(text: string, start: number): number {
  if (text.charCodeAt(start) === 0x5b) {
    const close = text.indexOf(']', start);
    return close < 0 ? start : close + 1;
  }
  let position = start;
  for (; position < text.length; position++) {
    const code = text.charCodeAt(position);
    if (code === 0x3a || code === 0x3b || code === 0x3f) break;
    if (code <= 0x20 || code === 0x3c || code === 0x3e || code === 0x40 || code === 0x2c) return start;
  }
  return position;
}

/** The offset behind `:port`, or -1 when it is no port. */
function readPort(text: string, start: number, offsets: Offsets): number {
  if (text.charCodeAt(start) !== 0x3a) return start;
  let position = start + 1;
  let port = 0;
  for (; position < text.length; position++) {
    const digit = text.charCodeAt(position) - 0x30;
    if (!(digit >= 0 && digit <= 9)) break;
    port = port * 10 + digit;
    if (port > 65535) return -1;
  }
  if (position === start + 1) return -1;
  offsets.port = port;
  offsets.portStart = start + 1;
  offsets.portEnd = position;
  return position;
}

/** `;params?headers` or nothing. */
function readTail(text: string, start: number, offsets: Offsets): boolean {
  let end = text.indexOf('?', start);
  if (end < 0) end = text.length;
  else offsets.headersStart = end + 1;
  if (start === end) return true;
  if (text.charCodeAt(start) !== 0x3b) return false;
  offsets.paramsStart = start + 1;
  offsets.paramsEnd = end;
  return true;
}

function splitTel(text: string, scheme: string, start: number): UriParts | undefined {
  const offsets = emptyOffsets(text.length);
  let end = text.indexOf(';', start);
  const query = text.indexOf('?', start);
  if (end < 0 || (query >= 0 && query < end)) end = query < 0 ? text.length : query;
  if (end === start) return undefined;
  offsets.userStart = start;
  offsets.userEnd = end;
  return readTail(text, end, offsets) ? new UriParts(text, scheme, offsets) : undefined;
}

function splitUrn(text: string, start: number): UriParts | undefined {
  const colon = text.indexOf(':', start);
  if (colon <= start) return undefined;
  const offsets = emptyOffsets(text.length);
  offsets.userStart = start;
  offsets.userEnd = colon;
  offsets.hostStart = colon + 1;
  offsets.hostEnd = text.length;
  return new UriParts(text, 'urn', offsets);
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
