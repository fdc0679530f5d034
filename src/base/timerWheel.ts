import { errorText } from './errors.ts';
import type { Clock, Log, TimerHandle } from './ports.ts';
import type { Timer, TimerQueue } from './timerQueue.ts';

const slotBits = 8;
const slotsPerLevel = 1 << slotBits;
const slotMask = slotsPerLevel - 1;
const levelCount = 4;
/** Longest distance with a slot of its own; farther timers wait in the last level and are sorted in again. */
const horizonTicks = 2 ** (slotBits * levelCount) - 1;

class WheelTimer implements Timer {
  dueMs = 0;
  dueTick = 0;
  level = 0;
  readonly fire: (argument: unknown) => void;
  readonly argument: unknown;
  /** Neighbours in the list of its slot; undefined while it is in none. */
  next: WheelTimer | undefined = undefined;
  previous: WheelTimer | undefined = undefined;
  /** Tells `every` that it was cancelled while its work was running. */
  cancelled = false;

  constructor(fire: (argument: unknown) => void, argument: unknown) {
    this.fire = fire;
    this.argument = argument;
  }
}

/** The head of a circular list. */
function sentinel(): WheelTimer {
  const head = new WheelTimer(noop, undefined);
  head.next = head;
  head.previous = head;
  return head;
}

function noop(): void {}

/**
 * All timers of a server on one port timer: a hierarchical wheel with intrusive lists. Scheduling and
 * cancelling take constant time and no memory beyond the timer itself; the port timer sleeps until the next
 * tick with something to do, and is not set at all while the wheel is empty.
 */
export class TimerWheel implements TimerQueue {
  readonly #clock: Clock;
  readonly #log: Log | undefined;
  readonly #tickMs: number;
  readonly #originMs: number;
  /** List heads, level by level. */
  readonly #slots: readonly WheelTimer[];
  readonly #countOfLevel: number[] = new Array<number>(levelCount).fill(0);
  /** The last tick whose timers have fired. */
  #tick = 0;
  #size = 0;
  #alarm: TimerHandle | undefined;
  #alarmTick = 0;
  #running = false;
  readonly #onAlarm = (): void => this.#run();

  /** `tickMs` is the grain: no timer fires early, none more than one tick late. Errors of timers go to `log`. */
  constructor(clock: Clock, tickMs = 10, log?: Log) {
    this.#clock = clock;
    this.#log = log;
    this.#tickMs = tickMs;
    this.#originMs = clock.nowMs();
    this.#slots = Array.from({ length: levelCount * slotsPerLevel }, sentinel);
  }

  get nowMs(): number {
    return this.#clock.nowMs();
  }

  get size(): number {
    return this.#size;
  }

  schedule<T>(delayMs: number, fire: (argument: T) => void, argument: T): Timer {
    const timer = new WheelTimer(fire as (argument: unknown) => void, argument);
    this.#start(timer, delayMs);
    return timer;
  }

  cancel(timer: Timer): void {
    const own = timer as WheelTimer;
    own.cancelled = true;
    if (own.next === undefined) return;
    this.#unlink(own);
    if (this.#size === 0) this.#sleep();
  }

  every(intervalMs: number, fire: () => void | Promise<void>): Timer {
    const again = (): void => {
      if (!timer.cancelled) this.#start(timer, intervalMs);
    };
    const timer: WheelTimer = new WheelTimer(() => {
      const work = this.#guarded(fire);
      if (work === undefined) again();
      else
        work.then(again, (error) => {
          this.#complain(error);
          again();
        });
    }, undefined);
    this.#start(timer, intervalMs);
    return timer;
  }

  #start(timer: WheelTimer, delayMs: number): void {
    const nowMs = this.#clock.nowMs();
    // an empty wheel has nothing to turn past
    if (this.#size === 0 && !this.#running) this.#tick = Math.max(this.#tick, this.#tickAt(nowMs));
    timer.dueMs = nowMs + Math.max(0, delayMs);
    timer.dueTick = Math.max(this.#tick + 1, Math.ceil((timer.dueMs - this.#originMs) / this.#tickMs));
    this.#link(timer);
    if (!this.#running && (this.#alarm === undefined || timer.dueTick < this.#alarmTick)) this.#wake();
  }

  #tickAt(nowMs: number): number {
    return Math.floor((nowMs - this.#originMs) / this.#tickMs);
  }

  #link(timer: WheelTimer): void {
    const distance = Math.min(timer.dueTick - this.#tick, horizonTicks);
    let level = 0;
    let span = slotsPerLevel;
    while (distance >= span) {
      level++;
      span *= slotsPerLevel;
    }
    const head = this.#head(level, this.#tick + distance);
    const last = head.previous as WheelTimer;
    timer.level = level;
    timer.previous = last;
    timer.next = head;
    last.next = timer;
    head.previous = timer;
    this.#countOfLevel[level] = (this.#countOfLevel[level] as number) + 1;
    this.#size++;
  }

  #unlink(timer: WheelTimer): void {
    (timer.previous as WheelTimer).next = timer.next;
    (timer.next as WheelTimer).previous = timer.previous;
    timer.next = undefined;
    timer.previous = undefined;
    this.#countOfLevel[timer.level] = (this.#countOfLevel[timer.level] as number) - 1;
    this.#size--;
  }

  #head(level: number, tick: number): WheelTimer {
    const slot = Math.floor(tick / 2 ** (slotBits * level)) & slotMask;
    return this.#slots[level * slotsPerLevel + slot] as WheelTimer;
  }

  #run(): void {
    this.#alarm = undefined;
    this.#running = true;
    const target = this.#tickAt(this.#clock.nowMs());
    while (this.#tick < target && this.#size > 0) {
      this.#tick = this.#countOfLevel[0] === 0 ? Math.min(this.#nextTurn() - 1, target - 1) : this.#tick;
      this.#tick++;
      if ((this.#tick & slotMask) === 0) this.#cascade();
      this.#fireSlot(this.#head(0, this.#tick));
    }
    this.#running = false;
    this.#wake();
  }

  /** The next tick at which level 0 begins anew. */
  #nextTurn(): number {
    return (Math.floor(this.#tick / slotsPerLevel) + 1) * slotsPerLevel;
  }

  /** Sorts the timers of the upper levels' current slots in again, the highest first. */
  #cascade(): void {
    let level = 1;
    while (level < levelCount - 1 && this.#tick % 2 ** (slotBits * (level + 1)) === 0) level++;
    for (; level > 0; level--) {
      const head = this.#head(level, this.#tick);
      let timer = head.next as WheelTimer;
      while (timer !== head) {
        const next = timer.next as WheelTimer;
        this.#unlink(timer);
        this.#link(timer);
        timer = next;
      }
    }
  }

  #fireSlot(head: WheelTimer): void {
    for (let timer = head.next as WheelTimer; timer !== head; timer = head.next as WheelTimer) {
      this.#unlink(timer);
      try {
        timer.fire(timer.argument);
      } catch (error) {
        this.#complain(error);
      }
    }
  }

  /** One timer's bug must not stop the others. */
  #complain(error: unknown): void {
    this.#log?.error(`timer: ${errorText(error)}`);
  }

  #guarded(fire: () => void | Promise<void>): void | Promise<void> {
    try {
      return fire();
    } catch (error) {
      this.#complain(error);
    }
  }

  #wake(): void {
    this.#sleep();
    if (this.#size === 0) return;
    const tick = this.#nextBusyTick();
    const delayMs = this.#originMs + tick * this.#tickMs - this.#clock.nowMs();
    this.#alarmTick = tick;
    this.#alarm = this.#clock.after(Math.max(0, delayMs), this.#onAlarm);
  }

  #sleep(): void {
    this.#alarm?.cancel();
    this.#alarm = undefined;
  }

  /** The next tick with a timer in level 0 or, when there is none in this turn, the start of the next turn. */
  #nextBusyTick(): number {
    const turn = this.#nextTurn();
    if (this.#countOfLevel[0] === 0) return turn;
    for (let tick = this.#tick + 1; ; tick++) {
      // a timer of the next turn may share level 0, but the upper levels must be looked at before
      if (tick === turn && this.#size > (this.#countOfLevel[0] as number)) return turn;
      const head = this.#head(0, tick);
      if (head.next !== head) return tick;
    }
  }
}
