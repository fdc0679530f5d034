import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runBusy } from './busy.ts';

/** Seeds of the suite. A failing one is run alone by `runBusy(seed)`. */
const seeds = 1000;
const seedsPerTest = 250;

test('without faults every call has its answer', async () => {
  const { violations, statuses } = await runBusy(1, {}, 20);
  assert.deepEqual(violations, []);
  assert.equal(statuses.includes(0), false);
  assert.ok(statuses.includes(200));
});

test('the same seed gives the same trace, another seed another', async () => {
  const first = await runBusy(42);
  assert.deepEqual(await runBusy(42), first);
  assert.notEqual((await runBusy(43)).traceHash, first.traceHash);
});

for (let first = 1; first <= seeds; first += seedsPerTest) {
  const last = first + seedsPerTest - 1;
  test(`seeds ${first} to ${last} at 30 % loss: every transaction ends, one final response each`, async () => {
    let answered = 0;
    for (let seed = first; seed <= last; seed++) {
      const { violations, statuses } = await runBusy(seed);
      assert.deepEqual(violations, [], `seed ${seed}`);
      answered += statuses.filter((status) => status === 200).length;
    }
    assert.ok(answered > seedsPerTest, `${answered} calls answered`);
  });
}
