import { Params, parseParams } from './params.ts';
import { isDigit, isLetter, parseUint } from './scan.ts';

/** A SIP, SIPS or TEL URI (RFC 3261 §19.1, RFC 3966) or a URN (RFC 5031). Mutable; `toString` writes it back. */
export class SipUri {
  /** Lower case: `sip`, `sips`, `tel`, `urn`. */
  scheme: string;
  /** As written (escapes kept); '' when there is no user part. For `tel` the number, for `urn` the namespace. */
  user: string;
  /** undefined when there is no `:password`. */
  password: string | undefined;
  /** As written; IPv6 with its brackets; '' for `tel`; for `urn` what follows the namespace. */
  host: string;
  /** 0 when none is given. */
  port: number;
  params: Params;
  /** Behind `?`, without it; '' when there is none. */
  headers: string;

  constructor(scheme: string, user: string, host: string, port: number, params = new Params(), headers = '') {
    this.scheme = scheme;
    this.user = user;
    this.password = undefined;
    this.host = host;
    this.port = port;
    this.params = params;
    this.headers = headers;
  }

  /** Lower case; undefined when none is given. */
  get transport(): string | undefined {
    return this.params.get('transport')?.toLowerCase();
  }

  /** undefined when it is malformed or of another scheme. */
  static parse(text: string): SipUri | undefined {
    const colon = text.indexOf(':');
    if (colon < 3 || colon > 4 || !isUriText(text)) return undefined;
    switch (text.slice(0, colon).toLowerCase()) {
      case 'sip':
        return parseSip(text, 'sip', colon + 1);
      case 'sips':
        return parseSip(text, 'sips', colon + 1);
      case 'tel':
        return parseTel(text, colon + 1);
      case 'urn':
        return parseUrn(text, colon + 1);
      default:
        return undefined;
    }
  }

  toString(): string {
    const out = `${this.scheme}:`;
    if (this.scheme === 'tel') return out + this.user + this.params.toString();
    if (this.scheme === 'urn') return `${out}${this.user}:${this.host}`;
    return out + this.#userinfo() + this.#hostport() + this.params.toString() + this.#headerPart();
  }

  #userinfo(): string {
    if (this.user === '') return '';
    return this.password === undefined ? `${this.user}@` : `${this.user}:${this.password}@`;
  }

  #hostport(): string {
    return this.port === 0 ? this.host : `${this.host}:${this.port}`;
  }

  #headerPart(): string {
    return this.headers === '' ? '' : `?${this.headers}`;
  }
}

/** The scheme in lower case, '' when there is none: tells an unknown scheme (416) from nonsense (400). */
export function schemeOf(uri: string): string {
  const colon = uri.indexOf(':');
  if (colon <= 0 || !isLetter(uri.charCodeAt(0))) return '';
  for (let i = 1; i < colon; i++) {
    const code = uri.charCodeAt(i);
    if (!isLetter(code) && !isDigit(code) && code !== 0x2b && code !== 0x2d && code !== 0x2e) return '';
  }
  return uri.slice(0, colon).toLowerCase();
}

/** False for text with controls, white space, quotes or angle brackets: those stand in no URI. */
export function isUriText(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code <= 0x20 || code === 0x22 || code === 0x3c || code === 0x3e || code === 0x7f) return false;
  }
  return true;
}

function parseTel(text: string, start: number): SipUri | undefined {
  let end = text.indexOf(';', start);
  if (end < 0) end = text.length;
  const params = parseParams(text, end, text.length);
  if (params === undefined || end === start) return undefined;
  return new SipUri('tel', text.slice(start, end), '', 0, params);
}

/** `urn:namespace:rest`, in the parts in which Kamailio shows it. */
function parseUrn(text: string, start: number): SipUri | undefined {
  const colon = text.indexOf(':', start);
  if (colon <= start || colon + 1 === text.length) return undefined;
  return new SipUri('urn', text.slice(start, colon), text.slice(colon + 1), 0);
}

function parseSip(text: string, scheme: string, start: number): SipUri | undefined {
  const at = text.indexOf('@', start);
  const hostStart = at < 0 ? start : at + 1;
  const hostEnd = endOfHost(text, hostStart);
  if (hostEnd <= hostStart || at === start) return undefined;
  const uri = new SipUri(scheme, '', text.slice(hostStart, hostEnd), 0);
  let position = hostEnd;
  if (text.charCodeAt(position) === 0x3a) {
    position = readPort(text, position + 1, uri);
    if (position < 0) return undefined;
  }
  if (position < text.length && !readTail(text, position, uri)) return undefined;
  return at < 0 || readUserinfo(text, start, at, uri) ? uri : undefined;
}

/** Digits at `start`, perhaps none; the offset behind them, or -1. */
function readPort(text: string, start: number, uri: SipUri): number {
  let end = start;
  while (isDigit(text.charCodeAt(end))) end++;
  if (end === start) return end;
  uri.port = parseUint(text, start, end, 65535);
  return uri.port < 0 ? -1 : end;
}

/** Parameters and headers; false when malformed. */
function readTail(text: string, start: number, uri: SipUri): boolean {
  let paramsEnd = text.indexOf('?', start);
  if (paramsEnd < 0) paramsEnd = text.length;
  else uri.headers = text.slice(paramsEnd + 1);
  if (text.indexOf('@', start) >= 0) return false;
  const params = parseParams(text, start, paramsEnd);
  if (params === undefined) return false;
  uri.params = params;
  return true;
}

function readUserinfo(text: string, start: number, at: number, uri: SipUri): boolean {
  const colon = text.indexOf(':', start);
  if (colon < 0 || colon > at) {
    uri.user = text.slice(start, at);
    return true;
  }
  uri.user = text.slice(start, colon);
  uri.password = text.slice(colon + 1, at);
  return uri.user !== '';
}

/** The offset behind a hostname, IPv4 address or bracketed IPv6 reference at `start`; `start` if there is none. */
function endOfHost(text: string, start: number): number {
  if (text.charCodeAt(start) === 0x5b) {
    const close = text.indexOf(']', start);
    return close < 0 ? start : close + 1;
  }
  let position = start;
  while (position < text.length && isHostCharacter(text.charCodeAt(position))) position++;
  return position;
}

/** `+` because phone numbers come without a user part (`sip:+4930123`), `_` because names in use have it. */
function isHostCharacter(code: number): boolean {
  return isLetter(code) || isDigit(code) || code === 0x2e || code === 0x2d || code === 0x5f || code === 0x2b;
}
