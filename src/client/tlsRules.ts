import { X509Certificate } from 'node:crypto';
import { errorText } from '../base/errors.ts';
import { addressOfHost } from '../base/ip.ts';
import type { TlsContext, TlsNet, TlsSession } from '../base/ports.ts';
import { ClientFailure } from './failure.ts';

/** What the user wants of TLS. Certificates and keys are PEM texts. */
export interface TlsOptions {
  /** Take any certificate. */
  readonly insecure: boolean;
  /** undefined for the system's authorities. */
  readonly trusted: string | undefined;
  /** The name the certificate must be for, instead of the target's host. */
  readonly name: string | undefined;
  readonly certificate: string | undefined;
  readonly privateKey: string | undefined;
}

export const defaultTls: TlsOptions = {
  insecure: false,
  trusted: undefined,
  name: undefined,
  certificate: undefined,
  privateKey: undefined,
};

/** Throws a `usage` failure when certificate, key or authorities cannot be used. */
export function tlsContext(tls: TlsNet, options: TlsOptions): TlsContext {
  if ((options.certificate === undefined) !== (options.privateKey === undefined))
    throw new ClientFailure(
      'usage',
      'a client certificate and its private key go together (--tls-certificate, --tls-key)',
    );
  try {
    return tls.context({
      certificate: options.certificate,
      privateKey: options.privateKey,
      trusted: options.trusted === undefined ? 'system' : [options.trusted],
      minVersion: 'TLSv1.2',
      maxVersion: 'TLSv1.3',
      resumption: false,
    });
  } catch (error) {
    throw new ClientFailure('usage', `TLS certificate, key or authorities: ${errorText(error)}`, {
      cause: error,
    });
  }
}

/** Throws a `tls` failure unless the peer has shown a valid certificate for `name` (RFC 5922 §7.2, RFC 6125). */
export function judgeTls(session: TlsSession, name: string, { insecure }: TlsOptions): void {
  if (insecure) return;
  const leaf = session.peerCertificates[0];
  if (session.verifyError !== '' || leaf === undefined) {
    const why = verifyTexts[session.verifyError] ?? session.verifyError;
    throw new ClientFailure('tls', `the certificate of ${name} ${why}. --insecure takes it all the same`);
  }
  const certificate = new X509Certificate(leaf);
  if (isFor(certificate, name)) return;
  const names = namesOf(certificate);
  throw new ClientFailure(
    'tls',
    `the certificate is for ${names === '' ? 'nobody' : names}, not for ${name}. --tls-name expects another name, --insecure takes any`,
  );
}

const selfSigned = 'is self-signed and not trusted here (--tls-ca FILE trusts it)';
const unknownAuthority = 'comes from an authority that is not trusted here (--tls-ca FILE trusts it)';

/** OpenSSL's codes in words. */
const verifyTexts: Readonly<Record<string, string>> = {
  NO_CERTIFICATE: 'is missing: the server showed none',
  CERT_HAS_EXPIRED: 'has expired',
  CERT_NOT_YET_VALID: 'is not valid yet',
  DEPTH_ZERO_SELF_SIGNED_CERT: selfSigned,
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownAuthority,
  CERT_REVOKED: 'was revoked',
};

function isFor(certificate: X509Certificate, name: string): boolean {
  const address = addressOfHost(name);
  if (address !== undefined) return certificate.checkIP(address) !== undefined;
  if (certificate.checkHost(name, { subject: 'default' }) !== undefined) return true;
  return alternativeNames(certificate).includes(`URI:sip:${name}`);
}

function alternativeNames(certificate: X509Certificate): string[] {
  return (certificate.subjectAltName ?? '').split(', ').filter(Boolean);
}

function namesOf(certificate: X509Certificate): string {
  const names = alternativeNames(certificate).map((each) => each.replace(/^(DNS|IP Address|URI):/, ''));
  return names.length > 0 ? names.join(', ') : certificate.subject.replaceAll('\n', ', ');
}

/** `TLSv1.3, TLS_AES_256_GCM_SHA384, certificate of example.com until 2027-01-01`. */
export function securityText(session: TlsSession): string {
  const leaf = session.peerCertificates[0];
  const parts = [session.version, session.cipher];
  if (leaf !== undefined) {
    const certificate = new X509Certificate(leaf);
    parts.push(`certificate of ${namesOf(certificate)} until ${certificate.validTo}`);
  }
  return parts.join(', ');
}
