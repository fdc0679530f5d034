import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitSubstitution } from './substitution.ts';

test('takes an expression apart at its delimiters', () => {
  assert.deepEqual(splitSubstitution('/a/b/gi'), { pattern: 'a', replacement: 'b', flags: 'gi' });
  assert.deepEqual(splitSubstitution('!a/b!!'), { pattern: 'a/b', replacement: '', flags: '' });
});

test('backslash pairs stay and end no part', () => {
  assert.deepEqual(splitSubstitution('/a\\/b/c\\\\/i'), {
    pattern: 'a\\/b',
    replacement: 'c\\\\',
    flags: 'i',
  });
});

test('what is not whole is an error', () => {
  for (const text of ['', '/', '/a', '/a/', '/a/b', '/a/b\\/'])
    assert.ok('error' in splitSubstitution(text), text);
});
