import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { runRequest } from './testing.ts';

/**
 * Programs made at random of calls, assignments, if, while, switch, break, return and exit, with the lines that the
 * real server (5.6.3) logged when it ran them. `give(1)` and `give(-1)` stand for functions that succeed and fail.
 */
interface Program {
  readonly main: string;
  readonly routes: readonly string[];
  readonly logged: readonly string[];
}

const file = new URL('../../../test/fixtures/language/programs.json', import.meta.url);
const programs = JSON.parse(readFileSync(file, 'utf8')) as readonly Program[];

test('there are programs', () => assert.ok(programs.length >= 30));

for (const [index, { main, routes, logged }] of programs.entries()) {
  test(`program ${index} runs as in the real server`, () => {
    const text = `request_route { ${main} }\n${routes.join('\n')}`;
    const { context } = runRequest(text, (c) => {
      c.returnCode = 0;
    });
    assert.deepEqual(context.log, logged);
  });
}
