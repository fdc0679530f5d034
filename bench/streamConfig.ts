/** What a server needs for calls over TCP or TLS. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TestAuthority } from '../test/support/certificates.ts';

/** One certificate for the server and the called side. */
export async function makeCertificate(folder: string): Promise<void> {
  const authority = await TestAuthority.create();
  const { certificate, key } = await authority.issue({ name: 'localhost', dns: ['localhost'] });
  writeFileSync(join(folder, 'certificate.pem'), certificate);
  writeFileSync(join(folder, 'key.pem'), key);
}

export function ownCertificate(folder: string): { readonly certificate: string; readonly key: string } {
  const read = (name: string): string => readFileSync(join(folder, name), 'latin1');
  return { certificate: read('certificate.pem'), key: read('key.pem') };
}

/** Fills PROTOCOL and TLS_LINES in. */
export function streamConfig(text: string, proto: string, folder: string): string {
  const tls = [
    'loadmodule "tls.so"',
    'modparam("tls", "tls_method", "TLSv1.2+")',
    `modparam("tls", "certificate", "${join(folder, 'certificate.pem')}")`,
    `modparam("tls", "private_key", "${join(folder, 'key.pem')}")`,
    'modparam("tls", "verify_certificate", 0)',
    'modparam("tls", "require_certificate", 0)',
  ].join('\n');
  return text
    .replaceAll('PROTOCOL', proto)
    .replace('TLS_LINES', proto === 'tls' ? tls : '')
    .replace(/^debug=1$/m, proto === 'tls' ? 'debug=1\nenable_tls=yes' : 'debug=1');
}
