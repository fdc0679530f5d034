import type { Clock, TimerHandle } from '../base/ports.ts';

/** Node's timers take a signed 32-bit delay; longer ones would fire at once. */
const longestDelayMs = 2 ** 31 - 1;

class NodeTimer implements TimerHandle {
  readonly #timer: NodeJS.Timeout;

  constructor(delayMs: number, fire: () => void) {
    this.#timer = setTimeout(fire, Math.min(delayMs, longestDelayMs));
  }

  cancel(): void {
    clearTimeout(this.#timer);
  }
}

/** The clocks of the machine. Delays above 24.8 days are cut to that. */
export class NodeClock implements Clock {
  nowMs(): number {
    return performance.now();
  }

  wallMs(): number {
    return Date.now();
  }

  after(delayMs: number, fire: () => void): TimerHandle {
    return new NodeTimer(delayMs, fire);
  }
}
