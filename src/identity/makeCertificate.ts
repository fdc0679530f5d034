/** Keys and certificates for tests and trials of STIR/SHAKEN (RFC 8226). Real ones come from a policy administrator. */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  webcrypto,
} from 'node:crypto';
import { encodeTnAuthList, type TnEntry, tnAuthListOid } from './tnAuthList.ts';
import { loadX509, type X509Library } from './x509.ts';

export interface CertificateRequest {
  /** Distinguished name, e.g. `CN=SHAKEN test, O=Example`. */
  readonly subject: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Empty: no TNAuthList. */
  readonly telephoneNumbers: readonly TnEntry[];
  readonly isAuthority: boolean;
  /** Hexadecimal. */
  readonly serial: string;
}

/** A certificate that can sign others. */
export interface Issuer {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

/** PEM, private key in PKCS #8. */
export interface KeyPairPem {
  readonly privateKey: string;
  readonly publicKey: string;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** A new EC P-256 key pair. */
export function makeKeyPair(): KeyPairPem {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { privateKey: privatePem(privateKey), publicKey: publicPem(publicKey) };
}

/** The public key of a private one, in PEM. */
export function publicKeyOf(privateKeyPem: string): string {
  return publicPem(createPublicKey(createPrivateKey(privateKeyPem)));
}

function privatePem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }) as string;
}

function publicPem(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'pem' }) as string;
}

/** A certificate for a key, in PEM: signed by `issuer`, or by itself. */
export async function makeCertificate(
  request: CertificateRequest,
  privateKeyPem: string,
  issuer?: Issuer,
): Promise<string> {
  const x509 = loadX509();
  const authority = issuer && new x509.X509Certificate(issuer.certificatePem);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: request.serial,
    subject: request.subject,
    issuer: authority?.subject ?? request.subject,
    notBefore: request.notBefore,
    notAfter: request.notAfter,
    publicKey: await importPublic(publicKeyOf(privateKeyPem)),
    signingKey: await importPrivate(issuer?.privateKeyPem ?? privateKeyPem),
    signingAlgorithm: algorithm,
    extensions: extensions(x509, request),
  });
  return `${certificate.toString('pem')}\n`;
}

function extensions(x509: X509Library, request: CertificateRequest) {
  const { KeyUsageFlags } = x509;
  const usage = request.isAuthority
    ? KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign
    : KeyUsageFlags.digitalSignature;
  const list = [
    new x509.BasicConstraintsExtension(request.isAuthority, undefined, true),
    new x509.KeyUsagesExtension(usage, true),
  ];
  if (request.telephoneNumbers.length === 0) return list;
  const value = new Uint8Array(encodeTnAuthList(request.telephoneNumbers));
  return [...list, new x509.Extension(tnAuthListOid, false, value)];
}

/** A revocation list of an issuer, in PEM; serial numbers in hexadecimal. */
export async function makeRevocationList(
  issuer: Issuer,
  serials: readonly string[],
  thisUpdate: Date,
): Promise<string> {
  const x509 = loadX509();
  const crl = await x509.X509CrlGenerator.create({
    issuer: new x509.X509Certificate(issuer.certificatePem).subject,
    thisUpdate,
    nextUpdate: new Date(thisUpdate.getTime() + 30 * 86_400_000),
    signingAlgorithm: algorithm,
    signingKey: await importPrivate(issuer.privateKeyPem),
    entries: serials.map((serialNumber) => ({ serialNumber, revocationDate: thisUpdate })),
  });
  return `${crl.toString('pem')}\n`;
}

function importPrivate(pem: string): Promise<webcrypto.CryptoKey> {
  const der = createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' });
  return webcrypto.subtle.importKey('pkcs8', new Uint8Array(der), algorithm, true, ['sign']);
}

function importPublic(pem: string): Promise<webcrypto.CryptoKey> {
  const der = createPublicKey(pem).export({ type: 'spki', format: 'der' });
  return webcrypto.subtle.importKey('spki', new Uint8Array(der), algorithm, true, ['verify']);
}
