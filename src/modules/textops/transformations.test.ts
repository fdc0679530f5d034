import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Value } from '../../lang/catalogue.ts';
import type { Transformation } from '../../module/define.ts';
import { contextOf, ModuleUnderTest, requestText } from '../../module/testing.ts';
import textops from './index.ts';

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
