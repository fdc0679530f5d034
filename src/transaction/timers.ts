/**
 * Intervals of one transaction in ms, named after RFC 3261 table 4 and RFC 6026. A value, not a global: each
 * transaction carries the table it began with, and a user may hand it another one.
 */
export interface TimerTable {
  /** First retransmission interval: A, E and G begin with it. */
  readonly t1Ms: number;
  /** Highest interval of E and G, and of E in Proceeding. */
  readonly t2Ms: number;
  /** Highest interval of A; the RFC knows none. */
  readonly timerAMaxMs: number;
  readonly timerBMs: number;
  readonly timerDMs: number;
  readonly timerFMs: number;
  readonly timerHMs: number;
  readonly timerIMs: number;
  readonly timerJMs: number;
  readonly timerKMs: number;
  readonly timerLMs: number;
  readonly timerMMs: number;
}

/** The values of the RFCs for given T1, T2 and T4. */
export function timerTable(t1Ms = 500, t2Ms = 4000, t4Ms = 5000): TimerTable {
  const timeoutMs = 64 * t1Ms;
  return {
    t1Ms,
    t2Ms,
    timerAMaxMs: timeoutMs,
    timerBMs: timeoutMs,
    timerDMs: Math.max(32_000, timeoutMs),
    timerFMs: timeoutMs,
    timerHMs: timeoutMs,
    timerIMs: t4Ms,
    timerJMs: timeoutMs,
    timerKMs: t4Ms,
    timerLMs: timeoutMs,
    timerMMs: timeoutMs,
  };
}
