import { setImmediate as realTurn } from 'node:timers/promises';
import type { Clock, TimerHandle } from '../src/base/ports.ts';

interface Happening extends TimerHandle {
  readonly dueMs: number;
  /** Order among those of one moment. */
  readonly order: number;
  readonly fire: () => void;
  cancelled: boolean;
}

/**
 * Virtual time: a queue of happenings. Time stands still while code runs, and jumps to the next happening when all
 * has settled, promises included.
 */
export class SimClock implements Clock {
  readonly #epochMs: number;
  /** A binary heap, the next one first. */
  readonly #heap: Happening[] = [];
  #nowMs = 0;
  #order = 0;
  #fired = 0;

  constructor(epochMs = Date.UTC(2026, 0, 1)) {
    this.#epochMs = epochMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#epochMs + Math.floor(this.#nowMs);
  }

  after(delayMs: number, fire: () => void): TimerHandle {
    const happening: Happening = {
      dueMs: this.#nowMs + Math.max(0, delayMs),
      order: this.#order++,
      fire,
      cancelled: false,
      cancel() {
        this.cancelled = true;
      },
    };
    this.#push(happening);
    return happening;
  }

  /** What is still to happen. */
  get pending(): number {
    return this.#heap.reduce((count, { cancelled }) => count + (cancelled ? 0 : 1), 0);
  }

  /** What has happened so far. */
  get fired(): number {
    return this.#fired;
  }

  /** Lets everything settle that waits for no time: a turn of the real loop drains all promises. */
  async settle(): Promise<void> {
    await realTurn();
  }

  /**
   * Lets time pass, one happening after the other.
   * @param afterEach runs when all has settled behind each happening: the place for checkers.
   */
  async advance(ms: number, afterEach?: () => void): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await this.settle();
    for (let next = this.#pop(untilMs); next !== undefined; next = this.#pop(untilMs)) {
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      this.#fired++;
      next.fire();
      await this.settle();
      afterEach?.();
    }
    this.#nowMs = untilMs;
  }

  /** Until `done`, at most `limitMs`. True when it became so. */
  async advanceUntil(done: () => boolean, limitMs: number, afterEach?: () => void): Promise<boolean> {
    const untilMs = this.#nowMs + limitMs;
    await this.settle();
    while (!done()) {
      const next = this.#pop(untilMs);
      if (next === undefined) {
        this.#nowMs = untilMs;
        return done();
      }
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      this.#fired++;
      next.fire();
      await this.settle();
      afterEach?.();
    }
    return true;
  }

  #push(happening: Happening): void {
    const heap = this.#heap;
    let at = heap.push(happening) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(happening, heap[parent] as Happening)) break;
      heap[at] = heap[parent] as Happening;
      at = parent;
    }
    heap[at] = happening;
  }

  /** Takes the next happening that is due until then. */
  #pop(untilMs: number): Happening | undefined {
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined || (first.dueMs > untilMs && !first.cancelled)) return undefined;
      this.#removeFirst();
      if (!first.cancelled) return first;
    }
  }

  #removeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop() as Happening;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Happening, heap[child] as Happening))
        child++;
      if (!isBefore(heap[child] as Happening, last)) break;
      heap[at] = heap[child] as Happening;
      at = child;
    }
    heap[at] = last;
  }
}

function isBefore(one: Happening, other: Happening): boolean {
  return one.dueMs < other.dueMs || (one.dueMs === other.dueMs && one.order < other.order);
}
