/**
 * Messages of one Call-ID are handled one after another, also while one of them waits for a database.
 * A mailbox exists only while something waits; a message that ends without waiting costs one map look-up.
 */
export interface MailboxLimits {
  /** Messages that may wait behind one of the same Call-ID. */
  readonly perCall: number;
  /** Messages that may wait in all mailboxes together. */
  readonly total: number;
  /** Longest wait for the turn, ms; who waited longer is shed when the turn comes. */
  readonly waitMs: number;
}

export const defaultMailboxLimits: MailboxLimits = { perCall: 64, total: 100_000, waitMs: 30_000 };

interface Waiting<T> {
  readonly item: T;
  readonly sinceMs: number;
}

/** Handles one item now; a promise means that it waits. Must not throw or reject. */
export type ItemHandler<T> = (item: T) => void | Promise<void>;

export class Mailboxes<T> {
  readonly #busy = new Map<string, Waiting<T>[]>();
  readonly #handle: ItemHandler<T>;
  readonly #shed: (item: T) => void;
  readonly #nowMs: () => number;
  readonly #limits: MailboxLimits;
  #waiting = 0;
  #idle: (() => void)[] = [];

  constructor(
    handle: ItemHandler<T>,
    shed: (item: T) => void,
    nowMs: () => number,
    limits: MailboxLimits = defaultMailboxLimits,
  ) {
    this.#handle = handle;
    this.#shed = shed;
    this.#nowMs = nowMs;
    this.#limits = limits;
  }

  /** Calls with something under way. */
  get busy(): number {
    return this.#busy.size;
  }

  get waiting(): number {
    return this.#waiting;
  }

  deliver(callId: string, item: T): void {
    if (this.#busy.size > 0) {
      const queue = this.#busy.get(callId);
      if (queue !== undefined) {
        this.#enqueue(queue, item);
        return;
      }
    }
    const pending = this.#handle(item);
    if (pending !== undefined) this.#occupy(callId, pending);
  }

  /** Resolves when nothing is under way any more. */
  async drained(): Promise<void> {
    if (this.#busy.size === 0) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #enqueue(queue: Waiting<T>[], item: T): void {
    if (queue.length >= this.#limits.perCall || this.#waiting >= this.#limits.total) {
      this.#shed(item);
      return;
    }
    this.#waiting++;
    queue.push({ item, sinceMs: this.#nowMs() });
  }

  #occupy(callId: string, pending: Promise<void>): void {
    const queue: Waiting<T>[] = [];
    this.#busy.set(callId, queue);
    const next = (): void => {
      const following = this.#runQueue(queue);
      if (following !== undefined) {
        following.then(next);
        return;
      }
      this.#busy.delete(callId);
      if (this.#busy.size === 0) for (const resolve of this.#idle.splice(0)) resolve();
    };
    pending.then(next);
  }

  /** Handles what has queued up until one waits or none is left. */
  #runQueue(queue: Waiting<T>[]): Promise<void> | undefined {
    for (;;) {
      const next = queue.shift();
      if (next === undefined) return undefined;
      this.#waiting--;
      if (this.#nowMs() - next.sinceMs > this.#limits.waitMs) {
        this.#shed(next.item);
        continue;
      }
      const pending = this.#handle(next.item);
      if (pending !== undefined) return pending;
    }
  }
}
