import type { Timer, TimerQueue } from '../base/timerQueue.ts';
import type { RestingTransaction } from './restingTransaction.ts';

/**
 * Resting transactions in the order in which they end. They all rest equally long, so a queue does and none of them
 * needs a timer; where that time was changed meanwhile, one behind a longer one ends with it.
 */
export class RestingQueue {
  readonly #timers: TimerQueue;
  #first: RestingTransaction | undefined;
  #last: RestingTransaction | undefined;
  #timer: Timer | undefined;

  constructor(timers: TimerQueue) {
    this.#timers = timers;
  }

  add(resting: RestingTransaction, restMs: number): void {
    resting.dueMs = Math.ceil(this.#timers.nowMs + restMs); // a whole number needs no object of its own
    if (this.#last === undefined) this.#first = resting;
    else this.#last.nextToEnd = resting;
    this.#last = resting;
    if (this.#timer === undefined) this.#schedule(restMs);
  }

  #schedule(delayMs: number): void {
    this.#timer = this.#timers.schedule(delayMs, endDue, this);
  }

  endDue(): void {
    this.#timer = undefined;
    const nowMs = this.#timers.nowMs;
    while (this.#first !== undefined && this.#first.dueMs <= nowMs) this.#takeFirst(this.#first).onOver();
    if (this.#first === undefined) this.#last = undefined;
    else this.#schedule(this.#first.dueMs - nowMs);
  }

  /** Cuts the link: a dead one in the old generation would otherwise keep the whole row behind it alive. */
  #takeFirst(resting: RestingTransaction): RestingTransaction {
    this.#first = resting.nextToEnd;
    resting.nextToEnd = undefined;
    return resting;
  }

  /** Those that nobody has woken. */
  *all(): Generator<RestingTransaction> {
    for (let resting = this.#first; resting !== undefined; resting = resting.nextToEnd)
      if (!resting.isAwake) yield resting;
  }
}

function endDue(queue: RestingQueue): void {
  queue.endDue();
}
