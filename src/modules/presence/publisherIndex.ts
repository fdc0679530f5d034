import type { Database } from '../../base/ports.ts';
import { type Presentity, presentityKey } from './documentStore.ts';
import { textOf } from './subscriptionRows.ts';

/** Entries at most; with more the index is given up and each question goes to the database. */
const maxEntries = 500_000;

/** How many documents each presentity has in the database (publ_cache 1): most have none and need no query. */
export class PublisherIndex {
  readonly #counts = new Map<string, number>();
  #isComplete = true;

  /** Walks over the whole table once. */
  async load(options: {
    readonly database: Database;
    readonly name: string;
    readonly fetchRows: number;
  }): Promise<void> {
    const { database, name, fetchRows } = options;
    for (let after = -1; ; ) {
      const { rows } = await database.query({
        table: name,
        columns: ['id', 'username', 'domain', 'event'],
        where: [{ column: 'id', op: '>', value: after }],
        orderBy: 'id',
        limit: fetchRows,
      });
      for (const row of rows)
        this.add({ user: textOf(row[1]), domain: textOf(row[2]), event: textOf(row[3]) });
      const last = rows[rows.length - 1];
      if (last === undefined || rows.length < fetchRows) return;
      after = Number(last[0]);
    }
  }

  /** May there be documents? */
  has(presentity: Presentity): boolean {
    return !this.#isComplete || this.#counts.has(presentityKey(presentity, false));
  }

  add(presentity: Presentity): void {
    const key = presentityKey(presentity, false);
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    if (this.#counts.size <= maxEntries) return;
    this.#isComplete = false;
    this.#counts.clear();
  }

  remove(presentity: Presentity): void {
    const key = presentityKey(presentity, false);
    const count = (this.#counts.get(key) ?? 0) - 1;
    if (count > 0) this.#counts.set(key, count);
    else this.#counts.delete(key);
  }
}
