import type { Timer, TimerQueue } from './timerQueue.ts';

/** Somebody who waits for a key. */
interface Waiter {
  readonly owner: object;
  readonly decide: (granted: boolean) => void;
  timer: Timer | undefined;
}

interface Lock {
  owner: object;
  /** How often its owner has taken it. */
  depth: number;
  readonly waiters: Waiter[];
}

/** Bounds: a key that is never unlocked must not collect messages without end. */
export const lockLimits = { waitMs: 30_000, waitersPerKey: 1000, keys: 100_000 } as const;

/**
 * Locks by key for routes that wait. Each key is its own lock, so that two keys never block each other.
 * A lock belongs to the message that took it: it may take it again, and when its run ends it gives it back.
 */
export class Locks {
  readonly #timers: TimerQueue;
  readonly #locks = new Map<string, Lock>();
  readonly #held = new Map<object, Set<string>>();

  constructor(timers: TimerQueue) {
    this.#timers = timers;
  }

  get size(): number {
    return this.#locks.size;
  }

  /** Takes a free lock; false when another message holds it, or there are too many. */
  tryTake(key: string, owner: object): boolean {
    const lock = this.#locks.get(key);
    if (lock === undefined) {
      if (this.#locks.size >= lockLimits.keys) return false;
      this.#locks.set(key, { owner, depth: 1, waiters: [] });
      this.#remember(key, owner);
      return true;
    }
    if (lock.owner !== owner) return false;
    lock.depth++;
    return true;
  }

  /** Takes a lock, waiting for it; false when it takes too long or too many wait. */
  take(key: string, owner: object): boolean | Promise<boolean> {
    if (this.tryTake(key, owner)) return true;
    const lock = this.#locks.get(key);
    if (lock === undefined || lock.waiters.length >= lockLimits.waitersPerKey) return false;
    return new Promise((decide) => {
      const waiter: Waiter = { owner, decide, timer: undefined };
      waiter.timer = this.#timers.schedule(lockLimits.waitMs, (late) => this.#giveUp(lock, late), waiter);
      lock.waiters.push(waiter);
    });
  }

  /** Gives a lock back; false when this owner does not hold it. */
  release(key: string, owner: object): boolean {
    const lock = this.#locks.get(key);
    if (lock === undefined || lock.owner !== owner) return false;
    lock.depth--;
    if (lock.depth === 0) this.#passOn(key, lock);
    return true;
  }

  /** Gives back all that an owner still holds. */
  releaseAll(owner: object): void {
    const keys = this.#held.get(owner);
    if (keys === undefined) return;
    for (const key of [...keys]) {
      const lock = this.#locks.get(key);
      if (lock !== undefined && lock.owner === owner) this.#passOn(key, lock);
    }
  }

  /** First come, first served. */
  #passOn(key: string, lock: Lock): void {
    this.#forget(key, lock.owner);
    const next = lock.waiters.shift();
    if (next === undefined) {
      this.#locks.delete(key);
      return;
    }
    if (next.timer !== undefined) this.#timers.cancel(next.timer);
    lock.owner = next.owner;
    lock.depth = 1;
    this.#remember(key, next.owner);
    next.decide(true);
  }

  #giveUp(lock: Lock, waiter: Waiter): void {
    const at = lock.waiters.indexOf(waiter);
    if (at < 0) return;
    lock.waiters.splice(at, 1);
    waiter.decide(false);
  }

  #remember(key: string, owner: object): void {
    const keys = this.#held.get(owner);
    if (keys === undefined) this.#held.set(owner, new Set([key]));
    else keys.add(key);
  }

  #forget(key: string, owner: object): void {
    const keys = this.#held.get(owner);
    keys?.delete(key);
    if (keys?.size === 0) this.#held.delete(owner);
  }
}
