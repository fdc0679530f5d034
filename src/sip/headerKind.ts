import { matchesAt } from './scan.ts';

/**
 * Header field names that the server itself looks at, as small integers, so that indexing a message
 * allocates no strings. Compact forms: RFC 3261 §7.3.3 and the IANA registry.
 */
export const HeaderKind = {
  other: 0,
  via: 1,
  from: 2,
  to: 3,
  callId: 4,
  cseq: 5,
  contact: 6,
  maxForwards: 7,
  route: 8,
  recordRoute: 9,
  contentLength: 10,
  contentType: 11,
  expires: 12,
  require: 13,
  proxyRequire: 14,
  supported: 15,
  allow: 16,
  event: 17,
  authorization: 18,
  proxyAuthorization: 19,
  wwwAuthenticate: 20,
  proxyAuthenticate: 21,
  userAgent: 22,
  server: 23,
  path: 24,
  diversion: 25,
  pAssertedIdentity: 26,
  pPreferredIdentity: 27,
  privacy: 28,
  remotePartyId: 29,
  referTo: 30,
  referredBy: 31,
  replaces: 32,
  subject: 33,
  accept: 34,
  acceptLanguage: 35,
  acceptContact: 36,
  identity: 37,
  identityInfo: 38,
  date: 39,
  sessionExpires: 40,
  minSe: 41,
  minExpires: 42,
  contentDisposition: 43,
  contentEncoding: 44,
  reason: 45,
  retryAfter: 46,
  rack: 47,
  rseq: 48,
  subscriptionState: 49,
  sipIfMatch: 50,
  sipEtag: 51,
  serviceRoute: 52,
  unsupported: 53,
  warning: 54,
  alertInfo: 55,
  callInfo: 56,
  organization: 57,
  priority: 58,
  timestamp: 59,
  mimeVersion: 60,
  rejectContact: 61,
  requestDisposition: 62,
  allowEvents: 63,
  joinHeader: 64,
  errorInfo: 65,
  contentLanguage: 66,
  pChargingVector: 67,
} as const;

export type HeaderKind = (typeof HeaderKind)[keyof typeof HeaderKind];

/** Canonical spelling by kind, for headers that we write. */
export const headerNames: readonly string[] = [
  '',
  'Via',
  'From',
  'To',
  'Call-ID',
  'CSeq',
  'Contact',
  'Max-Forwards',
  'Route',
  'Record-Route',
  'Content-Length',
  'Content-Type',
  'Expires',
  'Require',
  'Proxy-Require',
  'Supported',
  'Allow',
  'Event',
  'Authorization',
  'Proxy-Authorization',
  'WWW-Authenticate',
  'Proxy-Authenticate',
  'User-Agent',
  'Server',
  'Path',
  'Diversion',
  'P-Asserted-Identity',
  'P-Preferred-Identity',
  'Privacy',
  'Remote-Party-ID',
  'Refer-To',
  'Referred-By',
  'Replaces',
  'Subject',
  'Accept',
  'Accept-Language',
  'Accept-Contact',
  'Identity',
  'Identity-Info',
  'Date',
  'Session-Expires',
  'Min-SE',
  'Min-Expires',
  'Content-Disposition',
  'Content-Encoding',
  'Reason',
  'Retry-After',
  'RAck',
  'RSeq',
  'Subscription-State',
  'SIP-If-Match',
  'SIP-ETag',
  'Service-Route',
  'Unsupported',
  'Warning',
  'Alert-Info',
  'Call-Info',
  'Organization',
  'Priority',
  'Timestamp',
  'MIME-Version',
  'Reject-Contact',
  'Request-Disposition',
  'Allow-Events',
  'Join',
  'Error-Info',
  'Content-Language',
  'P-Charging-Vector',
];

const compactForms: Readonly<Record<string, HeaderKind>> = {
  a: HeaderKind.acceptContact,
  b: HeaderKind.referredBy,
  c: HeaderKind.contentType,
  d: HeaderKind.requestDisposition,
  e: HeaderKind.contentEncoding,
  f: HeaderKind.from,
  i: HeaderKind.callId,
  j: HeaderKind.rejectContact,
  k: HeaderKind.supported,
  l: HeaderKind.contentLength,
  m: HeaderKind.contact,
  n: HeaderKind.identityInfo,
  o: HeaderKind.event,
  r: HeaderKind.referTo,
  s: HeaderKind.subject,
  t: HeaderKind.to,
  u: HeaderKind.allowEvents,
  v: HeaderKind.via,
  x: HeaderKind.sessionExpires,
  y: HeaderKind.identity,
};

interface KnownName {
  readonly name: string;
  readonly lower: string;
  readonly kind: HeaderKind;
}

/** Longest known name; longer ones are `other` without a look. */
const MAX_NAME_LENGTH = 31;

/** Known names by length and first letter, so that one comparison mostly decides. */
function bucketsOfNames(): readonly (readonly KnownName[])[] {
  const buckets: KnownName[][] = Array.from({ length: (MAX_NAME_LENGTH + 1) * 32 }, () => []);
  const add = (name: string, kind: number): void => {
    const lower = name.toLowerCase();
    buckets[bucketOf(lower.length, lower.charCodeAt(0))]?.push({ name, lower, kind: kind as HeaderKind });
  };
  for (let kind = 1; kind < headerNames.length; kind++) add(headerNames[kind] as string, kind);
  for (const [name, kind] of Object.entries(compactForms)) add(name, kind);
  return buckets;
}

function bucketOf(length: number, firstCode: number): number {
  return length * 32 + (firstCode & 31);
}

const knownNames = bucketsOfNames();

/** The kind of the header name in `text[start, end)`; `first` is the code of its first character. */
export function headerKindAt(
  text: string,
  start: number,
  end: number,
  first: number = text.charCodeAt(start),
): HeaderKind {
  if (end - start > MAX_NAME_LENGTH) return HeaderKind.other;
  const bucket = knownNames[bucketOf(end - start, first)] as readonly KnownName[];
  if (bucket.length === 0) return HeaderKind.other;
  // nearly all names come in their canonical spelling: comparing strings is cheaper than characters
  const name = text.slice(start, end);
  for (let i = 0; i < bucket.length; i++) {
    const known = bucket[i] as KnownName;
    if (name === known.name || matchesAt(name, 0, known.lower)) return known.kind;
  }
  return HeaderKind.other;
}

export function headerKindOf(name: string): HeaderKind {
  return headerKindAt(name, 0, name.length);
}
