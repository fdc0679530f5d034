import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contextOf, fakeHost, ModuleUnderTest, requestText } from '../../module/testing.ts';
import statistics from './index.ts';
import { checkAmount } from './statistics.ts';

const context = contextOf(requestText());

function module(...names: string[]): ModuleUnderTest {
  const under = new ModuleUnderTest(statistics, fakeHost());
  for (const name of names) under.loaded.assign('variable', name);
  return under;
}

test('variables count, and reset unless they may not', () => {
  const under = module('registers', 'active/no_reset');
  assert.equal(under.call('update_stat', context, 'registers', '+1'), 1);
  assert.equal(under.call('update_stat', context, 'registers', 2), 1);
  assert.equal(under.call('update_stat', context, 'active', '-2'), 1);
  assert.equal(under.call('update_stat', context, 'nope', '+1'), -1);
  assert.equal(under.call('update_stat', context, 'active', 'abc'), -1);
  assert.equal(under.call('update_stat', context, 'active', null), -1);
  assert.equal(under.host.statistics.read('registers', 'script'), 3);
  assert.equal(under.call('reset_stat', context, 'registers'), 1);
  assert.equal(under.call('reset_stat', context, 'active'), 1);
  assert.equal(under.call('reset_stat', context, 'nope'), -1);
  assert.equal(under.host.statistics.read('registers'), 0);
  assert.equal(under.host.statistics.read('active'), -2);
  assert.equal(under.host.statistics.reset('active'), false);
});

test('what is no variable or amount is refused', () => {
  assert.throws(() => module('x/maybe').loaded.instance, /no_reset/);
  assert.equal(checkAmount('+1'), undefined);
  assert.equal(typeof checkAmount('x'), 'string');
});
