import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileLineRegex, compilePosixRegex, compileRegexArgument, RegexCache } from './posixRegex.ts';

function firstMatch(pattern: string, text: string, flags = ''): string | undefined {
  const compiled = compilePosixRegex(pattern, flags);
  assert.ok('regex' in compiled, JSON.stringify(compiled));
  return compiled.regex.exec(text)?.[0];
}

test('classes, brackets and escapes mean what POSIX says', () => {
  const cases: [string, string, string | undefined][] = [
    ['[[:digit:]]+', 'ab12c', '12'],
    ['[^[:alnum:]_]', 'ab_-', '-'],
    ['[]x]+', 'a]x]', ']x]'],
    ['[a\\]+', 'b\\a', '\\a'],
    ['a{2}', 'caaa', 'aa'],
    ['a{,2}b', 'aaab', 'aab'],
    ['x{', 'x{', 'x{'],
    ['a+?b', 'aab', 'aab'],
    ['\\d', '5', undefined],
    ['\\.', 'a.b', '.'],
    ['(a)(b)\\2\\1', 'abba', 'abba'],
    ['\\<b', 'a.b', 'b'],
    ['[[:space:]]', 'a\tb', '\t'],
  ];
  for (const [pattern, text, expected] of cases) assert.equal(firstMatch(pattern, text), expected, pattern);
});

test('what is no expression is an error with a reason', () => {
  for (const pattern of ['*a', '(', '[a', 'a\\', '(?:a)', '[[:nope:]]'])
    assert.ok('error' in compilePosixRegex(pattern), pattern);
});

test('line by line, line feeds end matches', () => {
  const compiled = compileLineRegex('^b.*$', '');
  assert.ok('regex' in compiled);
  assert.equal(compiled.regex.exec('a\nbcd\ne')?.[0], 'bcd');
  const negated = compileLineRegex('b[^x]*', '');
  assert.ok('regex' in negated);
  assert.equal(negated.regex.exec('abc\nd')?.[0], 'bc');
  assert.equal(firstMatch('b.*', 'abc\nd'), 'bc\nd');
});

test('script arguments ignore letter case', () => {
  const compiled = compileRegexArgument('NAT=yes');
  assert.ok('regex' in compiled && compiled.regex.test(';nat=YES'));
});

test('the cache is bounded and keeps what it compiled', () => {
  let compilations = 0;
  const cache = new RegexCache((pattern) => {
    compilations++;
    return compilePosixRegex(pattern);
  }, 2);
  for (const pattern of ['a', 'a', 'b', 'c', 'a']) cache.get(pattern);
  assert.equal(compilations, 4);
});
