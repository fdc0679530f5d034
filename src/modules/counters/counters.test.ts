import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type RpcFault, RpcStruct } from '../../module/rpc.ts';
import { contextOf, fakeHost, ModuleUnderTest, requestText } from '../../module/testing.ts';
import { parseCounter } from './counters.ts';
import counters from './index.ts';

function module(): ModuleUnderTest {
  const under = new ModuleUnderTest(counters, fakeHost());
  for (const text of ['foo', 'test.bar', 'baz example counter', 'test.x:another example'])
    under.loaded.assign('script_counter', text);
  return under;
}

const context = contextOf(requestText());

test('declarations of counters', () => {
  assert.deepEqual(parseCounter('g.n: what it is', 's'), {
    group: 'g',
    name: 'n',
    description: 'what it is',
  });
  assert.equal(parseCounter('n', 's')?.group, 's');
  assert.equal(parseCounter('', 's'), undefined);
  assert.equal(parseCounter('a.b.c', 's'), undefined);
});

test('counting from the script', () => {
  const under = module();
  assert.equal(under.call('cnt_inc', context, 'foo'), 1);
  assert.equal(under.call('cnt_inc', context, 'script.foo'), 1);
  assert.equal(under.call('cnt_add', context, 'test.bar', 10), 1);
  assert.equal(under.call('cnt_add', context, 'test.bar', -3), 1);
  assert.equal(under.call('cnt_inc', context, 'nope'), -1);
  assert.deepEqual(under.rpc('cnt.get', 'script', 'foo'), [2]);
  assert.deepEqual(under.rpc('cnt.get', 'test', 'bar'), [7]);
  assert.equal(under.call('cnt_reset', context, 'foo'), 1);
  assert.deepEqual(under.rpc('cnt.get', 'script', 'foo'), [0]);
});

test('RPC over all groups', () => {
  const under = module();
  under.host.statistics.register('core', 'rcv', () => 5);
  under.call('cnt_inc', context, 'test.bar');
  assert.deepEqual(under.rpc('cnt.list_groups'), ['core', 'script', 'test']);
  assert.deepEqual(under.rpc('cnt.grps_list'), ['core', 'script', 'test']);
  assert.deepEqual(under.rpc('cnt.var_list', 'test'), ['bar', 'x']);
  assert.deepEqual(under.rpc('cnt.list_vars', 'test'), ['bar', 'x']);
  assert.deepEqual(under.rpc('cnt.get_raw', 'test', 'bar'), [1]);
  assert.deepEqual(under.rpc('cnt.grp_get_all', 'core'), [new RpcStruct({ rcv: 5 })]);
  assert.deepEqual(under.rpc('cnt.get_vars', 'test'), [new RpcStruct({ bar: 1, x: 0 })]);
  assert.deepEqual(under.rpc('cnt.get', 'nope'), [new RpcStruct()]);
  assert.deepEqual(under.rpc('cnt.help', 'script', 'baz'), ['example counter']);
  assert.deepEqual(under.rpc('cnt.help', 'script', 'foo'), ['custom script counter']);
  assert.deepEqual(under.rpc('cnt.help', 'core', 'rcv'), ['no description']);
  assert.deepEqual(under.rpc('cnt.reset', 'test', 'bar'), []);
  assert.deepEqual(under.rpc('cnt.get', 'test', 'bar'), [0]);
  const unknown = under.rpc('cnt.get', 'script', 'nope') as RpcFault;
  assert.deepEqual([unknown.code, unknown.text], [400, 'non-existent counter script.nope']);
});
