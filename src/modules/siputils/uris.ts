import type { ScriptContext } from '../../module/context.ts';
import { SipUri } from '../../sip/uri.ts';
import { sipUriEquals } from '../../sip/uriCompare.ts';
import { splitUri } from '../../sip/uriParts.ts';
import { withParam } from '../../sip/uriRewrite.ts';

/** URIs as values: numbers, comparisons, parameters of the Request-URI. */

/** `+` and 2 to 15 digits (ITU-T E.164). */
export function isE164(text: string): boolean {
  return /^\+\d{2,15}$/.test(text);
}

export function isE164User(uri: string): boolean {
  const parsed = SipUri.parse(uri);
  return parsed !== undefined && parsed.host !== '' && isE164(parsed.user);
}

/** -2 where a character is wrong or the text is empty, as Kamailio has it. */
export function telNumberResult(text: string): number {
  return /^\+?\d+$/.test(text) ? 1 : -2;
}

export function numericResult(text: string): number {
  return /^\d+$/.test(text) ? 1 : -2;
}

/** -2 for the empty text, -3 for a wrong character. `extra` holds further characters that may occur. */
export function alphanumericResult(text: string, extra = ''): number {
  if (text === '') return -2;
  for (const char of text) if (!/[0-9A-Za-z]/.test(char) && !extra.includes(char)) return -3;
  return 1;
}

export function compareUris(a: string, b: string): number {
  const [first, second] = [SipUri.parse(a), SipUri.parse(b)];
  if (first === undefined || second === undefined) return -2;
  return sipUriEquals(first, second) ? 1 : -1;
}

/** Same user, host and port (5060 is none); scheme and parameters aside. */
export function compareAddressesOfRecord(a: string, b: string): number {
  const [first, second] = [SipUri.parse(a), SipUri.parse(b)];
  if (first === undefined || second === undefined) return -2;
  const port = (uri: SipUri): number => (uri.port === 0 ? 5060 : uri.port);
  const equal =
    first.user === second.user &&
    first.host.toLowerCase() === second.host.toLowerCase() &&
    port(first) === port(second);
  return equal ? 1 : -1;
}

/** RFC 5627: 1 public, 2 temporary, -1 none. */
export function gruuResult(uri: string): number {
  const gr = SipUri.parse(uri)?.params.get('gr');
  if (gr === undefined) return -1;
  return gr === '' ? 2 : 1;
}

/** RFC 3261 §19.1.6; undefined when it is no tel URI. */
export function telToSip(uri: string, host: string): string | undefined {
  if (!/^tel:/i.test(uri)) return undefined;
  const semicolon = uri.indexOf(';');
  const number = uri.slice(4, semicolon < 0 ? uri.length : semicolon).replace(/[-.()]/g, '');
  const params = semicolon < 0 ? '' : uri.slice(semicolon).toLowerCase();
  return `sip:${number}${params}@${host};user=phone`;
}

// ---- parameters of the Request-URI

/** The value; '' for a parameter without one; undefined when it is not there. */
export function requestUriParam(context: ScriptContext, name: string): string | undefined {
  return SipUri.parse(context.target.requestUri)?.params.get(name);
}

function setRequestUri(context: ScriptContext, uri: string): number {
  context.target.requestUri = uri;
  context.uriChanged = true;
  return 1;
}

export function addRequestUriParam(context: ScriptContext, param: string): number {
  if (param === '') return 1;
  const changed = withParam(context.target.requestUri, param);
  return changed === undefined ? -1 : setRequestUri(context, changed);
}

export function removeRequestUriParam(context: ScriptContext, name: string): number {
  const changed = withoutParam(context.target.requestUri, name);
  if (changed === undefined) return -1;
  return changed === context.target.requestUri ? 1 : setRequestUri(context, changed);
}

/** All else stays as written; undefined when the URI is malformed. */
export function withoutParam(uri: string, name: string): string | undefined {
  const parts = splitUri(uri);
  if (parts === undefined) return undefined;
  const wanted = name.toLowerCase();
  const kept = uri
    .slice(parts.paramsStart, parts.paramsEnd)
    .split(';')
    .filter((param) => param.split('=')[0]?.trim().toLowerCase() !== wanted)
    .filter((param, i) => param !== '' || i > 0);
  const before = uri.slice(0, parts.paramsStart).replace(/;$/, '');
  const params = kept.length === 0 ? '' : `;${kept.join(';')}`;
  return before + params + uri.slice(parts.paramsEnd);
}
