import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Value } from '../../lang/catalogue.ts';
import type { SelectStep } from '../../module/define.ts';
import { contextOf, ModuleUnderTest, requestText } from '../../module/testing.ts';
import textopsx from './index.ts';

const headers =
  'X-A: one\nX-A: two\nX-A: three\n' +
  'X-L: "n, m" <sip:u1@h1;a=b>;p1=v1;p2, <sip:u2@h2>;p1=w1;q="x y", tok3\n';

const step = (name: string, index?: number | string): SelectStep => ({ name, index });

/** What Kamailio 5.6.3 printed for these. */
const observed: readonly (readonly [readonly SelectStep[], Value])[] = [
  [[step('x_a')], 'one,two,three'],
  [[step('x_a', 1)], 'one'],
  [[step('x_a', -1)], 'three'],
  [[step('x_l', 2)], '<sip:u2@h2>;p1=w1;q="x y"'],
  [[step('x_l', 3)], 'tok3'],
  [[step('x_l', 1), step('uri')], 'sip:u1@h1;a=b'],
  [[step('x_l', 1), step('name')], 'n, m'],
  [[step('x_l', 1), step('p', 'p1')], 'v1'],
  [[step('x_l', 2), step('param', 'q')], 'x y'],
  [[step('x_l'), step('uri')], 'sip:u1@h1;a=b,sip:u2@h2,tok3'],
  [[step('x_l', 1), step('uri'), step('user')], 'u1'],
  [[step('x_l', 1), step('nameaddr'), step('uri')], 'sip:u1@h1;a=b'],
  [[step('nope')], null],
];

test('@hf_value gives what Kamailio gives', () => {
  const under = new ModuleUnderTest(textopsx);
  const context = contextOf(requestText(headers));
  const bind = (first: SelectStep, rest: readonly SelectStep[]) =>
    textopsx.selects?.hf_value?.bind(under.loaded.instance, first, rest);
  for (const [rest, value] of observed)
    assert.equal(bind(step('hf_value'), rest)?.(context), value, JSON.stringify(rest));
  assert.equal(bind(step('hf_value', 'X-L'), [step('uri')])?.(context), 'sip:u1@h1;a=b,sip:u2@h2,tok3');
  assert.equal(bind(step('hf_value'), [step('x_l', 1), step('p1')])?.(context), 'v1');
  assert.equal(bind(step('hf_value'), [step('x_a', '*')])?.(context), 'one,two,three');
  assert.equal(bind(step('hf_value'), []), undefined);
  const exists = textopsx.selects?.hf_value_exists?.bind;
  const ask = (value: string) =>
    exists?.(under.loaded.instance, step('hf_value_exists'), [step('x_l'), step(value)])?.(context);
  assert.deepEqual([ask('TOK3'), ask('nope')], ['1', '0']);
});

test('@hf_value2 takes commas for separators of parameters', () => {
  const under = new ModuleUnderTest(textopsx);
  const context = contextOf(
    requestText(
      'Authorization: Digest username="bob", integrity-protected="yes", uri="sip:x,y"\nX-A: 1,2\nX-A: 3',
    ),
  );
  const ask = (...rest: SelectStep[]) =>
    textopsx.selects?.hf_value2?.bind(under.loaded.instance, step('hf_value2'), rest)?.(context);
  assert.equal(ask(step('x_a')), '1,2');
  assert.equal(ask(step('x_a', -1)), '3');
  assert.equal(ask(step('authorization'), step('username')), 'bob');
  assert.equal(ask(step('authorization', 1), step('uri')), 'sip:x,y');
  assert.equal(ask(step('authorization'), step('integrity_protected')), 'yes');
  assert.equal(ask(step('authorization'), step('nonce')), null);
  assert.equal(ask(step('nope')), null);
});
