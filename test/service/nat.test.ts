/** The stock kamailio.cfg with WITH_NAT: phones behind NAT, media through rtpengine (real) and rtpproxy (a stand-in). */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { ownAddress } from '../support/loopback.ts';
import { MediaNode } from '../support/mediaNode.ts';
import { type MediaAddress, mediaOf, NatPhone } from '../support/natPhone.ts';
import { dictionary, relayAddress } from '../support/ngProtocol.ts';
import { type Rtpengine, startRtpengine } from '../support/rtpengine.ts';
import { RtpproxyProtocol } from '../support/rtpproxyProtocol.ts';
import { type RunningServer, startServer } from '../support/server.ts';
import { serverUnderTest } from '../support/serverUnderTest.ts';
import { headerValue, headerValues, type SipText } from '../support/sipText.ts';
import { requireStockConfig } from '../support/tools.ts';

/** Where the stock config looks for its media nodes. */
const rtpenginePort = 2223;
const rtpproxyPort = 7722;

interface Scene {
  readonly server: RunningServer;
  readonly ann: NatPhone;
  readonly bob: NatPhone;
}

async function scene(t: TestContext, defines: readonly string[]): Promise<Scene | undefined> {
  const program = serverUnderTest(t);
  const config = requireStockConfig(t);
  if (program === undefined || config === undefined) return undefined;
  const address = ownAddress();
  const server = await startServer({
    program,
    config,
    args: [...defines.flatMap((name) => ['-A', name]), '-l', `udp:${address}:5060`],
    readyWhen: [{ kind: 'udp', address, port: 5060 }],
  });
  t.after(() => server.stop());
  const phone = (user: string, privateAddress: string) =>
    new NatPhone({ user, address: ownAddress(), privateAddress, server: { address, port: 5060 } });
  const ann = phone('ann', '192.168.1.10');
  const bob = phone('bob', '10.20.30.40');
  for (const each of [ann, bob]) {
    await each.open();
    t.after(() => each.close());
    const registered = await each.register();
    assert.match(headerValue(registered, 'Contact'), new RegExp(`received="sip:${each.address}:5060"`));
  }
  return { server, ann, bob };
}

interface Call {
  readonly invite: SipText;
  readonly answer: SipText;
  /** What each was told to send its media to. */
  readonly forAnn: MediaAddress;
  readonly forBob: MediaAddress;
}

async function call({ ann, bob }: Scene, callId: string): Promise<Call> {
  ann.invite('bob', callId);
  const invite = await bob.request('INVITE');
  bob.answer(invite, '200 OK', bob.sdp);
  const answer = await ann.response('INVITE', '200');
  ann.ack(answer);
  await bob.request('ACK');
  return { invite, answer, forAnn: mediaOf(answer), forBob: mediaOf(invite) };
}

function assertNoPrivateMedia(message: SipText): void {
  assert.doesNotMatch(message.body, /192\.168\.|10\.20\./, message.body);
}

async function end({ ann, bob }: Scene, invite: SipText): Promise<void> {
  bob.byeAsCalled(invite);
  const bye = await ann.request('BYE');
  ann.answer(bye, '200 OK');
  await bob.response('BYE', '200');
}

async function calls(engine: Rtpengine): Promise<unknown> {
  return (await engine.ask(dictionary({ command: 'list' })))?.get('calls');
}

test('WITH_NAT and WITH_RTPENGINE: a call of two phones behind NAT, with media, a dead rtpengine, and pings', async (t) => {
  const engine = await startRtpengine(t, { port: rtpenginePort, args: ['--delete-delay=0'] });
  if (engine === undefined) return;
  const phones = await scene(t, ['WITH_NAT', 'WITH_RTPENGINE']);
  if (phones === undefined) return;
  const { ann, bob } = phones;
  const first = await call(phones, 'first');

  assert.match(headerValue(first.invite, 'Contact'), new RegExp(`;alias=${ann.address}~5060~1>`));
  assert.match(headerValue(first.answer, 'Contact'), new RegExp(`;alias=${bob.address}~5060~1>`));
  assert.match(headerValues(first.invite, 'Record-Route').join(), /;nat=yes/);
  assertNoPrivateMedia(first.invite);
  assertNoPrivateMedia(first.answer);
  assert.equal(first.forBob.address, engine.address);
  assert.ok(await ann.playUntilHeard(first.forAnn, 0x11, bob), 'media from ann to bob');
  assert.ok(await bob.playUntilHeard(first.forBob, 0x22, ann), 'media from bob to ann');
  assert.deepEqual(await calls(engine), ['first']);
  await end(phones, first.invite);
  assert.deepEqual(await calls(engine), []);

  await t.test('rtpengine dies in a call and comes back', async () => {
    const second = await call(phones, 'second');
    await engine.kill();
    await end(phones, second.invite);
    await engine.start();
    const third = await call(phones, 'third');
    assertNoPrivateMedia(third.invite);
    assert.ok(await ann.playUntilHeard(third.forAnn, 0x33, bob), 'media again');
    await end(phones, third.invite);
    assert.deepEqual(await calls(engine), []);
  });

  await t.test('four bytes keep the bindings open, every 30 seconds', async () => {
    const isPing = ({ text }: { text: string }) => text === '\0\0\0\0';
    const deadline = Date.now() + 90_000;
    while (!(ann.inbox.some(isPing) && bob.inbox.some(isPing)) && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 200));
    assert.ok(ann.inbox.some(isPing) && bob.inbox.some(isPing));
  });
});

test('WITH_NAT: the same through rtpproxy; WITH_NATSIPPING pings by OPTIONS', async (t) => {
  const node = new MediaNode('rtpproxy', '127.0.0.1', rtpproxyPort, new RtpproxyProtocol());
  await node.open();
  t.after(() => node.close());
  const phones = await scene(t, ['WITH_NAT', 'WITH_NATSIPPING']);
  if (phones === undefined) return;
  const first = await call(phones, 'first');
  assert.deepEqual(first.forAnn, { address: relayAddress, port: 30_000 });
  assert.deepEqual(first.forBob, { address: relayAddress, port: 30_000 });
  assertNoPrivateMedia(first.invite);
  assertNoPrivateMedia(first.answer);
  await end(phones, first.invite);
  const letters = node.inbox.map(({ text }) => text[0]);
  assert.deepEqual(letters, ['U', 'L', 'D']);
  const { ann, bob } = phones;
  for (const phone of [ann, bob]) {
    const ping = await phone.request('OPTIONS', 90_000);
    assert.match(headerValue(ping, 'From'), /^sip:pinger@kamailio\.org;tag=/);
    phone.answer(ping, '200 OK');
  }
});
