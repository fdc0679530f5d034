/** A scheduled call; keep it to cancel. */
export interface Timer {
  /** Absolute time on the monotonic clock, ms. */
  readonly dueMs: number;
}

/** Timers of one server: one wheel over one port timer, not one system timer each. */
export interface TimerQueue {
  /** Monotonic now, ms; cheap, may lag by one tick. */
  readonly nowMs: number;
  /** Calls `fire(argument)` once, not earlier than `delayMs` from now, at most one tick late. */
  schedule<T>(delayMs: number, fire: (argument: T) => void, argument: T): Timer;
  /** Harmless for a timer that has fired. */
  cancel(timer: Timer): void;
  /** Calls `fire` each `intervalMs`, the next one never before the last has finished. */
  every(intervalMs: number, fire: () => void | Promise<void>): Timer;
  readonly size: number;
}
