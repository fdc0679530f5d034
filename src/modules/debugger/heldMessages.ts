import type { Timer, TimerQueue } from '../../base/timerQueue.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { ScriptStep } from '../../module/host.ts';

/** A message that breakpoints hold, or that goes on from one to the next. */
export interface HeldMessage {
  /** By which commands name it. */
  readonly id: number;
  readonly context: ScriptContext;
  /** The step that it stands before, or ran last. */
  step: ScriptStep;
  /** Lets it go on; undefined while it runs. */
  resume: (() => void) | undefined;
}

/**
 * Nobody may come: after `waitMs` a message goes on by itself. One that meets no step within `runMs` is taken for
 * ended. No more than `messages` are held.
 */
export const holdLimits = { waitMs: 600_000, runMs: 60_000, messages: 1000 } as const;

/** The messages that stand at a breakpoint, each for itself: all others go on. */
export class HeldMessages {
  readonly #timers: TimerQueue;
  readonly #byContext = new Map<ScriptContext, HeldMessage>();
  /** Messages that were told not to stop again. */
  readonly #released = new WeakSet<ScriptContext>();
  readonly #timeUp: (held: HeldMessage) => void;
  #nextId: number;

  /** Ids begin behind `base`, so that none is taken for the process id. */
  constructor(timers: TimerQueue, base: number, timeUp: (held: HeldMessage) => void) {
    this.#timers = timers;
    this.#nextId = base + 1;
    this.#timeUp = timeUp;
  }

  all(): HeldMessage[] {
    return [...this.#byContext.values()];
  }

  /** Messages whose script run is over are known no more. */
  find(id: number): HeldMessage | undefined {
    return this.all().find((held) => held.id === id);
  }

  isKnown(context: ScriptContext): boolean {
    return this.#byContext.has(context);
  }

  isReleased(context: ScriptContext): boolean {
    return this.#released.has(context);
  }

  /** Holds a message before a step; undefined when there are too many. */
  hold(context: ScriptContext, step: ScriptStep): Promise<void> | undefined {
    let held = this.#byContext.get(context);
    if (held === undefined) {
      if (this.#byContext.size >= holdLimits.messages) return undefined;
      held = { id: this.#nextId++, context, step, resume: undefined };
      this.#byContext.set(context, held);
    }
    held.step = step;
    return this.#wait(held);
  }

  #wait(held: HeldMessage): Promise<void> {
    return new Promise((resolve) => {
      const timer: Timer = this.#timers.schedule(
        holdLimits.waitMs,
        (late: HeldMessage) => {
          this.#timeUp(late);
          this.move(late);
        },
        held,
      );
      held.resume = () => {
        this.#timers.cancel(timer);
        held.resume = undefined;
        resolve();
      };
    });
  }

  /** Runs one step; it is held again at the next. A message that comes to none has ended. */
  next(held: HeldMessage): void {
    held.resume?.();
    this.#timers.schedule(
      holdLimits.runMs,
      (late: HeldMessage) => {
        if (late.resume === undefined) this.forget(late.context);
      },
      held,
    );
  }

  /** Goes on without stopping again. */
  move(held: HeldMessage): void {
    this.#released.add(held.context);
    this.#byContext.delete(held.context);
    held.resume?.();
  }

  /** The script run of a message is over. */
  forget(context: ScriptContext): void {
    this.#byContext.delete(context);
  }
}
