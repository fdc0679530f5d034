import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lockLimits } from '../../base/locks.ts';
import type { ScriptContext } from '../../module/context.ts';
import { RpcFault } from '../../module/rpc.ts';
import { contextOf, fakeHost, ModuleUnderTest, requestText } from '../../module/testing.ts';
import type { Cfgutils } from './cfgutils.ts';
import cfgutils from './index.ts';

const context = contextOf(requestText());

test('chance: never, always, refused, reset, told', async () => {
  const under = new ModuleUnderTest(cfgutils, undefined, { initial_probability: 33 });
  const call = (name: string, ...args: unknown[]) => under.call(name, context, ...args);
  assert.equal(call('rand_get_prob'), 33);
  assert.equal(call('rand_set_prob', 100), 1);
  for (let i = 0; i < 50; i++) assert.equal(call('rand_event'), 1);
  assert.equal(call('rand_set_prob', 0), 1);
  for (let i = 0; i < 50; i++) assert.equal(call('rand_event'), -1);
  assert.equal(call('rand_set_prob', 101), -1);
  assert.equal(call('rand_reset_prob'), 1);
  assert.deepEqual(await under.rpc('cfgutils.rand_get_prob'), ['actual probability: 33 percent']);
  assert.deepEqual(await under.rpc('cfgutils.rand_set_prob', 20), []);
  assert.deepEqual(await under.rpc('cfgutils.rand_set_prob', 120), new RpcFault(500, 'Invalid Percent'));
  assert.equal(call('rand_get_prob'), 20);
  await under.rpc('cfgutils.rand_reset_prob');
  assert.equal(call('rand_get_prob'), 33);
  assert.deepEqual(await under.rpc('cfgutils.rand_set_prop', 25), []);
  assert.equal(call('rand_get_prob'), 25);
  const random = under.read('$RANDOM', context) as number;
  assert.ok(random >= 0 && random < 2 ** 31);
});

test('global flags from the script and over RPC', async () => {
  const under = new ModuleUnderTest(cfgutils, undefined, { initial_gflags: 1 });
  const call = (name: string, ...args: unknown[]) => under.call(name, context, ...args);
  assert.equal(call('set_gflag', 2), 1);
  assert.deepEqual([call('is_gflag', 2), call('is_gflag', 4), call('is_gflag', 32)], [1, -1, -1]);
  assert.deepEqual(await under.rpc('cfgutils.get_gflags'), ['0x5 (5)']);
  assert.deepEqual(await under.rpc('cfgutils.is_gflag', 4), ['TRUE']);
  assert.deepEqual(await under.rpc('cfgutils.is_gflag', 6), ['FALSE']);
  await under.rpc('cfgutils.reset_gflag', '0x1');
  await under.rpc('cfgutils.set_gflag', 16);
  assert.deepEqual(await under.rpc('cfgutils.get_gflags'), ['0x14 (20)']);
  assert.equal(call('reset_gflag', 2), 1);
  assert.equal(call('is_gflag', 2), -1);
  assert.ok((await under.rpc('cfgutils.set_gflag', 'x')) instanceof RpcFault);
});

test('sleep and usleep wait in the timer queue, not in the loop', async () => {
  const under = new ModuleUnderTest(cfgutils);
  let woken = 0;
  const asleep = Promise.resolve(under.call('sleep', context, 1)).then((code) => {
    woken = code;
  });
  under.host.clock.advance(900);
  await Promise.resolve();
  assert.equal(woken, 0);
  under.host.clock.advance(200);
  await asleep;
  assert.equal(woken, 1);
  assert.equal(under.call('usleep', context, 0), 1);
  assert.equal(under.call('sleep', context, -1), -1);
});

test('core_hash gives what Kamailio gives', () => {
  const under = new ModuleUnderTest(cfgutils);
  const hash = (...args: unknown[]) => under.call('core_hash', context, ...args);
  assert.equal(hash('a84b4c76e66710@pc33', '', 4), 15);
  assert.equal(hash('abc', 'def', 3), 2);
  assert.equal(hash('abc', 'def', 16), 22898);
  assert.equal(hash('abc', 'def', 5), 18);
  assert.equal(hash('a', '', 0), 2);
});

test('routes that may exist', () => {
  const host = fakeHost();
  host.blocks.set('route:JUMP', () => 7);
  const under = new ModuleUnderTest(cfgutils, host);
  assert.equal(under.call('check_route_exists', context, 'JUMP'), 1);
  assert.equal(under.call('check_route_exists', context, 'nope'), -1);
  assert.equal(under.call('route_if_exists', context, 'JUMP'), 7);
  assert.equal(under.call('route_if_exists', context, 'nope'), -1);
});

test('locks: one message at a time, in the order of asking', async () => {
  const under = new ModuleUnderTest(cfgutils, undefined, { lock_set_size: 4 });
  const [first, second, third] = [1, 2, 3].map(() => contextOf(requestText())) as [
    ScriptContext,
    ScriptContext,
    ScriptContext,
  ];
  assert.equal(under.call('lock', first, 'k'), 1);
  assert.equal(under.call('lock', first, 'k'), 1);
  assert.equal(under.call('trylock', second, 'k'), -1);
  assert.equal(under.call('trylock', second, 'other'), 1);
  const order: string[] = [];
  const waiting = [
    Promise.resolve(under.call('lock', second, 'k')).then((code) => order.push(`second ${code}`)),
    Promise.resolve(under.call('lock', third, 'k')).then((code) => order.push(`third ${code}`)),
  ];
  under.call('unlock', first, 'k');
  await Promise.resolve();
  assert.deepEqual(order, []);
  under.call('unlock', first, 'k');
  await waiting[0];
  assert.deepEqual(order, ['second 1']);
  assert.equal(under.call('unlock', first, 'k'), 1);
  assert.equal(under.call('trylock', first, 'k'), -1);
  under.call('unlock', second, 'k');
  await Promise.all(waiting);
  assert.deepEqual(order, ['second 1', 'third 1']);
});

test('what a message still holds is given back when its route has ended; nobody waits forever', async () => {
  let ended: ((context: ScriptContext) => void) | undefined;
  const host = fakeHost({
    hooks: {
      ...fakeHost().hooks,
      afterRequest: (handler) => {
        ended = handler;
      },
    },
  });
  const under = new ModuleUnderTest(cfgutils, host, { lock_set_size: 1 });
  const [first, second] = [1, 2].map(() => contextOf(requestText())) as [ScriptContext, ScriptContext];
  under.call('lock', first, 'a');
  under.call('lock', first, 'b');
  const late = under.call('lock', second, 'a');
  host.clock.advance(lockLimits.waitMs + 20);
  assert.equal(await late, -1);
  ended?.(first);
  assert.equal(under.call('trylock', second, 'a'), 1);
  assert.equal(under.call('trylock', second, 'b'), 1);
  ended?.(second);
  assert.equal((under.loaded.instance as Cfgutils).locks.size, 0);
});

test('without lock_set_size there are no locks', () => {
  const under = new ModuleUnderTest(cfgutils);
  for (const name of ['lock', 'trylock', 'unlock']) assert.equal(under.call(name, context, 'k'), -1);
});

test('changes of hash_file are found', async () => {
  let content = 'one';
  const host = fakeHost({ files: { read: async () => Buffer.from(content) } as never });
  const under = new ModuleUnderTest(cfgutils, host, { hash_file: '/etc/k.cfg' });
  await cfgutils.start?.(under.loaded.instance);
  assert.deepEqual(await under.rpc('cfgutils.get_config_hash'), ['f97c5d29941bfb1b2fdab0874906ab82']);
  assert.deepEqual(await under.rpc('cfgutils.check_config_hash'), ['Identical hash']);
  content = 'two';
  assert.ok((await under.rpc('cfgutils.check_config_hash')) instanceof RpcFault);
  assert.ok((await new ModuleUnderTest(cfgutils).rpc('cfgutils.get_config_hash')) instanceof RpcFault);
});

test('memory is logged, abort fails the server', () => {
  const memory = { rss: 4, heapUsed: 1, heapTotal: 2, external: 3 };
  const host = fakeHost({ machine: { memoryBytes: () => memory } as never });
  const under = new ModuleUnderTest(cfgutils, host);
  for (const name of ['pkg_status', 'pkg_summary', 'shm_status', 'shm_summary']) {
    assert.equal(under.call(name, context), 1);
    assert.equal(host.log.lines.at(-1), `${name}: heap 1 of 2 bytes, external 3, resident 4`);
  }
  assert.equal(under.call('abort', context), 0);
  assert.equal(host.log.lines.at(-1), 'abort() called by the script');
});
