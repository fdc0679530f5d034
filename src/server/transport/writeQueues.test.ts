import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TestClock } from '../../base/testClock.ts';
import { TimerWheel } from '../../base/timerWheel.ts';
import type { Connection } from './connection.ts';
import { TransportCounters } from './counters.ts';
import type { TcpOptions } from './options.ts';
import { WriteQueues } from './writeQueues.ts';

/** An open connection whose stream takes what it is given when the test says so, and never tells that it drained. */
function scene() {
  const clock = new TestClock();
  let pending = 0;
  const connection = {
    state: 'open',
    stream: {
      write: (data: string) => {
        pending += data.length;
        return true;
      },
    },
    waitingBytes: 0,
    countedBytes: 0,
    lastActivityMs: 0,
    blockedSinceMs: -1,
    get pendingBytes() {
      return pending;
    },
  } as unknown as Connection;
  const queues = new WriteQueues({
    timers: new TimerWheel(clock, 10),
    options: { connectionQueueBytes: 100_000, totalQueueBytes: 1e7 } as TcpOptions,
    counters: new TransportCounters(),
    onBlocked: () => {},
  });
  const take = (bytes: number): void => {
    pending -= bytes;
  };
  return { clock, connection, queues, take };
}

test('a busy stream that never says that it has drained is not blocked', () => {
  const { clock, connection, queues, take } = scene();
  for (let i = 0; i < 20; i++) {
    queues.put(connection, 'x'.repeat(100));
    clock.advance(1000);
    take(100);
  }
  queues.put(connection, 'x');
  assert.equal(connection.blockedSinceMs, 20_000);
});

test('one that takes nothing is blocked since the first byte that had to wait', () => {
  const { clock, connection, queues } = scene();
  for (let i = 0; i < 5; i++) {
    queues.put(connection, 'x'.repeat(100));
    clock.advance(1000);
  }
  assert.equal(connection.blockedSinceMs, 0);
  assert.equal(connection.countedBytes, 500);
});

test('a burst may wait on a stream that takes it in time; one that is stuck has its bound', () => {
  const { clock, connection, queues, take } = scene();
  queues.put(connection, 'x'.repeat(90_000));
  assert.equal(queues.isFull(connection, 20_000), false);
  clock.advance(2100);
  assert.equal(queues.isFull(connection, 20_000), true);
  take(50_000);
  queues.put(connection, 'x');
  assert.equal(queues.isFull(connection, 60_000), false);
});
