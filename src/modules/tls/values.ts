import type { Value } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import { asn1TimeText, type Certificate, type NamePart } from './certificate.ts';
import type { Tls } from './tls.ts';

export type Whose = 'peer' | 'my';
export type Reader = (tls: Tls, context: ScriptContext) => Value;

/** What variables and selects read of a certificate. */
export function ofCertificate(whose: Whose, read: (certificate: Certificate) => Value | undefined): Reader {
  return (tls, context) => {
    const certificate = tls.certificate(context, whose);
    return certificate === undefined ? null : (read(certificate) ?? null);
  };
}

export function namePart(whose: Whose, of: 'subject' | 'issuer', part: NamePart): Reader {
  return ofCertificate(whose, (certificate) => certificate.part(of, part));
}

export const certificateVersion = (whose: Whose): Reader => ofCertificate(whose, ({ version }) => version);
export const serial = (whose: Whose): Reader => ofCertificate(whose, (certificate) => certificate.serial);
export const notBefore = (whose: Whose): Reader =>
  ofCertificate(whose, (certificate) => asn1TimeText(certificate.notBefore));
export const notAfter = (whose: Whose): Reader =>
  ofCertificate(whose, (certificate) => asn1TimeText(certificate.notAfter));
export const rawCertificate = (whose: Whose): Reader => ofCertificate(whose, ({ pem }) => pem);
export const urlEncodedCertificate = (whose: Whose): Reader =>
  ofCertificate(whose, ({ pem }) => urlEncoded(pem));

export function alternativeName(whose: Whose, kind: 'dns' | 'uris' | 'ips' | 'emails'): Reader {
  return ofCertificate(whose, ({ names }) => names[kind][0]);
}

/** All but letters, digits and `-_.~` as `%xx`, lower case. */
function urlEncoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]|%[0-9A-F]{2}/g, (each) =>
    each.length > 1 ? each.toLowerCase() : `%${each.charCodeAt(0).toString(16)}`,
  );
}

export const tlsVersion: Reader = (tls, context) => tls.session(context)?.version ?? null;
export const cipher: Reader = (tls, context) => tls.session(context)?.cipher ?? null;
export const cipherBits: Reader = (tls, context) => tls.session(context)?.cipherBits ?? null;
export const description: Reader = (tls, context) => {
  const session = tls.session(context);
  return session === undefined ? null : `${session.cipher} ${session.version} Enc(${session.cipherBits})`;
};
export const serverName: Reader = (tls, context) => tls.session(context)?.serverName || null;

const codes = {
  revoked: ['CERT_REVOKED'],
  expired: ['CERT_HAS_EXPIRED'],
  selfSigned: ['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN'],
} as const;

/** 1 or 0; null without TLS. */
export const verified: Reader = (tls, context) => {
  const session = tls.session(context);
  return session === undefined ? null : Number(session.verifyError === '');
};

export function verifiedAs(what: keyof typeof codes): Reader {
  const meant: readonly string[] = codes[what];
  return (tls, context) => {
    const session = tls.session(context);
    return session === undefined ? null : Number(meant.includes(session.verifyError));
  };
}
