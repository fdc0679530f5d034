import type { Clock } from '../base/ports.ts';
import type { Agent } from './agent.ts';

/** A wish to end: Ctrl-C. Sessions end in good order then (BYE, unregister). */
export class Stop {
  #requested = false;
  readonly promise: Promise<'stop'>;
  #resolve: (value: 'stop') => void = () => undefined;

  constructor() {
    this.promise = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  get isRequested(): boolean {
    return this.#requested;
  }

  request(): void {
    this.#requested = true;
    this.#resolve('stop');
  }
}

/** What came first: the end of the time, a wish to stop, or something else. */
export async function waitFor<T>(
  clock: Clock,
  ms: number | undefined,
  stop: Stop,
  other?: Promise<T>,
): Promise<'time' | 'stop' | T> {
  let cancel = (): void => undefined;
  const waits: Promise<'time' | 'stop' | T>[] = [stop.promise];
  if (other !== undefined) waits.push(other);
  if (ms !== undefined) {
    waits.push(
      new Promise((resolve) => {
        const timer = clock.after(ms, () => resolve('time'));
        cancel = () => timer.cancel();
      }),
    );
  }
  try {
    return await Promise.race(waits);
  } finally {
    cancel();
  }
}

/** Repeats something at T1, doubling to T2, until told to stop or 64 times T1 have passed (RFC 3261 §13.3.1.4). */
export function repeatUntil(agent: Agent, again: () => void, gaveUp: () => void): () => void {
  const { t1Ms, t2Ms } = agent.timers;
  const { clock } = agent.ports;
  const endMs = clock.nowMs() + 64 * t1Ms;
  let intervalMs = t1Ms;
  let timer = clock.after(intervalMs, tick);
  function tick(): void {
    if (clock.nowMs() >= endMs) {
      gaveUp();
      return;
    }
    again();
    intervalMs = Math.min(intervalMs * 2, t2Ms);
    timer = clock.after(intervalMs, tick);
  }
  return () => timer.cancel();
}
