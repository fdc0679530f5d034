import type { TimerTable } from '../../transaction/timers.ts';

/** Kamailio's timers in the terms of the RFC: everything after the end takes wt_timer. */
export function tmTimers(frMs: number, t1Ms: number, t2Ms: number, wtMs: number): TimerTable {
  return {
    t1Ms,
    t2Ms,
    timerAMaxMs: t2Ms,
    timerBMs: frMs,
    timerDMs: Math.max(32_000, wtMs),
    timerFMs: frMs,
    timerHMs: frMs,
    timerIMs: wtMs,
    timerJMs: wtMs,
    timerKMs: wtMs,
    timerLMs: wtMs,
    timerMMs: Math.max(32_000, wtMs),
  };
}
