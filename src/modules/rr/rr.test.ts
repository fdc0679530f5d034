import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ScriptContext } from '../../module/context.ts';
import { contextOf, fakeHost, ModuleUnderTest, requestText, socketOf } from '../../module/testing.ts';
import type { OutgoingHop } from '../../sip/editList.ts';
import type { RecordRouteApi } from './api.ts';
import rr from './index.ts';

const sockets = ['udp:127.0.0.1:5060', 'udp:127.0.0.1:5090', 'tcp:127.0.0.1:5090'];

function module(params: Record<string, number | string> = {}): ModuleUnderTest {
  const formats = {
    text: (format: string) => () => format,
    variable: (text: string) => ({
      text,
      writable: true,
      get: (context: object) => (context as ScriptContext).variables.avps.get('u'),
      set: () => {},
    }),
  };
  const under = new ModuleUnderTest(rr, fakeHost({ sockets, formats }), params);
  rr.start?.(under.loaded.instance);
  return under;
}

function hop(text: string): OutgoingHop {
  const socket = socketOf(text);
  return {
    proto: socket.proto,
    sentByHost: socket.sentByHost,
    sentByPort: socket.sentByPort,
    destination: undefined,
  };
}

/** Lines of a header as they leave through a socket. */
function lines(context: ScriptContext, name: string, through = 'udp:127.0.0.1:5060'): string[] {
  const { message } = context;
  const text = message.edits.render(message.text, 0, message.text.length, hop(through));
  return text.split('\r\n').filter((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`));
}

function withRoutes(routes: string[], options: { toTag?: string; uri?: string } = {}): ScriptContext {
  const { toTag = 'tt', uri = 'sip:bob@10.0.0.9' } = options;
  const headers = routes.map((route) => `Route: ${route}`).join('\n');
  return contextOf(requestText(headers, { method: 'BYE', toTag, uri }));
}

test('Record-Route says the sending socket, and both when they differ', () => {
  const one = contextOf(requestText());
  const rrModule = module();
  assert.equal(rrModule.call('record_route', one), 1);
  assert.deepEqual(lines(one, 'Record-Route'), ['Record-Route: <sip:127.0.0.1;lr;ftag=ft>']);
  assert.deepEqual(lines(one, 'Record-Route', 'tcp:127.0.0.1:5090'), [
    'Record-Route: <sip:127.0.0.1:5090;transport=tcp;r2=on;lr;ftag=ft>',
    'Record-Route: <sip:127.0.0.1;r2=on;lr;ftag=ft>',
  ]);
  assert.equal(rrModule.call('record_route', one), -1);
});

test('parameters come from the call and from add_rr_param, before and after', () => {
  const context = contextOf(requestText());
  const rrModule = module({ enable_full_lr: 1, append_fromtag: 0 });
  rrModule.call('add_rr_param', context, ';early=1');
  rrModule.call('record_route', context, ';x=INVITE');
  rrModule.call('add_rr_param', context, ';late');
  assert.deepEqual(lines(context, 'Record-Route'), [
    'Record-Route: <sip:127.0.0.1;lr=on;x=INVITE;early=1;late>',
  ]);
  rrModule.call('remove_record_route', context);
  assert.deepEqual(lines(context, 'Record-Route'), []);
});

test('preset and advertised addresses, user names, sips', () => {
  const rrModule = module({ add_username: 1, custom_user_avp: '$avp(u)', enable_socket_mismatch_warning: 0 });
  const preset = contextOf(requestText('', { uri: 'sips:bob@example.com' }));
  rrModule.call('record_route_preset', preset, '1.2.3.4:5090;r2=on', '5.6.7.8;r2=on');
  assert.deepEqual(lines(preset, 'Record-Route'), [
    'Record-Route: <sips:bob@1.2.3.4:5090;r2=on;ftag=ft;lr>',
    'Record-Route: <sips:bob@5.6.7.8;r2=on;ftag=ft;lr>',
  ]);
  const advertised = contextOf(requestText());
  advertised.variables.avps.push('u', 'mo');
  rrModule.call('record_route_advertised_address', advertised, '1.2.3.4:5080');
  assert.deepEqual(lines(advertised, 'Record-Route', 'udp:127.0.0.1:5090'), [
    'Record-Route: <sip:mo@1.2.3.4:5080;ftag=ft;lr>',
  ]);
  assert.deepEqual(lines(advertised, 'Record-Route', 'tcp:127.0.0.1:5090'), [
    'Record-Route: <sip:mo@1.2.3.4:5080;transport=tcp;r2=on;ftag=ft;lr>',
    'Record-Route: <sip:mo@1.2.3.4:5080;transport=udp;r2=on;ftag=ft;lr>',
  ]);
});

test('enable_double_rr 2 always writes two, 0 never', () => {
  const always = contextOf(requestText());
  module({ enable_double_rr: 2 }).call('record_route', always);
  assert.equal(lines(always, 'Record-Route').length, 2);
  const never = contextOf(requestText());
  module({ enable_double_rr: 0 }).call('record_route', never);
  assert.deepEqual(lines(never, 'Record-Route', 'udp:127.0.0.1:5090'), [
    'Record-Route: <sip:127.0.0.1:5090;lr;ftag=ft>',
  ]);
});

test('socket names are written and read back', () => {
  const host = fakeHost({ sockets });
  host.transport.sockets[0] = socketOf('udp:127.0.0.1:5060', {
    name: 'sk',
    advertised: true,
    sentByHost: '9.9.9.9',
  });
  const rrModule = new ModuleUnderTest(rr, host, { sockname_mode: 1, force_send_socket: 1 });
  const context = contextOf(requestText(), { flow: { socket: host.transport.sockets[0] } });
  rrModule.call('record_route', context);
  assert.deepEqual(
    context.message.edits
      .render(context.message.text, 0, 400, { ...hop('udp:127.0.0.1:5060'), sentByHost: '9.9.9.9' })
      .match(/Record-Route.*/)?.[0],
    'Record-Route: <sip:9.9.9.9:5060;sn=sk;lr;ftag=ft>',
  );
  const later = withRoutes(['<sip:9.9.9.9;sn=sk;lr>']);
  assert.equal(rrModule.call('loose_route', later), 1);
  assert.equal(later.target.socket?.name, 'sk');
});

test('loose_route takes own Routes off and finds the next hop', () => {
  const cases: [string[], { code: number; du: string; left: string[]; ru?: string }][] = [
    [['<sip:127.0.0.1;lr;ftag=ft>'], { code: 1, du: '', left: [] }],
    [
      ['<sip:127.0.0.1;lr>, <sip:10.0.0.1;lr>'],
      { code: 1, du: 'sip:10.0.0.1;lr', left: ['Route: <sip:10.0.0.1;lr>'] },
    ],
    [
      ['<sip:127.0.0.1:5090;r2=on;lr>,<sip:127.0.0.1;r2=on;lr>', '<sip:10.0.0.1;lr;x>'],
      { code: 1, du: 'sip:10.0.0.1;lr;x', left: ['Route: <sip:10.0.0.1;lr;x>'] },
    ],
    [
      ['<sip:127.0.0.1;lr>', '<sip:10.0.0.1;x>,<sip:10.0.0.2;lr>'],
      {
        code: 1,
        du: '',
        ru: 'sip:10.0.0.1;x',
        left: ['Route: <sip:10.0.0.2;lr>', 'Route: <sip:bob@10.0.0.9>'],
      },
    ],
    [['<sip:10.0.0.1;lr>'], { code: 1, du: 'sip:10.0.0.1;lr', left: ['Route: <sip:10.0.0.1;lr>'] }],
    [['foo'], { code: -1, du: '', left: ['Route: foo'] }],
    [['sip:127.0.0.1;lr'], { code: -1, du: '', left: ['Route: sip:127.0.0.1;lr'] }],
    [['<>'], { code: -1, du: '', left: ['Route: <>'] }],
    [[], { code: -1, du: '', left: [] }],
  ];
  for (const [routes, expected] of cases) {
    const context = withRoutes(routes);
    assert.equal(module().call('loose_route', context), expected.code, routes.join());
    assert.equal(context.target.nextHop, expected.du, routes.join());
    assert.equal(context.target.requestUri, expected.ru ?? 'sip:bob@10.0.0.9');
    assert.deepEqual(lines(context, 'Route'), expected.left);
  }
});

test('a double Route sets the socket of its second half', () => {
  const context = withRoutes(['<sip:127.0.0.1;r2=on;lr>,<sip:127.0.0.1:5090;transport=tcp;r2=on;lr>']);
  module().call('loose_route', context);
  assert.equal(context.target.socket?.text, 'tcp:127.0.0.1:5090');
});

test('requests of a strict router get their Request-URI back (RFC 3261 §16.4)', () => {
  const own = 'sip:127.0.0.1;ftag=ft';
  const loose = withRoutes(['<sip:10.0.0.1;lr>', '<sip:final@10.0.0.2>'], { uri: own });
  assert.equal(module().call('loose_route', loose), 1);
  assert.deepEqual(
    [loose.target.requestUri, loose.target.nextHop],
    ['sip:final@10.0.0.2', 'sip:10.0.0.1;lr'],
  );
  assert.deepEqual(lines(loose, 'Route'), ['Route: <sip:10.0.0.1;lr>']);
  const strict = withRoutes(['<sip:10.0.0.1>, <sip:final@10.0.0.2>'], { uri: own });
  module().call('loose_route', strict);
  assert.deepEqual([strict.target.requestUri, strict.target.nextHop], ['sip:10.0.0.1', '']);
  assert.deepEqual(lines(strict, 'Route'), ['Route: <sip:final@10.0.0.2>']);
  const both = withRoutes(['<sip:127.0.0.1:5090;r2=on;lr>, <sip:10.0.0.1;lr>'], { uri: `${own};r2=on` });
  assert.equal(module().call('loose_route', both), 1);
  assert.equal(both.target.requestUri, 'sip:10.0.0.1;lr');
  assert.deepEqual(lines(both, 'Route'), []);
  const gruu = withRoutes(['<sip:127.0.0.1;lr>'], { uri: 'sip:127.0.0.1;gr=x' });
  assert.equal(module().call('loose_route', gruu), 1);
  assert.equal(gruu.target.requestUri, 'sip:127.0.0.1;gr=x');
  const mode = withRoutes(['<sip:127.0.0.1;lr>'], { uri: 'sip:app@127.0.0.1' });
  assert.equal(module().call('loose_route_mode', mode, 1), 1);
  assert.equal(mode.target.requestUri, 'sip:app@127.0.0.1');
  const double = withRoutes(['<sip:127.0.0.1:5090;r2=on;lr>,<sip:10.0.0.1>'], { uri: `${own};r2=on` });
  module().call('loose_route', double);
  assert.deepEqual(
    [double.target.requestUri, double.target.socket?.text],
    ['sip:10.0.0.1', 'udp:127.0.0.1:5090'],
  );
});

test('initial requests with preloaded Routes', () => {
  const only = withRoutes(['<sip:127.0.0.1;lr>'], { toTag: '' });
  assert.equal(module().call('loose_route', only), -3);
  assert.deepEqual(lines(only, 'Route'), []);
  const preloaded = withRoutes(['<sip:127.0.0.1;lr>'], { toTag: '' });
  assert.equal(module().call('loose_route_preloaded', preloaded), 1);
  const further = withRoutes(['<sip:127.0.0.1;lr>,<sip:10.0.0.1;lr>'], { toTag: '' });
  assert.equal(module().call('loose_route', further), 1);
  assert.equal(module().call('loose_route_preloaded', withRoutes(['<sip:127.0.0.1;lr>'])), -1);
});

test('Route parameters, direction, next hop', () => {
  const rrModule = module();
  const down = withRoutes(['<sip:127.0.0.1;lr;ftag=ft;nat=yes>, <sip:10.0.0.1;lr>']);
  assert.equal(rrModule.pv('route_uri', down), 'sip:127.0.0.1;lr;ftag=ft;nat=yes');
  rrModule.call('loose_route', down);
  assert.equal(rrModule.call('is_direction', down, 'downstream'), 1);
  assert.equal(rrModule.call('check_route_param', down, /nat=yes/), 1);
  assert.equal(rrModule.call('check_route_param', down, /^;lr/), 1);
  assert.equal(rrModule.call('rr_next_hop_route', down), 1);
  const up = withRoutes(['<sip:127.0.0.1;lr;ftag=tt>']);
  assert.equal(rrModule.call('is_direction', up, 'upstream'), 1);
  assert.equal(rrModule.call('record_route', up), 1);
  assert.deepEqual(lines(up, 'Record-Route'), ['Record-Route: <sip:127.0.0.1;lr;ftag=tt>']);
  assert.equal(rrModule.call('rr_next_hop_route', up), -1);
  assert.equal(rrModule.call('is_direction', withRoutes([]), 'downstream'), 1);
  assert.equal(rrModule.pv('route_uri', withRoutes([])), '');
});

test('api: callbacks, parameters and flow tokens', () => {
  const rrModule = module();
  const api = rr.api?.(rrModule.loaded.instance) as RecordRouteApi;
  const heard: string[] = [];
  api.onLooseRoute((_context, params) => heard.push(params));
  const context = withRoutes(['<sip:127.0.0.1;lr;did=a.b>']);
  rrModule.call('loose_route', context);
  assert.deepEqual(heard, [';lr;did=a.b']);
  assert.equal(api.routeParam(context, 'did'), 'a.b');
  assert.equal(api.routeParam(context, 'none'), undefined);
  api.useOutbound({
    applies: () => true,
    encode: () => 'token',
    decode: (token) =>
      token === 'token'
        ? { socket: socketOf('tcp:127.0.0.1:5090'), nextHop: 'sip:10.1.1.1:9;transport=tcp', connectionId: 5 }
        : 'tampered',
  });
  const byToken = withRoutes(['<sip:token@127.0.0.1;lr>'], { toTag: '' });
  assert.equal(rrModule.call('loose_route', byToken), 2);
  assert.deepEqual(
    [byToken.target.nextHop, byToken.target.connectionId],
    ['sip:10.1.1.1:9;transport=tcp', 5],
  );
  assert.equal(rrModule.call('loose_route', withRoutes(['<sip:bad@127.0.0.1;lr>'])), -2);
  const outgoing = contextOf(requestText());
  assert.ok(api.recordRoute(outgoing));
  assert.deepEqual(lines(outgoing, 'Record-Route', 'udp:127.0.0.1:5090'), [
    'Record-Route: <sip:token@127.0.0.1:5090;lr;ftag=ft>',
  ]);
});

test('direction and the tags that made the dialog, as variables', () => {
  const rrModule = module();
  const tags = (context: ScriptContext) => {
    rrModule.call('loose_route', context);
    return ['$rdir(id)', '$rdir(name)', '$fti', '$tti'].map((name) => rrModule.read(name, context));
  };
  assert.deepEqual(tags(withRoutes(['<sip:127.0.0.1;lr;ftag=ft>'])), [1, 'downstream', 'ft', 'tt']);
  assert.deepEqual(tags(withRoutes(['<sip:127.0.0.1;lr;ftag=tt>'])), [2, 'upstream', 'tt', 'ft']);
  assert.deepEqual(tags(withRoutes([])), [1, 'downstream', 'ft', 'tt']);
});
