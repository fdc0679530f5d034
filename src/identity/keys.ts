/** ES256: ECDSA on P-256 with SHA-256 (RFC 7518 §3.4), the one algorithm of PASSporT. */
import {
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign,
  verify,
  X509Certificate,
} from 'node:crypto';
import { failure, type Outcome, success } from './failure.ts';

/** More PEM text than this is refused unread. */
export const maxPemLength = 65_536;

/** A private key in PEM: SEC 1 or PKCS #8. */
export function readPrivateKey(pem: string | Buffer): Outcome<KeyObject> {
  if (pem.length > maxPemLength) return failure('private-key', `${pem.length} bytes are no key`, 'no-pem');
  try {
    const key = createPrivateKey(pem);
    return isP256(key)
      ? success(key)
      : failure('private-key', `the key is ${describeKey(key)}, not EC P-256`);
  } catch {
    return failure('private-key', 'no PEM private key', pem.includes('-----BEGIN') ? 'pem' : 'no-pem');
  }
}

export interface Credential {
  readonly publicKey: KeyObject;
  /** The certificate of the signer first, then what came with it; empty for a bare public key. */
  readonly certificates: readonly X509Certificate[];
}

const certificateBlock = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** A public key, or a certificate with its intermediates, in PEM; a lone certificate also in DER. */
export function readCredential(data: string | Buffer): Outcome<Credential> {
  if (data.length > maxPemLength) {
    return failure('certificate-format', `${data.length} bytes are no certificate`, 'no-pem');
  }
  const text = typeof data === 'string' ? data : data.toString('latin1');
  try {
    if (text.includes(' PRIVATE KEY-----')) throw new TypeError('a private key has no place here');
    const blocks = text.match(certificateBlock);
    if (blocks === null && text.includes('-----BEGIN')) return usable(createPublicKey(text), []);
    const certificates = (blocks ?? [data]).map((block) => new X509Certificate(block));
    return usable((certificates[0] as X509Certificate).publicKey, certificates);
  } catch {
    const part = text.includes('-----BEGIN') ? 'pem' : 'no-pem';
    return failure('certificate-format', 'neither a PEM certificate nor a PEM public key', part);
  }
}

function usable(publicKey: KeyObject, certificates: readonly X509Certificate[]): Outcome<Credential> {
  if (publicKey.type === 'public' && isP256(publicKey)) return success({ publicKey, certificates });
  return failure('certificate-format', `the key is ${describeKey(publicKey)}, not EC P-256`);
}

function isP256(key: KeyObject): boolean {
  return key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1';
}

function describeKey(key: KeyObject): string {
  const curve = key.asymmetricKeyDetails?.namedCurve;
  return `${key.asymmetricKeyType ?? 'unknown'}${curve === undefined ? '' : ` ${curve}`}`;
}

export function signEs256(input: string, key: KeyObject): Buffer {
  return sign('sha256', Buffer.from(input, 'latin1'), { key, dsaEncoding: 'ieee-p1363' });
}

export function verifyEs256(input: string, signature: Uint8Array, key: KeyObject): boolean {
  return verify('sha256', Buffer.from(input, 'latin1'), { key, dsaEncoding: 'ieee-p1363' }, signature);
}
