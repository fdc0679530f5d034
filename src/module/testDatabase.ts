/** Tables in memory for the tests of modules that look things up. */
import { DatabaseError } from '../base/errors.ts';
import type { Database, DbQuery, DbValue } from '../base/ports.ts';

type Row = Readonly<Record<string, DbValue>>;

export class TestDatabase {
  readonly tables: Record<string, readonly Row[]>;
  readonly queries: DbQuery[] = [];
  /** While set, every query fails with it. */
  failure: string | undefined;

  /** `versions` become rows of the table `version`. */
  constructor(tables: Record<string, readonly Row[]>, versions: Readonly<Record<string, number>> = {}) {
    const rows = Object.entries(versions).map(([table_name, table_version]) => ({
      table_name,
      table_version,
    }));
    this.tables = { ...tables, version: rows };
  }

  /** What `host.database` gives; only queries with `=` work. */
  readonly open = async (): Promise<Database> => this as unknown as Database;

  async query(query: DbQuery) {
    this.queries.push(query);
    const rows = this.tables[query.table];
    if (this.failure !== undefined || rows === undefined)
      throw new DatabaseError('DB_TEST', this.failure ?? `no such table: ${query.table}`);
    const found = rows.filter((row) =>
      (query.where ?? []).every(({ column, value }) => row[column] === value),
    );
    const limited = found.slice(0, query.limit ?? found.length);
    const cells = limited.map((row) => query.columns.map((column) => row[column] ?? null));
    return { columns: query.columns, rows: cells, affected: 0 };
  }
}
