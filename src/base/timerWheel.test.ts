import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TestClock } from './testClock.ts';
import { TimerWheel } from './timerWheel.ts';

test('a timer fires once, not early, at most one tick late', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ delayMs: fc.integer({ min: 0, max: 400_000 }), afterMs: fc.nat(3000) }), {
        maxLength: 40,
      }),
      (plan) => {
        const clock = new TestClock();
        const wheel = new TimerWheel(clock, 10);
        const late: number[] = [];
        let fired = 0;
        for (const { delayMs, afterMs } of plan) {
          const dueMs = clock.nowMs() + delayMs;
          wheel.schedule(
            delayMs,
            (due) => {
              fired++;
              late.push(clock.nowMs() - due);
            },
            dueMs,
          );
          clock.advance(afterMs);
        }
        clock.advance(500_000);
        assert.equal(fired, plan.length);
        assert.equal(wheel.size, 0);
        assert.equal(clock.pending, 0);
        // a delay of 0 waits for the next tick
        for (const ms of late) assert.ok(ms >= 0 && ms <= 10, `late by ${ms}`);
      },
    ),
  );
});

test('timers fire in the order of their times, also across levels', () => {
  const clock = new TestClock();
  const wheel = new TimerWheel(clock, 10);
  const order: number[] = [];
  for (const ms of [30_000, 2_560, 2_550, 700_000, 10, 5_120, 655_360])
    wheel.schedule(ms, (n) => order.push(n), ms);
  clock.advance(800_000);
  assert.deepEqual(order, [10, 2_550, 2_560, 5_120, 30_000, 655_360, 700_000]);
});

test('a cancelled timer never fires, and the idle wheel sets no alarm', () => {
  const clock = new TestClock();
  const wheel = new TimerWheel(clock, 10);
  let fired = 0;
  const timers = [5, 500, 50_000].map((ms) => wheel.schedule(ms, () => fired++, undefined));
  for (const timer of timers) wheel.cancel(timer);
  for (const timer of timers) wheel.cancel(timer);
  assert.equal(wheel.size, 0);
  assert.equal(clock.pending, 0);
  clock.advance(100_000);
  assert.equal(fired, 0);
});

test('a timer scheduled or cancelled by a firing timer obeys', () => {
  const clock = new TestClock();
  const wheel = new TimerWheel(clock, 10);
  const seen: string[] = [];
  const victim = wheel.schedule(100, () => seen.push('victim'), undefined);
  wheel.schedule(
    50,
    () => {
      wheel.cancel(victim);
      wheel.schedule(0, () => seen.push(`next at ${clock.nowMs()}`), undefined);
    },
    undefined,
  );
  clock.advance(1000);
  assert.deepEqual(seen, ['next at 60']);
});

test('an error in one timer does not stop the others', () => {
  const clock = new TestClock();
  const wheel = new TimerWheel(clock, 10);
  let fired = 0;
  wheel.schedule(
    10,
    () => {
      throw new Error('bug');
    },
    undefined,
  );
  wheel.schedule(10, () => fired++, undefined);
  clock.advance(20);
  assert.equal(fired, 1);
});

test('every: the next run waits for the last one, cancel ends it', async () => {
  const clock = new TestClock();
  const wheel = new TimerWheel(clock, 10);
  let runs = 0;
  let finish = (): void => {};
  const timer = wheel.every(100, () => {
    runs++;
    return new Promise((resolve) => {
      finish = resolve;
    });
  });
  clock.advance(1000);
  assert.equal(runs, 1);
  finish();
  await Promise.resolve();
  clock.advance(100);
  assert.equal(runs, 2);
  wheel.cancel(timer);
  finish();
  await Promise.resolve();
  clock.advance(1000);
  assert.equal(runs, 2);
  assert.equal(wheel.size, 0);
});
