import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Value } from '../../lang/catalogue.ts';
import type { SelectStep, Transformation } from '../../module/define.ts';
import { contextOf, ModuleUnderTest, requestText } from '../../module/testing.ts';
import textops from './index.ts';

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
  const under = new ModuleUnderTest(textops);
  const context = contextOf(requestText(headers));
  const bind = (first: SelectStep, rest: readonly SelectStep[]) =>
    textops.selects?.hf_value?.bind(under.loaded.instance, first, rest);
  for (const [rest, value] of observed)
    assert.equal(bind(step('hf_value'), rest)?.(context), value, JSON.stringify(rest));
  assert.equal(bind(step('hf_value', 'X-L'), [step('uri')])?.(context), 'sip:u1@h1;a=b,sip:u2@h2,tok3');
  assert.equal(bind(step('hf_value'), [step('x_l', 1), step('nothing')]), undefined);
  assert.equal(bind(step('hf_value'), []), undefined);
  const exists = textops.selects?.hf_value_exists?.bind;
  const ask = (value: string) =>
    exists?.(under.loaded.instance, step('hf_value_exists'), [step('x_l'), step(value)])?.(context);
  assert.deepEqual([ask('tok3'), ask('nope')], ['1', '0']);
});

test('{re.subst} replaces, or leaves the text alone', () => {
  const under = new ModuleUnderTest(textops);
  const context = contextOf(requestText());
  const apply = (expression: string, value: Value): Value => {
    const bound = textops.transformations?.['re.subst']?.bind(under.loaded.instance, [
      { text: expression, of: () => expression },
    ]);
    return (bound as Transformation)(value, context);
  };
  assert.equal(apply('/^sip:(.*)@(.*)/\\1-\\2/', 'sip:al@ho.com'), 'al-ho.com');
  assert.equal(apply('/[ac]/Q/g', 'abcdefgh'), 'QbQdefgh');
  assert.equal(apply('/nomatch/Q/g', 'abcdefgh'), 'abcdefgh');
  assert.equal(apply('/BC/Q/i', 'abcdefgh'), 'aQdefgh');
  assert.equal(apply('/(b)/[\\0]/', 'abcdefgh'), 'a[b]cdefgh');
  assert.equal(apply('/h$/end/', 'abcdefgh'), 'abcdefgend');
  assert.equal(apply('/a/b/', null), '');
  const wrong = textops.transformations?.['re.subst']?.bind(under.loaded.instance, [
    { text: '/(/x/', of: () => '' },
  ]);
  assert.ok(wrong !== undefined && 'message' in wrong);
});
