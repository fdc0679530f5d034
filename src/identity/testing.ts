/** A small hierarchy for tests: root, intermediate, signer; made once for all tests of a file. */
import { X509Certificate } from 'node:crypto';
import type { Trust } from './certificateTrust.ts';
import { type Issuer, makeCertificate, makeKeyPair } from './makeCertificate.ts';
import type { TnEntry } from './tnAuthList.ts';

/** 2026-01-01, when all test certificates are in force. */
export const testNowMs = Date.UTC(2026, 0, 1);

const dayMs = 86_400_000;

export interface TestHierarchy {
  readonly root: Issuer;
  readonly intermediate: Issuer;
  /** PEM of the signer and its key. */
  readonly signer: Issuer;
  readonly trust: Trust;
}

export async function makeHierarchy(telephoneNumbers: readonly TnEntry[] = []): Promise<TestHierarchy> {
  const root = await makeIssuer('CN=Test root', '01', true);
  const intermediate = await makeIssuer('CN=Test intermediate', '02', true, root);
  const signer = await makeIssuer('CN=SHAKEN 709J, O=Test', '0a0b', false, intermediate, telephoneNumbers);
  const trust: Trust = {
    validity: true,
    chain: true,
    roots: [new X509Certificate(root.certificatePem)],
    intermediates: [new X509Certificate(intermediate.certificatePem)],
    revoked: undefined,
    telephoneNumbers: 'ignore',
  };
  return { root, intermediate, signer, trust };
}

async function makeIssuer(
  subject: string,
  serial: string,
  isAuthority: boolean,
  issuer?: Issuer,
  telephoneNumbers: readonly TnEntry[] = [],
): Promise<Issuer> {
  const { privateKey } = makeKeyPair();
  const validity = {
    notBefore: new Date(testNowMs - dayMs),
    notAfter: new Date(testNowMs + 30 * dayMs),
  };
  const request = { subject, serial, isAuthority, telephoneNumbers, ...validity };
  return { certificatePem: await makeCertificate(request, privateKey, issuer), privateKeyPem: privateKey };
}
