/** Nodes of rtpengine that die, come back, are many, or come from a database: a whole server in virtual time. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SipPeer } from '../../sim/peer.ts';
import { SimServer, within } from '../../sim/server.ts';
import { SimWorld } from '../../sim/world.ts';
import { DatabaseError } from '../../src/base/errors.ts';
import { RpcFault, RpcStruct, type RpcValue } from '../../src/module/rpc.ts';
import { dictionary } from '../support/ngProtocol.ts';
import { SimNode } from './simNode.ts';

const sdp =
  'v=0\r\no=a 1 1 IN IP4 10.9.9.9\r\ns=-\r\nc=IN IP4 10.9.9.9\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n';

function configOf(lines: string, flags = ''): string {
  return `
debug=3
auto_aliases=no
loadmodule "db_sqlite.so"
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "textops.so"
loadmodule "xlog.so"
loadmodule "rtpengine.so"
modparam("rtpengine", "rtpengine_tout_ms", 100)
modparam("rtpengine", "rtpengine_retr", 2)
${lines}
request_route {
  if (is_method("OPTIONS")) { sl_send_reply("200", "OK"); exit; }
  $var(rc) = 0;
  if (is_method("INVITE")) { rtpengine_offer("${flags}"); $var(rc) = $rc; }
  if (is_method("BYE")) { rtpengine_destroy(); $var(rc) = $rc; }
  if ($var(rc) > 0) sl_send_reply("200", "OK $rtpestat");
  else sl_send_reply("500", "failed");
}
`;
}

async function scene(lines: string, options: { nodes?: number; flags?: string } = {}) {
  const world = new SimWorld(1);
  world.database.addStandardTables(['standard', 'extra']);
  const nodes: SimNode[] = [];
  for (let i = 0; i < (options.nodes ?? 1); i++) nodes.push(await SimNode.open(world, `10.0.1.${i + 1}`));
  const server = await SimServer.start(world, {
    config: configOf(lines, options.flags),
    address: '10.0.0.1',
  });
  const to = { address: '10.0.0.1', port: 5060 };
  const peer = await SipPeer.open(world, { name: 'ann', address: '10.0.0.2', server: to });
  const ask = (method: string, callId: string) =>
    peer.request(method, {
      callId,
      body: method === 'OPTIONS' ? '' : sdp,
      headers: 'Content-Type: application/sdp\r\n',
    }).final;
  const status = async (method: string, callId: string) =>
    (await within(world, ask(method, callId), 30_000))?.statusCode;
  const rpc = async (name: string, ...args: (string | number)[]) => {
    const reply = await within(world, server.server.call(name, args), 30_000);
    return reply instanceof RpcFault ? `${reply.code} ${reply.text}` : reply.map(plain);
  };
  return { world, server, nodes, peer, ask, status, rpc };
}

function plain(value: RpcValue): unknown {
  if (value instanceof RpcStruct)
    return Object.fromEntries(value.members.map((member) => [member.name, plain(member.value)]));
  return Array.isArray(value) ? value.map(plain) : value;
}

const oneNode = 'modparam("rtpengine", "rtpengine_sock", "udp:10.0.1.1:2223")';

test('a dead node holds up only those that ask it; then nobody, until it answers again', async () => {
  const { world, server, nodes, ask, status } = await scene(oneNode);
  const [node] = nodes as [SimNode];
  assert.equal(await status('INVITE', 'alive'), 200);
  node.mode = { kind: 'silent' };
  const startMs = world.clock.nowMs();
  const calls = Array.from({ length: 500 }, (_, i) => ask('INVITE', `dead-${i}`));
  const option = await within(world, ask('OPTIONS', 'other'), 1000);
  assert.equal(option?.statusCode, 200);
  assert.ok(world.clock.nowMs() - startMs < 50, 'OPTIONS does not wait');
  const finals = await within(world, Promise.all(calls), 5000);
  assert.deepEqual(new Set(finals.map((final) => final?.statusCode)), new Set([500]));
  const before = node.datagrams;
  assert.equal(await status('INVITE', 'later'), 500);
  assert.ok(node.datagrams - before <= 2, 'no command, at most a probe with its repetition');
  assert.equal(server.server.statistics.read('disabled_nodes', 'rtpengine'), 1);
  assert.equal(server.server.statistics.read('node_failures', 'rtpengine'), 1);
  node.mode = { kind: 'ok' };
  await world.advance(61_000);
  assert.equal(await status('INVITE', 'again'), 200);
});

test('a node that does not answer in time is probed, and calls go to the others meanwhile', async () => {
  const two = 'modparam("rtpengine", "rtpengine_sock", "udp:10.0.1.1:2223 udp:10.0.1.2:2223")';
  const { nodes, status, rpc } = await scene(two, { nodes: 2 });
  const [first, second] = nodes as [SimNode, SimNode];
  first.mode = { kind: 'silent' };
  for (let i = 0; i < 20; i++) assert.equal(await status('INVITE', `call-${i}`), 200);
  assert.equal(second.heard.length, 20);
  assert.equal(new Set(first.heard).size, 1, 'one call found out that it is dead');
  const shown = (await rpc('rtpengine.show', 'udp:10.0.1.1:2223')) as { disabled: number }[];
  assert.equal(shown[0]?.disabled, 1);
});

test('load limit sends the call elsewhere and leaves the node in use; an error does not', async () => {
  const two = 'modparam("rtpengine", "rtpengine_sock", "udp:10.0.1.1:2223=1000 udp:10.0.1.2:2223=0")';
  const { nodes, status, rpc } = await scene(two.replace('=0"', '=1"'), { nodes: 2 });
  const [first, second] = nodes as [SimNode, SimNode];
  first.protocol.answers.set('offer', dictionary({ result: 'load limit', message: 'full' }));
  assert.equal(await status('INVITE', 'one'), 200);
  assert.deepEqual([first.heard, second.heard], [['offer one'], ['offer one']]);
  first.mode = { kind: 'error', text: 'no' };
  assert.equal(await status('INVITE', 'two'), 500);
  const shown = (await rpc('rtpengine.show', 'all')) as { disabled: number }[];
  assert.deepEqual(
    shown.map(({ disabled }) => disabled),
    [0, 0],
  );
});

test('RPC: show, ping, enable, get_hash_total, and reload without a database', async () => {
  const { nodes, status, rpc } = await scene(oneNode);
  const [node] = nodes as [SimNode];
  const url = 'udp:10.0.1.1:2223';
  assert.deepEqual(await rpc('rtpengine.show', `::${url}`), [
    { url, set: 0, index: 0, weight: 1, disabled: 0, recheck_ticks: 0 },
  ]);
  assert.deepEqual(await rpc('rtpengine.ping', 'all'), [{ url: 'all', status: 'success' }]);
  assert.equal(await status('INVITE', 'one'), 200);
  assert.deepEqual(await rpc('rtpengine.get_hash_total'), [1]);
  assert.equal(await status('BYE', 'one'), 200);
  assert.deepEqual(await rpc('rtpengine.get_hash_total'), [0]);
  assert.deepEqual(await rpc('rtpengine.enable', url, 0), [{ url, status: 'disable' }]);
  assert.equal(await status('INVITE', 'two'), 500);
  assert.deepEqual(await rpc('rtpengine.show', 'all'), [
    { url, set: 0, index: 0, weight: 1, disabled: '1(permanent)', recheck_ticks: 'N/A' },
  ]);
  node.mode = { kind: 'silent' };
  assert.deepEqual(await rpc('rtpengine.enable', url, 1), [{ url, status: 'fail' }]);
  node.mode = { kind: 'ok' };
  assert.deepEqual(await rpc('rtpengine.enable', url, 1), [{ url, status: 'enable' }]);
  assert.equal(await status('INVITE', 'three'), 200);
  assert.equal(await rpc('rtpengine.ping', 'nobody'), '404 Instance not found');
  assert.equal(await rpc('rtpengine.reload'), '500 No Database URL');
});

test('rtpengine_allow_op lets calls end on a node that was disabled', async () => {
  for (const [mode, deletes] of [
    [0, 0],
    [1, 1],
    [2, 1],
  ]) {
    const two = 'modparam("rtpengine", "rtpengine_sock", "udp:10.0.1.1:2223=1000 udp:10.0.1.2:2223")';
    const { nodes, status, rpc } = await scene(
      `${two}\nmodparam("rtpengine", "rtpengine_allow_op", ${mode})`,
      {
        nodes: 2,
      },
    );
    assert.equal(await status('INVITE', 'one'), 200);
    await rpc('rtpengine.enable', 'udp:10.0.1.1:2223', 0);
    await status('BYE', 'one');
    await status('INVITE', 'two');
    assert.equal(nodes[0]?.heard.filter((text) => text === 'delete one').length, deletes, `mode ${mode}`);
    assert.ok(!nodes[0]?.heard.includes('offer two'), 'no new call');
  }
});

test('nodes come from the database, go and come back with reload', async () => {
  const lines = 'modparam("rtpengine", "db_url", "sqlite:///x.db")';
  const world = new SimWorld(1);
  world.database.addStandardTables(['standard', 'extra']);
  const database = await within(
    world,
    world.database.open('sqlite:///x.db', { maxPending: 10, busyTimeoutMs: 1 }),
    1000,
  );
  const row = (host: number, weight: number, disabled: number) => ({
    setid: 0,
    url: `udp:10.0.1.${host}:2223`,
    weight,
    disabled,
    stamp: '2020-01-01 00:00:00',
  });
  for (const values of [row(1, 1000, 0), row(2, 1, 1)])
    await within(world, database.insert('rtpengine', values), 1000);
  const nodes = [await SimNode.open(world, '10.0.1.1'), await SimNode.open(world, '10.0.1.2')];
  const server = await SimServer.start(world, { config: configOf(lines), address: '10.0.0.1' });
  const rpc = async (name: string, ...args: string[]) => {
    const reply = await within(world, server.server.call(name, args), 30_000);
    return reply instanceof RpcFault ? `${reply.code} ${reply.text}` : reply.map(plain);
  };
  const states = async () =>
    ((await rpc('rtpengine.show', 'all')) as { url: string; disabled: unknown }[]).map(
      ({ url, disabled }) => `${url} ${disabled}`,
    );
  assert.deepEqual(await states(), ['udp:10.0.1.1:2223 0', 'udp:10.0.1.2:2223 1(permanent)']);
  await within(world, database.update('rtpengine', { disabled: 0 }, []), 1000);
  await within(
    world,
    database.delete('rtpengine', [{ column: 'url', op: '=', value: 'udp:10.0.1.1:2223' }]),
    1000,
  );
  assert.deepEqual(await rpc('rtpengine.reload'), []);
  assert.deepEqual(await states(), ['udp:10.0.1.2:2223 0']);
  assert.match(String(await rpc('rtpengine.reload')), /^500 .*10 seconds/);
  await world.advance(11_000);
  world.database.failure = new DatabaseError('DB_GONE', 'gone');
  assert.match(String(await rpc('rtpengine.reload')), /^500 table rtpengine/);
  assert.deepEqual(await states(), ['udp:10.0.1.2:2223 0']);
  assert.ok((nodes[1]?.datagrams ?? 0) > 0);
});

test('a node by name waits for the name server, and is there when the name is', async () => {
  const { nodes, status, world } = await scene(
    'modparam("rtpengine", "rtpengine_sock", "udp:media.example:2223")',
  );
  assert.equal(await status('INVITE', 'one'), 500);
  world.resolver.addZone({ 'media.example': { a: ['10.0.1.1'] } });
  await world.advance(61_000);
  assert.equal(await status('INVITE', 'two'), 200);
  assert.deepEqual(nodes[0]?.heard, ['offer two']);
});

test('flags that rtpengine does not know are told when the configuration is loaded', async () => {
  const { server } = await scene(oneNode, {
    flags: 'trust_address replace-orgin ICE=remove replace-origin XY=1',
  });
  const told = server.logged(0).filter((line) => line.includes('does not know'));
  assert.equal(told.length, 3, told.join('\n'));
  assert.match(told[0] ?? '', /'trust_address', did you mean 'trust-address'\?/);
  assert.match(told.join(), /'replace-orgin'/);
  assert.match(told.join(), /'XY'/);
});

test('nodes that cannot be are refused at the start', async () => {
  for (const text of ['ws://10.0.1.1:2223/', 'udp:10.0.1.1:99999', 'udp:10.0.1.1=x', '1 ==']) {
    await assert.rejects(scene(`modparam("rtpengine", "rtpengine_sock", "${text}")`), text);
  }
});

test('queried_nodes_limit bounds the nodes that one command tries', async () => {
  const three =
    'modparam("rtpengine", "rtpengine_sock", "udp:10.0.1.1:2223 udp:10.0.1.2:2223 udp:10.0.1.3:2223=0")';
  for (const [limit, status] of [
    [1, 500],
    [2, 200],
  ] as const) {
    const lines = `${three}\nmodparam("rtpengine", "queried_nodes_limit", ${limit})\nmodparam("rtpengine", "ping_interval", 0)`;
    const bench = await scene(lines, { nodes: 3 });
    const first = await bench.status('INVITE', 'which');
    assert.equal(first, 200);
    const [own, other] = bench.nodes.filter((node) => node.heard.length > 0);
    assert.equal(other, undefined, 'a node of weight 0 takes nothing');
    if (own !== undefined) own.mode = { kind: 'silent' };
    assert.equal(await bench.status('INVITE', 'which'), status);
  }
});
