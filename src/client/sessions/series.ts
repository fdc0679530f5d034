import { ClientFailure, type FailureKind } from '../failure.ts';
import type { Answer } from '../pending.ts';
import type { Phone } from '../phone.ts';
import { type Stop, waitFor } from '../stop.ts';
import { startPhone, stopPhone, type UserSettings } from '../user.ts';
import type { SessionContext } from './plan.ts';
import { single } from './single.ts';

export interface SeriesPlan {
  readonly user: UserSettings;
  /** undefined: no limit but the time. */
  readonly count: number | undefined;
  /** Requests a second; undefined: one after the other. */
  readonly rate: number | undefined;
  readonly forMs: number | undefined;
  expects(status: number): boolean;
}

/** Requests under way at most; when the peer does not keep up, the rate falls. */
const maxUnderWay = 10_000;

/** Round trips kept for percentiles; beyond, the newest take the places of the oldest. */
const maxSamples = 1_000_000;

/** What has come of a series so far. */
export class SeriesResult {
  sent = 0;
  expected = 0;
  /** Final responses by status. */
  readonly statuses = new Map<number, number>();
  /** Requests without one, by what happened. */
  readonly failures = new Map<FailureKind, number>();
  lastFailure: ClientFailure | undefined;
  durationMs = 0;
  readonly #samplesMs: number[] = [];
  #next = 0;

  get answered(): number {
    return [...this.statuses.values()].reduce((sum, count) => sum + count, 0);
  }

  get failed(): number {
    return [...this.failures.values()].reduce((sum, count) => sum + count, 0);
  }

  addAnswer({ response, roundTripMs }: Answer, isExpected: boolean): void {
    const status = response.statusCode;
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    if (isExpected) this.expected++;
    this.#samplesMs[this.#next] = roundTripMs;
    this.#next = (this.#next + 1) % maxSamples;
  }

  addFailure(failure: ClientFailure): void {
    this.lastFailure = failure;
    this.failures.set(failure.kind, (this.failures.get(failure.kind) ?? 0) + 1);
  }

  /** Round trips in ms: the smallest, and those that 50, 95, 99 and 100 of 100 do not exceed; undefined without any. */
  latency(): { min: number; p50: number; p95: number; p99: number; max: number } | undefined {
    if (this.#samplesMs.length === 0) return undefined;
    const sorted = Float64Array.from(this.#samplesMs).sort();
    const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] as number;
    return { min: at(0), p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
  }
}

/** Sends the same kind of request many times; `onProgress` is called about every second. */
export async function runSeries(
  plan: SeriesPlan,
  context: SessionContext,
  onProgress: (result: SeriesResult) => void,
): Promise<SeriesResult> {
  const phone = startPhone(plan.user, context);
  const series = new Series(phone, plan, context.stop);
  const { clock } = context.ports;
  let timer = clock.after(progressMs, progress);
  function progress(): void {
    onProgress(series.result);
    timer = clock.after(progressMs, progress);
  }
  try {
    await phone.outbound.way(); // nothing to count when there is no way at all
    return await series.run();
  } finally {
    timer.cancel();
    stopPhone(phone);
  }
}

const progressMs = 1000;

/** The next request would fail in the same way: there is no point in going on. */
function isHopeless({ kind }: ClientFailure): boolean {
  return kind === 'usage' || kind === 'unsendable' || kind === 'unauthorized';
}

class Series {
  readonly result = new SeriesResult();
  readonly #phone: Phone;
  readonly #plan: SeriesPlan;
  readonly #stop: Stop;
  readonly #underWay = new Set<Promise<void>>();
  readonly #startMs: number;
  #fatal: { readonly error: unknown } | undefined;

  constructor(phone: Phone, plan: SeriesPlan, stop: Stop) {
    this.#phone = phone;
    this.#plan = plan;
    this.#stop = stop;
    this.#startMs = phone.agent.ports.clock.nowMs();
  }

  async run(): Promise<SeriesResult> {
    if (this.#plan.rate === undefined) while (this.#goesOn()) await this.#one();
    else await this.#atRate(this.#plan.rate);
    if (this.#fatal !== undefined) throw this.#fatal.error;
    this.result.durationMs = this.#elapsedMs();
    return this.result;
  }

  /** Sends as many as are due at each look, so that coarse timers keep the rate. */
  async #atRate(rate: number): Promise<void> {
    const { clock } = this.#phone.agent.ports;
    while (this.#goesOn()) {
      const due = Math.floor((this.#elapsedMs() / 1000) * rate) + 1;
      while (this.result.sent < due && this.#goesOn() && this.#underWay.size < maxUnderWay) this.#start();
      const nextMs = (this.result.sent / rate) * 1000 - this.#elapsedMs();
      await waitFor(clock, Math.max(1, nextMs), this.#stop);
    }
    await Promise.race([Promise.all(this.#underWay), this.#stop.promise]);
  }

  #start(): void {
    const work = this.#one().finally(() => this.#underWay.delete(work));
    this.#underWay.add(work);
  }

  async #one(): Promise<void> {
    this.result.sent++;
    try {
      const answer = await single(this.#phone);
      this.result.addAnswer(answer, this.#plan.expects(answer.response.statusCode));
    } catch (error) {
      if (error instanceof ClientFailure && !isHopeless(error)) this.result.addFailure(error);
      else this.#fatal ??= { error };
    } finally {
      this.result.durationMs = this.#elapsedMs();
    }
  }

  #goesOn(): boolean {
    const { count, forMs } = this.#plan;
    if (
      this.#fatal !== undefined ||
      this.#stop.isRequested ||
      (count !== undefined && this.result.sent >= count)
    )
      return false;
    return forMs === undefined || this.#elapsedMs() < forMs;
  }

  #elapsedMs(): number {
    return this.#phone.agent.ports.clock.nowMs() - this.#startMs;
  }
}
