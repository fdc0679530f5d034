/** nathelper in virtual time: pings over minutes, contacts that fall silent, and what recordings cannot show. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SipPeer } from '../../sim/peer.ts';
import { SimServer, within } from '../../sim/server.ts';
import { SimWorld } from '../../sim/world.ts';
import { RpcFault } from '../../src/module/rpc.ts';

async function scene(params: string, routes: string) {
  const world = new SimWorld(1);
  const config = `
debug=2
auto_aliases=no
server_id=3
alias=example.com
${['sl', 'tm', 'pv', 'rr', 'kex', 'textops', 'usrloc', 'registrar', 'nathelper'].map((name) => `loadmodule "${name}.so"`).join('\n')}
modparam("usrloc", "nat_bflag", 6)
${params}
${routes}
`;
  const server = await SimServer.start(world, { config, address: '10.0.0.1' });
  const to = { address: '10.0.0.1', port: 5060 };
  const ann = await SipPeer.open(world, { name: 'ann', address: '10.0.0.2', server: to });
  const register = async (contact: string, headers = '') => {
    const asked = ann.request('REGISTER', {
      requestUri: 'sip:example.com',
      to: '<sip:ann@example.com>',
      headers: `Contact: ${contact}\r\n${headers}`,
    });
    return (await within(world, asked.final, 5000))?.statusCode;
  };
  const reason = async (method: string, headers = '', requestUri = 'sip:10.0.0.1') =>
    (await within(world, ann.request(method, { headers, requestUri }).final, 5000))?.reasonPhrase;
  return { world, server, ann, register, reason };
}

const saving = `
request_route {
  if ($hdr(Nat) == "1") setbflag(6);
  if ($hdr(Sip) == "1") setbflag(7);
  save("location");
}`;

const pinging = `
modparam("nathelper", "natping_interval", 10)
modparam("nathelper", "sipping_from", "sip:ping@example.com")
modparam("nathelper", "sipping_bflag", 7)`;

test('a contact that no longer answers pings is removed; one that answers stays', async () => {
  const { world, server, ann, register } = await scene(
    `${pinging}\nmodparam("nathelper", "keepalive_timeout", 30)`,
    saving,
  );
  assert.equal(await register('<sip:ann@10.0.0.2:5060>;expires=3600'), 200);
  await world.advance(60_000);
  assert.equal(server.server.statistics.read('registered_users', 'usrloc'), 1);
  assert.ok(ann.received.filter(({ method, isRequest }) => isRequest && method === 'OPTIONS').length >= 5);
  ann.handlers.set('OPTIONS', () => {});
  await world.advance(60_000);
  assert.equal(server.server.statistics.read('registered_users', 'usrloc'), 0);
  assert.equal(server.server.statistics.read('contacts_removed', 'nathelper'), 1);
});

test('ping_nated_only pings marked contacts only: by SIP where the flag says so, else with four bytes', async () => {
  const { world, register } = await scene(`${pinging}\nmodparam("nathelper", "ping_nated_only", 1)`, saving);
  const before = () => world.network.trace.filter(({ from }) => from.startsWith('10.0.0.1:')).length;
  assert.equal(await register('<sip:ann@10.0.0.2:5060>'), 200);
  const quiet = before();
  await world.advance(25_000);
  assert.equal(before(), quiet, 'not marked');
  assert.equal(await register('<sip:ann@10.0.0.2:5060>', 'Nat: 1\r\n'), 200);
  await world.advance(25_000);
  const zeros = world.network.trace.filter(
    ({ bytes }) => bytes.length === 4 && bytes.every((byte) => byte === 0),
  );
  assert.ok(zeros.length > 0);
  assert.equal(await register('<sip:ann@10.0.0.2:5060>', 'Nat: 1\r\nSip: 1\r\n'), 200);
  await world.advance(25_000);
  assert.ok(
    world.network.trace.some(({ bytes }) =>
      Buffer.from(bytes).toString('latin1').startsWith('OPTIONS sip:ann'),
    ),
  );
});

test('pings by name, through force_socket, and switched by RPC', async () => {
  const { world, server, ann, register } = await scene(
    `${pinging}\nmodparam("nathelper", "force_socket", "10.0.0.1:5060")\nmodparam("nathelper", "filter_server_id", 1)`,
    saving,
  );
  world.resolver.addZone({ 'phone.example': { a: ['10.0.0.2'] } });
  const call = (value: number) => within(world, server.server.call('nathelper.enable_ping', [value]), 1000);
  const pings = () =>
    ann.received.filter(({ method, isRequest }) => isRequest && method === 'OPTIONS').length;
  assert.equal(await register('<sip:ann@phone.example:5060>'), 200);
  assert.deepEqual(await call(0), []);
  await world.advance(25_000);
  assert.equal(pings(), 0);
  assert.deepEqual(await call(1), []);
  await world.advance(25_000);
  assert.ok(pings() >= 1);
});

test('without natping_interval there is nothing to switch', async () => {
  const { world, server } = await scene('', saving);
  const reply = await within(world, server.server.call('nathelper.enable_ping', [1]), 1000);
  assert.ok(reply instanceof RpcFault && reply.text === 'NATping disabled');
});

test('the last of several aliases, and a malformed one', async () => {
  const { reason } = await scene(
    '',
    `request_route {
  $var(r) = handle_ruri_alias("1");
  sl_send_reply("200", "$var(r) $ru $du");
}`,
  );
  assert.equal(
    await reason('INFO', '', 'sip:b@10.0.0.1;alias=1.1.1.1~1~1;x=y;alias=2.2.2.2~2~2'),
    '1 sip:b@10.0.0.1;alias=1.1.1.1~1~1;x=y sip:2.2.2.2:2;transport=tcp',
  );
  assert.equal(
    await reason('INFO', '', 'sip:b@10.0.0.1;alias=2.2.2.2~2~9'),
    '-1 sip:b@10.0.0.1;alias=2.2.2.2~2~9 <null>',
  );
});

test('another name for the alias, arguments that are none, and the select', async () => {
  const { reason } = await scene(
    'modparam("nathelper", "alias_name", "saddr")',
    `request_route {
  $var(r) = add_contact_alias("1.2.3.4", "99999", "udp");
  $var(s) = set_alias_to_pv("$avp(a)");
  $var(c) = @nathelper.rewrite_contact[2];
  sl_send_reply("200", "$var(r) $var(s) $avp(a) $var(c) $sel(nathelper.rewrite_contact[1].nameaddr.uri) $sel(nathelper.rewrite_contact[3])");
}`,
  );
  assert.equal(
    await reason('INFO', 'Contact: "A" <sip:a@1.1.1.1;x>;q=1, sip:b@2.2.2.2:5;saddr=1.2.3.4~5~6\r\n'),
    '-1 -1 <null> sip:b@10.0.0.2:5060;saddr=1.2.3.4~5~6 sip:a@10.0.0.2:5060;x <null>',
  );
  assert.match(
    (await reason('INFO', 'Contact: <sip:b@2.2.2.2:5;saddr=1.2.3.4~5~6>\r\n')) ?? '',
    /^-1 1 sip:1\.2\.3\.4:5;transport=ws /,
  );
});

test('test 512 compares $ru with $du', async () => {
  const { reason } = await scene(
    '',
    `request_route {
  $var(a) = nat_uac_test(512);
  $du = "sip:10.9.9.9:5060";
  $var(b) = nat_uac_test(512);
  $du = "sip:10.0.0.1;transport=ws";
  $var(c) = nat_uac_test(512);
  sl_send_reply("200", "$var(a) $var(b) $var(c)");
}`,
  );
  assert.equal(await reason('INFO', '', 'sip:10.0.0.1'), '-1 1 1');
});
