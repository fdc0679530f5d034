import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RuntimeVariable } from '../../module/host.ts';
import { RpcFault, RpcStruct } from '../../module/rpc.ts';
import { fakeHost, ModuleUnderTest } from '../../module/testing.ts';
import cfgRpc from './index.ts';

/** `limit` takes 1 to 99, `name` any text. */
function module(): ModuleUnderTest {
  const host = fakeHost();
  const values: Record<string, number | string> = { limit: 5, name: 'x' };
  const variable = (name: string, type: 'int' | 'string'): RuntimeVariable => ({
    group: 'grp',
    name,
    type,
    doc: `what ${name} means`,
    readOnly: false,
    get: () => values[name] ?? 0,
    set: (value) => {
      if (type === 'int' && !(Number(value) >= 1 && Number(value) <= 99)) return 'out of range';
      values[name] = type === 'int' ? Number(value) : value;
      return undefined;
    },
  });
  host.runtimeVariables.push(variable('limit', 'int'), variable('name', 'string'));
  return new ModuleUnderTest(cfgRpc, host);
}

function fault(reply: unknown): [number, string] {
  assert.ok(reply instanceof RpcFault);
  return [reply.code, reply.text];
}

test('listing, reading, describing', () => {
  const under = module();
  assert.deepEqual(under.rpc('cfg.list'), ['grp: limit', 'grp: name']);
  assert.deepEqual(under.rpc('cfg.list', 'nope'), []);
  assert.deepEqual(under.rpc('cfg.get', 'grp', 'limit'), [5]);
  assert.deepEqual(under.rpc('cfg.get', 'grp'), [new RpcStruct({ limit: 5, name: 'x' })]);
  assert.deepEqual(under.rpc('cfg.help', 'grp', 'limit'), [
    'what limit means',
    '(parameter type is integer)',
  ]);
  assert.deepEqual(fault(under.rpc('cfg.get', 'grp', 'nope')), [400, 'Failed to get the variable']);
});

test('setting at once; a number goes into a text, a text not into a number', () => {
  const under = module();
  assert.deepEqual(under.rpc('cfg.set_now_int', 'grp', 'limit', 7), []);
  assert.deepEqual(under.rpc('cfg.set', 'grp', 'limit', 8), []);
  assert.deepEqual(under.rpc('cfg.set_now_string', 'grp', 'name', 'y'), []);
  assert.deepEqual(under.rpc('cfg.seti', 'grp', 'name', 5), []);
  assert.deepEqual(under.rpc('cfg.get', 'grp'), [new RpcStruct({ limit: 8, name: '5' })]);
  for (const reply of [
    under.rpc('cfg.sets', 'grp', 'limit', 'abc'),
    under.rpc('cfg.set_now_int', 'grp', 'limit', 100),
    under.rpc('cfg.set', 'grp', 'nope', 1),
  ])
    assert.deepEqual(fault(reply), [400, 'Failed to set the variable']);
  assert.deepEqual(under.rpc('cfg.reset', 'grp'), []);
  assert.deepEqual(under.rpc('cfg.get', 'grp'), [new RpcStruct({ limit: 5, name: 'x' })]);
});

test('delayed changes wait for the commit, or are forgotten', () => {
  const under = module();
  under.rpc('cfg.set_delayed_int', 'grp', 'limit', 7);
  under.rpc('cfg.set_delayed_string', 'grp', 'name', 'z');
  assert.deepEqual(under.rpc('cfg.get', 'grp', 'limit'), [5]);
  assert.deepEqual(under.rpc('cfg.diff'), [
    new RpcStruct({ 'group name': 'grp', 'variable name': 'limit', 'old value': 5, 'new value': 7 }),
    new RpcStruct({ 'group name': 'grp', 'variable name': 'name', 'old value': 'x', 'new value': 'z' }),
  ]);
  under.rpc('cfg.rollback');
  assert.deepEqual(under.rpc('cfg.diff'), []);
  under.rpc('cfg.set_delayed', 'grp', 'limit', 9);
  assert.deepEqual(under.rpc('cfg.commit'), []);
  assert.deepEqual(under.rpc('cfg.get', 'grp', 'limit'), [9]);
  under.rpc('cfg.set_delayed', 'grp', 'limit', 1000);
  assert.equal(fault(under.rpc('cfg.commit'))[0], 400);
});

test("group instances: own values for some names, the group's for all others", () => {
  const under = module();
  assert.match(fault(under.rpc('cfg.add_group_inst', 'grp'))[1], /syntax/);
  assert.match(fault(under.rpc('cfg.add_group_inst', 'nope[1]'))[1], /Failed to add/);
  for (const name of ['grp[9]', 'grp[9]']) assert.deepEqual(under.rpc('cfg.add_group_inst', name), []);
  assert.deepEqual(under.rpc('cfg.set', 'grp[9]', 'limit', 8), []);
  assert.deepEqual(under.rpc('cfg.get', 'grp[9]'), [new RpcStruct({ limit: 8, name: 'x' })]);
  assert.deepEqual(under.rpc('cfg.get', 'grp', 'limit'), [5]);
  assert.deepEqual(fault(under.rpc('cfg.set', 'grp[7]', 'limit', 8)), [400, 'Failed to set the variable']);
  assert.deepEqual(fault(under.rpc('cfg.set', 'grp[9]', 'limit', 'abc')), [
    400,
    'Failed to set the variable',
  ]);
  under.rpc('cfg.set_delayed', 'grp[9]', 'limit', 99);
  assert.deepEqual(under.rpc('cfg.diff'), [
    new RpcStruct({
      'group name': 'grp',
      'group id': 9,
      'variable name': 'limit',
      'old value': 8,
      'new value': 99,
    }),
  ]);
  under.rpc('cfg.commit');
  assert.deepEqual(under.rpc('cfg.get', 'grp[9]', 'limit'), [99]);
  under.rpc('cfg.del_delayed', 'grp[9]', 'limit');
  assert.deepEqual(under.rpc('cfg.get', 'grp[9]', 'limit'), [99]);
  under.rpc('cfg.commit');
  assert.deepEqual(under.rpc('cfg.get', 'grp[9]', 'limit'), [5]);
  under.rpc('cfg.set', 'grp[9]', 'name', 'own');
  assert.deepEqual(under.rpc('cfg.del', 'grp[9]', 'name'), []);
  assert.match(fault(under.rpc('cfg.del', 'grp[9]', 'nope'))[1], /Failed to delete/);
  assert.match(fault(under.rpc('cfg.del', 'grp', 'name'))[1], /syntax/);
  assert.deepEqual(under.rpc('cfg.get', 'grp[9]', 'name'), ['x']);
  assert.deepEqual(under.rpc('cfg.del_group_inst', 'grp[9]'), []);
  assert.match(fault(under.rpc('cfg.del_group_inst', 'grp[9]'))[1], /Failed to delete the group/);
  assert.deepEqual(fault(under.rpc('cfg.get', 'grp[9]', 'limit')), [400, 'Failed to get the variable']);
});
