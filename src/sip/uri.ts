import { Params, parseParams } from './params.ts';

/** A SIP, SIPS or TEL URI (RFC 3261 §19.1, RFC 3966). Mutable; `toString` writes it back. */
export class SipUri {
  /** Lower case: `sip`, `sips`, `tel`. */
  scheme: string;
  /** As written (escapes kept); '' when there is no user part. For `tel`, the number. */
  user: string;
  /** undefined when there is no `:password`. */
  password: string | undefined;
  /** As written; IPv6 with its brackets; '' for `tel`. */
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

  get transport(): string | undefined {
    return this.params.get('transport')?.toLowerCase();
  }

  static parse(text: string): SipUri | undefined {
    const colon = text.indexOf(':');
    if (colon < 3 || colon > 4) return undefined;
    const scheme = text.slice(0, colon).toLowerCase();
    if (scheme === 'tel') return parseTel(text, colon + 1);
    if (scheme !== 'sip' && scheme !== 'sips') return undefined;
    return parseSip(text, scheme, colon + 1);
  }

  toString(): string {
    let out = `${this.scheme}:`;
    if (this.scheme === 'tel') return out + this.user + this.params.toString();
    if (this.user !== '')
      out += this.password === undefined ? `${this.user}@` : `${this.user}:${this.password}@`;
    out += this.port === 0 ? this.host : `${this.host}:${this.port}`;
    out += this.params.toString();
    return this.headers === '' ? out : `${out}?${this.headers}`;
  }
}

function parseTel(text: string, start: number): SipUri | undefined {
  let end = text.indexOf(';', start);
  if (end < 0) end = text.length;
  const params = parseParams(text, end, text.length);
  if (params === undefined || end === start) return undefined;
  return new SipUri('tel', text.slice(start, end), '', 0, params);
}

function parseSip(text: string, scheme: string, start: number): SipUri | undefined {
  const at = text.indexOf('@', start);
  const hostStart = at < 0 ? start : at + 1;
  const hostEnd = endOfHost(text, hostStart);
  if (hostEnd <= hostStart) return undefined;
  let position = hostEnd;
  let port = 0;
  if (text.charCodeAt(position) === 0x3a) {
    const match = /^\d{1,5}/.exec(text.slice(position + 1, position + 6));
    if (match === null) return undefined;
    port = Number(match[0]);
    if (port > 65535) return undefined;
    position += 1 + match[0].length;
  }
  let paramsEnd = text.indexOf('?', position);
  if (paramsEnd < 0) paramsEnd = text.length;
  const params = parseParams(text, position, paramsEnd);
  if (params === undefined) return undefined;
  const uri = new SipUri(scheme, '', text.slice(hostStart, hostEnd), port, params, text.slice(paramsEnd + 1));
  if (at >= 0) {
    const userinfo = text.slice(start, at);
    const colon = userinfo.indexOf(':');
    uri.user = colon < 0 ? userinfo : userinfo.slice(0, colon);
    if (colon >= 0) uri.password = userinfo.slice(colon + 1);
  }
  return uri;
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

function isHostCharacter(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x30 && code <= 0x39) ||
    (code >= 0x41 && code <= 0x5a) ||
    code === 0x2e ||
    code === 0x2d ||
    code === 0x5f
  );
}
