import type { Clock, TimerHandle } from '../base/ports.ts';

/**
 * Waits for `work`, but no longer than `limitMs` (0 or less: as long as it takes).
 * @returns false when the time was over first; the work goes on unwatched then.
 */
export async function withinTime(clock: Clock, limitMs: number, work: Promise<unknown>): Promise<boolean> {
  const done = work.then(() => true);
  if (limitMs <= 0) return done;
  let timer: TimerHandle | undefined;
  const timeout = new Promise<boolean>((resolve) => {
    timer = clock.after(limitMs, () => resolve(false));
  });
  try {
    return await Promise.race([done, timeout]);
  } finally {
    timer?.cancel(); // a timer that is left would keep the process alive until it fires
  }
}
