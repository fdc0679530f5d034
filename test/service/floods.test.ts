/** The page docs/guide/floods-and-strangers.md: partners pass, floods and scanners are banned and forgiven. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { guideBlock } from '../support/guide.ts';
import { ownAddress } from '../support/loopback.ts';
import { Peer } from '../support/peer.ts';
import { runProgram } from '../support/program.ts';
import { startServer } from '../support/server.ts';
import { serverUnderTest } from '../support/serverUnderTest.ts';
import { requireTool } from '../support/tools.ts';

const page = 'floods-and-strangers.md';

test('floods and strangers: the page does what it says', async (t) => {
  const program = serverUnderTest(t);
  const kamcmd = requireTool(t, 'kamcmd', 'kamailio');
  if (program === undefined || kamcmd === undefined) return;
  const folder = mkdtempSync(join(tmpdir(), 'olelo-floods-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const [address, partner, stranger, scanner] = [ownAddress(), ownAddress(), ownAddress(), ownAddress()];
  const config = join(folder, 'guard.cfg');
  writeFileSync(config, guideBlock(page, 'kamailio'));
  writeFileSync(join(folder, 'partners.list'), `${guideBlock(page, 'partners')}2 ${partner} 32 0 test\n`);
  const server = await startServer({
    program,
    config,
    args: ['-l', `udp:${address}:5060`],
    readyWhen: [{ kind: 'udp', address, port: 5060 }],
  });
  t.after(() => server.stop());
  const open = async (own: string): Promise<Peer> => {
    const peer = new Peer('peer', own, 5071);
    await peer.open();
    t.after(() => peer.close());
    return peer;
  };
  const control = async (...command: string[]): Promise<string> =>
    (await runProgram(kamcmd, ['-s', `unix:${server.folder}/kamailio_ctl`, ...command])).stdout;
  let number = 0;
  const send = (peer: Peer, userAgent: string): void => {
    number++;
    const lines = [
      `OPTIONS sip:${address} SIP/2.0`,
      `Via: SIP/2.0/UDP ${peer.address}:5071;branch=z9hG4bK-guard-${number}`,
      'Max-Forwards: 70',
      'From: <sip:x@example.com>;tag=f',
      `To: <sip:${address}>`,
      `Call-ID: guard-${number}@${peer.address}`,
      `CSeq: ${number} OPTIONS`,
      `User-Agent: ${userAgent}`,
      'Content-Length: 0\r\n\r\n',
    ];
    peer.sendUdp(lines.join('\r\n'), address, 5060);
  };
  const isAnswered = async (peer: Peer): Promise<boolean> => {
    const before = peer.inbox.length;
    send(peer, 'phone');
    return await peer.holds(before + 1, 500);
  };

  const known = await open(partner);
  for (let i = 0; i < 60; i++) send(known, 'gateway');
  assert.equal(await known.holds(60, 5000), true, server.log());

  const flooder = await open(stranger);
  assert.equal(await isAnswered(flooder), true);
  for (let i = 0; i < 200; i++) send(flooder, 'phone');
  await server.logged(new RegExp(`too many requests from ${stranger}: banned`));
  assert.equal(await isAnswered(flooder), false);
  assert.match(await control('htable.dump', 'banned'), new RegExp(`name: ${stranger}\\s+value: flood`));

  const scanning = await open(scanner);
  for (let i = 0; i < 3; i++) send(scanning, 'friendly-scanner');
  await server.logged(new RegExp(`nonsense from ${scanner}: banned`));
  assert.equal(await isAnswered(scanning), false);
  assert.match(await control('htable.delete', 'banned', scanner), /Key deleted/);
  assert.equal(await isAnswered(scanning), true);
  assert.match(await control('pike.top', 'ALL'), new RegExp(stranger));
});
