import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Value } from '../../lang/catalogue.ts';
import {
  addSendFlag,
  largeRequestProtocol,
  replyDestination,
  SendFlag,
  sendFlagsOf,
} from '../../module/sendFlags.ts';
import { contextOf, fakeHost, ModuleUnderTest, requestText } from '../../module/testing.ts';
import { setOutgoing } from '../../module/wire.ts';
import type { StatelessRequest } from '../../proxy/stateless.ts';
import { makeTarget } from '../../proxy/target.ts';
import core from './index.ts';

const invite = `INVITE sip:bob:pw@biloxi.example.com:5070;transport=tcp;user=phone?a=b SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:5099;branch=z9hG4bKnashds8;rport
Via: SIP/2.0/TCP 10.1.1.1;branch=z9hG4bKabc, SIP/2.0/TLS 10.1.1.2:5061;branch=z9hG4bKabd
To: "Bob B" <sip:bob@biloxi.example.com:5080>;tag=totag1
From: Alice <sip:alice@atlanta.example.com>;tag=1928301774
Call-ID: a84b4c76e66710@pc33
CSeq: 314159 INVITE
Record-Route: <sip:rr1.example.com;lr>
X-A: one
X-A: two
Remote-Party-ID: "RPID" <sip:rpid@example.com>;party=calling
Refer-To: <sip:refer@example.com>
Authorization: Digest username="alice@dom.com", realm="atlanta.com", nonce="abc", uri="sip:biloxi.example.com", algorithm=MD5
Content-Length: 0
`;

const flow = { address: '127.0.0.1', port: 5099 };

/** What Kamailio 5.6.3 printed for these selects. */
const selects: Readonly<Record<string, Value>> = {
  'authorization["atlanta.com"].username': 'alice@dom.com',
  'authorization["atlanta.com"].username.user': 'alice',
  'authorization["atlanta.com"].username.domain': 'dom.com',
  'authorization["atlanta.com"].algorithm': 'MD5',
  'authorization["other.com"].username': null,
  'ruri.hostport': 'biloxi.example.com:5070',
  'ruri.pwd': 'pw',
  'ruri.params.user': 'phone',
  'from.uri.hostport': 'atlanta.example.com:5060',
  'from.uri.port': null,
  from: 'Alice <sip:alice@atlanta.example.com>;tag=1928301774',
  'from.name': 'Alice',
  'from.tag': '1928301774',
  'from.params.tag': '1928301774',
  'f.uri.user': 'alice',
  'to.name': '"Bob B"',
  cseq: '314159 INVITE',
  'cseq.num': '314159',
  'cseq.method': 'INVITE',
  'dst.ip_port': '127.0.0.1:5060',
  'src.ip_port': '127.0.0.1:5099',
  dst_uri: null,
  event: null,
  method: 'INVITE',
  'msg.type': '1',
  'msg.id.hex': '00000001',
  'msg.header.x_a': 'one',
  'msg["X-A"]': 'one',
  'msg.x_a[2]': 'two',
  'msg.to.nameaddr.uri.user': 'bob',
  'msg.remote_party_id.params["party"]': 'calling',
  'next_hop.host': 'biloxi.example.com',
  'received.proto_ip_port': 'udp:127.0.0.1:5060',
  'rr.uri.host': 'rr1.example.com',
  'rr.name': '',
  'refer_to.uri': 'sip:refer@example.com',
  'rpid.name': '"RPID"',
  via: 'SIP/2.0/UDP 127.0.0.1:5099;branch=z9hG4bKnashds8;rport',
  'via[3]': 'SIP/2.0/TLS 10.1.1.2:5061;branch=z9hG4bKabd',
  'via[-1].host': '10.1.1.2',
  'via[1].port': '5099',
  'via[2].port': null,
  'via[0].host': null,
  'via[1].transport': 'UDP',
  'via[1].version': '2.0',
  'via[1].name': 'SIP',
  'via[1].params.branch': 'z9hG4bKnashds8',
  'v[1].host': '127.0.0.1',
  status: null,
};

test('selects have the values that Kamailio gives', () => {
  const under = new ModuleUnderTest(core);
  const context = contextOf(invite, { flow });
  const sel = core.pvs?.sel;
  for (const [path, value] of Object.entries(selects)) {
    const bound = sel?.bind?.(under.loaded.instance, { inner: path } as never);
    assert.ok(bound !== undefined && 'get' in bound, path);
    assert.equal(bound.get(context), value, path);
  }
});

test('an unknown or malformed select is a config error', () => {
  const under = new ModuleUnderTest(core);
  for (const path of ['nothing', 'from.uri.colour', 'via[', 'from.', '.from', 'ruri.user.x', 'constructor']) {
    const bound = core.pvs?.sel?.bind?.(under.loaded.instance, { inner: path } as never);
    assert.ok(bound !== undefined && 'message' in bound, path);
  }
});

test('flags of the message', () => {
  const under = new ModuleUnderTest(core);
  const context = contextOf(invite);
  assert.equal(under.call('setflag', context, 31), 1);
  assert.equal(context.flags >>> 0, 2147483648);
  assert.equal(under.call('isflagset', context, '31'), 1);
  assert.equal(under.call('resetflag', context, 31), 1);
  assert.equal(under.call('isflagset', context, 31), -1);
  assert.equal(under.call('setflag', context, 32), -1);
});

test('the Request-URI after each function is the one that Kamailio makes', () => {
  const under = new ModuleUnderTest(core);
  const context = contextOf(invite);
  const after = (name: string, ...args: unknown[]) => {
    assert.equal(under.call(name, context, ...args), 1, name);
    return context.target.requestUri;
  };
  const tail = '@biloxi.example.com:5070;transport=tcp;user=phone?a=b';
  assert.equal(after('prefix', '00'), `sip:00bob:pw${tail}`);
  assert.equal(after('strip', 1), `sip:0bob:pw${tail}`);
  assert.equal(after('strip_tail', 2), `sip:0b:pw${tail}`);
  assert.equal(after('strip', 20), 'sip:biloxi.example.com:5070;transport=tcp;user=phone?a=b');
  assert.equal(after('setuser', 'bill'), `sip:bill${tail}`);
  assert.equal(after('setuserpass', 'pp'), `sip:pp${tail}`);
  assert.equal(after('sethost', 'a.b'), 'sip:pp@a.b:5070;transport=tcp;user=phone?a=b');
  assert.equal(after('sethostport', 'a.b:99'), 'sip:pp@a.b:99;transport=tcp;user=phone?a=b');
  assert.equal(
    after('sethostporttrans', 'a.b:99;transport=sctp'),
    'sip:pp@a.b:99;transport=sctp;user=phone?a=b',
  );
  assert.equal(after('setport', '77'), 'sip:pp@a.b:77;transport=sctp;user=phone?a=b');
  assert.equal(
    after('rewritehostporttrans', 'a.b:77;transport=tcp'),
    'sip:pp@a.b:77;transport=tcp;user=phone?a=b',
  );
  assert.equal(after('rewriteuri', 'sip:z@q.com'), 'sip:z@q.com');
  assert.equal(after('userphone'), 'sip:z@q.com;user=phone');
  assert.equal(after('sethost', 'ccc:44'), 'sip:z@ccc:44;user=phone');
  after('seturi', 'sip:noone.com:5;a=b?x=y');
  assert.equal(after('prefix', '9'), 'sip:9@noone.com:5;a=b?x=y');
  after('seturi', 'tel:+123;x=1');
  assert.equal(after('setuser', '99'), 'tel:99;x=1');
  after('seturi', 'tel:+123;x=1');
  assert.equal(after('sethost', 'h.com'), 'sip:+123;x=1@h.com;user=phone');
  assert.equal(after('revert_uri'), context.message.requestUri);
  assert.equal(context.uriChanged, false);
});

test('how copies leave', () => {
  const under = new ModuleUnderTest(core);
  const context = contextOf(invite);
  for (const name of ['force_rport', 'add_local_rport', 'set_reply_close', 'set_forward_no_connect'])
    assert.equal(under.call(name, context), 1);
  assert.equal(under.call('set_advertised_address', context, 'adv.example.com'), 1);
  assert.equal(under.call('set_advertised_port', context, 5999), 1);
  assert.equal(under.call('force_send_socket', context, 'tcp:127.0.0.1:5060'), 1);
  assert.equal(under.call('force_send_socket', context, 'udp:127.0.0.1:1'), -1);
  assert.deepEqual(
    [context.forceRport, context.addLocalRport, context.advertisedHost, context.advertisedPort],
    [true, true, 'adv.example.com', 5999],
  );
  assert.equal(context.target.socket?.text, 'tcp:127.0.0.1:5060');
  assert.equal(sendFlagsOf(context), SendFlag.replyClose | SendFlag.forwardNoConnect);
  addSendFlag(context, SendFlag.replyClose);
  assert.equal(sendFlagsOf(context), SendFlag.replyClose | SendFlag.forwardNoConnect);
});

test('log lines of the script, with and without a level', () => {
  const under = new ModuleUnderTest(core);
  const context = contextOf(invite);
  under.call('log', context, 1, 'level one\n');
  under.call('log', context, 'plain\n');
  assert.deepEqual(
    under.host.log.records.map(({ level, component, text }) => [level, component, text]),
    [
      [1, '<script>', 'level one'],
      [3, '<script>', 'plain'],
    ],
  );
});

test('exec waits for the program and answers by its status', async () => {
  const host = fakeHost({
    processes: {
      signalSelf: () => {},
      run: async (command) => ({ status: command === 'true' ? 0 : 1, stdout: '' }),
    },
  });
  const under = new ModuleUnderTest(core, host);
  const context = contextOf(invite);
  assert.equal(await under.call('exec', context, 'true'), 1);
  assert.equal(await under.call('exec', context, 'false'), -1);
});

test('myself: sockets and aliases, with the port when there is one', () => {
  const under = new ModuleUnderTest(core);
  under.host.transport.aliases.add('alias.example.com');
  const context = contextOf(invite);
  const ask = (uri: string) => under.call('@uri_is_myself', context, uri);
  assert.equal(ask('sip:foo@alias.example.com'), 1);
  assert.equal(ask('alias.example.com'), 1);
  assert.equal(ask('sip:127.0.0.1'), 1);
  assert.equal(ask('127.0.0.1'), 1);
  assert.equal(ask('sip:127.0.0.1:1'), -1);
  assert.equal(ask('sip:other'), -1);
  assert.equal(ask('2001:db8::1'), -1);
});

test('an address against a name: any address that the name has, none when nobody can tell', async () => {
  const none = async () => [];
  const host = fakeHost({
    resolver: {
      naptr: none,
      srv: none,
      txt: none,
      ptr: none,
      a: async (name) => {
        if (name === 'lost.example.com') throw new Error('no answer');
        return ['10.0.0.1', '10.0.0.2'].map((address) => ({ address, ttlSec: 60 }));
      },
      aaaa: async () => [{ address: '2001:db8::1', ttlSec: 60 }],
    },
  });
  const under = new ModuleUnderTest(core, host);
  const context = contextOf(invite);
  const ask = (address: string, name: string) => under.call('@address_is_host', context, address, name);
  assert.equal(await ask('10.0.0.2', 'a.example.com'), 1);
  assert.equal(await ask('10.0.0.3', 'a.example.com'), -1);
  assert.equal(await ask('2001:db8::1', 'a.example.com'), 1);
  assert.equal(await ask('10.0.0.2', 'lost.example.com'), -1);
});

test('keywords look at the message, in onsend_route at what is being sent', () => {
  const under = new ModuleUnderTest(core);
  const context = contextOf(invite, { flow });
  const read = (name: string) => under.read(name, context);
  assert.deepEqual(
    [
      '$keyword.method',
      '$keyword.uri',
      '$keyword.src_ip',
      '$keyword.src_port',
      '$keyword.dst_port',
      '$keyword.proto',
      '$keyword.af',
      '$keyword.status',
      '$keyword.snd_ip',
    ].map(read),
    ['INVITE', context.message.requestUri, '127.0.0.1', 5099, 5060, 'udp', 4, null, null],
  );
  assert.equal(read('$keyword.msg:len'), context.message.text.length);
  const destination = {
    proto: 'tcp',
    address: '10.0.0.1',
    port: 99,
    socket: undefined,
    connectionId: 0,
    host: '',
  } as const;
  setOutgoing(context, { text: 'abc', socket: context.flow.socket, destination });
  assert.deepEqual(
    [
      '$keyword.snd_ip',
      '$keyword.snd_port',
      '$keyword.snd_proto',
      '$keyword.snd_af',
      '$keyword.to_ip',
      '$keyword.to_port',
      '$keyword.msg:len',
    ].map(read),
    ['127.0.0.1', 5060, 'tcp', 4, '10.0.0.1', 99, 3],
  );
  assert.deepEqual(
    ['$keyword.from_uri', '$keyword.to_uri', '$keyword.dst_ip', '$keyword.max_len'].map(read),
    ['sip:alice@atlanta.example.com', 'sip:bob@biloxi.example.com:5080', '127.0.0.1', 65535],
  );
});

test('defines, environment, custom parameters, constants', () => {
  const host = fakeHost({
    defines: new Map([
      ['MYD', '123'],
      ['MYS', '"abc"'],
    ]),
    machine: { env: (name: string) => (name === 'SHLVL' ? '2' : undefined) } as never,
  });
  host.runtimeVariables.push({
    group: 'gv',
    name: 'ival',
    type: 'int',
    doc: '',
    readOnly: false,
    get: () => 10,
    set: () => undefined,
  });
  const under = new ModuleUnderTest(core, host);
  const context = contextOf(requestText());
  const expected: Readonly<Record<string, Value>> = {
    '$def(MYD)': '123',
    '$defn(MYD)': 123,
    '$def(MYS)': '"abc"',
    '$defv(MYS)': 'abc',
    '$defs(MYD)': '"123"',
    '$def(NOPE)': null,
    '$env(SHLVL)': '2',
    '$envn(SHLVL)': 2,
    '$env(NOPE)': null,
    '$ccp(gv.ival)': 10,
    '$ccp(gv.none)': null,
    $null: null,
    $rc: 1,
    $retcode: 1,
    '$?': 1,
    $Eb: '\\',
    $En: '\n',
    $Er: '\r',
    $Et: '\t',
    $Es: ' ',
    $Ec: ',',
    $Eq: '"',
    $Ek: "'",
    $Ei: ':',
    $Ej: ';',
    $Ev: '`',
  };
  for (const [text, value] of Object.entries(expected)) assert.equal(under.read(text, context), value, text);
});

test('cfg_select: the values of a group instance for one message only', () => {
  const host = fakeHost();
  const under = new ModuleUnderTest(core, host);
  host.runtimeVariables.push({
    group: 'gv',
    name: 'ival',
    type: 'int',
    doc: '',
    readOnly: false,
    get: () => 10,
    set: () => undefined,
  });
  const { instances } = host.runtimeConfig;
  instances.add({ group: 'gv', id: 2 });
  instances.set({ group: 'gv', id: 2 }, 'ival', 20);
  const [one, other] = [contextOf(requestText()), contextOf(requestText())];
  assert.equal(under.call('cfg_select', one, 'gv', 3), -1);
  assert.equal(under.call('cfg_select', one, 'gv', 2), 1);
  assert.deepEqual([under.read('$ccp(gv.ival)', one), under.read('$ccp(gv.ival)', other)], [20, 10]);
  assert.equal(under.call('cfg_reset', one, 'gv'), 1);
  assert.equal(under.read('$ccp(gv.ival)', one), 10);
});

test('flags of AVPs', () => {
  const under = new ModuleUnderTest(core);
  const context = contextOf(requestText());
  const avp = { text: '$avp(x)', get: () => context.variables.avps.get('x') };
  const call = (name: string, flag: string) => under.call(name, context, avp, flag);
  assert.deepEqual([call('setavpflag', 'aa'), call('isavpflagset', 'aa')], [-1, -1]);
  context.variables.avps.push('x', 1);
  assert.deepEqual(
    [call('setavpflag', 'aa'), call('isavpflagset', 'aa'), call('isavpflagset', 'bb')],
    [1, 1, -1],
  );
  assert.deepEqual([call('resetavpflag', 'aa'), call('isavpflagset', 'aa')], [1, -1]);
});

test('forward hands the request to the stateless proxy, with its target or another next hop', async () => {
  const asked: StatelessRequest[] = [];
  const stateless = { forwardRequest: (copy: StatelessRequest) => asked.push(copy) === 1 };
  const under = new ModuleUnderTest(core, fakeHost({ stateless: stateless as never }));
  const context = contextOf(requestText());
  context.forceRport = true;
  assert.equal(await under.call('forward', context), 1);
  assert.equal(await under.call('forward', context, 'tcp:10.0.0.8:5070'), -1);
  assert.equal(asked[0]?.target, context.target);
  assert.deepEqual([asked[0]?.settings.forceRport, asked[0]?.nextHop], [true, undefined]);
  assert.deepEqual(asked[1]?.nextHop, { host: '10.0.0.8', port: 5070, proto: 'tcp', secure: false });
  assert.equal(await under.call('forward', contextOf('SIP/2.0 200 OK\nCSeq: 1 INVITE\n')), -1);
  assert.equal(asked.length, 2);
});

test('additional branches are removed one by one, or all', () => {
  const under = new ModuleUnderTest(core);
  const context = contextOf(requestText());
  context.branches.push(makeTarget('sip:1@x'), makeTarget('sip:2@x'), makeTarget('sip:3@x'));
  assert.equal(under.call('remove_branch', context, 1), 1);
  assert.deepEqual(
    context.branches.map((branch) => branch.requestUri),
    ['sip:1@x', 'sip:3@x'],
  );
  assert.equal(under.call('remove_branch', context, 5), -1);
  assert.equal(under.call('clear_branches', context), 1);
  assert.equal(context.branches.length, 0);
});

test('$version tells number and full text', () => {
  const host = fakeHost();
  host.globals.set('version', '0.1.0');
  const under = new ModuleUnderTest(core, host);
  const context = contextOf(requestText());
  assert.equal(under.read('$version(num)', context), '0.1.0');
  assert.match(String(under.read('$version(full)', context)), /^olelo 0\.1\.0 /);
  assert.throws(() => under.read('$version(colour)', context), /knows num, full, hash/);
});

test('connection flags, aliases of connections, transport of large requests', () => {
  const under = new ModuleUnderTest(core);
  const asked: [number, number][] = [];
  Object.assign(under.host.transport, {
    addAlias: (connectionId: number, port: number) => asked.push([connectionId, port]) > 0,
  });
  const context = contextOf(requestText(), { flow: { connectionId: 7 } });
  assert.equal(under.call('force_tcp_alias', context), 1);
  assert.equal(under.call('force_tcp_alias', context, 5099), 1);
  assert.equal(under.call('force_tcp_alias', context, 0), -1);
  assert.deepEqual(asked, [
    [7, 5070],
    [7, 5099],
  ]);
  under.call('set_forward_close', context);
  under.call('set_reply_no_connect', context);
  const destination = { ...context.flow, proto: 'tcp', host: '' } as const;
  const reply = replyDestination(context, destination);
  assert.deepEqual([reply.noConnect, reply.closeAfter], [true, false]);
  assert.equal(sendFlagsOf(context), SendFlag.forwardClose | SendFlag.replyNoConnect);
  assert.equal(replyDestination(contextOf(requestText()), destination), destination);
  assert.equal(under.call('udp_mtu_try_proto', context, 'TLS'), 1);
  assert.equal(largeRequestProtocol(context), 'tls');
  assert.equal(under.call('udp_mtu_try_proto', context, 'QUIC'), -1);
});
