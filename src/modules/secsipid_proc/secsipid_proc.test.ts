import assert from 'node:assert/strict';
import { test } from 'node:test';
import secsipid from '../secsipid/index.ts';
import declaration from './index.ts';

test('stands beside secsipid without a name that both have, and needs nothing', () => {
  const { name, functions, pvs, rpc, params, requires } = declaration;
  assert.equal(name, 'secsipid_proc');
  assert.notEqual(name, secsipid.name);
  assert.deepEqual([functions, pvs, rpc, requires], [undefined, undefined, undefined, undefined]);
  assert.deepEqual(params, {});
});
