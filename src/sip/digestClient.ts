/** The client's side of digest authentication: RFC 3261 §22.2, §22.3, RFC 7616 §3.3 to §3.4, RFC 8760 §2.4. */
import { type AuthValue, formatAuthValue, parseAuthValue } from './authValue.ts';
import {
  type DigestAlgorithm,
  digestAlgorithm,
  digestHa1,
  digestResponse,
  digestUserHash,
} from './digest.ts';

/** A Digest challenge that can be answered. */
export interface DigestChallenge {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | undefined;
  readonly algorithm: DigestAlgorithm;
  /** As the challenge spells it; undefined when it names none (then credentials name none either). */
  readonly algorithmText: string | undefined;
  /** Known protections that the server offers, in its order; empty for a challenge without qop (RFC 2069). */
  readonly qop: readonly ('auth' | 'auth-int')[];
  /** The nonce was too old, the password may have been right. */
  readonly stale: boolean;
  /** The server asks for a hashed user name (RFC 7616 §3.4.4). */
  readonly userhash: boolean;
}

/**
 * The challenge of a WWW-Authenticate or Proxy-Authenticate value; undefined when it is no Digest, has no realm or
 * nonce, or asks for an algorithm or only for protections that nobody here knows.
 */
export function parseDigestChallenge(value: string): DigestChallenge | undefined {
  const auth = parseAuthValue(value);
  return auth?.isDigest === true ? digestChallenge(auth) : undefined;
}

function digestChallenge(auth: AuthValue): DigestChallenge | undefined {
  const realm = auth.get('realm');
  const nonce = auth.get('nonce');
  const algorithmText = auth.get('algorithm');
  const algorithm = digestAlgorithm(algorithmText);
  if (realm === undefined || nonce === undefined || algorithm === undefined) return undefined;
  const qopText = auth.get('qop');
  const qop = qopList(qopText ?? '');
  if (qopText !== undefined && qopText.trim() !== '' && qop.length === 0) return undefined;
  return {
    realm,
    nonce,
    opaque: auth.get('opaque'),
    algorithm,
    algorithmText,
    qop,
    stale: auth.get('stale')?.toLowerCase() === 'true',
    userhash: auth.get('userhash')?.toLowerCase() === 'true',
  };
}

function qopList(text: string): readonly ('auth' | 'auth-int')[] {
  return text
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name === 'auth' || name === 'auth-int');
}

/**
 * The challenge to answer among the values of one response: per realm the topmost that is understood (RFC 8760 §2.4).
 * `realm` picks one where several realms challenge; without it the first one.
 */
export function chooseDigestChallenge(
  values: readonly string[],
  realm?: string,
): DigestChallenge | undefined {
  for (const value of values) {
    const challenge = parseDigestChallenge(value);
    if (challenge !== undefined && (realm === undefined || challenge.realm === realm)) return challenge;
  }
  return undefined;
}

/** Who answers: a password, or the HA1 of `digestHa1` for the algorithm of the challenge. */
export interface DigestIdentity {
  readonly username: string;
  readonly password?: string | undefined;
  readonly ha1?: string | undefined;
}

/** The request that is to carry the credentials. */
export interface DigestRequest {
  readonly method: string;
  /** digest-uri: the Request-URI as sent (RFC 3261 §22.4). */
  readonly uri: string;
  /** Matters for auth-int only. */
  readonly body?: string | undefined;
  /** How often this nonce is used, from 1 (RFC 7616 §3.4, nc). */
  readonly nonceCount: number;
  /** Fresh randomness of the client. */
  readonly cnonce: string;
  /** auth-int is taken only where it is the only offer, unless this asks for it. */
  readonly preferIntegrity?: boolean | undefined;
}

/** The value of the Authorization or Proxy-Authorization header that answers a challenge. */
export function answerDigestChallenge(
  challenge: DigestChallenge,
  identity: DigestIdentity,
  request: DigestRequest,
): string {
  const { algorithm, realm, nonce } = challenge;
  const qop = chosenQop(challenge, request.preferIntegrity ?? false);
  const session = algorithm.endsWith('-sess');
  const nc = qop === undefined ? undefined : request.nonceCount.toString(16).padStart(8, '0');
  const cnonce = qop === undefined && !session ? undefined : request.cnonce;
  const ha1 = identity.ha1 ?? digestHa1(algorithm, identity.username, realm, identity.password ?? '');
  const input = { algorithm, nonce, uri: request.uri, qop, nc, cnonce };
  return formatAuthValue('credentials', {
    username: challenge.userhash ? digestUserHash(algorithm, identity.username, realm) : identity.username,
    realm,
    nonce,
    uri: request.uri,
    response: digestResponse(ha1, input, request.method, request.body ?? ''),
    algorithm: challenge.algorithmText,
    cnonce,
    opaque: challenge.opaque,
    qop,
    nc,
    userhash: challenge.userhash ? 'true' : undefined,
  });
}

function chosenQop(challenge: DigestChallenge, preferIntegrity: boolean): 'auth' | 'auth-int' | undefined {
  const wanted = preferIntegrity ? 'auth-int' : 'auth';
  return challenge.qop.includes(wanted) ? wanted : challenge.qop[0];
}
