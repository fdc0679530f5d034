import { DatabaseError } from '../../base/errors.ts';
import type { Clock, DatabaseEvent, Entropy, TimerHandle } from '../../base/ports.ts';

const firstDelayMs = 200;
const longestDelayMs = 10_000;

/** A database that is away: told once, tried again with growing pauses, told when it is back. */
export class Outage {
  readonly #clock: Clock;
  readonly #entropy: Entropy;
  readonly #report: (event: DatabaseEvent) => void;
  #sinceMs: number | undefined;
  #reason = '';
  #refused = 0;
  #tries = 0;
  #timer: TimerHandle | undefined;
  /** Outages so far. */
  count = 0;

  constructor(clock: Clock, entropy: Entropy, report: (event: DatabaseEvent) => void) {
    this.#clock = clock;
    this.#entropy = entropy;
    this.#report = report;
  }

  get isOn(): boolean {
    return this.#sinceMs !== undefined;
  }

  /** What a query gets meanwhile. */
  refusal(): DatabaseError {
    this.#refused++;
    return new DatabaseError('DB_AWAY', `the database is away: ${this.#reason}`);
  }

  /** A connection could not be made. Tries again in a while, unless `retry` is undefined. */
  failed(reason: string, retry: (() => void) | undefined): void {
    this.#reason = reason;
    if (this.#sinceMs === undefined) {
      this.#sinceMs = this.#clock.nowMs();
      this.count++;
      this.#report({ kind: 'away', reason });
    }
    if (retry === undefined || this.#timer !== undefined) return;
    this.#timer = this.#clock.after(this.#nextDelayMs(), () => {
      this.#timer = undefined;
      retry();
    });
  }

  /** A connection is there. */
  over(): void {
    this.stop();
    this.#tries = 0;
    if (this.#sinceMs === undefined) return;
    const awayMs = this.#clock.nowMs() - this.#sinceMs;
    this.#sinceMs = undefined;
    this.#report({ kind: 'back', awayMs, refused: this.#refused });
    this.#refused = 0;
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** Doubles each time; the chance in it keeps servers from coming all at once. */
  #nextDelayMs(): number {
    const delayMs = Math.min(longestDelayMs, firstDelayMs * 2 ** this.#tries++);
    return delayMs * (0.75 + (this.#entropy.uint32() / 2 ** 32) * 0.5);
  }
}
