import { DatabaseError } from '../../base/errors.ts';
import type { Clock, TimerHandle } from '../../base/ports.ts';
import { FairTurns } from './fairTurns.ts';
import type { SqlLink } from './link.ts';

export interface Supervision {
  readonly clock: Clock;
  /** Silence for so long while answers are owed breaks the connection; 0 for any silence. */
  readonly silenceMs: number;
  /** Pings when idle for so long; 0 for never. */
  readonly pingMs: number;
}

/** A connection with its outstanding work counted: what it owes when it breaks is rejected at once, never forgotten. */
export class SupervisedLink {
  readonly #link: SqlLink;
  readonly #supervision: Supervision;
  readonly #onLost: (error: DatabaseError) => void;
  readonly #turns = new FairTurns();
  readonly #owed = new Set<(error: DatabaseError) => void>();
  #lastSignMs: number;
  #watch: TimerHandle | undefined;
  #lost: DatabaseError | undefined;
  #isEnding = false;

  constructor(link: SqlLink, supervision: Supervision, onLost: (error: DatabaseError) => void) {
    this.#link = link;
    this.#supervision = supervision;
    this.#onLost = onLost;
    this.#lastSignMs = supervision.clock.nowMs();
    this.#watchOn();
  }

  /** Answers that are owed. */
  get outstanding(): number {
    return this.#owed.size;
  }

  /** Hands work over. Rejects with DB_AWAY or DB_TIMEOUT when the connection breaks under it. */
  run<T>(work: (link: SqlLink) => Promise<T>): Promise<T> {
    if (this.#lost !== undefined) return Promise.reject(this.#lost);
    return new Promise<T>((resolve, reject) => {
      if (this.#owed.size === 0) {
        this.#lastSignMs = this.#supervision.clock.nowMs();
        this.#owed.add(reject);
        this.#watchOn();
      } else {
        this.#owed.add(reject);
      }
      const settled = (): void => {
        this.#owed.delete(reject);
        this.#lastSignMs = this.#supervision.clock.nowMs();
      };
      work(this.#link).then(
        (result) => {
          settled();
          this.#turns.take(() => resolve(result));
        },
        (error: unknown) => {
          // a broken connection settles its debts by itself
          if (this.#lost !== undefined) return;
          settled();
          this.#turns.take(() => reject(error));
        },
      );
    });
  }

  /** The driver says that the connection has gone. */
  lose(error: DatabaseError): void {
    if (this.#lost !== undefined) return;
    this.#lost = error;
    this.#watch?.cancel();
    this.#link.destroy();
    for (const reject of this.#owed) reject(error);
    this.#owed.clear();
    if (!this.#isEnding) this.#onLost(error);
  }

  /** Ends behind the work that was handed over. */
  async end(): Promise<void> {
    this.#isEnding = true;
    if (this.#lost !== undefined) return;
    try {
      await this.#link.end();
    } catch {
      // it has gone by itself
    }
    this.#watch?.cancel();
    this.#lost ??= new DatabaseError('DB_CLOSED', 'the database is closed');
  }

  #watchOn(): void {
    this.#watch?.cancel();
    const { clock, silenceMs, pingMs } = this.#supervision;
    const limitMs = this.#owed.size > 0 ? silenceMs : pingMs;
    if (limitMs <= 0) return;
    const leftMs = this.#lastSignMs + limitMs - clock.nowMs();
    this.#watch = clock.after(Math.max(1, leftMs), () => this.#look());
  }

  #look(): void {
    const { clock, silenceMs, pingMs } = this.#supervision;
    const silentMs = clock.nowMs() - this.#lastSignMs;
    if (this.#owed.size > 0 && silenceMs > 0 && silentMs >= silenceMs) {
      const text = `no answer from the database for ${Math.round(silentMs / 100) / 10} s`;
      this.lose(new DatabaseError('DB_TIMEOUT', text));
      return;
    }
    if (this.#owed.size === 0 && pingMs > 0 && silentMs >= pingMs) {
      this.run((link) => link.ping()).catch(() => {}); // a lost connection is told by onLost
      return;
    }
    this.#watchOn();
  }
}
