import type { Timer, TimerQueue } from '../base/timerQueue.ts';
import type { TimerTable } from './timers.ts';

/**
 * What client and server transactions have in common: one timer that repeats a message, one that bounds the wait for an
 * answer, and one that ends the absorbing of repetitions.
 */
export abstract class TimedTransaction {
  readonly queue: TimerQueue;
  /** Nothing is repeated over such a transport. */
  readonly reliable: boolean;
  timers: TimerTable;
  protected intervalMs = 0;
  #retransmission: Timer | undefined = undefined;
  #timeout: Timer | undefined = undefined;
  #end: Timer | undefined = undefined;

  constructor(queue: TimerQueue, reliable: boolean, timers: TimerTable) {
    this.queue = queue;
    this.reliable = reliable;
    this.timers = timers;
  }

  abstract onRetransmissionTimer(): void;
  abstract onTimeoutTimer(): void;
  abstract onEndTimer(): void;
  protected abstract enterTerminated(): void;

  /** Ends at once without telling the user. */
  destroy(): void {
    this.enterTerminated();
    this.stopAll();
  }

  /** Stops repeating; the transaction waits on. */
  stopRetransmission(): void {
    this.#retransmission = this.#stop(this.#retransmission);
  }

  protected startRetransmission(intervalMs: number): void {
    this.intervalMs = intervalMs;
    if (!this.reliable)
      this.#retransmission = this.queue.schedule(intervalMs, fireRetransmission, this as TimedTransaction);
  }

  /** The next interval of a doubling row. */
  protected doubleInterval(maxMs: number): void {
    this.startRetransmission(Math.min(this.intervalMs * 2, maxMs));
  }

  protected startTimeout(timeoutMs: number): void {
    this.#timeout = this.queue.schedule(timeoutMs, fireTimeout, this as TimedTransaction);
  }

  protected stopTimeout(): void {
    this.#timeout = this.#stop(this.#timeout);
  }

  protected get hasTimeout(): boolean {
    return this.#timeout !== undefined;
  }

  protected startEnd(endMs: number): void {
    this.#stop(this.#end);
    this.#end = this.queue.schedule(endMs, fireEnd, this as TimedTransaction);
  }

  protected stopAll(): void {
    this.stopRetransmission();
    this.stopTimeout();
    this.#end = this.#stop(this.#end);
  }

  #stop(timer: Timer | undefined): undefined {
    if (timer !== undefined) this.queue.cancel(timer);
  }
}

// shared functions, so that starting a timer makes no closure

function fireRetransmission(transaction: TimedTransaction): void {
  transaction.onRetransmissionTimer();
}

function fireTimeout(transaction: TimedTransaction): void {
  transaction.onTimeoutTimer();
}

function fireEnd(transaction: TimedTransaction): void {
  transaction.onEndTimer();
}
