/** Nodes of rtpproxy in virtual time: what they can do, failures, statistics, the table, RPC. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SipPeer } from '../../sim/peer.ts';
import { SimServer, within } from '../../sim/server.ts';
import { SimWorld } from '../../sim/world.ts';
import { RpcFault, RpcStruct, type RpcValue } from '../../src/module/rpc.ts';
import { RtpproxyProtocol } from '../support/rtpproxyProtocol.ts';
import { SimNode } from './simNode.ts';

const sdp =
  'v=0\r\no=a 1 1 IN IP4 10.9.9.9\r\ns=-\r\nc=IN IP4 10.9.9.9\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n';

const oneNode = 'modparam("rtpproxy", "rtpproxy_sock", "udp:10.0.1.1:2223")';

async function scene(
  params: string,
  options: { flags?: string; features?: readonly string[]; nodes?: number } = {},
) {
  const world = new SimWorld(1);
  world.database.addStandardTables(['standard', 'extra']);
  const nodes: SimNode<RtpproxyProtocol>[] = [];
  for (let i = 1; i <= (options.nodes ?? 1); i++) {
    const protocol = new RtpproxyProtocol();
    protocol.features = options.features;
    nodes.push(await SimNode.openWith(world, `10.0.1.${i}`, protocol));
  }
  const database = await within(
    world,
    world.database.open('sqlite:///x.db', { maxPending: 10, busyTimeoutMs: 1 }),
    1000,
  );
  const row = { setid: '3', url: 'udp:10.0.1.1:2223', flags: 0, weight: 2, description: '' };
  await within(world, database.insert('rtpproxy', row), 1000);
  const config = `
debug=2
auto_aliases=no
${['db_sqlite', 'sl', 'pv', 'textops', 'rtpproxy'].map((name) => `loadmodule "${name}.so"`).join('\n')}
modparam("rtpproxy", "rtpproxy_retr", 2)
${params}
request_route {
  $var(rc) = 0;
  if ($hdr(Set) != $null) set_rtp_proxy_set("$(hdr(Set){s.int})");
  if (is_method("INVITE")) { rtpproxy_offer("${options.flags ?? ''}"); $var(rc) = $rc; }
  if (is_method("BYE")) { rtpproxy_destroy(); $var(rc) = $rc; }
  sl_send_reply("200", "$var(rc) $rtppstat $rtpstat");
}
`;
  const server = await SimServer.start(world, { config, address: '10.0.0.1' });
  const to = { address: '10.0.0.1', port: 5060 };
  const ann = await SipPeer.open(world, { name: 'ann', address: '10.0.0.2', server: to });
  const ask = async (method: string, more = '', body = sdp, to = '<sip:b@x>') => {
    const headers = `Content-Type: application/sdp\r\n${more}`;
    return (await within(world, ann.request(method, { headers, body, to }).final, 30_000))?.reasonPhrase;
  };
  const rpc = async (name: string, ...args: (string | number)[]) => {
    const reply = await within(world, server.server.call(name, args), 30_000);
    return reply instanceof RpcFault ? `${reply.code} ${reply.text}` : reply.map(plain);
  };
  await world.advance(100);
  return { world, server, nodes, ask, rpc };
}

function plain(value: RpcValue): unknown {
  if (value instanceof RpcStruct)
    return Object.fromEntries(value.members.map((member) => [member.name, plain(member.value)]));
  return value as unknown;
}

test('a node that cannot repacketize is not asked to, and gets no codecs when it does not know them', async () => {
  const { nodes, ask } = await scene(oneNode, { flags: 'z20', features: ['20050322'] });
  assert.equal(await ask('INVITE'), '-1 <null> <null>');
  assert.deepEqual(nodes[0]?.commands, []);
  const plainer = await scene(oneNode, { features: ['20050322'] });
  assert.equal(await plainer.ask('INVITE'), '1 <null> <null>');
  assert.match(plainer.nodes[0]?.commands[0] ?? '', /\nU [^ ]+ 10\.0\.0\.2 4000 /);
});

test('a node that lacks what is needed gets no calls', async () => {
  const { ask, server } = await scene(oneNode, { features: [] });
  assert.equal(await ask('INVITE'), '-1 <null> <null>');
  assert.ok(server.logged(-1).some((line) => line.includes('too old')));
});

test('statistics of a call are there in each request within it', async () => {
  const { nodes, ask } = await scene(oneNode);
  assert.equal(await ask('BYE', '', ''), '1 <null> <null>');
  assert.equal(await ask('BYE', '', '', '<sip:b@x>;tag=t'), '1 10 20 30 40 5 10 20 30 40 5');
  const letters = nodes[0]?.commands.map((text) => text[0]);
  assert.deepEqual(letters, ['D', 'Q', 'D']);
});

test('errors and ports that are none fail; a silent node is left for another one', async () => {
  const two = 'modparam("rtpproxy", "rtpproxy_sock", "udp:10.0.1.1:2223=100 udp:10.0.1.2:2223=156")';
  const { nodes, ask, rpc } = await scene(two, { nodes: 2 });
  const [first, second] = nodes as [SimNode<RtpproxyProtocol>, SimNode<RtpproxyProtocol>];
  for (const node of nodes) node.mode = { kind: 'error', text: 'E8' };
  assert.equal(await ask('INVITE'), '-1 <null> <null>');
  for (const node of nodes) {
    node.mode = { kind: 'ok' };
    node.protocol.session = '0';
  }
  assert.equal(await ask('INVITE'), '-1 <null> <null>');
  for (const node of nodes) node.protocol.session = undefined;
  first.mode = { kind: 'silent' };
  for (let i = 0; i < 8; i++) assert.equal(await ask('INVITE'), '1 <null> <null>');
  const listed = (await rpc('rtpproxy.list')) as { url: string; disabled: number }[];
  assert.deepEqual(
    listed.map(({ disabled }) => disabled),
    [1, 0],
  );
  assert.ok(second.commands.length >= 8);
});

test('RPC disables and enables by URL', async () => {
  const { ask, rpc } = await scene(oneNode);
  const url = 'udp:10.0.1.1:2223';
  assert.deepEqual(await rpc('rtpproxy.enable', url, 0), []);
  assert.deepEqual(await rpc('rtpproxy.list'), [
    { setid: 0, url, index: 0, disabled: 1, weight: 1, recheck: -1 },
  ]);
  assert.equal(await ask('INVITE'), '-1 <null> <null>');
  assert.deepEqual(await rpc('rtpproxy.enable', url, 1), []);
  assert.equal(await ask('INVITE'), '1 <null> <null>');
  assert.equal(await rpc('rtpproxy.enable', 'udp:nobody:1', 1), '404 RTPProxy not found');
});

test('nodes come from the database; sets are chosen by number', async () => {
  const { ask } = await scene('modparam("rtpproxy", "db_url", "sqlite:///x.db")');
  assert.equal(await ask('INVITE'), '-1 <null> <null>');
  assert.equal(await ask('INVITE', 'Set: 3\r\n'), '1 <null> <null>');
  assert.equal(await ask('INVITE', 'Set: 4\r\n'), '-1 <null> <null>');
});

test('unknown flags are told when the configuration is loaded; Unix sockets are refused', async () => {
  const { server, ask } = await scene(oneNode, { flags: 'q' });
  assert.ok(server.logged(-1).some((line) => line.includes("unknown flag 'q'")));
  assert.equal(await ask('INVITE'), '-1 <null> <null>');
  await assert.rejects(scene('modparam("rtpproxy", "rtpproxy_sock", "unix:/var/run/rtpproxy")'));
});
