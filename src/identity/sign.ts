/** Making PASSporTs and Identity header values (RFC 8224 §4, RFC 8588). */
import type { KeyObject } from 'node:crypto';
import { failure, type Outcome, success } from './failure.ts';
import { renderIdentityHeader } from './identityHeader.ts';
import { signEs256 } from './keys.ts';
import {
  type Attestation,
  canonicalJson,
  claimsJson,
  encodeBase64url,
  type PassportClaims,
  type PassportHeader,
} from './passport.ts';
import { canonicalNumber } from './telephoneNumber.ts';

export interface ShakenRequest {
  readonly origTn: string;
  readonly destTn: string | readonly string[];
  readonly attest: Attestation;
  readonly origId: string;
  /** URL of the certificate. */
  readonly x5u: string;
  /** Seconds since the epoch. */
  readonly iat: number;
}

/** Claims of a shaken PASSporT; numbers in their canonical form, anything else as a number too, as written. */
export function shakenClaims(request: ShakenRequest): PassportClaims {
  const number = (text: string): string => canonicalNumber(text) ?? text;
  const called = typeof request.destTn === 'string' ? [request.destTn] : request.destTn;
  return {
    attest: request.attest,
    dest: { tn: called.map(number), uri: [] },
    iat: request.iat,
    orig: { tn: [number(request.origTn)], uri: [] },
    origid: request.origId,
  };
}

/** The token; header and payload in canonical JSON. */
export function signPassport(header: PassportHeader, claims: PassportClaims, key: KeyObject): string {
  return signJson(canonicalJson(header), canonicalJson(claimsJson(claims)), key);
}

/** A token of any two JSON texts, signed as they are. */
export function signJson(header: string, payload: string, key: KeyObject): string {
  const input = `${encodeBase64url(header)}.${encodeBase64url(payload)}`;
  return `${input}.${encodeBase64url(signEs256(input, key))}`;
}

/** The value of an Identity header field for a call. */
export function signShaken(request: ShakenRequest, key: KeyObject): Outcome<string> {
  if (!isHeaderUri(request.x5u)) {
    return failure('x5u', `"${request.x5u}" is no URL that fits into a header field`);
  }
  const header = { alg: 'ES256', ppt: 'shaken', typ: 'passport', x5u: request.x5u };
  const token = signPassport(header, shakenClaims(request), key);
  return success(renderIdentityHeader({ token, info: request.x5u, alg: 'ES256', ppt: 'shaken' }));
}

/** Nothing that ends the angle brackets or the line. */
export function isHeaderUri(text: string): boolean {
  return text.length > 2 && text.length <= 2048 && !/[\s<>"]/.test(text);
}
