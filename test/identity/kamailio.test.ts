/** Identity headers made by one are accepted by the other: Kamailio's secsipid with its Go library, and Olelo. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { identityServer, olelo } from '../support/identity.ts';
import { freePort, ownAddress } from '../support/loopback.ts';
import { Peer } from '../support/peer.ts';
import { type Program, type RunningServer, startServer } from '../support/server.ts';
import { requireTool } from '../support/tools.ts';

const config = `
debug=2
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "textops.so"
loadmodule "secsipid.so"
modparam("secsipid", "timeout", 2)
request_route {
    if (is_present_hf("Identity")) {
        if (is_present_hf("X-Key")) secsipid_check_identity("$hdr(X-Key)");
        else secsipid_check_identity("");
        append_to_reply("X-Rc: $rc\\r\\n");
    } else {
        secsipid_build_identity("$fU", "$rU", "A", "", "$hdr(X-Url)", "$hdr(X-Key)");
        append_to_reply("X-Identity: $secsipid(val)\\r\\n");
    }
    sl_send_reply("200", "OK");
}
`;

interface Stage {
  readonly folder: string;
  /** Asks the server; the value of the header that it answers with. */
  ask(headers: string): Promise<string>;
}

async function stage(t: TestContext, program: Program): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'olelo-secsipid-'));
  const address = ownAddress();
  const peer = new Peer('A', address, 5071);
  await peer.open();
  const path = join(folder, 'test.cfg');
  // what runs on loopback may be fetched from there; Kamailio does so anyway
  const extra = program === 'olelo' ? 'modparam("secsipid", "private_addresses", 1)\n' : '';
  writeFileSync(path, config.replace('request_route', `${extra}request_route`));
  const server: RunningServer = await startServer({
    program,
    config: path,
    args: ['-l', `udp:${address}:5060`],
    readyWhen: [{ kind: 'udp', address, port: 5060 }],
  });
  t.after(async () => {
    await server.stop();
    await peer.close();
    rmSync(folder, { recursive: true, force: true });
  });
  let asked = 0;
  const ask = async (headers: string): Promise<string> => {
    const position = asked++;
    const call = `${position}-${address}`;
    peer.sendUdp(
      `OPTIONS sip:15557654321@${address} SIP/2.0\r\nVia: SIP/2.0/UDP ${address}:5071;branch=z9hG4bK${call}\r\n` +
        `From: <sip:15551230042@a.example>;tag=1\r\nTo: <sip:b@b.example>\r\nCall-ID: ${call}\r\n` +
        `CSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\n${headers}Content-Length: 0\r\n\r\n`,
      address,
      5060,
    );
    assert.ok(await peer.holds(position + 1, 5000), server.log());
    return /^X-(?:Rc|Identity): (.*?)\r$/m.exec(peer.inbox[position]?.text ?? '')?.[1] ?? '';
  };
  return { folder, ask };
}

for (const program of ['kamailio', 'olelo'] as const) {
  test(`headers go both ways between olelo identity and ${program}`, async (t) => {
    if (requireTool(t, 'kamailio', 'kamailio kamailio-secsipid-modules') === undefined) return;
    const { folder, ask } = await stage(t, program);
    const made = await olelo(folder, 'identity', 'keys');
    assert.equal(made.code, 0, made.stderr);
    const files = await identityServer(t, folder, ['-http-dir', folder]);
    const x5u = `${files.url}/v1/pub/shaken-cert.pem`;
    const call = ['-o', '15551230042', '-d', '15557654321', '-a', 'A', '-x5u', x5u];
    const signed = await olelo(folder, 'identity', 'sign', ...call, '-k', 'shaken-private.pem');
    const header = signed.stdout.trim();
    const key = `X-Key: ${join(folder, 'shaken-cert.pem')}\r\n`;
    assert.equal(await ask(`Identity: ${header}\r\n${key}`), '1');
    assert.equal(await ask(`Identity: ${header}\r\n`), '1', 'with the certificate fetched');
    assert.equal(await ask(`Identity: ${header.replace('.ey', '.fy')}\r\n${key}`), '-231');
    const late = await olelo(folder, 'identity', 'sign', ...call, '-iat', '1', '-k', 'shaken-private.pem');
    assert.equal(await ask(`Identity: ${late.stdout.trim()}\r\n${key}`), '-232');
    const port = await freePort();
    const nowhere = header.replaceAll(files.url, `http://127.0.0.1:${port}`);
    assert.equal(await ask(`Identity: ${nowhere}\r\n`), program === 'kamailio' ? '-402' : '-205');
    const theirs = await ask(`X-Url: ${x5u}\r\nX-Key: ${join(folder, 'shaken-private.pem')}\r\n`);
    const numbers = ['-orig-tn', '15551230042', '-dest-tn', '15557654321'];
    const check = ['check', theirs, '-allow-private', '-cert-verify', '5', '-ca-file', 'shaken-cert.pem'];
    const checked = await olelo(folder, 'identity', ...check, ...numbers);
    assert.equal(checked.code, 0, checked.stderr);
  });
}

test('the module suspends only the message whose certificate is late', { timeout: 120_000 }, async (t) => {
  const { folder, ask } = await stage(t, 'olelo');
  await olelo(folder, 'identity', 'keys');
  const port = await freePort('127.0.0.1');
  const { createServer } = await import('node:net');
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(port, '127.0.0.1', resolve));
  t.after(() => silent.close());
  const call = ['-o', '1', '-d', '2', '-x5u', `http://127.0.0.1:${port}/late.pem`];
  const { stdout } = await olelo(folder, 'identity', 'sign', ...call, '-k', 'shaken-private.pem');
  const late = ask(`Identity: ${stdout.trim()}\r\n`);
  // answers are taken by position: the first one is that of the request that came second
  const prompt = ask(`X-Key: ${join(folder, 'shaken-private.pem')}\r\nX-Url: https://a.example/\r\n`);
  assert.match(await late, /^ey/);
  assert.equal(await prompt, '-402');
});
