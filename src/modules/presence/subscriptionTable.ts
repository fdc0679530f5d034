import { errorText } from '../../base/errors.ts';
import type { Database, DbStatement, Log } from '../../base/ports.ts';
import { type Dialog, dialogKey, type Subscription } from './subscription.ts';
import {
  changingColumns,
  dialogColumns,
  ofDialog,
  rowOf,
  subscriptionColumns,
  subscriptionOf,
} from './subscriptionRows.ts';

/** Statements of one transaction. */
const batchSize = 200;
/** Rows to delete that are remembered while the database is away. */
const maxRemoved = 100_000;

export interface TableOptions {
  readonly database: Database;
  readonly log: Log;
  readonly name: string;
  readonly fetchRows: number;
  /** Written at once, as far as the SUBSCRIBE goes (subs_db_mode 1); else by `flush` (2). */
  readonly isThrough: boolean;
}

/** The table `active_watchers` behind subscriptions in memory. */
export class SubscriptionTable {
  readonly #options: TableOptions;
  readonly #changed = new Map<string, Subscription>();
  readonly #removed = new Map<string, Dialog>();
  #flushing: Promise<void> | undefined = undefined;

  constructor(options: TableOptions) {
    this.#options = options;
  }

  /** Walks over all rows in pages. */
  async load(take: (subscription: Subscription) => void): Promise<void> {
    const { database, name, fetchRows } = this.#options;
    for (let after = -1; ; ) {
      const { rows } = await database.query({
        table: name,
        columns: subscriptionColumns,
        where: [{ column: 'id', op: '>', value: after }],
        orderBy: 'id',
        limit: fetchRows,
      });
      for (const row of rows) take(subscriptionOf(row));
      const last = rows[rows.length - 1];
      if (last === undefined || rows.length < fetchRows) return;
      after = Number(last[0]);
    }
  }

  async added(subscription: Subscription): Promise<void> {
    const { database, name, isThrough } = this.#options;
    if (isThrough) await database.upsert(name, dialogColumns, rowOf(subscription));
    else this.#note(subscription);
  }

  async changed(subscription: Subscription): Promise<void> {
    const { database, name, isThrough } = this.#options;
    if (isThrough) await database.update(name, changingColumns(subscription), ofDialog(subscription));
    else this.#note(subscription);
  }

  async removed(subscription: Subscription): Promise<void> {
    const { database, name, isThrough } = this.#options;
    if (isThrough) {
      await database.delete(name, ofDialog(subscription));
      return;
    }
    const key = dialogKey(subscription);
    this.#changed.delete(key);
    if (this.#removed.size < maxRemoved) {
      const { callId, fromTag, toTag } = subscription;
      this.#removed.set(key, { callId, fromTag, toTag });
    }
  }

  /** Writes what has changed; what fails stays for the next time. */
  flush(): Promise<void> {
    this.#flushing ??= this.#flushAll().finally(() => {
      this.#flushing = undefined;
    });
    return this.#flushing;
  }

  #note(subscription: Subscription): void {
    const key = dialogKey(subscription);
    this.#removed.delete(key);
    this.#changed.set(key, subscription);
  }

  async #flushAll(): Promise<void> {
    while (this.#changed.size + this.#removed.size > 0) {
      const changed = firstOf(this.#changed);
      const removed = firstOf(this.#removed);
      try {
        await this.#options.database.batch([...changed.map(this.#upsertOf), ...removed.map(this.#deleteOf)]);
      } catch (error) {
        this.#keep(changed, removed);
        this.#options.log.error(`cannot write subscriptions: ${errorText(error)}`);
        return;
      }
    }
  }

  readonly #upsertOf = ([, subscription]: [string, Subscription]): DbStatement => ({
    kind: 'upsert',
    table: this.#options.name,
    keys: dialogColumns,
    row: rowOf(subscription),
  });

  readonly #deleteOf = ([, dialog]: [string, Dialog]): DbStatement => ({
    kind: 'delete',
    table: this.#options.name,
    where: ofDialog(dialog),
  });

  /** Back into the queue, unless something newer stands there. */
  #keep(changed: readonly [string, Subscription][], removed: readonly [string, Dialog][]): void {
    for (const [key, subscription] of changed)
      if (!this.#removed.has(key) && !this.#changed.has(key)) this.#changed.set(key, subscription);
    for (const [key, dialog] of removed) if (!this.#changed.has(key)) this.#removed.set(key, dialog);
  }
}

/** Takes a batch out of a queue. */
function firstOf<T>(queue: Map<string, T>): [string, T][] {
  const batch: [string, T][] = [];
  for (const entry of queue) {
    if (batch.length >= batchSize) break;
    batch.push(entry);
  }
  for (const [key] of batch) queue.delete(key);
  return batch;
}
