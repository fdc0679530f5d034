import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runRegistrations } from './registrations.ts';

const seeds = 100;

test(`${seeds} seeds of registrations through loss, partitions, resets and a failing database`, async () => {
  let accepted = 0;
  for (let seed = 1; seed <= seeds; seed++) {
    const outcome = await runRegistrations(seed);
    assert.deepEqual(outcome.violations, [], `seed ${seed}`);
    accepted += outcome.accepted;
  }
  assert.ok(accepted > seeds * 10, `${accepted} accepted`);
});

test('the same seed gives the same trace', async () => {
  assert.deepEqual(await runRegistrations(5), await runRegistrations(5));
});
