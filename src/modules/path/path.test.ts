import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ScriptContext } from '../../module/context.ts';
import { contextOf, fakeHost, ModuleUnderTest, socketOf } from '../../module/testing.ts';
import type { OutgoingHop } from '../../sip/editList.ts';
import path from './index.ts';

type Params = Record<string, number | string>;

const udp = socketOf('udp:127.0.0.1:15071', { name: 'sockA' });
const tcp = socketOf('tcp:127.0.0.1:15071', { name: 'sockT' });
const advertised = socketOf('udp:127.0.0.1:5060', {
  sentByHost: '9.8.7.6',
  sentByPort: 7000,
  advertised: true,
});

function hopOf(socket: typeof udp): OutgoingHop {
  const { proto, sentByHost, sentByPort } = socket;
  return { proto, sentByHost, sentByPort, destination: undefined };
}

function bench(params: Params = {}, apis: Record<string, unknown> = {}) {
  const host = fakeHost();
  host.transport.sockets.splice(0, 2, udp, tcp, advertised);
  for (const [name, api] of Object.entries(apis)) host.apis.set(name, api);
  const module = new ModuleUnderTest(path, host, params);
  void module.loaded.declaration.start?.(module.loaded.instance);
  return { module, host };
}

function register(from = udp, headers = ''): ScriptContext {
  const text = `REGISTER sip:ex.org SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1\n${headers}`;
  return contextOf(text, {
    flow: { socket: from, proto: from.proto, address: '192.0.2.9', port: 4711 },
  });
}

/** The Path lines of a copy that leaves from a socket. */
function pathsOf(context: ScriptContext, out = udp): string[] {
  const { message } = context;
  const text = message.edits.render(message.text, 0, message.text.length, hopOf(out));
  return text.split('\r\n').filter((line) => line.startsWith('Path:'));
}

// What Kamailio 5.6.3 writes.
const cases: [string, Params, string, string[], typeof udp, typeof udp, string[]][] = [
  ['plain', {}, 'add_path', [], udp, udp, ['Path: <sip:127.0.0.1:15071;lr>']],
  ['user', {}, 'add_path', ['user'], udp, udp, ['Path: <sip:user@127.0.0.1:15071;lr>']],
  ['parameters', {}, 'add_path', ['user', 'p=1;q'], udp, udp, ['Path: <sip:user@127.0.0.1:15071;lr;p=1;q>']],
  ['parameters only', {}, 'add_path', ['', 'z'], udp, udp, ['Path: <sip:127.0.0.1:15071;lr;z>']],
  ['to TCP', {}, 'add_path', [], udp, tcp, ['Path: <sip:127.0.0.1:15071;transport=tcp;lr>']],
  ['advertised', {}, 'add_path', [], tcp, advertised, ['Path: <sip:9.8.7.6:7000;lr>']],
  [
    'received',
    {},
    'add_path_received',
    [],
    udp,
    udp,
    ['Path: <sip:127.0.0.1:15071;lr;received=sip:192.0.2.9:4711>'],
  ],
  [
    'received over TCP',
    {},
    'add_path_received',
    ['u', 'x=y'],
    tcp,
    udp,
    ['Path: <sip:u@127.0.0.1:15071;lr;received=sip:192.0.2.9:4711%3Btransport%3Dtcp;x=y>'],
  ],
  [
    'received as alias',
    { received_format: 1, received_name: 'rcv' },
    'add_path_received',
    [],
    tcp,
    udp,
    ['Path: <sip:127.0.0.1:15071;lr;rcv=192.0.2.9~4711~2>'],
  ],
  [
    'two headers with names',
    { enable_r2: 1, sockname_mode: 1 },
    'add_path_received',
    ['u'],
    udp,
    tcp,
    [
      'Path: <sip:u@127.0.0.1:15071;transport=tcp;sn=sockT;lr;received=sip:192.0.2.9:4711;r2=on>',
      'Path: <sip:u@127.0.0.1:15071;sn=sockA;lr;received=sip:192.0.2.9:4711;r2=on>',
    ],
  ],
];

describe('Path header', () => {
  for (const [name, params, call, args, from, to, lines] of cases)
    it(name, () => {
      const context = register(from);
      assert.equal(bench(params).module.call(call, context, ...args), 1);
      assert.deepEqual(pathsOf(context, to), lines);
    });

  it('stands above those that are there, several in the order of asking', () => {
    const { module } = bench();
    const context = register(udp, 'Path: <sip:other;lr>\n');
    module.call('add_path', context);
    module.call('add_path', context, 'two');
    assert.deepEqual(pathsOf(context), [
      'Path: <sip:127.0.0.1:15071;lr>',
      'Path: <sip:two@127.0.0.1:15071;lr>',
      'Path: <sip:other;lr>',
    ]);
  });

  it('has a flow token when outbound wants it and no user is given', () => {
    const outbound = { applies: () => true, encode: () => 'TOKEN=' };
    const { module } = bench({}, { outbound });
    const flow = register();
    module.call('add_path_received', flow);
    assert.deepEqual(pathsOf(flow), ['Path: <sip:TOKEN=@127.0.0.1:15071;lr;received=sip:192.0.2.9:4711;ob>']);
    const named = register();
    module.call('add_path', named, 'user');
    assert.deepEqual(pathsOf(named), ['Path: <sip:user@127.0.0.1:15071;lr>']);
  });

  it('refuses what would break out of the URI', () => {
    const context = register();
    assert.equal(bench().module.call('add_path', context, 'a>\r\nX: 1'), -1);
    assert.deepEqual(pathsOf(context), []);
  });
});

describe('use_received', () => {
  const routes: [Params, string, string][] = [
    [{}, ';lr;received=sip:192.0.2.5:99%3btransport%3dtcp', 'sip:192.0.2.5:99;transport=tcp'],
    [{}, ';received=sip:192.0.2.5:99;lr', 'sip:192.0.2.5:99'],
    [{}, ';lr', ''],
    [{}, ';lr;received=nonsense', ''],
    [{ received_format: 1 }, ';lr;received=192.0.2.5~99~2', 'sip:192.0.2.5:99;transport=tcp'],
    [{ received_format: 1 }, ';lr;received=192.0.2.5~99~1', 'sip:192.0.2.5:99'],
    [{ received_format: 1 }, ';lr;received=[2001:db8::1]~99~5', 'sip:[2001:db8::1]:99;transport=ws'],
    [{ received_format: 1 }, ';lr;received=192.0.2.5~99', ''],
    [{ received_format: 1, received_name: 'rcv' }, ';lr;rcv=192.0.2.5~99~1', 'sip:192.0.2.5:99'],
  ];
  for (const [params, routeParams, nextHop] of routes)
    it(`${routeParams}: ${nextHop === '' ? 'stays' : nextHop}`, () => {
      const handlers: ((context: ScriptContext, params: string) => void)[] = [];
      const rr = { onLooseRoute: (handler: (typeof handlers)[number]) => handlers.push(handler) };
      bench({ use_received: 1, ...params }, { rr });
      const context = register();
      for (const handler of handlers) handler(context, routeParams);
      assert.equal(handlers.length, 1);
      assert.equal(context.target.nextHop, nextHop);
    });

  it('is said to be without effect when rr is not loaded', () => {
    assert.match(bench({ use_received: 1 }).host.log.lines.join(), /rr is not loaded/);
  });
});
