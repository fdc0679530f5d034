import { splitUri, type UriParts } from './uriParts.ts';

/**
 * New URIs from old ones with one part changed and all else as written (Kamailio's `setuser`, `sethost` ...).
 * All give undefined when the URI is malformed.
 */

/** Replaces the user, or takes it away when ''. A password stays unless the user goes. */
export function withUser(uri: string, user: string): string | undefined {
  const parts = splitUri(uri);
  if (parts === undefined) return undefined;
  if (parts.hostEnd === parts.hostStart) return userOfTel(parts, user);
  if (parts.userEnd === parts.userStart)
    return user === '' ? uri : splice(uri, parts.hostStart, parts.hostStart, `${user}@`);
  if (user === '') return splice(uri, parts.userStart, parts.hostStart, '');
  return splice(uri, parts.userStart, parts.userEnd, user);
}

function userOfTel(parts: UriParts, user: string): string {
  return splice(parts.text, parts.userStart, parts.userEnd, user);
}

/** Replaces user and password together. */
export function withUserAndPassword(uri: string, userinfo: string): string | undefined {
  const parts = splitUri(uri);
  if (parts === undefined) return undefined;
  if (parts.hostEnd === parts.hostStart) return userOfTel(parts, userinfo);
  const start = parts.userEnd > parts.userStart ? parts.userStart : parts.hostStart;
  return splice(uri, start, parts.hostStart, userinfo === '' ? '' : `${userinfo}@`);
}

/** Replaces the host; `text` may carry a port, which then replaces the old one. */
export function withHost(uri: string, text: string): string | undefined {
  const parts = splitUri(uri);
  if (parts === undefined) return undefined;
  if (parts.hostEnd === parts.hostStart) return telToSip(parts, text);
  const end = hasPort(text) ? endOfHostPort(parts) : parts.hostEnd;
  return splice(uri, parts.hostStart, end, text);
}

/** Replaces host and port; without a port in `text` the URI has none afterwards. */
export function withHostPort(uri: string, text: string): string | undefined {
  const parts = splitUri(uri);
  if (parts === undefined) return undefined;
  if (parts.hostEnd === parts.hostStart) return telToSip(parts, text);
  return splice(uri, parts.hostStart, endOfHostPort(parts), text);
}

/** Like `withHostPort` with `host[:port][;transport=x]`; the old transport parameter goes. */
export function withHostPortTransport(uri: string, text: string): string | undefined {
  const transport = splitUri(uri)?.paramSpan('transport');
  const base =
    transport === undefined || !text.includes(';')
      ? uri
      : splice(uri, transport.start - 1, transport.end, '');
  return withHostPort(base, text);
}

/** Replaces the port, or takes it away when ''. */
export function withPort(uri: string, port: string): string | undefined {
  const parts = splitUri(uri);
  if (parts === undefined || parts.hostEnd === parts.hostStart) return undefined;
  return splice(uri, parts.hostEnd, endOfHostPort(parts), port === '' ? '' : `:${port}`);
}

/** Adds `;name=value` behind the parameters, before the headers. */
export function withParam(uri: string, param: string): string | undefined {
  const parts = splitUri(uri);
  if (parts === undefined) return undefined;
  const at = parts.headersStart < uri.length ? parts.headersStart - 1 : uri.length;
  return splice(uri, at, at, `;${param}`);
}

function splice(text: string, start: number, end: number, insert: string): string {
  return text.slice(0, start) + insert + text.slice(end);
}

function endOfHostPort(parts: UriParts): number {
  return parts.portEnd > parts.portStart ? parts.portEnd : parts.hostEnd;
}

/** True for `host:port` (an IPv6 address stands in brackets). */
function hasPort(text: string): boolean {
  return text.indexOf(':', text.lastIndexOf(']') + 1) >= 0;
}

/** A number at a host becomes a SIP URI with `user=phone` (RFC 3261 §19.1.6). */
function telToSip(parts: UriParts, host: string): string {
  return `${parts.scheme === 'tels' ? 'sips' : 'sip'}:${parts.text.slice(parts.userStart)}@${host};user=phone`;
}
