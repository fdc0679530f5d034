/**
 * Functions of at most 60 lines and files of at most 300. Those in ratchet.json were longer when it was written; they may
 * only shrink. `node dist/test/tidy/writeRatchet.js` writes it anew from the code as it is, and refuses to let it grow.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { functionLengths } from './lengths.ts';
import { exceeding, measure, readRatchet, stale } from './ratchet.ts';
import { blankOut, productFiles } from './sources.ts';

const files = productFiles();

test('no function and no file grows beyond its limit', () => {
  assert.ok(files.length > 0);
  assert.deepEqual(exceeding(measure(files), readRatchet()), []);
});

test('the ratchet holds nothing that has been mended', () => {
  const mended = stale(measure(files), readRatchet());
  assert.deepEqual(mended, [], 'write it anew: node dist/test/tidy/writeRatchet.js');
});

test('functions are found and measured', () => {
  const text = [
    'export function one(): void {',
    '  if (a) {',
    '  }',
    '}',
    'class A {',
    '  #two(',
    '    b: number,',
    '  ): void {',
    '    call(() => {',
    '    });',
    '  }',
    '}',
    'const three = (x: number): number => {',
    '  return x;',
    '};',
    'function table(): Table {',
    '  return {',
    '    entry: 1,',
    '  };',
    '}',
    'export default declare({',
    '});',
  ].join('\n');
  const lengths = functionLengths({ path: 'x.ts', text, code: blankOut(text) });
  assert.deepEqual(
    lengths.map(({ name, lines }) => `${name} ${lines}`),
    ['x.ts one 4', 'x.ts #two 6', 'x.ts call 2', 'x.ts three 3'],
  );
});

test('a longer function or file than allowed is named', () => {
  const none = { functions: {}, files: {} };
  const known = { functions: { 'x.ts f': 61 }, files: {} };
  assert.equal(exceeding({ functions: { 'x.ts f': 61 }, files: { 'x.ts': 301 } }, none).length, 2);
  assert.equal(exceeding(known, known).length, 0);
  assert.equal(exceeding({ functions: { 'x.ts f': 62 }, files: {} }, known).length, 1);
});
