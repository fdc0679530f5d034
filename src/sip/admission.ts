/**
 * What a role does not take, once the syntax is right: a proxy before it forwards (RFC 3261 §16.3), a UAS before
 * it works on a request (§8.2), a registrar (§10.3). Each gives undefined, or the response that refuses.
 */
import { HeaderKind } from './headerKind.ts';
import { hasToken, mediaTypeOf, numberOf, tokensOf, viasOf } from './headerValues.ts';
import type { SipMessage } from './message.ts';
import { equalsIgnoreCase } from './scan.ts';
import { schemeOf } from './uri.ts';

export interface Refusal {
  readonly status: number;
  /** Full header lines that the response must have, each with CRLF. */
  readonly headers: string;
}

function refusal(status: number, headers = ''): Refusal {
  return { status, headers };
}

/** §16.3 step 3: nothing left of Max-Forwards; a request without it goes on. */
export function refuseMaxForwards(request: SipMessage): Refusal | undefined {
  return numberOf(request, HeaderKind.maxForwards, 255) === 0 ? refusal(483) : undefined;
}

/** §8.2.2.1, §16.3 step 2: a Request-URI scheme that is not understood. */
export function refuseScheme(request: SipMessage, schemes: readonly string[]): Refusal | undefined {
  const scheme = schemeOf(request.requestUri);
  if (scheme === '') return refusal(400);
  return schemes.includes(scheme) ? undefined : refusal(416);
}

/** §16.3 step 5 (Proxy-Require) and §8.2.2.3 (Require): option tags that are not in `supported`. */
export function refuseOptionTags(
  request: SipMessage,
  kind: typeof HeaderKind.require | typeof HeaderKind.proxyRequire,
  supported: readonly string[],
): Refusal | undefined {
  if (!request.has(kind) || request.method === 'ACK' || request.method === 'CANCEL') return undefined;
  const unknown = tokensOf(request, kind).filter(
    (tag) => !supported.some((known) => equalsIgnoreCase(known, tag)),
  );
  return unknown.length === 0 ? undefined : refusal(420, `Unsupported: ${unknown.join(', ')}\r\n`);
}

/** §8.2.1: 501 for a method nobody knows, 405 with Allow for one that is not allowed here. */
export function refuseMethod(
  request: SipMessage,
  known: readonly string[],
  allowed: readonly string[],
): Refusal | undefined {
  if (!known.includes(request.method)) return refusal(501);
  return allowed.includes(request.method) ? undefined : refusal(405, `Allow: ${allowed.join(', ')}\r\n`);
}

/** §8.2.3: a body of a type that is not understood and not optional. */
export function refuseContentType(request: SipMessage, mediaTypes: readonly string[]): Refusal | undefined {
  if (request.body === '') return undefined;
  const disposition = request.value(HeaderKind.contentDisposition);
  if (disposition !== undefined && /;\s*handling\s*=\s*optional/i.test(disposition)) return undefined;
  const type = mediaTypeOf(request);
  return type !== undefined && mediaTypes.includes(type)
    ? undefined
    : refusal(415, `Accept: ${mediaTypes.join(', ')}\r\n`);
}

/** §21.4.7: none of the body types that we could answer with is accepted. */
export function refuseAccept(request: SipMessage, ours: readonly string[]): Refusal | undefined {
  if (!request.has(HeaderKind.accept)) return undefined;
  const acceptable = ours.some((type) => {
    const wildcard = `${type.slice(0, type.indexOf('/'))}/*`;
    return [type, wildcard, '*/*'].some((range) => acceptsRange(request, range));
  });
  return acceptable ? undefined : refusal(406);
}

function acceptsRange(request: SipMessage, range: string): boolean {
  if (hasToken(request, HeaderKind.accept, range)) return true;
  return tokensOf(request, HeaderKind.accept).some((value) => {
    const end = value.indexOf(';');
    return end >= 0 && equalsIgnoreCase(value.slice(0, end).trim(), range);
  });
}

/** §10.3 step 5: the address-of-record of a REGISTER is a SIP or SIPS URI. */
export function refuseAddressOfRecord(register: SipMessage): Refusal | undefined {
  const scheme = register.to?.parsedUri?.scheme;
  return scheme === 'sip' || scheme === 'sips' ? undefined : refusal(400);
}

/** True for a response that would go on to a broadcast address (RFC 4475 §3.3.10): drop it. */
export function leadsToBroadcast(response: SipMessage): boolean {
  const next = viasOf(response)?.[1];
  return next !== undefined && (next.params.get('received') ?? next.host) === '255.255.255.255';
}
