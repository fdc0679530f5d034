import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Turns } from './turns.ts';

test('works of one key come one after the other, also behind one that fails; other keys go on', async () => {
  const turns = new Turns();
  const order: string[] = [];
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const first = turns.inTurn('a', async () => {
    await held;
    order.push('first');
    throw new Error('lost');
  });
  const second = turns.inTurn('a', async () => {
    order.push('second');
  });
  await turns.inTurn('b', async () => {
    order.push('other');
  });
  release();
  await assert.rejects(first, /lost/);
  await second;
  await turns.idle();
  assert.deepEqual(order, ['other', 'first', 'second']);
});

test('too many are refused', async () => {
  const turns = new Turns();
  const held = new Promise<void>(() => {});
  for (let i = 0; i < 1000; i++) void turns.inTurn('a', () => held);
  await assert.rejects(
    turns.inTurn('a', () => held),
    { code: 'PRESENCE_BUSY' },
  );
});
