import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { referenceFiles } from '../../src/cli/referenceFiles.ts';
import { modules } from '../../src/modules/index.ts';
import core from '../../src/script/core/index.ts';
import { repository } from '../support/server.ts';

const expected = referenceFiles([core, ...modules]);

test('the generated docs are those of the declarations (npm run docs)', () => {
  const stale = [...expected].filter(([path, text]) => {
    const file = join(repository, path);
    return !existsSync(file) || readFileSync(file, 'utf8') !== text;
  });
  assert.deepEqual(
    stale.map(([path]) => path),
    [],
  );
});

test('docs/reference has no page of a module that is not there', () => {
  const pages = readdirSync(join(repository, 'docs', 'reference')).map((name) => `docs/reference/${name}`);
  assert.deepEqual(
    pages.filter((path) => !expected.has(path)),
    [],
  );
});

test('each module has a README of its own, and the README of the project and the status page name what is missing', () => {
  const without = modules.filter(
    ({ name }) => !existsSync(join(repository, 'src', 'modules', name, 'README.md')),
  );
  assert.deepEqual(
    without.map(({ name }) => name),
    [],
  );
  assert.ok(existsSync(join(repository, 'docs', 'status.md')));
});
