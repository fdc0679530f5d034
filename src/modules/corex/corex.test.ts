import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { VariableRef } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import { markAsFake } from '../../module/fakeMessage.ts';
import { RpcStruct } from '../../module/rpc.ts';
import { contextOf, type FakeHost, fakeHost, ModuleUnderTest, requestText } from '../../module/testing.ts';
import { XavpNode } from '../../module/variables.ts';
import { viaParamsOf } from '../../module/viaParams.ts';
import { DnsCache } from '../../proxy/dnsCache.ts';
import { numericAddress } from '../../proxy/location.ts';
import type { NextHop } from '../../proxy/nextHop.ts';
import type { Destination, Flow } from '../../proxy/transport.ts';
import corex from './index.ts';

/** A host that finds numeric addresses only. */
function hostOf(extra: Parameters<typeof fakeHost>[0] = {}): FakeHost {
  const locate = (hop: NextHop) => {
    const found = numericAddress(hop);
    return found === undefined ? [] : [found];
  };
  return fakeHost({ location: { locate }, ...extra });
}

test('branches take destination, flags and socket of the first one', () => {
  const under = new ModuleUnderTest(corex, hostOf());
  const context = contextOf(requestText());
  context.target.nextHop = 'sip:9.9.9.9';
  context.target.branchFlags = 6;
  assert.equal(under.call('append_branch', context), 1);
  assert.equal(under.call('append_branch', context, 'sip:new@x'), 1);
  assert.equal(under.call('append_branch', context, '', '0.3'), 1);
  assert.equal(under.call('append_branch', context, 'sip:q@x', 'abc'), -1);
  assert.deepEqual(
    context.branches.map(({ requestUri, nextHop, branchFlags, q }) => [requestUri, nextHop, branchFlags, q]),
    [
      ['sip:bob@example.com', 'sip:9.9.9.9', 6, -1],
      ['sip:new@x', 'sip:9.9.9.9', 6, -1],
      ['sip:bob@example.com', 'sip:9.9.9.9', 6, 300],
    ],
  );
  for (let i = 3; i < 11; i++) assert.equal(under.call('append_branch', context), 1);
  assert.equal(under.call('append_branch', context), -1);
});

test('texts are sent as they are', async () => {
  const host = hostOf();
  const under = new ModuleUnderTest(corex, host);
  const context = contextOf(requestText());
  context.target.nextHop = 'sip:10.0.0.1:5099';
  assert.equal(await under.call('send_udp', context), 1);
  assert.equal(await under.call('send_tcp', context, '10.0.0.2'), 1);
  assert.equal(await under.call('send_data', context, 'sip:10.0.0.3:9;transport=tcp', 'hello'), 1);
  assert.equal(await under.call('sendx', context, 'sip:10.0.0.4', 'udp:127.0.0.1:5060', 'x'), 1);
  assert.equal(await under.call('send_data', context, 'bogus', 'x'), -1);
  assert.equal(await under.call('send_udp', context, '::bad::'), -1);
  assert.deepEqual(
    host.transport.sent.map(({ text, destination }) => [
      text.slice(0, 5),
      destination.proto,
      destination.address,
      destination.port,
    ]),
    [
      ['INVIT', 'udp', '10.0.0.1', 5099],
      ['INVIT', 'tcp', '10.0.0.2', 5060],
      ['hello', 'tcp', '10.0.0.3', 9],
      ['x', 'udp', '10.0.0.4', 5060],
    ],
  );
  assert.equal(host.transport.sent[0]?.text, context.message.text);
});

test('sockets and source of a message', () => {
  const host = hostOf();
  Object.assign(host.transport.sockets[1] ?? {}, { name: 's1' });
  const under = new ModuleUnderTest(corex, host);
  const context = contextOf(requestText());
  assert.deepEqual(
    [under.call('is_socket_name', context, 's1'), under.call('is_socket_name', context, 'sx')],
    [1, -1],
  );
  under.call('set_send_socket', context, 'udp:127.0.0.1:1');
  assert.equal(context.target.socket === undefined, true);
  under.call('set_send_socket', context, 'udp:127.0.0.1:5060');
  assert.equal(context.target.socket?.proto, 'udp');
  under.call('set_send_socket_name', context, 's1');
  assert.equal(context.target.socket?.proto, 'tcp');
  under.call('set_recv_socket_name', context, 's1');
  assert.equal(context.flow.socket.proto, 'tcp');
  under.call('set_recv_socket', context, 'udp:127.0.0.1:5060');
  assert.equal(context.flow.socket.proto, 'udp');
  assert.equal(under.call('set_source_address', context, 'tcp:9.9.9.9:99'), 1);
  assert.deepEqual([context.flow.address, context.flow.port, context.flow.proto], ['9.9.9.9', 99, 'udp']);
  assert.equal(under.call('set_source_address', context, 'bogus'), -1);
  assert.equal(under.read('$lsock(n/s1/listen)', context), 'tcp:127.0.0.1:5060');
  assert.equal(under.read('$lsock(l/tcp:127.0.0.1:5060/name)', context), 's1');
  assert.deepEqual(
    ['$lsock(n/sx/listen)', '$lsock(x/s1/listen)', '$lsock(n/s1/port)'].map((pv) => under.read(pv, context)),
    [null, '', ''],
  );
});

test('extended and internal flags', () => {
  const under = new ModuleUnderTest(corex, hostOf());
  const context = contextOf(requestText());
  const call = (name: string, ...args: unknown[]) => under.call(name, context, ...args);
  assert.deepEqual([call('setxflag', 40), call('isxflagset', 40), call('isxflagset', 8)], [1, 1, -1]);
  assert.deepEqual([call('resetxflag', 40), call('isxflagset', 40), call('setxflag', 64)], [1, -1, -1]);
  assert.equal(call('msg_iflag_set', 'UAC_AUTH'), 1);
  assert.equal(call('msg_iflag_is_set', 'UAC_AUTH'), 1);
  assert.equal(call('msg_iflag_reset', 'UAC_AUTH'), 1);
  assert.equal(call('msg_iflag_is_set', 'UAC_AUTH'), -2);
});

test('files are read and written without holding the loop', async () => {
  const files = new Map<string, Buffer>();
  const under = new ModuleUnderTest(
    corex,
    hostOf({
      files: {
        read: async (path: string) => files.get(path) ?? Promise.reject(new Error('ENOENT')),
        write: async (path: string, data: Buffer) => {
          if (path === '/full') throw new Error('ENOSPC');
          files.set(path, data);
        },
      } as never,
    }),
  );
  const context = contextOf(requestText());
  let value: unknown;
  const variable: VariableRef = {
    text: '$var(x)',
    writable: true,
    get: () => null,
    set: (_context, text) => {
      value = text;
    },
  };
  assert.equal(await under.call('file_write', context, '/t', 'gr\u00fc\u00df\n'), 1);
  assert.equal(await under.call('file_read', context, '/t', variable), 1);
  assert.equal(value, 'gr\u00fc\u00df\n');
  assert.equal(await under.call('file_read', context, '/none', variable), -1);
  assert.equal(await under.call('file_write', context, '/full', 'x'), -1);
});

test('parameters and sent-by of the own Via', () => {
  const host = hostOf();
  host.globals.set('server_id', 7).set('xavp_via_params', 'xvia').set('xavp_via_fields', 'mvia');
  const under = new ModuleUnderTest(corex, host);
  const context = contextOf(requestText());
  under.call('via_add_srvid', context, 1);
  under.call('via_add_xavp_params', context, 1);
  const params = new XavpNode();
  params.push('myval', 'xyz');
  params.push('flag', '');
  context.variables.xavps.push('xvia', params);
  assert.equal(viaParamsOf(context), ';srvid=7;flag;myval=xyz');
  under.call('via_add_srvid', context, 0);
  assert.equal(viaParamsOf(context), ';flag;myval=xyz');
  const fields = new XavpNode();
  fields.push('address', '10.10.10.10');
  fields.push('port', '5066');
  context.variables.xavps.push('mvia', fields);
  under.call('via_use_xavp_fields', context, 1);
  assert.deepEqual([context.advertisedHost, context.advertisedPort], ['10.10.10.10', 5066]);
  under.call('via_use_xavp_fields', context, 0);
  assert.deepEqual([context.advertisedHost, context.advertisedPort], ['', 0]);
});

test('a stand-in message is told from a received one', () => {
  const under = new ModuleUnderTest(corex, hostOf());
  const context = contextOf(requestText());
  assert.equal(under.call('is_faked_msg', context), -1);
  markAsFake(context);
  assert.equal(under.call('is_faked_msg', context), 1);
  assert.equal(under.call('is_incoming', context), -1);
});

test('the running route[name], also behind a wait', () => {
  let functionName = 'request_route';
  const host = hostOf({ currentSite: () => ({ file: '/k.cfg', line: 1, functionName }) });
  host.blocks.set('route:SUB', () => 1).set('route:N_2', () => 1);
  const under = new ModuleUnderTest(corex, host);
  const context = contextOf(requestText());
  const names = ['request_route', 'route_SUB', 'route_SUB_3', 'route_N_2'].map((name) => {
    functionName = name;
    return under.read('$cfg(route)', context);
  });
  assert.deepEqual(names, ['DEFAULT_ROUTE', 'SUB', 'SUB', 'N_2']);
});

test('where in the config', () => {
  const under = new ModuleUnderTest(corex, hostOf({ currentSite: () => ({ file: '/k.cfg', line: 12 }) }));
  const context = contextOf(requestText());
  assert.deepEqual(
    ['$cfg(line)', '$cfg(file)', '$cfg(route)'].map((pv) => under.read(pv, context)),
    [12, '/k.cfg', 'DEFAULT_ROUTE'],
  );
});

type Send = (text: string, destination: Destination) => string | undefined;
type Receive = (text: string, flow: Flow) => string | undefined;

test('event_route[network:msg] may change what comes and goes', () => {
  let receive: Receive | undefined;
  let send: Send | undefined;
  const host = hostOf({
    formats: {
      text: () => assert.fail('not asked for'),
      variable: () => ({
        text: '$avp(msg)',
        writable: true,
        get: (context) => (context as ScriptContext).variables.avps.get('msg'),
        set: () => undefined,
      }),
    },
  });
  Object.assign(host.transport, {
    interceptReceive: (change: Receive) => {
      receive = change;
    },
    interceptSend: (change: Send) => {
      send = change;
    },
  });
  const under = new ModuleUnderTest(corex, host, {
    nio_intercept: 1,
    nio_min_msg_len: 5,
    nio_msg_avp: '$avp(msg)',
  });
  host.blocks.set('event:network:msg', (context) => {
    const incoming = under.call('is_incoming', context) === 1;
    context.variables.avps.push('msg', incoming ? 'decoded' : 'encoded');
    return 1;
  });
  corex.start?.(under.loaded.instance);
  const { flow } = contextOf(requestText());
  assert.equal(receive?.('raw bytes', flow), 'decoded');
  assert.equal(receive?.('abc', flow), 'abc');
  const destination = { ...flow, host: '' };
  assert.equal(send?.('SIP text', destination), 'encoded');
  host.blocks.set('event:network:msg', (context) => {
    context.dropped = true;
    return 0;
  });
  assert.equal(receive?.('raw bytes', flow), undefined);
});

test('event_route[corex:reply-out] sees responses only, and may keep them back', () => {
  let send: Send | undefined;
  const host = hostOf();
  Object.assign(host.transport, {
    interceptSend: (change: Send) => {
      send = change;
    },
  });
  const seen: number[] = [];
  host.blocks.set('event:corex:reply-out', (context) => {
    seen.push(context.message.statusCode);
    context.dropped = context.message.statusCode === 183;
    return 1;
  });
  corex.start?.(new ModuleUnderTest(corex, host).loaded.instance);
  const destination = { ...contextOf(requestText()).flow, host: '' };
  const response = (status: number) =>
    `SIP/2.0 ${status} X\r\nVia: SIP/2.0/UDP 1.2.3.4;branch=z9hG4bK1\r\nCSeq: 1 INVITE\r\n\r\n`;
  assert.equal(send?.(response(180), destination), response(180));
  assert.equal(send?.(response(183), destination), undefined);
  assert.equal(send?.(requestText(), destination), requestText());
  assert.deepEqual(seen, [180, 183]);
});

test('own subdomains and DNS records of the parameters', async () => {
  const cache = new DnsCache(
    {} as never,
    { enabled: true, minTtlSec: 0, maxTtlSec: 60, negativeTtlSec: 0, maxEntries: 10 },
    () => 0,
  );
  const host = hostOf({ location: { locate: () => [], cache } });
  type Check = (name: string, port: number, proto: undefined) => boolean;
  let check: Check | undefined;
  Object.assign(host.transport, {
    names: {
      aliases: [{ host: 'alias.example.com', port: 0, proto: undefined }],
      checks: 0,
      addCheck: (added: Check) => {
        check = added;
      },
    },
  });
  const under = new ModuleUnderTest(corex, host);
  under.loaded.assign('alias_subdomains', 'kamailio.org');
  under.loaded.assign('alias_subdomains', 'udp:sip-router.org:5060');
  under.loaded.assign('dns_cache', 'type=A;name=kamailio.org;addr=193.22.119.66;ttl=3600;flags=0');
  under.loaded.assign(
    'dns_cache',
    'type=SRV;name=_sip._udp.x;addr=a.x;port=5070;priority=1;weight=2;flags=2',
  );
  under.loaded.assign('dns_cache', 'type=A;name=blocked.org;flags=1');
  under.loaded.assign('dns_cache', 'type=MX;name=x');
  corex.start?.(under.loaded.instance);
  assert.deepEqual(
    ['kamailio.org', 'a.b.kamailio.org', 'xkamailio.org', 'sip-router.org'].map((name) =>
      check?.(name, 0, undefined),
    ),
    [true, true, false, true],
  );
  assert.deepEqual(cache.find('a', 'KAMAILIO.org'), [{ address: '193.22.119.66', ttlSec: 3600 }]);
  assert.deepEqual(
    cache.list().map(({ kind, name }) => `${kind} ${name}`),
    ['a kamailio.org', 'srv _sip._udp.x', 'a blocked.org'],
  );
  assert.deepEqual(host.log.lines, ['cannot add DNS record "type=MX;name=x"']);
  assert.deepEqual(await under.rpc('corex.list_aliases'), [
    new RpcStruct({ PROTO: '*', ADDR: 'alias.example.com', PORT: '0' }),
  ]);
});

test('sockets over RPC have the members that kamcmd shows', async () => {
  const under = new ModuleUnderTest(corex, hostOf());
  const [socket] = (await under.rpc('corex.list_sockets')) as [RpcStruct];
  assert.deepEqual(
    socket.members.map(({ name }) => name),
    ['PROTO', 'NAME', 'ADDRLIST', 'PORT', 'MCAST', 'MHOMED', 'VIRTUAL', 'SOCKNAME', 'ADVERTISE'],
  );
});

test('memory and log level over RPC', async () => {
  const memory = { rss: 40, heapUsed: 10, heapTotal: 20, external: 5 };
  const host = hostOf({ machine: { memoryBytes: () => memory } as never });
  let level: number | string = 2;
  host.runtimeVariables.push({
    group: 'core',
    name: 'debug',
    type: 'int',
    doc: '',
    readOnly: false,
    get: () => level,
    set: (value) => {
      level = value;
      return undefined;
    },
  });
  const under = new ModuleUnderTest(corex, host);
  assert.deepEqual(await under.rpc('corex.debug'), [new RpcStruct({ debug: 2 })]);
  assert.deepEqual(await under.rpc('corex.debug', 3), [new RpcStruct({ old: 2, new: 3 })]);
  assert.equal(level, 3);
  const usage = new RpcStruct({ total: 20, free: 10, used: 10, real_used: 40, max_used: 20, fragments: 0 });
  for (const name of ['shm.stats', 'shm.report', 'corex.shm.stats', 'corex.shm.report'])
    assert.deepEqual(await under.rpc(name), [usage], name);
  for (const name of ['shm.info', 'corex.shm.info'])
    assert.deepEqual(await under.rpc(name), [new RpcStruct({ name: 'v8', size: 20 })], name);
  for (const name of ['corex.shm_status', 'corex.shm_summary', 'corex.pkg_summary']) {
    assert.deepEqual(await under.rpc(name), [], name);
    assert.equal(host.log.lines.at(-1), 'memory: heap 10 of 20 bytes, external 5, resident 40');
  }
});

test('forward_reply follows the Via of a response', () => {
  const forwarded: number[] = [];
  const stateless = {
    forwardResponse: (message: { statusCode: number }) => forwarded.push(message.statusCode) === 1,
  };
  const under = new ModuleUnderTest(corex, hostOf({ stateless: stateless as never }));
  const response = contextOf('SIP/2.0 180 Ringing\nCSeq: 1 INVITE\n');
  assert.equal(under.call('forward_reply', response), 1);
  assert.equal(under.call('forward_reply', response), -1);
  assert.equal(under.call('forward_reply', contextOf(requestText())), -1);
  assert.deepEqual(forwarded, [180, 180]);
});
