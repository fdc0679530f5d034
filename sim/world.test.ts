import assert from 'node:assert/strict';
import { test } from 'node:test';
import { databaseContract } from '../src/base/databaseContract.ts';
import { DatabaseError } from '../src/base/errors.ts';
import type { Clock, StreamConnection } from '../src/base/ports.ts';
import { SimDatabaseServer } from './database.ts';
import type { LinkFaults } from './link.ts';
import { SimRandom } from './random.ts';
import { SimWorld } from './world.ts';

/** Time that passes by itself, for tests that only wait. */
const hurrying: Clock = {
  nowMs: () => 0,
  wallMs: () => 0,
  after: (_delayMs, fire) => {
    void Promise.resolve().then(fire);
    return { cancel: () => {} };
  },
};

databaseContract({
  name: 'simulated',
  open: async (_t, tables, options) => {
    const server = new SimDatabaseServer(hurrying);
    server.addTables(tables);
    return server.open('sim://', options);
  },
});

test('a failing or slow database fails or delays its queries in virtual time', async () => {
  const world = new SimWorld();
  world.database.latencyMs = 500;
  const database = await world.database.open('sim://', { maxPending: 10, busyTimeoutMs: 1 });
  const asked = database.query({ table: 'nope', columns: [] }).catch((error: DatabaseError) => error.code);
  await world.advance(499);
  assert.equal(world.clock.pending, 1);
  await world.advance(1);
  assert.equal(await asked, 'DB_NO_TABLE');
  world.database.failure = new DatabaseError('DB_FULL', 'full');
  const failed = assert.rejects(database.insert('a', {}), { code: 'DB_FULL' });
  await world.advance(500);
  await failed;
});

test('happenings come in the order of their times, then of their making', async () => {
  const { clock } = new SimWorld();
  const seen: string[] = [];
  clock.after(20, () => seen.push(`c${clock.nowMs()}`));
  clock.after(10, () => {
    seen.push(`a${clock.nowMs()}`);
    void Promise.resolve().then(() => clock.after(0, () => seen.push(`b${clock.nowMs()}`)));
  });
  clock.after(20, () => seen.push('d')).cancel();
  clock.after(20, () => seen.push('e'));
  await clock.advance(19);
  assert.deepEqual(seen, ['a10', 'b10']);
  await clock.advance(100);
  assert.deepEqual(seen, ['a10', 'b10', 'c20', 'e']);
  assert.equal(clock.nowMs(), 119);
  clock.after(5, () => seen.push('f'));
  assert.equal(await clock.advanceUntil(() => seen.includes('f'), 1000), true);
  assert.equal(clock.nowMs(), 124);
});

/** 1,000 numbered datagrams over a link; what arrived, in order. */
async function flood(
  seed: number,
  faults: Partial<LinkFaults>,
): Promise<{ arrived: number[]; hash: number }> {
  const world = new SimWorld(seed);
  world.network.setLinks(faults);
  const arrived: number[] = [];
  const silent = { onError: assert.ifError };
  const a = await world.addHost({ name: 'a', addresses: ['10.0.0.1'] }).net.bindDatagram('10.0.0.1', 5060, {
    onDatagram: () => assert.fail('nothing was sent to a'),
    ...silent,
  });
  const b = world.addHost({ name: 'b', addresses: ['10.0.0.2', 'fd00::2'] });
  await b.net.bindDatagram('0.0.0.0', 5060, {
    onDatagram: (data, from, port) => {
      assert.equal(`${from}:${port}`, '10.0.0.1:5060');
      arrived.push(Number(data.toString()));
    },
    ...silent,
  });
  for (let i = 0; i < 1000; i++) a.send(String(i), '10.0.0.2', 5060);
  await world.advance(10_000);
  return { arrived, hash: world.traceHash };
}

test('links lose, duplicate, reorder and part as told', async () => {
  const inOrder = Array.from({ length: 1000 }, (_, i) => i);
  assert.deepEqual((await flood(1, {})).arrived, inOrder);
  const { arrived: rest } = await flood(1, { loss: 0.3 });
  assert.ok(rest.length > 620 && rest.length < 780, `${rest.length}`);
  assert.deepEqual(
    rest,
    [...rest].sort((x, y) => x - y),
  );
  const { arrived: twice } = await flood(1, { duplicate: 0.5 });
  assert.ok(twice.length > 1400 && new Set(twice).size === 1000);
  const { arrived: mixed } = await flood(1, { reorder: 0.1 });
  assert.notDeepEqual(mixed, inOrder);
  assert.deepEqual(
    [...mixed].sort((x, y) => x - y),
    inOrder,
  );
  assert.deepEqual((await flood(1, { partitioned: true })).arrived, []);
});

test('the same seed gives the same trace, another one another', async () => {
  const faults = { loss: 0.3, duplicate: 0.1, reorder: 0.1, jitterMs: 5 };
  const first = await flood(7, faults);
  assert.deepEqual(await flood(7, faults), first);
  assert.notEqual((await flood(8, faults)).hash, first.hash);
  assert.notEqual(new SimRandom(1).fork('a').uint32(), new SimRandom(1).fork('b').uint32());
});

/** A stream between two hosts. */
async function streamPair(world: SimWorld): Promise<[StreamConnection, StreamConnection]> {
  const a = world.addHost({ name: 'a', addresses: ['10.0.0.1'] });
  const b = world.addHost({ name: 'b', addresses: ['10.0.0.2'] });
  let server: StreamConnection | undefined;
  const listener = await b.net.listenStream('10.0.0.2', 0, (connection) => {
    server = connection;
  });
  const connecting = a.net.connectStream('10.0.0.2', listener.local.port, { timeoutMs: 1000 });
  await world.advance(2000);
  return [await connecting, server!];
}

test('streams keep order and bytes over bad links, in pieces, with drain and end', async () => {
  const world = new SimWorld(3);
  const [client, server] = await streamPair(world);
  world.network.setLinks({ loss: 0.3, jitterMs: 20, splitStreams: true });
  let received = '';
  let ended = 0;
  let drained = 0;
  server.setHandler({ onData: (data) => (received += data), onClose: () => ended++ });
  client.setHandler({ onData: () => {}, onClose: () => ended++, onDrain: () => drained++ });
  const text = Array.from({ length: 20_000 }, (_, i) => `${i} `).join('');
  assert.equal(client.write(text), false);
  assert.ok(client.pendingBytes >= text.length);
  client.end();
  await world.advance(600_000);
  assert.equal(received, text);
  assert.deepEqual([ended, drained, client.pendingBytes], [2, 1, 0]);
});

test('streams break, are refused, time out, and wait behind a partition', async () => {
  const world = new SimWorld(4);
  const [client, server] = await streamPair(world);
  const ends: (string | undefined)[] = [];
  let got = '';
  const end = (error?: Error) => void ends.push((error as { code?: string } | undefined)?.code);
  server.setHandler({ onData: (data) => (got += data), onClose: end });
  client.setHandler({ onData: () => {}, onClose: end });
  world.network.setLink('10.0.0.1', '10.0.0.2', { partitioned: true });
  client.write('late');
  await world.advance(5000);
  assert.equal(got, '');
  world.network.setLink('10.0.0.1', '10.0.0.2', { partitioned: false });
  await world.advance(5000);
  assert.equal(got, 'late');
  assert.equal(world.breakStreams('10.0.0.2'), 1);
  await world.advance(0);
  assert.deepEqual(ends, ['ECONNRESET', 'ECONNRESET']);
  const c = world.addHost({ name: 'c', addresses: ['10.0.0.3'] });
  const refused = assert.rejects(c.net.connectStream('10.0.0.1', 9, { timeoutMs: 1000 }), {
    code: 'ECONNREFUSED',
  });
  const lost = assert.rejects(c.net.connectStream('10.9.9.9', 9, { timeoutMs: 1000 }), { code: 'ETIMEDOUT' });
  await world.advance(2000);
  await Promise.all([refused, lost]);
});

test('names resolve by zone, after a while, or fail on demand', async () => {
  const world = new SimWorld();
  world.resolver.addZone({
    'example.com': { a: ['10.0.0.1'] },
    '_sip._udp.example.com': { srv: [{ priority: 1, weight: 2, port: 5070, target: 'a.example.com' }] },
  });
  const asked = Promise.all([world.resolver.a('Example.COM.'), world.resolver.srv('_sip._udp.example.com')]);
  const none = world.resolver.aaaa('example.com');
  await world.advance(5);
  assert.deepEqual(await asked, [
    [{ address: '10.0.0.1', ttlSec: 60 }],
    [{ priority: 1, weight: 2, port: 5070, target: 'a.example.com', ttlSec: 60 }],
  ]);
  assert.deepEqual(await none, []);
  world.resolver.failing.add('example.com');
  const failed = assert.rejects(world.resolver.a('example.com'), { code: 'DNS_FAILED' });
  await world.advance(5);
  await failed;
});

test('files, unix sockets and FIFOs of one host', async () => {
  const world = new SimWorld();
  const { files, net } = world.addHost({
    name: 'a',
    addresses: ['10.0.0.1'],
    files: { '/etc/x/a.cfg': 'one' },
  });
  await files.append('/etc/x/a.cfg', ' two');
  assert.equal(files.readTextSync('/etc/x/a.cfg'), 'one two');
  assert.deepEqual(files.listSync('/etc'), ['x']);
  assert.throws(() => files.readTextSync('/nope'), { code: 'ENOENT' });
  files.full = true;
  await assert.rejects(files.write('/a', ''), { code: 'ENOSPC' });
  let heard = '';
  await net.listenUnix('/run/ctl', (connection) => {
    connection.setHandler({ onData: (data) => connection.write(`<${data}>`), onClose: () => {} });
  });
  const client = net.connectUnix('/run/ctl');
  client.setHandler({ onData: (data) => (heard += data), onClose: () => {} });
  client.write('hi');
  await net.openFifo('/run/fifo', (data) => (heard += data));
  await net.writeFifo('/run/fifo', Buffer.from('!'));
  await world.advance(10);
  assert.deepEqual([...heard].sort().join(''), '!<>hi');
});
