/** PASSporT: the signed token of an Identity header field (RFC 8225, with shaken of RFC 8588 and div of RFC 8946). */
import { failure, type Outcome, success } from './failure.ts';

/** A longer token is refused unread. */
export const maxTokenLength = 16_384;

/** RFC 8588 §4: how sure the signer is of the caller. */
export type Attestation = 'A' | 'B' | 'C';

/** JOSE header of the token (RFC 8225 §4). */
export interface PassportHeader {
  readonly alg: string;
  /** Extension; undefined for a base PASSporT. */
  readonly ppt?: string | undefined;
  readonly typ: string;
  /** Where the certificate is. */
  readonly x5u?: string | undefined;
}

/** One identity: a number, a URI, or several (only `dest` may have several). */
export interface Identities {
  readonly tn: readonly string[];
  readonly uri: readonly string[];
}

/** Claims of the token (RFC 8225 §5). */
export interface PassportClaims {
  readonly orig: Identities;
  readonly dest: Identities;
  /** Seconds since the epoch. */
  readonly iat: number;
  readonly attest?: Attestation | undefined;
  readonly origid?: string | undefined;
  /** The number that was called before the diversion (RFC 8946 §3). */
  readonly div?: Identities | undefined;
}

/** A token taken apart. Nothing of it is to be believed before its signature has been checked. */
export interface Passport {
  readonly header: PassportHeader;
  readonly claims: PassportClaims;
  /** All members of the payload, also those that nobody here knows. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** What the signature covers: both parts in base64url with the dot. */
  readonly signingInput: string;
  /** r and s, 32 bytes each. */
  readonly signature: Buffer;
}

const base64url = /^[A-Za-z0-9_-]*$/;

/** base64url without padding (RFC 7515 §2); undefined when there is anything else in it. */
export function decodeBase64url(text: string): Buffer | undefined {
  const bare = text.replace(/={1,2}$/, '');
  if (!base64url.test(bare) || bare.length % 4 === 1) return undefined;
  return Buffer.from(bare, 'base64url');
}

export function encodeBase64url(data: string | Uint8Array): string {
  return Buffer.from(data as string).toString('base64url');
}

/** Takes a full-form token apart and checks the types of what is in it; no signature, no time. */
export function parsePassport(token: string): Outcome<Passport> {
  if (token.length > maxTokenLength) {
    return failure('format', `token of ${token.length} characters`, 'token');
  }
  const parts = token.split('.');
  if (parts.length !== 3) {
    return failure('format', 'a token has three parts with dots between them', 'token');
  }
  const [headerPart, payloadPart, signaturePart] = parts as [string, string, string];
  const header = parseObject(headerPart, 'header');
  if (!header.ok) return header;
  const payload = parseObject(payloadPart, 'payload');
  if (!payload.ok) return payload;
  const signature = decodeBase64url(signaturePart);
  if (signature === undefined) return failure('format', 'the signature is not base64url', 'signature');
  if (signature.length !== 64) {
    return failure('format', `an ES256 signature has 64 bytes, this one ${signature.length}`, 'signature');
  }
  const passportHeader = readHeader(header.value);
  if (!passportHeader.ok) return passportHeader;
  const claims = readClaims(payload.value);
  if (!claims.ok) return claims;
  return success({
    header: passportHeader.value,
    claims: claims.value,
    payload: payload.value,
    signingInput: `${headerPart}.${payloadPart}`,
    signature,
  });
}

function parseObject(part: string, name: 'header' | 'payload'): Outcome<Record<string, unknown>> {
  const bytes = decodeBase64url(part);
  if (bytes === undefined) return failure('format', `the ${name} is not base64url`, name);
  const value = parseJson(bytes.toString('utf8'));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return failure('format', `the ${name} is no JSON object`, name);
  }
  return success(value as Record<string, unknown>);
}

/** undefined for what is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function readHeader(header: Readonly<Record<string, unknown>>): Outcome<PassportHeader> {
  const { alg, ppt, typ, x5u } = header;
  if (typeof alg !== 'string') return failure('format', 'the header has no alg', 'header');
  if (typ !== 'passport') return failure('format', `typ is ${shown(typ)}, not "passport"`, 'header');
  if (ppt !== undefined && typeof ppt !== 'string') return failure('format', 'ppt is not a string', 'header');
  if (x5u !== undefined && typeof x5u !== 'string') return failure('format', 'x5u is not a string', 'header');
  return success({ alg, ppt, typ, x5u });
}

function readClaims(payload: Readonly<Record<string, unknown>>): Outcome<PassportClaims> {
  const { iat, attest, origid } = payload;
  const orig = readIdentities(payload.orig);
  if (orig === undefined || orig.tn.length + orig.uri.length !== 1) {
    return failure('claims', 'orig must have one tn or uri');
  }
  const dest = readIdentities(payload.dest);
  if (dest === undefined || dest.tn.length + dest.uri.length === 0) {
    return failure('claims', 'dest must have tn or uri');
  }
  if (typeof iat !== 'number' || !Number.isSafeInteger(iat) || iat < 0) {
    return failure('claims', `iat is ${shown(iat)}, not a time in seconds`);
  }
  if (attest !== undefined && attest !== 'A' && attest !== 'B' && attest !== 'C') {
    return failure('claims', `attest is ${shown(attest)}, not A, B or C`);
  }
  if (origid !== undefined && typeof origid !== 'string') return failure('claims', 'origid is not a string');
  const div = payload.div === undefined ? undefined : readIdentities(payload.div);
  if (payload.div !== undefined && div === undefined) return failure('claims', 'div has no tn or uri');
  return success({ orig, dest, iat, attest, origid, div });
}

/** `{"tn": "1"}` as orig has it, or `{"tn": ["1", "2"]}` as dest has it. */
function readIdentities(value: unknown): Identities | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { tn, uri } = value as { readonly tn?: unknown; readonly uri?: unknown };
  const numbers = readTexts(tn);
  const uris = readTexts(uri);
  return numbers === undefined || uris === undefined ? undefined : { tn: numbers, uri: uris };
}

function readTexts(value: unknown): readonly string[] | undefined {
  if (value === undefined) return [];
  if (typeof value === 'string') return [value];
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
    ? (value as readonly string[])
    : undefined;
}

function shown(value: unknown): string {
  return value === undefined ? 'missing' : (JSON.stringify(value) ?? 'nothing').slice(0, 60);
}

/** JSON without white space and with sorted members, as it is signed (RFC 8225 §9). */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`;
}

/** Claims as they stand in the payload: a single origin is no list. */
export function claimsJson(claims: PassportClaims): Readonly<Record<string, unknown>> {
  const { orig, dest, iat, attest, origid, div } = claims;
  return { attest, dest: manyJson(dest), div: div && oneJson(div), iat, orig: oneJson(orig), origid };
}

function manyJson({ tn, uri }: Identities): Readonly<Record<string, unknown>> {
  return { tn: tn.length > 0 ? tn : undefined, uri: uri.length > 0 ? uri : undefined };
}

function oneJson({ tn, uri }: Identities): Readonly<Record<string, unknown>> {
  return { tn: tn[0], uri: uri[0] };
}
