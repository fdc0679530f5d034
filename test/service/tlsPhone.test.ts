/** The installed stock configuration WITH_TLS: a telephone on TLS and one on UDP call each other. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Baresip, callBetween } from '../support/baresip.ts';
import { pemFolder, TestAuthority } from '../support/certificates.ts';
import { ownAddress } from '../support/loopback.ts';
import { runProgram } from '../support/program.ts';
import type { RunningServer } from '../support/server.ts';
import { serverUnderTest } from '../support/serverUnderTest.ts';
import { startStock } from '../support/stockConfig.ts';
import { requireTool } from '../support/tools.ts';

interface Stage {
  readonly server: RunningServer;
  readonly address: string;
  /** Of the PEM files: `ca.pem`, `cert.pem`, `key.pem`, and `phone.pem` with its key. */
  readonly folder: string;
}

/** Both sides look at the other's certificate, also when the server calls the phone. */
async function start(t: TestContext): Promise<Stage | undefined> {
  const program = serverUnderTest(t);
  if (program === undefined) return undefined;
  const address = ownAddress();
  const authority = await TestAuthority.create();
  const [own, phone] = await Promise.all([
    authority.issue({ name: 'office', ips: [address] }),
    authority.issue({ name: 'alice', ips: [address] }),
  ]);
  const files = pemFolder({
    'ca.pem': authority.certificate,
    'cert.pem': own.certificate,
    'key.pem': own.key,
    'phone.pem': phone.certificate + phone.key,
  });
  t.after(() => files.remove());
  const { path: folder } = files;
  const tls = pemFolder({ 'tls.cfg': tlsConfig(folder) });
  t.after(() => tls.remove());
  const server = await startStock(t, {
    program,
    address,
    defines: ['WITH_TLS'],
    args: ['-l', `tls:${address}:5061`, `--subst=#/etc/kamailio/tls.cfg#${tls.path}/tls.cfg#`],
  });
  return server && { server, address, folder };
}

function tlsConfig(folder: string): string {
  return [
    ...['[server:default]', 'method = TLSv1.2+', 'verify_certificate = no'],
    ...[`private_key = ${folder}/key.pem`, `certificate = ${folder}/cert.pem`],
    ...['[client:default]', 'verify_certificate = yes', `ca_list = ${folder}/ca.pem`, ''],
  ].join('\n');
}

test('a phone on TLS and one on UDP call each other; kamcmd shows the connection', async (t) => {
  const kamcmd = requireTool(t, 'kamcmd', 'kamailio');
  if (kamcmd === undefined || requireTool(t, 'baresip', 'baresip-core') === undefined) return;
  const staged = await start(t);
  if (staged === undefined) return;
  const { server, address, folder } = staged;
  const phones: Baresip[] = [];
  try {
    const tls = { certificate: join(folder, 'phone.pem'), authorities: join(folder, 'ca.pem') };
    const ports = { address, sipPort: 5070, controlPort: 4441, rtpPorts: '20100-20190' };
    const alice = await Baresip.start({ ...ports, user: 'alice', transport: 'tls', tls });
    phones.push(alice);
    const others = { address, sipPort: 5080, controlPort: 4442, rtpPorts: '20200-20290' };
    const bob = await Baresip.start({ ...others, user: 'bob' });
    phones.push(bob);
    for (const phone of phones) await phone.registered();
    await callBetween(alice, bob, `sip:bob@${address}`);
    await callBetween(bob, alice, `sip:alice@${address}`);
    const socket = `unix:${join(server.folder, 'kamailio_ctl')}`;
    const { stdout } = await runProgram(kamcmd, ['-s', socket, 'tls.list']);
    assert.match(stdout, new RegExp(`src_ip: 127.0.0.1[^}]*dst_ip: ${address}[^}]*dst_port: 5061`), stdout);
    assert.match(stdout, /cipher: \S/);
    assert.match(stdout, /state: established/);
  } catch (error) {
    const said = phones.map((each) => each.log().slice(-3000)).join('\n');
    throw new Error(
      `${error instanceof Error ? error.message : error}\n${said}\n${server.log().slice(-3000)}`,
    );
  } finally {
    await Promise.all(phones.map((each) => each.stop()));
  }
});

test('openssl sees the certificate of the server, and nothing older than TLS 1.2', async (t) => {
  const openssl = requireTool(t, 'openssl', 'openssl');
  if (openssl === undefined) return;
  const staged = await start(t);
  if (staged === undefined) return;
  const { address, folder } = staged;
  const connect = (...args: string[]) =>
    runProgram(openssl, ['s_client', '-connect', `${address}:5061`, '-CAfile', `${folder}/ca.pem`, ...args]);
  const seen = await connect('-verify_return_error', '-verify_ip', address);
  assert.match(seen.stdout, /Verify return code: 0 \(ok\)/, seen.stdout + seen.stderr);
  assert.match(seen.stdout, /subject=CN = office/);
  const old = await connect('-tls1_1', '-cipher', 'DEFAULT@SECLEVEL=0');
  assert.match(old.stdout, /New, \(NONE\), Cipher is \(NONE\)/, old.stdout + old.stderr);
});
