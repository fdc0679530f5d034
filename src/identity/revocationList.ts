/** Certificate revocation lists (RFC 5280 §5). */
import type { RevocationList } from './certificateTrust.ts';
import { failure, type Outcome, success } from './failure.ts';
import { loadX509 } from './x509.ts';

/** Reads the lists in a file: PEM, or one in DER. */
export async function readRevocationLists(data: Buffer): Promise<Outcome<readonly RevocationList[]>> {
  const { X509Crl } = loadX509();
  const text = data.toString('latin1');
  const blocks = text.match(/-----BEGIN X509 CRL-----[^-]*-----END X509 CRL-----/g);
  try {
    const lists = (blocks ?? [data]).map((block) => {
      const crl = new X509Crl(typeof block === 'string' ? block : new Uint8Array(block));
      const serials = new Set(crl.entries.map(({ serialNumber }) => normalSerial(serialNumber)));
      return { issuer: nodeName(crl.issuer), serials };
    });
    return success(lists);
  } catch {
    return failure('certificate-revoked', 'no certificate revocation list in PEM or DER');
  }
}

function normalSerial(hex: string): string {
  return hex.toUpperCase().replace(/^0+/, '');
}

/** `CN=a, O=b` as Node writes names: a line for each part. Escaped names compare by serial alone. */
function nodeName(name: string): string {
  return name.includes('\\') || name.includes('"') || name.includes('+') ? '' : name.split(', ').join('\n');
}
