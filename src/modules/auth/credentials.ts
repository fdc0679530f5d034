import { type AuthValue, parseAuthValue } from '../../sip/authValue.ts';
import { digestUsername } from '../../sip/digest.ts';
import { HeaderKind } from '../../sip/headerKind.ts';
import type { SipMessage } from '../../sip/message.ts';
import { equalsIgnoreCase } from '../../sip/scan.ts';

/** Who asks for credentials decides on the header: registrars and servers 401, proxies 407 (RFC 3261 §22.2, §22.3). */
export type CredentialsKind = 'www' | 'proxy';

/** Digest credentials with all that an answer can be checked by; texts as written, without quotes. */
export interface Credentials {
  /** Position of the header line in its message. */
  readonly header: number;
  /** The whole user name. */
  readonly username: string;
  /** Before `@`, without a scheme. */
  readonly user: string;
  /** Behind `@`; '' when there is none. */
  readonly domain: string;
  readonly realm: string;
  /** The realm that HA1 is made with. */
  readonly ha1Realm: string;
  readonly nonce: string;
  readonly uri: string;
  readonly response: string;
  /** '' without. */
  readonly qop: string;
  readonly nc: string;
  readonly cnonce: string;
}

/** Digest credentials for a realm, as they stand in a message. */
export interface FoundCredentials {
  readonly header: number;
  readonly auth: AuthValue;
  readonly ha1Realm: string;
}

/**
 * The first Digest credentials for a realm, letter case and `realmPrefix` aside. 'none' when there are none, 'malformed'
 * when credentials before them cannot be read.
 */
export function findCredentials(
  message: SipMessage,
  kind: CredentialsKind,
  realm: string,
  realmPrefix: string,
): FoundCredentials | 'none' | 'malformed' {
  const headerKind = kind === 'www' ? HeaderKind.authorization : HeaderKind.proxyAuthorization;
  for (let i = message.find(headerKind); i >= 0; i = message.find(headerKind, i + 1)) {
    const value = message.headerValue(i);
    const auth = parseAuthValue(value);
    if (auth === undefined && isDigest(value)) return 'malformed';
    if (auth === undefined || !auth.isDigest) continue;
    const ha1Realm = matchingRealm(auth.get('realm') ?? '', realm, realmPrefix);
    if (ha1Realm !== undefined) return { header: i, auth, ha1Realm };
  }
  return 'none';
}

/** Digest with parameters, be they readable or not. */
function isDigest(value: string): boolean {
  return equalsIgnoreCase(value.slice(0, 6), 'digest') && value.length > 6;
}

/** The realm for HA1 when credentials belong to `realm`: what the client took with a prefix, it has hashed with it. */
function matchingRealm(given: string, realm: string, prefix: string): string | undefined {
  if (equalsIgnoreCase(given, realm)) return realm;
  if (prefix === '' || !equalsIgnoreCase(given.slice(0, prefix.length), prefix)) return undefined;
  return equalsIgnoreCase(given.slice(prefix.length), realm) ? given : undefined;
}

/** undefined when something is missing that an answer cannot be checked without. */
export function completeCredentials({ header, auth, ha1Realm }: FoundCredentials): Credentials | undefined {
  const text = (name: string): string => auth.get(name) ?? '';
  const username = digestUsername(auth) ?? '';
  const credentials = {
    header,
    username,
    ...partsOf(username),
    realm: text('realm'),
    ha1Realm,
    nonce: text('nonce'),
    uri: text('uri'),
    response: text('response'),
    qop: text('qop'),
    nc: text('nc'),
    cnonce: text('cnonce'),
  };
  const { nonce, uri, response, qop, nc, cnonce } = credentials;
  if (username === '' || nonce === '' || uri === '' || response === '') return undefined;
  // RFC 7616 §3.4: with qop, both must be there
  return qop !== '' && (nc === '' || cnonce === '') ? undefined : credentials;
}

/** `alice` and `dom` of `sip:alice@dom`. */
function partsOf(username: string): { user: string; domain: string } {
  const start = username.startsWith('sip:') ? 4 : 0;
  const at = username.indexOf('@', start);
  if (at < 0) return { user: username.slice(start), domain: '' };
  return { user: username.slice(start, at), domain: username.slice(at + 1) };
}
