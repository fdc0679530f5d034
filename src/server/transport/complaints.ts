import type { Clock, Log } from '../../base/ports.ts';

const quietMs = 1000;

/** Errors of the network come in floods: one line a second, with the number of those left out. */
export class Complaints {
  readonly #log: Log;
  readonly #clock: Clock;
  #lastMs = Number.NEGATIVE_INFINITY;
  #leftOut = 0;

  constructor(log: Log, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
  }

  error(text: string): void {
    const nowMs = this.#clock.nowMs();
    if (nowMs - this.#lastMs < quietMs) {
      this.#leftOut++;
      return;
    }
    const more = this.#leftOut === 0 ? '' : ` (and ${this.#leftOut} more like it)`;
    this.#lastMs = nowMs;
    this.#leftOut = 0;
    this.#log.error(text + more);
  }
}
