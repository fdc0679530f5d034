/** Every case on Olelo: it does as recorded from Kamailio. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { suite, test } from 'node:test';
import { programPath } from '../support/server.ts';
import { missing } from '../support/tools.ts';
import { assertSame, caseConcurrency, loadCases, recordedPath } from './library.ts';

const cases = loadCases();

suite('Olelo does as recorded from Kamailio', { concurrency: caseConcurrency }, () => {
  for (const testCase of cases) {
    test(testCase.name, async (t) => {
      if (programPath('olelo') === undefined) missing(t, 'bin/olelo has not been built (npm run build)');
      else await assertSame(testCase, 'olelo');
    });
  }
});

test('every case has a recording', () => {
  assert.ok(cases.length > 0);
  assert.deepEqual(
    cases.map(({ name }) => name).filter((name) => !existsSync(recordedPath(name))),
    [],
  );
});
