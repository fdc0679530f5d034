/** The page docs/guide/nat-with-rtpengine.md: its configuration, two phones behind NAT, a real rtpengine. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { guideBlock } from '../support/guide.ts';
import { ownAddress } from '../support/loopback.ts';
import { mediaOf, NatPhone } from '../support/natPhone.ts';
import { dictionary } from '../support/ngProtocol.ts';
import { runProgram } from '../support/program.ts';
import { startRtpengine } from '../support/rtpengine.ts';
import { programPath, startServer } from '../support/server.ts';
import { headerValue } from '../support/sipText.ts';
import { missing, requireTool } from '../support/tools.ts';

test('NAT with rtpengine: the page does what it says', async (t) => {
  const kamcmd = requireTool(t, 'kamcmd', 'kamailio');
  const engine = await startRtpengine(t, { args: ['--delete-delay=0'] });
  if (kamcmd === undefined || engine === undefined) return;
  if (programPath('olelo') === undefined) return missing(t, 'bin/olelo has not been built (npm run build)');
  const folder = mkdtempSync(join(tmpdir(), 'olelo-nat-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const config = join(folder, 'nat.cfg');
  writeFileSync(config, guideBlock('nat-with-rtpengine.md', 'kamailio'));
  const address = ownAddress();
  const server = await startServer({
    program: 'olelo',
    config,
    args: [
      '-l',
      `udp:${address}:5060`,
      '-A',
      `RTPENGINE="${engine.url}"`,
      '-A',
      'PING_S=1',
      '-A',
      `DOMAIN="${address}"`,
    ],
    readyWhen: [{ kind: 'udp', address, port: 5060 }],
  });
  t.after(() => server.stop());
  assert.doesNotMatch(server.log(), /ERROR|WARNING/);
  const kamcmdText = async (...command: string[]): Promise<string> => {
    const { stdout } = await runProgram(kamcmd, ['-s', `unix:${server.folder}/kamailio_ctl`, ...command]);
    return stdout;
  };

  const phone = (user: string, privateAddress: string) =>
    new NatPhone({ user, address: ownAddress(), privateAddress, server: { address, port: 5060 } });
  const ann = phone('ann', '192.168.1.10');
  const bob = phone('bob', '10.20.30.40');
  for (const each of [ann, bob]) {
    await each.open();
    t.after(() => each.close());
    await each.register();
  }
  for (const each of [ann, bob]) each.answer(await each.request('OPTIONS'), '200 OK');

  const call = async (callId: string) => {
    ann.invite('bob', callId);
    const invite = await bob.request('INVITE');
    bob.answer(invite, '200 OK', bob.sdp);
    const answer = await ann.response('INVITE', '200');
    ann.ack(answer);
    await bob.request('ACK');
    return { invite, answer };
  };
  const hangUp = async (invite: Awaited<ReturnType<typeof call>>['invite']) => {
    bob.byeAsCalled(invite);
    ann.answer(await ann.request('BYE'), '200 OK');
    await bob.response('BYE', '200');
  };

  const first = await call('first');
  assert.match(headerValue(first.invite, 'Contact'), /;alias=/);
  assert.ok(await ann.playUntilHeard(mediaOf(first.answer), 0x11, bob), 'media from ann to bob');
  assert.ok(await bob.playUntilHeard(mediaOf(first.invite), 0x22, ann), 'media from bob to ann');

  // a hold within the call: offer and answer go through rtpengine again
  ann.invite('bob', 'first', first.answer);
  const again = await bob.request('INVITE');
  assert.equal(mediaOf(again).address, engine.address);
  bob.answer(again, '200 OK', bob.sdp);
  ann.ack(await ann.response('INVITE', '200'), first.answer);
  await bob.request('ACK');
  await hangUp(first.invite);
  assert.deepEqual((await engine.ask(dictionary({ command: 'list' })))?.get('calls'), []);

  // busy: nothing is left in rtpengine
  ann.invite('bob', 'busy');
  bob.answer(await bob.request('INVITE'), '486 Busy Here');
  await ann.response('INVITE', '486');
  assert.deepEqual((await engine.ask(dictionary({ command: 'list' })))?.get('calls'), []);

  // dead, the call goes on without it; alive again, through it
  await engine.kill();
  const second = await call('second');
  assert.match(mediaOf(second.invite).address, /^192\.168/);
  assert.match(await kamcmdText('rtpengine.show', 'all'), /disabled: 1/);
  assert.match(await kamcmdText('stats.get_statistics', 'rtpengine:'), /rtpengine:disabled_nodes = 1/);
  await hangUp(second.invite);
  await engine.start();
  assert.match(await kamcmdText('rtpengine.ping', 'all'), /status: success/);
  const third = await call('third');
  assert.equal(mediaOf(third.invite).address, engine.address);
  await hangUp(third.invite);

  assert.match(await kamcmdText('rtpengine.enable', engine.url, '0'), /status: disable/);
  assert.match(await kamcmdText('rtpengine.show', 'all'), /1\(permanent\)/);
});
