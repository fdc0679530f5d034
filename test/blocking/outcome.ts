/** What a load tells, in the columns of the table in docs/performance.md. */
import { percentile } from '../../bench/measure.ts';
import type { LoadOutcome } from './load.ts';
import { calls } from './scenes.ts';

export const outcomeTitles = [
  'calls answered within 4 s',
  'at the end',
  'last answer, s',
  'overtaken',
  'OPTIONS answered',
  'OPTIONS p99, ms',
] as const;

export const promptMs = 4000;

export function answeredWithin(outcome: LoadOutcome, ms: number): number {
  return outcome.answeredMs.filter((answeredMs) => answeredMs <= ms).length;
}

/** Unanswered probes are as late as can be. */
export function probeP99Ms({ probes, probeMs }: LoadOutcome): number {
  const late = Array.from({ length: probes - probeMs.length }, () => Number.POSITIVE_INFINITY);
  return percentile([...probeMs, ...late], 0.99);
}

export function outcomeRow(outcome: LoadOutcome): string[] {
  const lastMs = Math.max(0, ...outcome.answeredMs);
  const p99 = probeP99Ms(outcome);
  return [
    `${answeredWithin(outcome, promptMs)} of ${calls}`,
    `${outcome.answeredMs.length} (${[...outcome.statuses].map(([status, n]) => `${n} × ${status}`).join(', ')})`,
    (lastMs / 1000).toFixed(1),
    String(outcome.overtaken),
    `${outcome.probeMs.length} of ${outcome.probes}`,
    Number.isFinite(p99) ? p99.toFixed(1) : 'never',
  ];
}
