import type { SeriesResult } from '../../client/sessions/series.ts';
import { durationText } from './view.ts';

/** One line while a series runs. */
export function progressText(result: SeriesResult): string {
  const latency = result.latency();
  const parts = [
    `${result.sent} sent`,
    `${result.answered} answered`,
    `${result.failed} failed`,
    `${rateText(result.sent, result.durationMs)}/s`,
  ];
  if (latency !== undefined)
    parts.push(`p50 ${durationText(latency.p50)}`, `p99 ${durationText(latency.p99)}`);
  return parts.join(', ');
}

/** The summary at its end. */
export function summaryText(result: SeriesResult): string {
  const { sent, answered, failed, durationMs } = result;
  const lost = sent - answered;
  const lines = [
    `${sent} sent, ${answered} answered, ${result.expected} as expected, loss ${percent(lost, sent)} in ${durationText(durationMs)} (${rateText(sent, durationMs)}/s)`,
  ];
  const latency = result.latency();
  if (latency !== undefined) {
    const { min, p50, p95, p99, max } = latency;
    const rows = Object.entries({ min, p50, p95, p99, max });
    lines.push(`latency: ${rows.map(([name, ms]) => `${name} ${durationText(ms)}`).join(', ')}`);
  }
  const statuses = [...result.statuses].sort(([a], [b]) => a - b);
  if (statuses.length > 0)
    lines.push(`responses: ${statuses.map(([code, count]) => `${code} ${count}`).join(', ')}`);
  if (failed > 0) {
    const kinds = [...result.failures].map(([kind, count]) => `${kind} ${count}`);
    lines.push(`failures: ${kinds.join(', ')}; the last one: ${result.lastFailure?.message ?? ''}`);
  }
  return lines.join('\n');
}

/** The same for `--json`. */
export function summaryMembers(result: SeriesResult): object {
  return {
    sent: result.sent,
    answered: result.answered,
    expected: result.expected,
    failed: result.failed,
    durationMs: result.durationMs,
    latencyMs: result.latency(),
    statuses: Object.fromEntries(result.statuses),
    failures: Object.fromEntries(result.failures),
  };
}

function percent(part: number, whole: number): string {
  return `${whole === 0 ? 0 : Number(((part / whole) * 100).toFixed(2))}%`;
}

function rateText(count: number, ms: number): string {
  return ms === 0 ? '0' : Number(((count / ms) * 1000).toPrecision(3)).toString();
}
