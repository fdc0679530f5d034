import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arrowViolations, findCycles, type Import, importsOf, violation } from './imports.ts';
import { beyond, readRatchet } from './ratchet.ts';
import { productFiles, type SourceFile } from './sources.ts';

const files = productFiles();

test('rooms import only what the architecture allows', () => {
  assert.ok(files.length > 0);
  assert.deepEqual(beyond(arrowViolations(files), readRatchet().arrows), []);
});

test('no file imports itself by way of others', () => {
  const cycles = findCycles(files.flatMap(importsOf));
  assert.deepEqual(
    cycles.map((cycle) => cycle.join(' -> ')),
    [],
  );
});

test('the rules catch what they are for', () => {
  const one = (from: string, to: string, typeOnly = false): Import => ({ from, to, typeOnly });
  const none = (): readonly string[] => [];
  assert.match(violation(one('src/base/a.ts', 'src/sip/b.ts', true), none) ?? '', /no arrow/);
  assert.match(violation(one('src/server/a.ts', 'src/runtime/b.ts'), none) ?? '', /no arrow/);
  assert.match(violation(one('src/module/a.ts', 'src/sip/b.ts'), none) ?? '', /no arrow/);
  assert.equal(violation(one('src/module/a.ts', 'src/sip/b.ts', true), none), undefined);
  assert.match(violation(one('src/modules/tm/a.ts', 'src/modules/sl/b.ts'), none) ?? '', /api\.ts/);
  assert.match(violation(one('src/modules/tm/a.ts', 'src/modules/sl/api.ts'), none) ?? '', /requires/);
  assert.equal(
    violation(one('src/modules/tm/a.ts', 'src/modules/sl/api.ts'), () => ['sl']),
    undefined,
  );
  assert.match(violation(one('src/sip/a.ts', 'node:fs'), none) ?? '', /world outside/);
  assert.deepEqual(findCycles([one('a', 'b'), one('b', 'a')]), [['a', 'b', 'a']]);
});

test('all forms of import are seen', () => {
  const text = [
    "import { a } from './a.ts';",
    "import type { B } from '../sip/b.ts';",
    "import { type C, type D } from './c.ts';",
    "export * from './e.ts';",
    "import {\n  f,\n  g,\n} from './f.ts';",
    "const h = import('./h.ts');",
  ].join('\n');
  const file: SourceFile = { path: 'src/base/x.ts', text, code: '' };
  const seen = importsOf(file).map(({ to, typeOnly }) => `${to}${typeOnly ? ' types' : ''}`);
  assert.deepEqual(seen, [
    'src/base/a.ts',
    'src/sip/b.ts types',
    'src/base/c.ts types',
    'src/base/e.ts',
    'src/base/f.ts',
    'src/base/h.ts',
  ]);
});
