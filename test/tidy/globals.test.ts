import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { globalParameters } from '../../src/server/globalParameters.ts';
import { repository } from '../support/server.ts';

const source = join(repository, 'src');

/** Text of all source files but the table itself and tests. */
function sources(): string {
  return readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter(
      (name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.endsWith('globalParameters.ts'),
    )
    .map((name) => readFileSync(join(source, name), 'utf8'))
    .join('\n');
}

/** Kept for people to read; nothing acts on it. */
const onlyKept = new Set(['description']);

test('a global parameter is read by somebody, or says that it has no effect', () => {
  const text = sources();
  const ignored = globalParameters
    .filter((parameter) => parameter.meaningless === undefined && !onlyKept.has(parameter.name))
    // as an argument of whatever reads settings; a statistics group of the same name is no reader
    .filter(
      ({ name }) =>
        !new RegExp(`(?:(?<!register)\\((?:settings,)?\\s*|=== )'${name.replaceAll('.', '\\.')}'`).test(text),
    )
    .map(({ name }) => name);
  assert.deepEqual(ignored, []);
});
