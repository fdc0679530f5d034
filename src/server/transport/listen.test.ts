import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InterfaceAddress, Resolver } from '../../base/ports.ts';
import { canonicalHost, inIpv4Network } from './addresses.ts';
import { parseAliasArgument, parseListenArgument } from './listenArgument.ts';
import { planSockets } from './listenPlan.ts';
import { defaultTransportOptions, type ListenDeclaration, type TransportOptions } from './options.ts';
import { makeSocket, SocketTable } from './socketTable.ts';

const at = (name: string, address: string, netmask = '255.255.255.0'): InterfaceAddress => ({
  name,
  address,
  netmask,
  family: address.includes(':') ? 6 : 4,
  internal: name === 'lo',
});

const interfaces = [
  at('lo', '127.0.0.1', '255.0.0.0'),
  at('lo', '::1'),
  at('eth0', '10.0.0.5'),
  at('eth0', '10.0.0.6'),
  at('eth0', 'fd00::5'),
  at('eth0', 'fe80::1'),
];

const resolver: Pick<Resolver, 'a' | 'aaaa'> = {
  a: async (name) => (name === 'sip.example' ? [{ address: '10.0.0.5', ttlSec: 1 }] : []),
  aaaa: async (name) => (name === 'six.example' ? [{ address: 'FD00:0::5', ttlSec: 1 }] : []),
};

async function planned(
  listen: readonly (string | ListenDeclaration)[],
  change: Partial<TransportOptions> = {},
): Promise<string[]> {
  const declarations = listen.map((each) => (typeof each === 'string' ? parseListenArgument(each)! : each));
  const options = { ...defaultTransportOptions(), listen: declarations, ...change };
  const sockets = await planSockets(options, { interfaces: () => interfaces }, resolver);
  return sockets.map((plan, index) => {
    const socket = makeSocket(index, plan, plan.port, options);
    const shown = `${socket.sentByHost}:${socket.sentByPort}`;
    const extra = [socket.name, socket.virtual ? 'virtual' : ''].filter((text) => text !== '').join(' ');
    return `${socket.text}${socket.text.endsWith(shown) ? '' : ` as ${shown}`}${extra && ` ${extra}`}`;
  });
}

test('an address without protocol is UDP, TCP and, where enabled, TLS', async () => {
  assert.deepEqual(await planned(['10.0.0.5']), ['udp:10.0.0.5:5060', 'tcp:10.0.0.5:5060']);
  assert.deepEqual(await planned(['10.0.0.5'], { port: 5080 }), ['udp:10.0.0.5:5080', 'tcp:10.0.0.5:5080']);
  const tls = { tlsEnabled: true };
  assert.deepEqual((await planned(['10.0.0.5'], tls))[2], 'tls:10.0.0.5:5061');
  assert.deepEqual((await planned(['10.0.0.5:5070'], tls))[2], 'tls:10.0.0.5:5071');
  assert.deepEqual(await planned(['tls:10.0.0.5', 'tls:10.0.0.6:7000'], tls), [
    'tls:10.0.0.5:5061',
    'tls:10.0.0.6:7000',
  ]);
  assert.deepEqual(await planned(['tls:10.0.0.5']), []);
});

test('no listen at all is every IPv4 address; auto_bind_ipv6 adds the others, but no link-local ones', async () => {
  const addresses = ['127.0.0.1', '10.0.0.5', '10.0.0.6'];
  const both = (list: string[]) => ['udp', 'tcp'].flatMap((proto) => list.map((a) => `${proto}:${a}:5060`));
  assert.deepEqual(await planned([]), both(addresses));
  const six = ['127.0.0.1', '[::1]', '10.0.0.5', '10.0.0.6', '[fd00::5]'];
  assert.deepEqual(await planned([], { autoBindIpv6: true }), both(six));
});

test('interfaces, host names and lists become addresses, each once, UDP before TCP', async () => {
  assert.deepEqual(await planned(['udp:eth0:5062']), ['udp:10.0.0.5:5062', 'udp:10.0.0.6:5062']);
  assert.deepEqual(await planned(['tcp:(lo, 127.0.0.1, sip.example):5065', 'udp:10.0.0.5:5065']), [
    'udp:10.0.0.5:5065',
    'tcp:127.0.0.1:5065',
    'tcp:10.0.0.5:5065',
  ]);
  assert.deepEqual(await planned(['udp:six.example']), ['udp:[fd00::5]:5060']);
  await assert.rejects(planned(['nowhere.example']), {
    code: 'LISTEN_UNKNOWN',
    message: /nowhere\.example.*lo, eth0/,
  });
});

test('advertise, name, virtual, port ranges', async () => {
  assert.deepEqual(await planned(['udp:10.0.0.5:5080/1.2.3.4:5070']), ['udp:10.0.0.5:5080 as 1.2.3.4:5070']);
  assert.deepEqual(await planned(['udp:10.0.0.5:5080/[2001:db8::1]']), [
    'udp:10.0.0.5:5080 as [2001:db8::1]:5080',
  ]);
  const range: ListenDeclaration = {
    addresses: [{ protocol: 'udp', host: '10.0.0.5', port: 6000, lastPort: 6002 }],
    advertise: { protocol: undefined, host: 'a.example', port: 7000, lastPort: undefined },
    name: 's',
    virtual: true,
  };
  assert.deepEqual(await planned([range]), [
    'udp:10.0.0.5:6000 as a.example:7000 s6000 virtual',
    'udp:10.0.0.5:6001 as a.example:7001 s6001 virtual',
    'udp:10.0.0.5:6002 as a.example:7002 s6002 virtual',
  ]);
  const globally = { advertisedAddress: 'b.example', advertisedPort: 99 };
  assert.deepEqual(await planned(['udp:10.0.0.5'], globally), ['udp:10.0.0.5:5060 as b.example:99']);
});

test('disable_tcp leaves UDP', async () => {
  const { tcp } = defaultTransportOptions();
  assert.deepEqual(await planned(['10.0.0.5'], { tcp: { ...tcp, enabled: false } }), ['udp:10.0.0.5:5060']);
});

test('-l and --alias as the command line gives them', () => {
  for (const bad of ['', 'xyz:1.2.3.4', '1.2.3.4:70000', '(a,b', 'udp:', '1.2.3.4/', 'a b']) {
    assert.equal(parseListenArgument(bad), undefined, bad);
  }
  assert.deepEqual(parseListenArgument('[::1]:5062')?.addresses, [
    { protocol: undefined, host: '::1', port: 5062, lastPort: undefined },
  ]);
  assert.deepEqual(parseAliasArgument('udp:example.com:5060'), {
    protocol: 'udp',
    host: 'example.com',
    port: 5060,
    lastPort: undefined,
  });
  assert.equal(parseAliasArgument('(a, b)'), undefined);
});

test('hosts have one form', () => {
  assert.equal(canonicalHost('Example.COM.'), 'example.com');
  assert.equal(canonicalHost('[2001:DB8:0:0:1:0:0:1]'), '2001:db8::1:0:0:1');
  assert.equal(canonicalHost('::FFFF:1.2.3.4'), '::ffff:102:304');
  assert.equal(canonicalHost('0:0:0:0:0:0:0:0'), '::');
  assert.equal(canonicalHost('::1:'), '::1:');
  assert.equal(inIpv4Network('192.168.7.1', '192.168.4.9', '255.255.252.0'), true);
  assert.equal(inIpv4Network('192.168.8.1', '192.168.4.9', '255.255.252.0'), false);
});

test('sockets are found by name, by any of their addresses, and for a destination', async () => {
  const options = {
    ...defaultTransportOptions(),
    listen: [
      parseListenArgument('udp:127.0.0.1')!,
      parseListenArgument('udp:10.0.0.5/pub.example:7000')!,
      { ...parseListenArgument('tcp:sip.example:5080')!, name: 'S1' },
      parseListenArgument('udp:[fd00::5]')!,
    ],
  };
  const plan = await planSockets(options, { interfaces: () => interfaces }, resolver);
  const table = new SocketTable(plan.map((each, index) => makeSocket(index, each, each.port, options)));
  const found = (text: string) => table.find(text)?.text;
  assert.equal(found('S1'), 'tcp:10.0.0.5:5080');
  assert.equal(found('tcp:SIP.example:5080'), 'tcp:10.0.0.5:5080');
  assert.equal(found('udp:10.0.0.5:5060'), 'udp:10.0.0.5:5060');
  assert.equal(found('udp:pub.example:7000'), 'udp:10.0.0.5:5060');
  assert.equal(found('tcp:10.0.0.5'), 'tcp:10.0.0.5:5080');
  assert.equal(found('udp:[FD00:0::5]:5060'), 'udp:[fd00::5]:5060');
  assert.equal(found('udp:10.0.0.5:9'), undefined);
  assert.equal(table.defaultFor('udp', 4)?.text, 'udp:10.0.0.5:5060'); // rather than loopback
  assert.equal(table.defaultFor('udp', 6)?.text, 'udp:[fd00::5]:5060');
  assert.equal(table.defaultFor('tcp', 6), undefined);
  assert.equal(table.byAddress('tcp', '10.0.0.5')?.name, 'S1');
});
