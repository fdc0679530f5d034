/** Digest authentication for SIP: RFC 3261 §22.4, RFC 7616, RFC 8760. Texts are hashed as bytes (latin1). */
import { hash as hashOf, timingSafeEqual } from 'node:crypto';
import { type AuthValue, parseAuthValue } from './authValue.ts';
import { hexDigit } from './scan.ts';

/** Names as they stand in `algorithm`; the registry's spelling. */
export type DigestAlgorithm =
  | 'MD5'
  | 'MD5-sess'
  | 'SHA-256'
  | 'SHA-256-sess'
  | 'SHA-512-256'
  | 'SHA-512-256-sess'
  | 'SHA-512'
  | 'SHA-512-sess';

const algorithms: readonly DigestAlgorithm[] = [
  'MD5',
  'MD5-sess',
  'SHA-256',
  'SHA-256-sess',
  'SHA-512-256',
  'SHA-512-256-sess',
  // in no registry, but some servers ask for it
  'SHA-512',
  'SHA-512-sess',
];

/** The algorithm of that name, letter case aside; MD5 when none is named; undefined for an unknown one. */
export function digestAlgorithm(name: string | undefined): DigestAlgorithm | undefined {
  if (name === undefined) return 'MD5';
  const lower = name.toLowerCase();
  return algorithms.find((algorithm) => algorithm.toLowerCase() === lower);
}

/** Credentials that have all that a response can be computed from. */
export interface DigestCredentials {
  readonly username: string;
  readonly realm: string;
  readonly nonce: string;
  /** digest-uri as written. */
  readonly uri: string;
  readonly response: string;
  readonly algorithm: DigestAlgorithm;
  readonly opaque: string | undefined;
  readonly qop: 'auth' | 'auth-int' | undefined;
  /** Eight hexadecimal digits, as written; undefined without qop. */
  readonly nc: string | undefined;
  readonly cnonce: string | undefined;
}

/**
 * The credentials of an Authorization or Proxy-Authorization value; undefined when it is no Digest, something
 * mandatory is missing, or the algorithm or qop is unknown.
 */
export function parseDigestCredentials(value: string): DigestCredentials | undefined {
  const auth = parseAuthValue(value);
  return auth === undefined ? undefined : digestCredentials(auth);
}

/**
 * The user name of credentials: `username`, or `username*` in its extended notation (RFC 7616 §3.4, RFC 8187), as bytes;
 * undefined when there is neither.
 */
export function digestUsername(auth: AuthValue): string | undefined {
  const plain = auth.get('username');
  const extended = plain === undefined ? auth.get('username*') : undefined;
  const encoded = /^utf-8'[^']*'([^']*)$/i.exec(extended ?? '')?.[1];
  return (
    encoded?.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))) ?? plain
  );
}

export function digestCredentials(auth: AuthValue): DigestCredentials | undefined {
  const [realm, nonce, uri, response] = ['realm', 'nonce', 'uri', 'response'].map((name) => auth.get(name));
  const username = digestUsername(auth);
  const algorithm = digestAlgorithm(auth.get('algorithm'));
  const qop = auth.get('qop')?.toLowerCase();
  if (username === undefined || realm === undefined || nonce === undefined) return undefined;
  if (uri === undefined || response === undefined || algorithm === undefined || !auth.isDigest)
    return undefined;
  if (qop !== undefined && qop !== 'auth' && qop !== 'auth-int') return undefined;
  const nc = auth.get('nc');
  const cnonce = auth.get('cnonce');
  // RFC 2617 §3.2.2: with qop, both must be there
  if (qop !== undefined && (cnonce === undefined || nc === undefined || nonceCount(nc) < 0)) return undefined;
  return { username, realm, nonce, uri, response, algorithm, opaque: auth.get('opaque'), qop, nc, cnonce };
}

/** The number in `nc` (eight hexadecimal digits), or -1. */
export function nonceCount(nc: string): number {
  if (nc.length !== 8) return -1;
  let number = 0;
  for (let i = 0; i < 8; i++) {
    const digit = hexDigit(nc.charCodeAt(i));
    if (digit < 0) return -1;
    number = number * 16 + digit;
  }
  return number;
}

const hashNames: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-256': 'sha256',
  'SHA-512-256': 'sha512-256',
  'SHA-512': 'sha512',
};

function hash(algorithm: DigestAlgorithm, text: string): string {
  const plain = algorithm.endsWith('-sess') ? algorithm.slice(0, -5) : algorithm;
  return hashOf(hashNames[plain] ?? 'md5', Buffer.from(text, 'latin1'), 'hex');
}

/** Digits of a response by that algorithm. */
export function digestLength(algorithm: DigestAlgorithm): 32 | 64 | 128 {
  if (algorithm.startsWith('MD5')) return 32;
  return algorithm === 'SHA-512' || algorithm === 'SHA-512-sess' ? 128 : 64;
}

/** The user name as `userhash=true` asks for it (RFC 7616 §3.4.4). */
export function digestUserHash(algorithm: DigestAlgorithm, username: string, realm: string): string {
  return hash(algorithm, `${username}:${realm}`);
}

/** H(username:realm:password), as databases keep it; for a `-sess` algorithm too. */
export function digestHa1(
  algorithm: DigestAlgorithm,
  username: string,
  realm: string,
  password: string,
): string {
  return hash(algorithm, `${username}:${realm}:${password}`);
}

/** What besides HA1 goes into a response. */
export interface DigestInput {
  readonly algorithm: DigestAlgorithm;
  readonly nonce: string;
  readonly uri: string;
  /** Hashed as it is; all but `auth-int` protect no body. */
  readonly qop: string | undefined;
  readonly nc: string | undefined;
  readonly cnonce: string | undefined;
}

/** request-digest in lower-case hex (RFC 7616 §3.4.1). `ha1` is that of `digestHa1`; `body` matters for auth-int. */
export function digestResponse(ha1: string, input: DigestInput, method: string, body = ''): string {
  const { algorithm, nonce, qop, nc = '', cnonce = '' } = input;
  const key = algorithm.endsWith('-sess') ? hash(algorithm, `${ha1}:${nonce}:${cnonce}`) : ha1;
  const entity = qop?.toLowerCase() === 'auth-int' ? `:${hash(algorithm, body)}` : '';
  const ha2 = hash(algorithm, `${method}:${input.uri}${entity}`);
  if (qop === undefined) return hash(algorithm, `${key}:${nonce}:${ha2}`);
  return hash(algorithm, `${key}:${nonce}:${nc}:${cnonce}:${qop}:${ha2}`);
}

/** `rspauth` of Authentication-Info: like a response, without the method (RFC 3261 §22.4 (via RFC 7616 §3.5)). */
export function digestResponseAuth(ha1: string, input: DigestInput, body = ''): string {
  return digestResponse(ha1, input, '', body);
}

/** True if the response in the credentials is right; takes the same time wherever the first difference is. */
export function digestMatches(
  ha1: string,
  credentials: DigestInput & { readonly response: string },
  method: string,
  body = '',
): boolean {
  const expected = Buffer.from(digestResponse(ha1, credentials, method, body), 'latin1');
  const given = Buffer.from(credentials.response.toLowerCase(), 'latin1');
  return expected.length === given.length && timingSafeEqual(expected, given);
}
