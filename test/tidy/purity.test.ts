import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clockOffences, stateOffences } from './purity.ts';
import { beyond, readRatchet } from './ratchet.ts';
import { blankOut, productFiles, type SourceFile } from './sources.ts';

const files = productFiles();

test('no module-level state', () => {
  assert.ok(files.length > 0);
  assert.deepEqual(beyond(stateOffences(files), readRatchet().state), []);
});

test('no clock and no chance outside runtime and bin', () => {
  assert.deepEqual(clockOffences(files), []);
});

function file(text: string): SourceFile {
  return { path: 'src/sip/x.ts', text, code: blankOut(text) };
}

test('the rules catch state', () => {
  const caught = (text: string): number => stateOffences([file(text)]).length;
  assert.equal(caught('let count = 0;'), 1);
  assert.equal(caught('const cache = new Map<string, number>();'), 1);
  assert.equal(caught('const list: string[] = [];'), 1);
  assert.equal(caught('export const log = new Log();'), 1);
  assert.equal(caught('class A {\n  static count = 0;\n}'), 1);
  assert.equal(caught('const list = [1];\nfunction f() {\n  list.push(2);\n}'), 1);
  assert.equal(caught('const table = { a: 1 };\nfunction f() {\n  table.a = 2;\n}'), 1);
});

test('the rules let tables pass', () => {
  const caught = (text: string): string[] => stateOffences([file(text)]);
  assert.deepEqual(caught("const table = new Map([['a', 1]]);"), []);
  assert.deepEqual(caught('const none: readonly string[] = [];'), []);
  assert.deepEqual(caught("const wrong = new RpcFault(500, 'x');"), []);
  assert.deepEqual(
    caught('const m = new Map<string, string>();\nfor (const a of b) {\n  m.set(a, a);\n}'),
    [],
  );
  assert.deepEqual(caught('class A {\n  static readonly zero = 0;\n  static make(): A {}\n}'), []);
  assert.deepEqual(
    caught('const list = [1];\nfunction f() {\n  if (list[0] === 2) return list.length <= 3;\n}'),
    [],
  );
});

test('the rules catch clocks and chance, not their mention', () => {
  const caught = (text: string): number => clockOffences([file(text)]).length;
  assert.equal(caught('function f() {\n  return Date.now();\n}'), 1);
  assert.equal(caught('const t = `$'.concat('{Math.random()}`;')), 1);
  assert.equal(caught('clock.after(10, f); new Date(ms); this.setTimeout(1);'), 0);
  assert.equal(
    caught("// Date.now\nconst text = 'Date.now and setTimeout(';\nconst t = `$".concat('{1} Math.random`;')),
    0,
  );
});

test('comments, strings and regular expressions are blanked out', () => {
  const squeezed = (text: string): string => blankOut(text).replace(/ +/g, ' ').trim();
  assert.equal(squeezed("a('b' /* c */); // d"), 'a( );');
  assert.equal(squeezed('x = /[/\'"]/.test(y);'), 'x = .test(y);');
  assert.equal(squeezed('const z = a / b; // c'), 'const z = a / b;');
  assert.equal(squeezed('`a$'.concat('{b + `c$', '{d}`}e` + f')), 'b + d + f');
});
