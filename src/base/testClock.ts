import type { Clock, TimerHandle } from './ports.ts';

/** A clock for tests: time stands still until it is moved. */
export class TestClock implements Clock {
  #nowMs = 0;
  readonly #epochMs: number;
  readonly #alarms: { dueMs: number; fire: () => void; done: boolean }[] = [];

  constructor(epochMs = 1_700_000_000_000) {
    this.#epochMs = epochMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#epochMs + this.#nowMs;
  }

  /** Alarms that are set. */
  get pending(): number {
    return this.#alarms.filter((alarm) => !alarm.done).length;
  }

  after(delayMs: number, fire: () => void): TimerHandle {
    const alarm = { dueMs: this.#nowMs + delayMs, fire, done: false };
    this.#alarms.push(alarm);
    return {
      cancel: () => {
        alarm.done = true;
      },
    };
  }

  /** Moves time on; alarms fire in order, each at its own time. */
  advance(ms: number): void {
    const targetMs = this.#nowMs + ms;
    for (let next = this.#takeNext(targetMs); next !== undefined; next = this.#takeNext(targetMs)) {
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      next.fire();
    }
    this.#nowMs = targetMs;
  }

  #takeNext(untilMs: number): { dueMs: number; fire: () => void } | undefined {
    let best = -1;
    for (let i = this.#alarms.length - 1; i >= 0; i--) {
      const alarm = this.#alarms[i];
      if (alarm === undefined) continue;
      if (alarm.done) this.#alarms.splice(i, 1);
      else if (alarm.dueMs <= untilMs && alarm.dueMs <= (this.#alarms[best]?.dueMs ?? Infinity)) best = i;
      if (alarm.done && best > i) best--;
    }
    const alarm = this.#alarms[best];
    if (alarm !== undefined) alarm.done = true;
    return alarm;
  }
}
