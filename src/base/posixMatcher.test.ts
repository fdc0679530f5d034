import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchBudget, PosixMatcher } from './posixMatcher.ts';
import { compileLineRegex } from './posixRegex.ts';

function match(pattern: string, text: string, from = 0): (string | undefined)[] | undefined {
  const compiled = compileLineRegex(pattern);
  assert.ok('regex' in compiled);
  const found = new PosixMatcher(compiled.regex).exec(text, from, matchBudget());
  return found === null ? undefined : [...found];
}

test('of the leftmost matches the longest is taken', () => {
  assert.deepEqual(match('^(00|0049)', '0049123'), ['0049', '0049']);
  assert.deepEqual(match('^(0|00[1-9])', '0049123'), ['004', '004']);
  assert.deepEqual(match('00|0049', 'x0049123'), ['0049']);
  assert.deepEqual(match('(x|xy.?)', 'xyz'), ['xyz', 'xyz']);
});

test('groups are filled as the real server fills them', () => {
  assert.deepEqual(match('(a|ab)(c|bcd)(d*)', 'abcd'), ['abcd', 'a', 'bcd', '']);
  assert.deepEqual(match('^(0|00)([0-9]*)$', '004'), ['004', '0', '04']);
});

test('without alternatives, behind a place, and without a match', () => {
  assert.deepEqual(match('a+', 'baab', 2), ['a']);
  assert.equal(match('a|b', 'ccc'), undefined);
  assert.deepEqual(match('[^|]+', 'ab|c'), ['ab']);
});

test('when the budget is used up the first match counts', () => {
  const compiled = compileLineRegex('(0|00)');
  assert.ok('regex' in compiled);
  assert.equal(new PosixMatcher(compiled.regex).exec('00', 0, { tries: 0 })?.[0], '0');
});
