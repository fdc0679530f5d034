import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RpcFault, type RpcStruct } from '../../module/rpc.ts';
import { AvpStore } from '../../module/variables.ts';
import { makeTarget } from '../../proxy/target.ts';
import { blocklistRpc } from './blocklistRpc.ts';
import { Scene } from './testing.ts';

const client = '127.0.0.2';
const [b, c] = ['127.0.0.3', '127.0.0.4'];

/** What a scene with sockets of all transports sent to an address last. */
function protocols(scene: Scene): string[] {
  return scene.host.transport.sent
    .splice(0)
    .map(({ destination }) => `${destination.proto} ${destination.address}:${destination.port}`);
}

test('each transport has its own way to relay, forward and replicate', async () => {
  const sockets = ['udp:127.0.0.1:5060', 'tcp:127.0.0.1:5060', 'tls:127.0.0.1:5061', 'sctp:127.0.0.1:5060'];
  const ways: Readonly<Record<string, readonly string[]>> = {
    udp: ['t_relay_to_udp', 't_forward_nonack_udp', 't_replicate_udp'],
    tcp: ['t_relay_to_tcp', 't_forward_nonack_tcp', 't_replicate_tcp'],
    tls: ['t_relay_to_tls', 't_forward_nonack_tls', 't_replicate_tls'],
    sctp: ['t_relay_to_sctp', 't_forward_nonack_sctp', 't_replicate_sctp'],
  };
  const sendsTo = async (name: string, uri: string, ...args: string[]): Promise<string[]> => {
    const scene = new Scene({}, {}, sockets);
    assert.equal(await scene.call(name, scene.request('OPTIONS', uri), ...args), 1, name);
    return protocols(scene);
  };
  for (const [proto, names] of Object.entries(ways)) {
    const expected = [`${proto} ${b}:5099`];
    for (const name of names) assert.deepEqual(await sendsTo(name, 'sip:bob@127.0.0.9', b, '5099'), expected);
    assert.deepEqual(await sendsTo('t_replicate_to', 'sip:x@127.0.0.9', proto, `${b}:5099`), expected);
    assert.deepEqual(await sendsTo('t_relay_to', 'sip:x@127.0.0.9', `${proto}:${b}:5099`), expected);
    const port = proto === 'tls' ? 5061 : 5060;
    assert.deepEqual(await sendsTo(names[0] ?? '', `sip:bob@${b}`), [`${proto} ${b}:${port}`]);
  }
});

test('t_relay_to with flags: no 100, no own answer, no failover', async () => {
  const scene = new Scene();
  const context = scene.request('INVITE', 'sip:bob@nowhere.example');
  assert.equal(await scene.call('t_relay_to', context, '3'), -478);
  scene.ended(context);
  assert.equal(scene.untaken, 0);
});

test('responses to a replica go nowhere', async () => {
  const scene = new Scene();
  const context = scene.request('REGISTER', 'sip:example.com');
  assert.equal(await scene.call('t_replicate', context, `sip:${b}`), 1);
  await scene.respond(scene.take(b), 200, 'OK');
  assert.equal(scene.untaken, 0);
  scene.clock.advance(100_000);
  scene.assertNothingLeft();
});

test('t_save_lumps: a failure route begins with the edits made before it', async () => {
  const scene = new Scene();
  scene.route('failure', 'F', (context) => {
    context.target.requestUri = `sip:bob@${c}`;
    return Number(scene.call('t_relay', context));
  });
  const context = scene.request('INVITE', `sip:bob@${b}`);
  assert.equal(scene.call('t_save_lumps', context), -1, 'there is no transaction yet');
  scene.call('t_newtran', context);
  context.message.appendHeader('X-First: 1\r\n');
  assert.equal(scene.call('t_save_lumps', context), 1);
  context.message.appendHeader('X-Second: 2\r\n');
  scene.call('t_on_failure', context, 'F');
  await scene.call('t_relay', context);
  const first = scene.take(b);
  assert.match(first, /X-First: 1\r\nX-Second: 2\r\n/);
  await scene.respond(first, 486, 'Busy Here');
  const second = scene.take(c);
  assert.match(second, /X-First: 1\r\n/);
  assert.doesNotMatch(second, /X-Second/);
});

test('t_get_status_code, t_grep_status, t_any_replied and t_use_uac_headers', async () => {
  const scene = new Scene();
  const codes: unknown[] = [];
  scene.route('failure', 'F', (context) => {
    codes.push(scene.call('t_get_status_code', context));
    codes.push(scene.call('t_grep_status', context, 404), scene.call('t_grep_status', context, 405));
    codes.push(scene.call('t_any_replied', context), scene.call('t_branch_replied', context));
    return 1;
  });
  const context = scene.request('INVITE', `sip:bob@${b}`);
  assert.equal(scene.call('t_get_status_code', context), -1);
  assert.equal(scene.call('t_use_uac_headers', context), 1);
  scene.call('t_on_failure', context, 'F');
  await scene.call('t_relay', context);
  assert.equal(scene.call('t_get_status_code', context), 100);
  await scene.respond(scene.take(b), 404, 'Not Found');
  assert.deepEqual(codes, [404, 1, -1, -1, -1]);
});

test('t_is_retr_async_reply: while an onreply_route waits', async () => {
  const scene = new Scene();
  let goOn: (code: number) => void = () => {};
  const blocks = scene.host.blocks as Map<string, unknown>;
  blocks.set('onreply:R', () => new Promise<number>((resolve) => (goOn = resolve)));
  const context = scene.request('INVITE', `sip:bob@${b}`);
  scene.call('t_on_reply', context, 'R');
  await scene.call('t_relay', context);
  scene.take(client);
  const waiting = scene.respond(scene.take(b), 180, 'Ringing');
  assert.equal(scene.call('t_is_retr_async_reply', context), 1);
  assert.equal(scene.untaken, 0);
  goOn(1);
  assert.equal(await waiting, true);
  assert.equal(scene.call('t_is_retr_async_reply', context), -1);
  assert.match(scene.take(client), /^SIP\/2\.0 180/);
});

test('a timer that fires while a route waits has to wait, too', async () => {
  const scene = new Scene({ fr_timer: 1000 });
  const order: string[] = [];
  let goOn: (code: number) => void = () => {};
  const blocks = scene.host.blocks as Map<string, unknown>;
  blocks.set('onreply:R', () => new Promise<number>((resolve) => (goOn = resolve)));
  scene.route('failure', 'F', () => order.push('failure'));
  const context = scene.request('INVITE', `sip:bob@${b}`);
  context.branches.push(makeTarget(`sip:bob@${c}`));
  scene.call('t_on_reply', context, 'R');
  scene.call('t_on_failure', context, 'F');
  await scene.call('t_relay', context);
  const waiting = scene.respond(scene.take(b), 486, 'Busy Here');
  scene.clock.advance(2000);
  assert.equal(order.length, 0, 'the other branch has timed out, but the first one is not decided');
  order.push('reply');
  goOn(1);
  await waiting;
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(order, ['reply', 'failure']);
});

test('serial forking by q; another flow of the failed instance', () => {
  const scene = new Scene({
    contacts_avp: 'tm_contacts',
    contact_flows_avp: '$xavp(tm_flows)',
    xavp_contact: 'attrs',
  });
  const context = scene.request('INVITE', 'sip:low@x');
  const [half, top, flow] = ['half', 'top', 'flow'].map((user) => makeTarget(`sip:${user}@x`));
  assert.ok(half && top && flow);
  Object.assign(half, { q: 500 });
  Object.assign(top, { q: 1000, instance: '<urn:1>' });
  Object.assign(flow, { q: 1000, instance: '<urn:1>' });
  context.branches.push(half, top, flow);
  assert.equal(scene.call('t_load_contacts', context), 1);
  assert.equal(scene.call('t_next_contacts', context), 1);
  assert.equal(context.target.requestUri, 'sip:top@x');
  assert.deepEqual(context.branches, []);
  assert.equal(scene.tm.contacts.nextFlow(context, undefined), -2);
  const failed = { target: top } as Parameters<typeof scene.tm.contacts.nextFlow>[1];
  assert.equal(scene.tm.contacts.nextFlow(context, failed), 1);
  assert.equal(context.target.requestUri, 'sip:flow@x');
  assert.equal(scene.call('t_next_contact_flow', context), -2);
  assert.equal(scene.call('t_next_contacts', context), 1);
  assert.equal(context.target.requestUri, 'sip:half@x');
  assert.equal(scene.call('t_next_contacts', context), 1);
  assert.equal(context.target.requestUri, 'sip:low@x');
  assert.equal(scene.call('t_next_contacts', context), -2);
});

test('t_load_contacts by chance: q is the weight, targets without q come last', () => {
  const scene = new Scene({ contacts_avp: 'c', contact_flows_avp: 'f' });
  const context = scene.request('INVITE', 'sip:none@x');
  for (const [user, q] of [
    ['a', 100],
    ['b', 900],
  ] as const)
    context.branches.push({ ...makeTarget(`sip:${user}@x`), q });
  assert.equal(scene.call('t_load_contacts', context, 1), 1);
  const order: string[] = [];
  while (scene.call('t_next_contacts', context) === 1) order.push(context.target.requestUri);
  assert.equal(order.length, 3);
  assert.equal(order[2], 'sip:none@x');
});

test('timers come from AVPs in seconds, and from t_set_fr', async () => {
  for (const byAvp of [true, false]) {
    const scene = new Scene({ fr_timer_avp: '$avp(fr)' });
    const context = scene.request('OPTIONS', `sip:bob@${b}`);
    assert.ok(context.variables.avps instanceof AvpStore);
    if (byAvp) context.variables.avps.push('fr', 2);
    else scene.call('t_set_fr', context, 0, 2000);
    await scene.call('t_relay', context);
    scene.clock.advance(1900);
    assert.throws(() => scene.take(client));
    scene.clock.advance(200);
    assert.match(scene.take(client), /^SIP\/2\.0 408/);
  }
});

test('noisy_ctimer 0: an INVITE that nobody answered ends in silence', async () => {
  const scene = new Scene({ noisy_ctimer: 0, fr_timer: 1000, auto_inv_100: 0 });
  await scene.call('t_relay', scene.request('INVITE', `sip:bob@${b}`));
  scene.clock.advance(300_000);
  assert.throws(() => scene.take(client));
  scene.assertNothingLeft();
});

test('t_clean ends nothing that still has its time', async () => {
  const scene = new Scene();
  const context = scene.request('INVITE', `sip:bob@${b}`);
  await scene.call('t_relay', context);
  assert.equal(scene.call('t_clean', context), 1);
  assert.equal(scene.tm.counters.inUse, 1);
});

test('a 503 goes upstream as 500 of our own; its destination is blocked when asked for', async () => {
  const scene = new Scene({ blst_503: 1, blst_503_max_timeout: 20 });
  scene.host.globals.set('use_dst_blocklist', 1);
  await scene.call('t_relay', scene.request('INVITE', `sip:bob@${b}`));
  scene.take(client);
  await scene.respond(scene.take(b), 503, 'Overload', 'Retry-After: 3600\r\n');
  assert.match(scene.take(client), /^SIP\/2\.0 500 Service Unavailable\r\n/);
  scene.take(b);
  const blocked = scene.request('MESSAGE', `sip:bob@${b}`);
  assert.ok(Number(await scene.call('t_relay', blocked)) < 0);
  scene.clock.advance(21_000);
  assert.equal(await scene.call('t_relay', scene.request('INFO', `sip:bob@${b}`)), 1);
});

test('dst_blocklist.*: what an operator blocks is listed and not tried; entries for good stay', async () => {
  const scene = new Scene();
  scene.host.globals.set('use_dst_blocklist', 1);
  const call = (name: string, ...args: (string | number)[]) => blocklistRpc[name]?.run(scene.tm, args);
  assert.ok(call('dst_blocklist.add', 'nonsense', 1, 1, 0) instanceof RpcFault);
  assert.ok(call('dst_blocklist.add', b, 1, 9, 0) instanceof RpcFault);
  assert.deepEqual(call('dst_blocklist.add', b, 5060, 1, 4), []);
  assert.deepEqual(call('dst_blocklist.add', '::1', 5070, 2, 2), []);
  assert.deepEqual(call('dst_blocklist.debug'), [
    ...['udp', b, 5060, 60, 4],
    ...['tcp', '::1', 5070, -1, 131],
  ]);
  assert.ok(Number(await scene.call('t_relay', scene.request('MESSAGE', `sip:bob@${b}`))) < 0);
  assert.deepEqual(call('dst_blocklist.delete_all'), []);
  const [left, ...others] = call('dst_blocklist.view') as RpcStruct[];
  assert.deepEqual([left?.members[1], others.length], [{ name: 'ip', value: '::1' }, 0]);
  assert.deepEqual(call('dst_blocklist.mem_info'), [64, 640_000]);
  assert.equal(await scene.call('t_relay', scene.request('INFO', `sip:bob@${b}`)), 1);
});
