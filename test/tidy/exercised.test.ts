import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { AnyModule } from '../../src/module/define.ts';
import { functionsOf } from '../../src/module/registry.ts';
import { modules } from '../../src/modules/index.ts';
import core from '../../src/script/core/index.ts';
import { repository } from '../support/server.ts';

/** All that tests say: test files, differential cases, configs of clients. */
function testTexts(folder: string): string[] {
  return readdirSync(join(repository, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(test\.ts|case|cfg|txt)$/.test(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
}

const corpus = ['src', 'sim', 'test'].flatMap(testTexts).join('\n');
const words = new Set(corpus.match(/[A-Za-z_][A-Za-z0-9_.]*/g) ?? []);
const variables = new Set(
  (corpus.match(/\$\(?(?:[A-Za-z_][A-Za-z0-9_.]*|\?)/g) ?? []).map((name) => name.replace(/^\$\(?/, '')),
);

/** Names that no config writes: behind core syntax. */
function isInternal(name: string): boolean {
  return name.startsWith('@') || name.startsWith('keyword.') || name.startsWith('$keyword.');
}

function missing(names: (module: AnyModule) => readonly string[], known: ReadonlySet<string>): string[] {
  return [core, ...modules].flatMap((module) =>
    names(module)
      .filter((name) => !isInternal(name) && !known.has(name))
      .map((name) => `${module.name}: ${name}`),
  );
}

/** What no test runs yet: this list may only shrink. */
const owed = new Set(
  JSON.parse(readFileSync(join(repository, 'test', 'tidy', 'unexercised.json'), 'utf8')) as readonly string[],
);

const unexercised = [
  ...missing((module) => Object.keys(functionsOf(module)), words),
  ...missing(
    (module) => Object.keys(module.pvs ?? {}).map((name) => `$${name}`),
    new Set([...variables].map((name) => `$${name}`)),
  ),
  ...missing((module) => Object.keys(module.rpc ?? {}), words),
];

test('every declared function, variable and RPC method is exercised by some test, or owed one', () => {
  assert.deepEqual(
    unexercised.filter((name) => !owed.has(name)),
    [],
  );
});

test('the list of what is owed a test names nothing that has one', () => {
  assert.deepEqual(
    [...owed].filter((name) => !unexercised.includes(name)),
    [],
  );
});
