import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TestAuthority, type TestCertificate } from '../support/certificates.ts';

/**
 * The certificates of a case, in `{folder}/tls/`: `ca.pem`; `server` (localhost, sip.example and the address), `second`
 * (second.example), `client` and `expired` of that authority; `stranger` of another one, `stranger-ca.pem`. Each as `.pem` and `.key`.
 */
export async function makeCertificates(folder: string, address: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const authority = await TestAuthority.create();
  const other = await TestAuthority.create('Another authority');
  const put = (name: string, { certificate, key }: TestCertificate): void => {
    writeFileSync(join(folder, `${name}.pem`), certificate);
    writeFileSync(join(folder, `${name}.key`), key);
  };
  writeFileSync(join(folder, 'ca.pem'), authority.certificate);
  writeFileSync(join(folder, 'stranger-ca.pem'), other.certificate);
  put(
    'server',
    await authority.issue({
      name: 'CN=sip.example, O=Olelo tests, C=DE',
      dns: ['localhost', 'sip.example'],
      ips: [address],
    }),
  );
  put('second', await authority.issue({ name: 'second.example', dns: ['second.example'] }));
  put(
    'client',
    await authority.issue({
      name: 'CN=client.example, O=Clients, OU=Phones, L=Berlin, ST=Berlin, C=DE',
      dns: ['client.example'],
      uris: ['sip:client.example'],
    }),
  );
  put('expired', await authority.issue({ name: 'expired.example', validDays: -2 }));
  put('stranger', await other.issue({ name: 'stranger.example' }));
}
