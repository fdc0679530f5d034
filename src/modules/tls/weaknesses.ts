import type { TlsSettings } from '../../base/tlsPort.ts';
import { Certificate } from './certificate.ts';
import type { Profile, Verification } from './profile.ts';

const dayMs = 86_400_000;
/** A certificate that ends earlier is worth a word. */
const renewDays = 14;
const leastRsaBits = 2048;
const weakCiphers =
  /(?:^|[:+, ])(?:ALL|COMPLEMENTOFALL|aNULL|eNULL|NULL|ADH|AECDH|EXPORT|EXP|LOW|MEDIUM|RC4|DES|3DES|MD5|SEED|IDEA)(?:$|[-:+, ])/;

/** What an operator should know about a profile that works; one sentence each. */
export function weaknessesOf(
  { role, options }: Profile,
  settings: TlsSettings,
  verification: Verification,
  nowMs: number,
): readonly string[] {
  const found: string[] = [];
  if (settings.minVersion === 'TLSv1' || settings.minVersion === 'TLSv1.1')
    found.push(`method ${options.method} lets ${settings.minVersion} in, which is broken; TLSv1.2+ is safe`);
  if (settings.ciphers !== undefined && weakCiphers.test(withoutExclusions(settings.ciphers)))
    found.push(`cipher_list '${settings.ciphers}' lets weak ciphers in`);
  if (settings.ciphers?.includes('@SECLEVEL=0') === true)
    found.push('cipher_list lowers the security level to 0');
  if (role === 'client' && verification === 'off')
    found.push(
      'servers are not verified: anybody in between can read along; set verify_certificate and ca_list',
    );
  if (verification !== 'off' && settings.trusted.length === 0)
    found.push('verifies without ca_list or ca_path: no certificate can pass');
  if (settings.revocations?.length !== 0 && verification === 'off')
    found.push('crl has no effect: nothing is verified');
  return [...found, ...certificateWeaknesses(settings.certificate, nowMs)];
}

/** `!RC4:-DES` forbid. */
function withoutExclusions(ciphers: string): string {
  return ciphers
    .split(/[:, ]/)
    .filter((each) => !/^[!-]/.test(each))
    .join(':');
}

function certificateWeaknesses(pem: string | undefined, nowMs: number): readonly string[] {
  const certificate = firstCertificate(pem);
  if (certificate === undefined) return [];
  const found: string[] = [];
  const daysLeft = Math.floor((certificate.notAfter.getTime() - nowMs) / dayMs);
  if (daysLeft < 0)
    found.push(`the certificate has expired on ${certificate.notAfter.toISOString().slice(0, 10)}`);
  else if (daysLeft < renewDays) found.push(`the certificate expires in ${daysLeft} days`);
  if (certificate.notBefore.getTime() > nowMs) found.push('the certificate is not valid yet');
  const { rsaBits, signatureHash } = certificate;
  if (rsaBits > 0 && rsaBits < leastRsaBits) found.push(`the certificate's RSA key has only ${rsaBits} bits`);
  if (signatureHash === 'SHA-1' || signatureHash === 'MD5')
    found.push(`the certificate is signed with ${signatureHash}`);
  return found;
}

/** The first certificate of a PEM text; undefined when it cannot be read (OpenSSL will say why). */
export function firstCertificate(pem: string | undefined): Certificate | undefined {
  const match = /-----BEGIN CERTIFICATE-----([^-]*)-----END/.exec(pem ?? '');
  if (match === null) return undefined;
  try {
    return new Certificate(Buffer.from(match[1] as string, 'base64'));
  } catch {
    return undefined;
  }
}
