import { comparableText, unescapeText } from './escape.ts';
import { canonicalHost } from './host.ts';
import type { Params } from './params.ts';
import { equalsIgnoreCase } from './scan.ts';
import type { SipUri } from './uri.ts';

/** RFC 3261 §19.1.4 (SIP, SIPS), RFC 3966 §5 (TEL), RFC 8141 §3 (URN). */
export function sipUriEquals(a: SipUri, b: SipUri): boolean {
  if (a.scheme !== b.scheme) return false;
  switch (a.scheme) {
    case 'tel':
    case 'tels':
      return telNumber(a.user) === telNumber(b.user) && equalParams(a.params, b.params, everyParam);
    case 'urn':
      return equalsIgnoreCase(a.user, b.user) && a.host === b.host;
    default:
      return (
        comparableText(a.user) === comparableText(b.user) &&
        comparableText(a.password ?? '') === comparableText(b.password ?? '') &&
        (a.password === undefined) === (b.password === undefined) &&
        canonicalHost(a.host) === canonicalHost(b.host) &&
        a.port === b.port &&
        equalParams(a.params, b.params, mustBeInBoth) &&
        equalHeaders(a.headers, b.headers)
      );
  }
}

/**
 * The key of an address-of-record (§10.3 step 5): unescaped user at the host in lower case, without parameters,
 * port and scheme. A user part with a malformed escape stays as it is.
 */
export function addressOfRecordKey(uri: SipUri): string {
  const user = unescapeText(uri.user) ?? uri.user;
  return uri.host === '' ? user : `${user}@${canonicalHost(uri.host)}`;
}

/** Parameters that never match when only one URI has them. */
function mustBeInBoth(lowerName: string): boolean {
  return (
    lowerName === 'user' ||
    lowerName === 'ttl' ||
    lowerName === 'method' ||
    lowerName === 'maddr' ||
    lowerName === 'transport'
  );
}

function everyParam(): boolean {
  return true;
}

function equalParams(a: Params, b: Params, decisive: (lowerName: string) => boolean): boolean {
  return paramsAgree(a, b, decisive) && paramsAgree(b, a, decisive);
}

/** Every parameter of `a` is the same in `b`, or is not there and not decisive. Of a repeated one the first counts. */
function paramsAgree(a: Params, b: Params, decisive: (lowerName: string) => boolean): boolean {
  for (const { name } of a.list) {
    const value = a.get(name) as string;
    const other = b.get(name);
    if (other === undefined) {
      if (decisive(name.toLowerCase())) return false;
    } else if (!equalsIgnoreCase(comparableText(value), comparableText(other))) return false;
  }
  return true;
}

/** Header parts are never ignored; their order means nothing. */
function equalHeaders(a: string, b: string): boolean {
  return a === b || comparableHeaders(a) === comparableHeaders(b);
}

function comparableHeaders(headers: string): string {
  const fields = headers.split('&').map((field) => {
    const equals = field.indexOf('=');
    const name = equals < 0 ? field : field.slice(0, equals);
    return equals < 0
      ? name.toLowerCase()
      : `${name.toLowerCase()}=${comparableText(field.slice(equals + 1))}`;
  });
  return fields.sort().join('&');
}

/** A phone number without visual separators, in lower case. */
function telNumber(number: string): string {
  return number.replace(/[-.()]/g, '').toLowerCase();
}
