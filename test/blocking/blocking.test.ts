import assert from 'node:assert/strict';
import { test } from 'node:test';
import { programPath } from '../support/server.ts';
import { missing } from '../support/tools.ts';
import { answeredWithin, probeP99Ms } from './outcome.ts';
import { calls, missingFor, playScene, sceneNames } from './scenes.ts';

/**
 * A busy machine may spoil a round; a server that blocks spoils all of them, for its OPTIONS and most of its calls have no
 * answer at all. What a machine of its own makes of it is in docs/performance.md: 4 s and 20 ms.
 */
const rounds = 3;
const promptMs = 8000;
const probeLimitMs = 250;
const limitMs = 15_000;

for (const name of sceneNames) {
  test(`nothing blocks: ${name}`, async (t) => {
    if (programPath('olelo') === undefined) return missing(t, 'bin/olelo has not been built (npm run build)');
    const reason = missingFor(name);
    if (reason !== undefined) return missing(t, reason);
    for (let round = 1; ; round++) {
      const outcome = await playScene(name, 'olelo', limitMs);
      assert.equal(outcome.answeredMs.length, calls, 'every call has its answer');
      assert.equal(outcome.overtaken, 0, 'messages of a call keep their order');
      assert.equal(outcome.probeMs.length, outcome.probes, 'every OPTIONS has its answer');
      const prompt = answeredWithin(outcome, promptMs);
      const p99Ms = probeP99Ms(outcome);
      const boundMs = Math.max(probeLimitMs, 2 * probeP99Ms(outcome.before));
      if (prompt === calls && p99Ms < boundMs) break;
      const seen = `${prompt} of ${calls} calls within ${promptMs} ms, OPTIONS p99 ${p99Ms.toFixed(1)} of ${boundMs.toFixed(1)} ms`;
      t.diagnostic(`round ${round}: ${seen}`);
      assert.ok(round < rounds, seen);
    }
  });
}
