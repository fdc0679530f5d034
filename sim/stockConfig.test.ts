import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { LogLevel } from '../src/base/ports.ts';
import { HeaderKind } from '../src/sip/headerKind.ts';
import type { SipMessage } from '../src/sip/message.ts';
import { answerCalls, placeCall } from './call.ts';
import { SipPeer } from './peer.ts';
import { SimServer, within } from './server.ts';
import { SimWorld } from './world.ts';

// The stock configuration that Debian installs, in virtual time: what takes minutes on real sockets.

const path = '/etc/kamailio/kamailio.cfg';
const skip = existsSync(path) ? false : `${path} is not there (Debian package kamailio)`;
const address = '10.0.0.1';
const server = { address, port: 5060 };

async function start(defines: readonly string[]) {
  const world = new SimWorld(1);
  world.database.addStandardTables();
  const config = readFileSync(path, 'latin1');
  const simulated = await SimServer.start(world, { config, address, source: { defines } });
  return { world, simulated };
}

function phone(world: SimWorld, name: string, at: string, port = 5060): Promise<SipPeer> {
  return SipPeer.open(world, { name, address: at, port, server });
}

async function register(world: SimWorld, peer: SipPeer, headers = '', contact = peer.contact): Promise<void> {
  const { final } = peer.request('REGISTER', { headers: `Expires: 3600\r\n${headers}`, contact });
  assert.equal((await within(world, final, 40_000))?.statusCode, 200);
}

function requests(peer: SipPeer, method: string): readonly SipMessage[] {
  return peer.received.filter((message) => message.isRequest && message.method === method);
}

const alone = [
  ...[
    'MYSQL',
    'AUTH',
    'USRLOCDB',
    'PRESENCE',
    'MSGREBUILD',
    'NATSIPPING',
    'RTPENGINE',
    'PSTN',
    'ALIASDB',
    'SPEEDDIAL',
  ],
  ...['MULTIDOMAIN', 'ANTIFLOOD', 'BLOCK3XX', 'BLOCK401407', 'VOICEMAIL', 'ACCDB', 'DEBUG'],
];

// TLS and JSONRPC need certificates and HTTP, which there are none of here
test('each switch alone starts, answers, and complains of nothing', { skip }, async () => {
  for (const name of alone) {
    const { world, simulated } = await start([`WITH_${name}`, 'DBURL="mysql://a:b@10.0.0.2/kamailio"']);
    const ann = await phone(world, 'ann', '10.0.0.11');
    const { final } = ann.request('OPTIONS', { requestUri: `sip:${address}` });
    assert.equal((await within(world, final, 40_000))?.statusCode, 200, name);
    const complaints = simulated.logged(LogLevel.error).filter((line) => !line.includes('cfgtrace'));
    assert.deepEqual(complaints, [], name);
    await within(world, simulated.stop(), 60_000);
  }
});

test('WITH_VOICEMAIL: who does not answer in two minutes, or is not there at all, has a voice mailbox', {
  skip,
}, async () => {
  const { world, simulated } = await start(['WITH_VOICEMAIL']);
  const ann = await phone(world, 'ann', '10.0.0.11');
  const bob = await phone(world, 'bob', '10.0.0.12');
  const mailbox = await phone(world, 'mailbox', '10.0.0.13');
  await within(world, simulated.server.rpc.call('cfg.sets', ['voicemail', 'srv_ip', '10.0.0.13']), 1000);
  await register(world, bob);
  answerCalls(bob, () => ({ ringAfterMs: 100, answerAfterMs: 10_000_000, status: 200 }));
  answerCalls(mailbox, () => ({ ringAfterMs: 10, answerAfterMs: 50, status: 200 }));
  const startedMs = world.clock.nowMs();
  const rang = await within(world, placeCall(ann, { toUser: 'bob', talkMs: 1000 }), 300_000);
  assert.deepEqual([rang.status, rang.byeStatus], [200, 200]);
  assert.ok(world.clock.nowMs() - startedMs > 120_000, 'fr_inv_timer has passed');
  assert.equal(requests(mailbox, 'INVITE')[0]?.requestUri, 'sip:bob@10.0.0.13:5060');
  assert.equal(requests(bob, 'CANCEL').length, 1);
  bob.handlers.set('INVITE', () => {});
  const silent = await within(world, placeCall(ann, { toUser: 'bob', talkMs: 1000 }), 300_000);
  assert.equal(silent.status, 200);
  assert.equal(requests(mailbox, 'INVITE').length, 2);
});

test('WITH_NATSIPPING: registered phones behind a NAT get an OPTIONS every half a minute', {
  skip,
}, async () => {
  const { world, simulated } = await start(['WITH_NAT', 'WITH_NATSIPPING', 'WITH_RTPENGINE']);
  const inside = await phone(world, 'inside', '10.0.0.11');
  const outside = await phone(world, 'outside', '198.51.100.12');
  await register(world, inside, '', '<sip:inside@192.168.1.7:5060>');
  await register(world, outside);
  await world.advance(100_000);
  const pings = requests(inside, 'OPTIONS');
  assert.ok(pings.length >= 2 && pings.length <= 4, `${pings.length} pings`);
  assert.equal(pings[0]?.requestUri.startsWith('sip:inside@192.168.1.7'), true);
  assert.equal(pings[0]?.from?.uri, 'sip:pinger@kamailio.org');
  assert.notEqual(pings[0]?.value(HeaderKind.callId), pings[1]?.value(HeaderKind.callId));
  assert.deepEqual(requests(outside, 'OPTIONS'), [], 'a public address needs no ping');
  assert.deepEqual(simulated.logged(LogLevel.crit), []);
});
