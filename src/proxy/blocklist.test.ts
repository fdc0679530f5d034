import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Blocklist } from './blocklist.ts';
import type { ServerAddress } from './location.ts';

function at(last: number): ServerAddress {
  return { proto: 'udp', address: `192.0.2.${last}`, port: 5060, host: '' };
}

test('a destination is blocked for its time, by transport, address and port', () => {
  let nowMs = 0;
  const list = new Blocklist(() => nowMs);
  list.block(at(1), 'timeout', 1000);
  assert.equal(list.isBlocked(at(1)), true);
  assert.equal(list.isBlocked({ ...at(1), proto: 'tcp' }), false);
  assert.equal(list.isBlocked({ ...at(1), port: 5062 }), false);
  nowMs = 1000;
  assert.equal(list.isBlocked(at(1)), false);
  assert.equal(list.size, 0);
});

test('the list never grows over its bound: the oldest entry leaves, a renewed one is young again', () => {
  const list = new Blocklist(() => 0, 3);
  for (const last of [1, 2, 3]) list.block(at(last), 'timeout', 1000);
  list.block(at(1), '503', 1000);
  for (const last of [4, 5]) list.block(at(last), 'timeout', 1000);
  assert.deepEqual(
    list.list().map(({ address, reason }) => [address.address, reason]),
    [
      ['192.0.2.1', '503'],
      ['192.0.2.4', 'timeout'],
      ['192.0.2.5', 'timeout'],
    ],
  );
});

test('what is blocked for good stays when the rest is forgotten', () => {
  const list = new Blocklist(() => 0);
  list.block(at(1), 'timeout', 1000);
  list.block(at(2), 'admin', Number.POSITIVE_INFINITY);
  list.clear();
  assert.deepEqual([list.isBlocked(at(1)), list.isBlocked(at(2))], [false, true]);
  assert.deepEqual([list.unblock(at(2)), list.unblock(at(2)), list.size], [true, false, 0]);
});
