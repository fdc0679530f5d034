import type { Clock } from './ports.ts';
import type { TimerQueue } from './timerQueue.ts';

/** How long one slice may hold the loop, ms. */
const sliceMs = 2;
/** Steps of one slice where the clock stands still meanwhile (simulation). */
const sliceSteps = 1000;
/** Reading the clock costs as much as a small step. */
const stepsPerLook = 8;

/** Long work in slices, between which the loop turns: calls go on while 200,000 contacts are swept or dumped. */
export class LoopSlices {
  readonly #clock: Clock;
  readonly #timers: TimerQueue;
  #beganMs: number;
  #steps = 0;

  constructor(parts: { readonly clock: Clock; readonly timers: TimerQueue }) {
    this.#clock = parts.clock;
    this.#timers = parts.timers;
    this.#beganMs = parts.clock.nowMs();
  }

  /** To be called behind each step. A promise is to be waited for: others have their turn. */
  step(): Promise<void> | undefined {
    this.#steps++;
    if (this.#steps % stepsPerLook !== 0) return undefined;
    if (this.#steps < sliceSteps && this.#clock.nowMs() - this.#beganMs < sliceMs) return undefined;
    return this.#pause();
  }

  async #pause(): Promise<void> {
    await new Promise<void>((resolve) => this.#timers.schedule(0, resolve, undefined));
    this.#steps = 0;
    this.#beganMs = this.#clock.nowMs();
  }
}
