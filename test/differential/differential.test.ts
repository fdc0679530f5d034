/** Every case against every server that is here; the recordings stand for Kamailio where it is not installed. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { suite, test } from 'node:test';
import { programPath } from '../support/server.ts';
import { missing, requireTool } from '../support/tools.ts';
import type { Case } from './caseFile.ts';
import { compare, loadCases, recordedPath } from './library.ts';

/** Cases mostly wait, each has a loopback address of its own, and a server of its own. */
const concurrency = 3;

const cases = loadCases();

suite('Olelo does as recorded from Kamailio', { concurrency }, () => {
  for (const testCase of cases) {
    test(testCase.name, async (t) => {
      if (programPath('olelo') === undefined) missing(t, 'bin/olelo has not been built (npm run build)');
      else await assertSame(testCase, 'olelo');
    });
  }
});

suite('Kamailio still does as recorded', { concurrency }, () => {
  for (const testCase of cases) {
    test(testCase.name, async (t) => {
      if (requireTool(t, 'kamailio', 'kamailio') !== undefined) await assertSame(testCase, 'kamailio');
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

async function assertSame(testCase: Case, program: 'olelo' | 'kamailio'): Promise<void> {
  const verdict = await compare(testCase, program);
  assert.ok(verdict.same, `${testCase.description}\n${verdict.difference}\n${verdict.log.slice(-3000)}`);
}
