import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Mailboxes } from './mailbox.ts';

interface Item {
  readonly call: string;
  readonly number: number;
}

/** A small seeded generator: the same waits on every run. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 0x1_0000_0000;
  };
}

/** Ends waits in any order that the seed says, without any clock. */
class Waits {
  readonly #open: (() => void)[] = [];
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  wait(): Promise<void> {
    return new Promise((resolve) => this.#open.push(resolve));
  }

  get size(): number {
    return this.#open.length;
  }

  /** Ends one of the open waits. */
  endOne(): void {
    const at = Math.floor(this.#random() * this.#open.length);
    const last = this.#open.pop() as () => void;
    const chosen = this.#open[at] ?? last;
    if (at < this.#open.length) this.#open[at] = last;
    chosen();
  }
}

test('100,000 pairs sent 0 ms apart with random waits show no inversion', async () => {
  const random = seeded(20261120);
  const waits = new Waits(random);
  const finished = new Map<string, number>();
  let inversions = 0;
  let handled = 0;
  const handle = (item: Item): void | Promise<void> => {
    const end = (): void => {
      handled++;
      if ((finished.get(item.call) ?? 0) !== item.number) inversions++;
      finished.set(item.call, item.number + 1);
    };
    if (random() < 0.3) return end();
    return waits.wait().then(end);
  };
  const mailboxes = new Mailboxes<Item>(
    handle,
    () => assert.fail('nothing may be shed'),
    () => 0,
  );
  for (let pair = 0; pair < 100_000; pair++) {
    const call = `call-${pair}`;
    mailboxes.deliver(call, { call, number: 0 });
    mailboxes.deliver(call, { call, number: 1 });
    while (waits.size > 500) {
      waits.endOne();
      if (waits.size % 50 === 0) await Promise.resolve();
    }
  }
  while (mailboxes.busy > 0) {
    while (waits.size > 0) waits.endOne();
    await Promise.resolve();
  }
  assert.equal(handled, 200_000);
  assert.equal(inversions, 0);
  assert.equal(mailboxes.waiting, 0);
});

test('what does not wait leaves no mailbox behind', () => {
  const mailboxes = new Mailboxes<number>(
    () => undefined,
    () => assert.fail(),
    () => 0,
  );
  mailboxes.deliver('a', 1);
  assert.equal(mailboxes.busy, 0);
});

test('a full mailbox sheds, and other calls go on', async () => {
  const shed: number[] = [];
  const handled: number[] = [];
  let release: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const handle = (item: number): void | Promise<void> => {
    handled.push(item);
    return item === 0 ? gate : undefined;
  };
  const mailboxes = new Mailboxes<number>(
    handle,
    (item) => shed.push(item),
    () => 0,
    { perCall: 2, total: 100, waitMs: 1000 },
  );
  for (const item of [0, 1, 2, 3]) mailboxes.deliver('a', item);
  mailboxes.deliver('b', 9);
  assert.deepEqual(shed, [3]);
  assert.deepEqual(handled, [0, 9]);
  release();
  await mailboxes.drained();
  assert.deepEqual(handled, [0, 9, 1, 2]);
});

test('who waited too long is shed when the turn comes', async () => {
  let nowMs = 0;
  const shed: number[] = [];
  let release: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const handle = (item: number): void | Promise<void> => (item === 0 ? gate : undefined);
  const mailboxes = new Mailboxes<number>(
    handle,
    (item) => shed.push(item),
    () => nowMs,
    { perCall: 9, total: 9, waitMs: 1000 },
  );
  mailboxes.deliver('a', 0);
  mailboxes.deliver('a', 1);
  nowMs = 1001;
  release();
  await mailboxes.drained();
  assert.deepEqual(shed, [1]);
});
