/** Checking Identity headers (RFC 8224 §6.2, RFC 8588 §6). */
import type { Soon } from '../base/soon.ts';
import { soon } from '../base/soon.ts';
import { anyCertificate, checkCredential, checkTelephoneNumber, type Trust } from './certificateTrust.ts';
import { failure, type Outcome, success } from './failure.ts';
import { type IdentityHeader, parseIdentityHeader } from './identityHeader.ts';
import { type Credential, verifyEs256 } from './keys.ts';
import { canonicalJson, encodeBase64url, type Identities, type Passport, parsePassport } from './passport.ts';
import { isSameNumber } from './telephoneNumber.ts';

/** Gives the credential for an `info` URL: a fixed one, or fetched. */
export type CredentialSource = (url: string) => Soon<Outcome<Credential>>;

export interface VerifyOptions {
  readonly credential: CredentialSource;
  readonly nowMs: number;
  /** A token whose `iat` is older is stale; RFC 8224 recommends 60 s. */
  readonly maxAgeSec: number;
  /** How far ahead the clock of the signer may be; default 60 s. */
  readonly maxAheadSec?: number | undefined;
  /** Extensions that are understood; default shaken and div. */
  readonly extensions?: readonly string[] | undefined;
  readonly trust?: Trust | undefined;
  /** The calling number of the message, when it shall be compared. */
  readonly origTn?: string | undefined;
  /** The called number of the message, when it shall be compared. */
  readonly destTn?: string | undefined;
  /** JSON of header and payload as the message says they must be, to complete a compact token. */
  readonly compact?: { readonly header: object; readonly payload: object } | undefined;
}

/** A header that has passed all checks. */
export interface VerifiedIdentity {
  readonly passport: Passport;
  readonly header: IdentityHeader;
  readonly credential: Credential;
}

const understood: readonly string[] = ['shaken', 'div'];

/** Checks a header value, or a bare token. What needs no certificate is checked before one is fetched. */
export function verifyIdentity(value: string, options: VerifyOptions): Soon<Outcome<VerifiedIdentity>> {
  const parsed = parseIdentityHeader(value);
  if (!parsed.ok) return parsed;
  const header = parsed.value;
  const passport = parsePassport(fullToken(header.token, options));
  if (!passport.ok) return passport;
  const problem = attributeProblem(passport.value, header, options) ?? timeProblem(passport.value, options);
  if (problem !== undefined) return problem;
  const url = header.info || passport.value.header.x5u || '';
  return soon(options.credential(url), (credential) =>
    credential.ok ? verifyWith(passport.value, header, credential.value, options) : credential,
  );
}

/** A compact token (`..signature`) with the parts that both sides know put back (RFC 8224 §4.1). */
function fullToken(token: string, { compact }: VerifyOptions): string {
  if (compact === undefined || !token.startsWith('..')) return token;
  const part = (json: object): string => encodeBase64url(canonicalJson(json));
  return `${part(compact.header)}.${part(compact.payload)}.${token.slice(2)}`;
}

/** Do token and header parameters agree, and are they understood? */
function attributeProblem(passport: Passport, header: IdentityHeader, options: VerifyOptions) {
  const { alg, ppt, x5u } = passport.header;
  if (alg !== 'ES256') return failure('algorithm', `alg of the token is "${alg}", not ES256`, 'header');
  if (header.alg !== undefined && header.alg !== 'ES256') {
    return failure('algorithm', `alg of the header is "${header.alg}", not ES256`, 'parameters');
  }
  const extensions = options.extensions ?? understood;
  if (ppt !== undefined && !extensions.includes(ppt)) {
    return failure('extension', `ppt "${ppt}" is not understood`, 'header');
  }
  if (header.ppt !== undefined && header.ppt !== ppt) {
    return failure(
      'extension',
      `ppt of the header is "${header.ppt}", of the token "${ppt ?? ''}"`,
      'parameters',
    );
  }
  if (header.info !== '' && x5u !== undefined && x5u !== header.info) {
    return failure('x5u', `info <${header.info}> is not x5u ${x5u}`, 'header');
  }
  if (ppt === 'shaken' && (passport.claims.attest === undefined || passport.claims.origid === undefined)) {
    return failure('claims', 'a shaken token must have attest and origid');
  }
  if (ppt === 'div' && passport.claims.div === undefined) {
    return failure('claims', 'a div token must have div');
  }
  return undefined;
}

function timeProblem({ claims }: Passport, { nowMs, maxAgeSec, maxAheadSec = 60 }: VerifyOptions) {
  const ageSec = Math.floor(nowMs / 1000) - claims.iat;
  if (ageSec > maxAgeSec)
    return failure('freshness', `signed ${ageSec} s ago, at most ${maxAgeSec} s allowed`);
  if (-ageSec > maxAheadSec) return failure('freshness', `signed ${-ageSec} s in the future`);
  return undefined;
}

function verifyWith(
  passport: Passport,
  header: IdentityHeader,
  credential: Credential,
  options: VerifyOptions,
): Outcome<VerifiedIdentity> {
  const trust = options.trust ?? anyCertificate;
  const trusted = checkCredential(credential, trust, options.nowMs);
  if (!trusted.ok) return trusted;
  if (!verifyEs256(passport.signingInput, passport.signature, credential.publicKey)) {
    return failure('signature', 'the signature does not fit token and key');
  }
  const { orig, dest } = passport.claims;
  const allowed = checkTelephoneNumber(credential, trust, orig.tn[0]);
  if (!allowed.ok) return allowed;
  if (options.origTn !== undefined && !holds(orig, options.origTn)) {
    return failure('orig', `the token is for ${listed(orig)}, the call from ${options.origTn}`);
  }
  if (options.destTn !== undefined && !holds(dest, options.destTn)) {
    return failure('dest', `the token is for calls to ${listed(dest)}, the call to ${options.destTn}`);
  }
  return success({ passport, header, credential });
}

function holds({ tn, uri }: Identities, identity: string): boolean {
  return tn.some((number) => isSameNumber(number, identity)) || uri.includes(identity);
}

function listed({ tn, uri }: Identities): string {
  return [...tn, ...uri].slice(0, 5).join(', ');
}
