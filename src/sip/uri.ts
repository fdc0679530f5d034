import { Params, parseParams } from './params.ts';
import { isDigit, isLetter } from './scan.ts';
import { splitUri } from './uriParts.ts';

/**
 * A SIP, SIPS or TEL URI (RFC 3261 §19.1, RFC 3966) or a URN (RFC 5031), taken apart and mutable; `toString` writes it
 * back. To look at a part or two, or to change one in place, `UriParts` is cheaper.
 */
export class SipUri {
  /** Lower case: `sip`, `sips`, `tel`, `tels`, `urn`. */
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
    const parts = isUriText(text) ? splitUri(text) : undefined;
    if (parts === undefined) return undefined;
    const paramsStart = parts.paramsStart < parts.paramsEnd ? parts.paramsStart - 1 : parts.paramsEnd;
    const params = parseParams(text, paramsStart, parts.paramsEnd);
    if (params === undefined) return undefined;
    const uri = new SipUri(parts.scheme, parts.wholeUser, parts.host, parts.port, params, parts.headers);
    if (parts.hasPassword) uri.password = parts.password;
    return uri;
  }

  toString(): string {
    const out = `${this.scheme}:`;
    if (this.host === '') return out + this.user + this.params.toString() + this.#headerPart();
    if (this.scheme === 'urn') return this.user === '' ? out + this.host : `${out}${this.user}:${this.host}`;
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
