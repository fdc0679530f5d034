/** One cell of a table: numbers are 64-bit safe integers or doubles, times are epoch seconds. */
export type DbValue = string | number | bigint | Uint8Array | null;
export type DbRow = readonly DbValue[];

export interface DbCondition {
  readonly column: string;
  readonly op: '=' | '<' | '>' | '<=' | '>=' | '!=';
  readonly value: DbValue;
}

export interface DbQuery {
  readonly table: string;
  readonly columns: readonly string[];
  readonly where?: readonly DbCondition[] | undefined;
  readonly orderBy?: string | undefined;
  readonly limit?: number | undefined;
}

export interface DbResult {
  readonly columns: readonly string[];
  readonly rows: readonly DbRow[];
  /** Rows changed by a write. */
  readonly affected: number;
}

/** What Kamailio's db1 API offers to modules, with promises. Errors are `DatabaseError`. */
export interface Database {
  query(query: DbQuery): Promise<DbResult>;
  insert(table: string, row: Readonly<Record<string, DbValue>>): Promise<void>;
  /** Inserts, or updates the row that has the same `keys`. */
  upsert(table: string, keys: readonly string[], row: Readonly<Record<string, DbValue>>): Promise<void>;
  update(
    table: string,
    set: Readonly<Record<string, DbValue>>,
    where: readonly DbCondition[],
  ): Promise<number>;
  delete(table: string, where: readonly DbCondition[]): Promise<number>;
  /** SQL as the user wrote it (sqlops, kamdbctl). */
  raw(sql: string, parameters?: readonly DbValue[]): Promise<DbResult>;
  /** All statements or none, in one round trip where the driver can. */
  batch(statements: readonly DbStatement[]): Promise<void>;
  close(): Promise<void>;
}

export type DbStatement =
  | { kind: 'insert'; table: string; row: Readonly<Record<string, DbValue>> }
  | { kind: 'upsert'; table: string; keys: readonly string[]; row: Readonly<Record<string, DbValue>> }
  | {
      kind: 'update';
      table: string;
      set: Readonly<Record<string, DbValue>>;
      where: readonly DbCondition[];
    }
  | { kind: 'delete'; table: string; where: readonly DbCondition[] };

/** Opens a database by URL, e.g. `sqlite:///var/lib/olelo/olelo.sqlite`. */
export interface DatabaseDriver {
  /** URL schemes served, e.g. `['sqlite', 'db_sqlite']`. */
  readonly schemes: readonly string[];
  open(url: string, options: DatabaseOptions): Promise<Database>;
}

export interface DatabaseOptions {
  /** Queries that may be outstanding before further ones are refused with `DatabaseError`. */
  readonly maxPending: number;
  readonly busyTimeoutMs: number;
  /** Refuse writes (SQLite). */
  readonly readOnly?: boolean | undefined;
  /** `WAL`, `DELETE`, `TRUNCATE`, `PERSIST`, `MEMORY`, `OFF` (SQLite). */
  readonly journalMode?: string | undefined;
}
