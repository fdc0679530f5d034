import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ScriptContext } from '../../module/context.ts';
import type { PvBinding, PvReference } from '../../module/define.ts';
import { ModuleUnderTest } from '../../module/testing.ts';
import { tmApi } from '../tm/apiBinding.ts';
import { Scene } from '../tm/testing.ts';
import tmxModule from './index.ts';

const client = '127.0.0.2';
const server = '127.0.0.3';

/** tm and tmx in one fake host. */
function stage(params: Record<string, number | string> = {}) {
  const scene = new Scene(params);
  scene.host.apis.set('tm', tmApi(scene.tm));
  const tmx = new ModuleUnderTest(tmxModule, scene.host);
  /** `$name(inner)` where `inner` is a variable that `read` evaluates. */
  const view = (name: string, read: (context: ScriptContext) => string): PvBinding => {
    const reference = { inner: undefined, innerOf: read } as unknown as PvReference;
    const bound = tmx.loaded.declaration.pvs?.[name]?.bind?.(tmx.loaded.instance, reference);
    assert.ok(bound !== undefined && 'get' in bound);
    return bound;
  };
  return { scene, tmx, view };
}

async function ringing(scene: Scene) {
  const context = scene.request('INVITE', `sip:bob@${server}`);
  context.target.ruid = 'uloc-1';
  await scene.call('t_relay', context);
  scene.take(client);
  const copy = scene.take(server);
  await scene.respond(copy, 180, 'Ringing');
  scene.take(client);
  return { context, copy };
}

test('$T_inv, $T_req and $T_rpl look at the other messages of the transaction', async () => {
  const { scene, tmx, view } = stage();
  const method = ({ message }: ScriptContext): string => message.method;
  const status = ({ message }: ScriptContext): string => String(message.statusCode);
  const seen: unknown[] = [];
  scene.route('failure', 'F', (context) =>
    seen.push(
      view('T_rpl', status).get(context),
      tmx.read('$T_reply_ruid', context),
      tmx.pv('T_reply_code', context),
    ),
  );
  scene.route('onreply', 'R', (context) => seen.push(view('T_req', method).get(context)));
  const context = scene.request('INVITE', `sip:bob@${server}`);
  context.target.ruid = 'uloc-1';
  scene.call('t_on_failure', context, 'F');
  scene.call('t_on_reply', context, 'R');
  await scene.call('t_relay', context);
  const cancel = scene.request('CANCEL', `sip:bob@${server}`);
  cancel.branchIndex = -1;
  assert.equal(view('T_inv', method).get(cancel), 'INVITE');
  assert.equal(view('T_inv', method).get(context), null, 'only for a CANCEL');
  scene.take(client);
  await scene.respond(scene.take(server), 486, 'Busy Here');
  assert.deepEqual(seen, ['INVITE', 486, 'uloc-1', 486]);
});

test('t_drop ends a transaction without an answer', async () => {
  const { scene, tmx } = stage();
  const { context, copy } = await ringing(scene);
  assert.equal(tmx.call('t_drop', context, 603), 1);
  await scene.respond(copy, 200, 'OK');
  scene.host.transport.sent.length = 0;
  assert.equal(scene.call('t_reply', context, 404, 'too late'), -1);
  scene.clock.advance(300_000);
  scene.assertNothingLeft();
  assert.equal(tmx.call('t_drop', scene.request('OPTIONS', 'sip:x')), -1);
});

test('t_flush_flags and t_flush_xflags hand the flags over', () => {
  for (const name of ['t_flush_flags', 't_flush_xflags']) {
    const { scene, tmx } = stage();
    const context = scene.request('INVITE', 'sip:x');
    assert.equal(tmx.call(name, context), -1);
    scene.call('t_newtran', context);
    context.flags = 6;
    assert.equal(tmx.call(name, context), 1);
    assert.equal(context.transaction?.flags, 6);
    const next = scene.tm.routes.failureContext(
      scene.tm.transactions.transactionOf(context) as never,
      undefined,
    );
    assert.equal(next.flags, 6);
  }
});

test('t_suspend holds, t_precheck_trans knows the repetition, t_continue goes on as a failure route', async () => {
  const { scene, tmx } = stage();
  const context = scene.request('INVITE', `sip:bob@${server}`);
  assert.equal(tmx.call('t_suspend', context), 1);
  scene.take(client);
  assert.equal(tmx.call('t_suspend', context), -1, 'it is held already');
  assert.equal(tmx.call('t_precheck_trans', scene.request('INVITE', `sip:bob@${server}`)), 1);
  const kinds: unknown[] = [];
  scene.route('route', 'GO', (resumed) => {
    for (const name of ['t_is_failure_route', 't_is_request_route', 't_is_branch_route', 't_is_reply_route'])
      kinds.push(tmx.call(name, resumed));
    return Number(scene.call('t_relay', resumed));
  });
  const { id } = context.transaction ?? { id: -1 };
  assert.equal(await tmx.call('t_continue', context, String(id & 0xffff), 0, 'GO'), 1);
  assert.deepEqual(kinds.slice(0, 1), [1]);
  assert.match(scene.take(server), /^INVITE /);
  assert.equal(tmx.call('t_precheck_trans', scene.request('INVITE', `sip:bob@${server}`)), -1);
  assert.equal(await tmx.call('t_continue', context, 1, 2, 'GO'), -1);
});

test('t_reuse_branch makes the failed branch the target again', async () => {
  const { scene, tmx } = stage();
  scene.route('branch_failure', 'again', (context) => {
    assert.equal(tmx.call('t_reuse_branch', context), 1);
    return Number(scene.call('t_relay', context));
  });
  const context = scene.request('INVITE', `sip:bob@${server}`);
  assert.equal(tmx.call('t_reuse_branch', context), -1);
  scene.call('t_on_branch_failure', context, 'again');
  await scene.call('t_relay', context);
  scene.take(client);
  await scene.respond(scene.take(server), 430, 'Flow Failed');
  assert.match(scene.take(server), /^ACK /);
  assert.match(scene.take(server), /^INVITE sip:bob@127\.0\.0\.3 /);
});

test('t_cancel_branches, t_cancel_callid and t_reply_callid', async () => {
  for (const name of ['t_cancel_branches', 't_cancel_callid', 't_reply_callid']) {
    const { scene, tmx } = stage();
    const { context, copy } = await ringing(scene);
    if (name === 't_cancel_branches') assert.equal(tmx.call(name, context, 'all'), 1);
    else if (name === 't_cancel_callid') assert.equal(tmx.call(name, context, 'c1', '1', '22', '480'), 1);
    else assert.equal(tmx.call(name, context, 'c1', 1, 458, 'Elsewhere'), 1);
    const cancel = scene.take(server);
    assert.match(cancel, /^CANCEL /);
    if (name === 't_cancel_callid') {
      assert.match(cancel, /\r\nReason: SIP;cause=480\r\n/);
      assert.equal((context.transaction?.flags ?? 0) >>> 22, 1);
    }
    if (name === 't_reply_callid') assert.match(scene.take(client), /^SIP\/2\.0 458 Elsewhere/);
    await scene.respond(copy, 487, 'Request Terminated');
    assert.equal(tmx.call('t_cancel_callid', context, 'nope', 1, 0), -1);
  }
});

test('statistics follow the counters of tm', async () => {
  const { scene, tmx } = stage();
  await ringing(scene);
  const read = (name: string): unknown =>
    tmx.loaded.declaration.statistics?.[name]?.read(tmx.loaded.instance);
  assert.equal(read('UAS_transactions'), 1);
  assert.equal(read('active_transactions'), 1);
  assert.equal(read('rpl_received'), 1);
  assert.equal(read('rpl_sent'), 2);
});
