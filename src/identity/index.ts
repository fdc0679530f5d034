/**
 * `olelo/identity`: STIR/SHAKEN for programs. Sign, parse and verify PASSporTs and Identity header fields
 * (RFC 8224, 8225, 8226, 8588, 8946). Nothing throws on bad input: a refusal names the check that failed.
 */
export {
  type CertificateCounts,
  type CertificatePorts,
  CertificateSource,
  type CertificateSourceOptions,
  cachePath,
} from './certificateSource.ts';
export { anyCertificate, type RevocationList, type Trust } from './certificateTrust.ts';
export {
  type FailedCheck,
  type Failure,
  failure,
  type Outcome,
  responseFor,
  type Success,
  success,
} from './failure.ts';
export { type IdentityHeader, parseIdentityHeader, renderIdentityHeader } from './identityHeader.ts';
export { credentialFiles, ParsedFiles, privateKeyFiles } from './keyFiles.ts';
export { type Credential, readCredential, readPrivateKey } from './keys.ts';
export {
  type CertificateRequest,
  type Issuer,
  makeCertificate,
  makeKeyPair,
  makeRevocationList,
  publicKeyOf,
} from './makeCertificate.ts';
export {
  type Attestation,
  canonicalJson,
  claimsJson,
  type Identities,
  type Passport,
  type PassportClaims,
  type PassportHeader,
  parseJson,
  parsePassport,
} from './passport.ts';
export { readRevocationLists } from './revocationList.ts';
export { failureJson, IdentityService, type IdentityServiceOptions, verifiedJson } from './service.ts';
export { isHeaderUri, type ShakenRequest, shakenClaims, signJson, signPassport, signShaken } from './sign.ts';
export { canonicalNumber, isSameNumber } from './telephoneNumber.ts';
export { decodeTnAuthList, encodeTnAuthList, parseTnEntry, type TnEntry } from './tnAuthList.ts';
export { certVerify, type TrustFileOptions, TrustFiles } from './trustFiles.ts';
export {
  type CredentialSource,
  type VerifiedIdentity,
  type VerifyOptions,
  verifyIdentity,
} from './verify.ts';
