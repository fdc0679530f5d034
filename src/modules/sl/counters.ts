/** Statuses that have a counter of their own. */
export const countedStatuses = [200, 202, 300, 301, 302, 400, 401, 403, 404, 407, 408, 483, 500] as const;

/** Classes that count the rest of theirs. */
export const countedClasses = [1, 2, 3, 4, 5, 6] as const;

/** What sl has sent since the start. */
export class SlCounters {
  readonly #byStatus = new Map<number, number>();
  readonly #byClass = new Map<number, number>();
  sent = 0;
  sentErrors = 0;
  failures = 0;
  receivedAcks = 0;
  others = 0;

  count(status: number): void {
    this.sent++;
    if (status >= 400) this.sentErrors++;
    if ((countedStatuses as readonly number[]).includes(status)) increase(this.#byStatus, status);
    else if (status >= 100 && status <= 699) increase(this.#byClass, Math.floor(status / 100));
    else this.others++;
  }

  ofStatus(status: number): number {
    return this.#byStatus.get(status) ?? 0;
  }

  /** Those of a class without a counter of their own. */
  ofClass(statusClass: number): number {
    return this.#byClass.get(statusClass) ?? 0;
  }
}

function increase(counts: Map<number, number>, key: number): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
