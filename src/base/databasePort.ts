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
  /** Which SQL `raw` and table definitions are written in; undefined where there is no SQL. */
  readonly dialect?: SqlDialect | undefined;
  /** Undefined where a driver counts nothing. */
  status?(): DatabaseStatus | undefined;
}

export type SqlDialect = 'sqlite' | 'mysql' | 'postgres';

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
  /** Connections at most (database servers). */
  readonly maxConnections?: number | undefined;
  /** How long making a connection may take (database servers). */
  readonly connectTimeoutMs?: number | undefined;
  /** A connection that owes an answer and has been silent for so long is given up (database servers). */
  readonly silenceTimeoutMs?: number | undefined;
  /** How often an idle connection is asked for a sign of life (MySQL); 0 for never. */
  readonly pingIntervalMs?: number | undefined;
  /** How often work is done again whose connection was lost under it. Default 2. */
  readonly retries?: number | undefined;
  /** Is a lost connection made again? Default true. */
  readonly reconnect?: boolean | undefined;
  /** Hears when the database goes away and when it is back. */
  readonly onEvent?: ((event: DatabaseEvent) => void) | undefined;
  readonly mysql?: MysqlOptions | undefined;
  readonly postgres?: PostgresOptions | undefined;
}

export interface MysqlOptions {
  /** The server turns epoch seconds into times and back, in its own time zone, instead of us in ours. */
  readonly serverTimezone?: boolean | undefined;
  readonly tls?: 'disabled' | 'preferred' | 'required' | 'verify-ca' | 'verify-identity' | undefined;
  /** An UPDATE written by the user tells rows that it met, not rows that it changed. */
  readonly affectedFound?: boolean | undefined;
  readonly insertDelayed?: boolean | undefined;
  /** Paths of my.cnf files, in the order of reading. */
  readonly optionFiles?: readonly string[] | undefined;
}

export interface PostgresOptions {
  /** libpq's connection parameters by their keywords (`connect_timeout`, `sslmode`, `application_name` ...). */
  readonly parameters?: Readonly<Record<string, string>> | undefined;
  /** Idle time before TCP probes a connection; 0 for the system's choice. */
  readonly keepAliveIdleMs?: number | undefined;
}

/** An outage, as seen by the driver: its beginning and its end, whatever was asked meanwhile. */
export type DatabaseEvent =
  | { readonly kind: 'away'; readonly reason: string }
  /** `refused`: queries that failed because of the outage. */
  | { readonly kind: 'back'; readonly awayMs: number; readonly refused: number };

/** Counters of one open database. */
export interface DatabaseStatus {
  readonly connections: number;
  /** Asked and not answered yet. */
  readonly pending: number;
  readonly queries: number;
  readonly failures: number;
  /** Refused because too many were pending. */
  readonly overloads: number;
  readonly outages: number;
  /** Is it away now? */
  readonly isAway: boolean;
}
