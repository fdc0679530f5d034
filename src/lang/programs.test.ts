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

/** Functions that answer at once, always wait, or could but do not: all the same to a program. */
const variants = ['give', 'give_later', 'give_soon'] as const;

for (const [index, { main, routes, logged }] of programs.entries()) {
  for (const variant of variants) {
    test(`program ${index} with ${variant} runs as in the real server`, async () => {
      const text = `request_route { ${main} }\n${routes.join('\n')}`.replaceAll('give(', `${variant}(`);
      const { context, code } = runRequest(text, (c) => {
        c.returnCode = 0;
      });
      await code;
      assert.deepEqual(context.log, logged);
      assert.equal(context.depth, 0);
    });
  }
}
