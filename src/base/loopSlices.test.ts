import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LoopSlices } from './loopSlices.ts';
import { TestClock } from './testClock.ts';
import { TimerWheel } from './timerWheel.ts';

test('a slice ends by time, or by its number of steps where time stands still', async () => {
  const clock = new TestClock();
  const timers = new TimerWheel(clock, 10);
  const slices = new LoopSlices({ clock, timers });
  const stepsUntilPause = (msPerStep: number): [number, Promise<void>] => {
    for (let steps = 1; ; steps++) {
      clock.advance(msPerStep);
      const pause = slices.step();
      if (pause !== undefined) return [steps, pause];
    }
  };
  const [still, first] = stepsUntilPause(0);
  assert.equal(still, 1000);
  clock.advance(20);
  await first;
  const [slow, second] = stepsUntilPause(0.5);
  assert.equal(slow, 8, 'two milliseconds have passed');
  clock.advance(20);
  await second;
});
