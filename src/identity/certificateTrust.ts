/** Which certificates are trusted to sign (RFC 5280 §6, as far as RFC 8226 needs it). */
import type { X509Certificate } from 'node:crypto';
import { type Failure, failure, type Outcome, success } from './failure.ts';
import type { Credential } from './keys.ts';
import { coversNumber, tnAuthListOf } from './tnAuthList.ts';

/** Revoked certificates of one issuer. */
export interface RevocationList {
  /** Distinguished name of the issuer, as `X509Certificate.issuer` writes it; '' when it could not be told. */
  readonly issuer: string;
  /** Serial numbers, upper-case hexadecimal without leading zeros. */
  readonly serials: ReadonlySet<string>;
}

export interface Trust {
  /** Certificates in force only. */
  readonly validity: boolean;
  /** A path to one of `roots`; without it any certificate will do. */
  readonly chain: boolean;
  readonly roots: readonly X509Certificate[];
  readonly intermediates: readonly X509Certificate[];
  /** undefined: revocation is not checked. */
  readonly revoked: readonly RevocationList[] | undefined;
  /** What the TNAuthList of the certificate must say of the calling number. */
  readonly telephoneNumbers: 'ignore' | 'when-present' | 'required';
}

/** Signatures alone count. */
export const anyCertificate: Trust = {
  validity: false,
  chain: false,
  roots: [],
  intermediates: [],
  revoked: undefined,
  telephoneNumbers: 'ignore',
};

/** Longer paths are not followed. */
const maxDepth = 8;

/** Is the credential good at this time? A bare public key passes only where nothing is asked of certificates. */
export function checkCredential(credential: Credential, trust: Trust, nowMs: number): Outcome<Credential> {
  const [leaf, ...sent] = credential.certificates;
  const asked = trust.validity || trust.chain || trust.revoked !== undefined;
  if (leaf === undefined) {
    return asked ? failure('certificate-format', 'a bare public key has no chain') : success(credential);
  }
  if (trust.validity) {
    const problem = validityProblem(leaf, nowMs);
    if (problem !== undefined) return problem;
  }
  let path: readonly X509Certificate[] = [leaf];
  if (trust.chain) {
    const found = pathToRoot([leaf], [...sent, ...trust.intermediates], trust.roots);
    if (found === undefined) {
      return failure('certificate-chain', `no path from "${oneLine(leaf.subject)}" to a trusted root`);
    }
    path = found;
    const bad = path.map((certificate) => validityProblem(certificate, nowMs)).find(Boolean);
    if (bad !== undefined) return bad;
  }
  const revoked = path.find((certificate) => isRevoked(certificate, trust.revoked));
  if (revoked !== undefined) {
    return failure('certificate-revoked', `"${oneLine(revoked.subject)}", serial ${revoked.serialNumber}`);
  }
  return success(credential);
}

/** May the certificate sign for this calling number? */
export function checkTelephoneNumber(
  credential: Credential,
  trust: Trust,
  number: string | undefined,
): Outcome<undefined> {
  if (trust.telephoneNumbers === 'ignore') return success(undefined);
  const [leaf] = credential.certificates;
  const list = leaf === undefined ? undefined : tnAuthListOf(leaf.raw);
  if (list === 'malformed') return failure('tn-authorization', 'the TNAuthList cannot be read');
  if (list === undefined) {
    return trust.telephoneNumbers === 'required'
      ? failure('tn-authorization', 'the certificate has no TNAuthList')
      : success(undefined);
  }
  if (number !== undefined && coversNumber(list, number)) return success(undefined);
  return failure('tn-authorization', `the TNAuthList does not have ${number ?? 'a URI'}`);
}

function validityProblem(certificate: X509Certificate, nowMs: number): Failure | undefined {
  const name = oneLine(certificate.subject);
  if (nowMs > Date.parse(certificate.validTo)) {
    return failure('certificate-validity', `"${name}" expired on ${certificate.validTo}`);
  }
  if (nowMs < Date.parse(certificate.validFrom)) {
    const reason = `"${name}" is not valid before ${certificate.validFrom}`;
    return failure('certificate-validity', reason, 'not-yet');
  }
  return undefined;
}

/** Depth first: the certificates from the leaf to the root. */
function pathToRoot(
  path: readonly X509Certificate[],
  between: readonly X509Certificate[],
  roots: readonly X509Certificate[],
): readonly X509Certificate[] | undefined {
  const last = path.at(-1) as X509Certificate;
  for (const root of roots) {
    if (root.fingerprint256 === last.fingerprint256) return path;
    if (isIssuedBy(last, root)) return [...path, root];
  }
  if (path.length >= maxDepth) return undefined;
  for (const next of between) {
    if (path.some(({ fingerprint256 }) => fingerprint256 === next.fingerprint256)) continue;
    const found = isIssuedBy(last, next) ? pathToRoot([...path, next], between, roots) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function isRevoked(certificate: X509Certificate, lists: readonly RevocationList[] | undefined): boolean {
  const serial = certificate.serialNumber.replace(/^0+/, '');
  return (
    lists?.some(
      ({ issuer, serials }) => (issuer === '' || issuer === certificate.issuer) && serials.has(serial),
    ) === true
  );
}

function oneLine(name: string): string {
  return name.replace(/\n/g, ', ');
}
