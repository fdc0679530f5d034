import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { LogLevel } from '../src/base/ports.ts';
import { modules } from '../src/modules/index.ts';
import {
  answerCalls,
  leftovers,
  placeCall,
  SimServer,
  SimWorld,
  SipPeer,
  silenceAfterStop,
  within,
} from './index.ts';

// The built-in default configuration, tested as users test their own.

const config = readFileSync(join(import.meta.dirname, '..', '..', 'etc', 'olelo.cfg'), 'utf8');
const wanted = [...config.matchAll(/^loadmodule "(\w+)\.so"/gm)].map((match) => match[1]!);
const missing = wanted.filter((name) => !modules.some((module) => module.name === name));
const skip = missing.length > 0 ? `not there yet: ${missing.join(', ')}` : false;
const address = '10.0.0.1';
const server = { address, port: 5060 };

async function start(seed = 1): Promise<{ world: SimWorld; simulated: SimServer }> {
  const world = new SimWorld(seed);
  world.database.addStandardTables();
  return { world, simulated: await SimServer.start(world, { config, address }) };
}

function phone(
  world: SimWorld,
  name: string,
  at: string,
  transport: 'udp' | 'tcp' = 'udp',
): Promise<SipPeer> {
  return SipPeer.open(world, { name, address: at, transport, listen: true, server });
}

async function register(world: SimWorld, peer: SipPeer, expires = 3600): Promise<number> {
  const { final } = peer.request('REGISTER', { headers: `Expires: ${expires}\r\n` });
  return (await within(world, final, 40_000))?.statusCode ?? 0;
}

test('two phones register and call each other, over UDP and TCP', { skip }, async () => {
  const { world, simulated } = await start();
  const ann = await phone(world, 'ann', '10.0.0.11');
  const bob = await phone(world, 'bob', '10.0.0.12', 'tcp');
  assert.equal(await register(world, ann), 200);
  assert.equal(await register(world, bob), 200);
  assert.equal(world.database.table('location').size, 2);
  answerCalls(ann, () => ({ ringAfterMs: 50, answerAfterMs: 2000, status: 200 }));
  answerCalls(bob, () => ({ ringAfterMs: 50, answerAfterMs: 2000, status: 200 }));
  for (const [caller, toUser] of [
    [ann, 'bob'],
    [bob, 'ann'],
  ] as const) {
    const { status, byeStatus } = await within(world, placeCall(caller, { toUser, talkMs: 60_000 }), 120_000);
    assert.deepEqual([status, byeStatus], [200, 200]);
  }
  await world.advance(60_000);
  assert.deepEqual(await leftovers(simulated, [ann, bob]), []);
  assert.deepEqual(simulated.logged(LogLevel.error), []);
  assert.deepEqual(await silenceAfterStop(world, simulated, [ann, bob]), []);
});

test('nobody answers: the caller hears 408 after two minutes, which take no time here', {
  skip,
}, async () => {
  const { world } = await start();
  const ann = await phone(world, 'ann', '10.0.0.11');
  const bob = await phone(world, 'bob', '10.0.0.12');
  await register(world, bob);
  answerCalls(bob, () => ({ ringAfterMs: 100, answerAfterMs: 1_000_000, status: 200 }));
  const startedMs = world.clock.nowMs();
  const { status } = await within(world, placeCall(ann, { toUser: 'bob' }), 200_000);
  assert.equal(status, 408);
  const waitedMs = world.clock.nowMs() - startedMs;
  assert.ok(waitedMs > 119_000 && waitedMs < 125_000, `${waitedMs} ms`);
});

test('unknown users, cancelled calls, unregistering', { skip }, async () => {
  const { world } = await start();
  const ann = await phone(world, 'ann', '10.0.0.11');
  const bob = await phone(world, 'bob', '10.0.0.12');
  const call = async (toUser: string, cancelAfterMs?: number) => {
    const options = { toUser, ...(cancelAfterMs !== undefined && { cancelAfterMs }) };
    const { status, cancelStatus } = await within(world, placeCall(ann, options), 200_000);
    return [status, cancelStatus];
  };
  assert.deepEqual(await call('bob'), [404, undefined]);
  await register(world, bob);
  answerCalls(bob, () => ({ ringAfterMs: 100, answerAfterMs: 30_000, status: 200 }));
  assert.deepEqual(await call('bob', 2000), [487, 200]);
  await register(world, bob, 0);
  assert.deepEqual(await call('bob'), [404, undefined]);
});

test('registrations expire', { skip }, async () => {
  const { world } = await start();
  const ann = await phone(world, 'ann', '10.0.0.11');
  const bob = await phone(world, 'bob', '10.0.0.12');
  await register(world, bob, 120);
  await world.advance(200_000);
  const { status } = await within(world, placeCall(ann, { toUser: 'bob' }), 200_000);
  assert.equal(status, 404);
  assert.equal(world.database.table('location').size, 0);
});

test('strangers are refused: no open relay', { skip }, async () => {
  const { world } = await start();
  const stranger = await phone(world, 'eve', '203.0.113.9');
  assert.equal(await register(world, stranger), 403);
  const { status } = await within(
    world,
    placeCall(stranger, { requestUri: 'sip:victim@198.51.100.7', to: '<sip:victim@198.51.100.7>' }),
    200_000,
  );
  assert.equal(status, 403);
});

test('a database that fails: registering fails with 500, calls to the registered go on', {
  skip,
}, async () => {
  const { world, simulated } = await start();
  const ann = await phone(world, 'ann', '10.0.0.11');
  const bob = await phone(world, 'bob', '10.0.0.12');
  await register(world, bob);
  answerCalls(bob, () => ({ answerAfterMs: 100, status: 200 }));
  const { DatabaseError } = await import('../src/base/errors.ts');
  world.database.failure = new DatabaseError('DB_FULL', 'database or disk is full');
  const status = await register(world, ann);
  assert.ok(status === 500 || status === 200, `${status}`);
  const outcome = await within(world, placeCall(ann, { toUser: 'bob' }), 200_000);
  assert.equal(outcome.status, 200);
  assert.ok(simulated.logged(LogLevel.error).some((line) => line.includes('full')));
});
