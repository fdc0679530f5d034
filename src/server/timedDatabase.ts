import type {
  Clock,
  Database,
  DatabaseStatus,
  DbCondition,
  DbQuery,
  DbResult,
  DbStatement,
  DbValue,
  Log,
  SqlDialect,
} from '../base/ports.ts';
import type { ServerSettings } from './settings.ts';

type Row = Readonly<Record<string, DbValue>>;

/** A database whose slow queries are logged (`latency_limit_db`, `latency_log`). */
export class TimedDatabase implements Database {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #settings: ServerSettings;

  constructor(database: Database, parts: { clock: Clock; log: Log; settings: ServerSettings }) {
    this.#database = database;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#settings = parts.settings;
  }

  query(query: DbQuery): Promise<DbResult> {
    return this.#timed(`select from ${query.table}`, this.#database.query(query));
  }
  insert(table: string, row: Row): Promise<void> {
    return this.#timed(`insert into ${table}`, this.#database.insert(table, row));
  }
  upsert(table: string, keys: readonly string[], row: Row): Promise<void> {
    return this.#timed(`upsert into ${table}`, this.#database.upsert(table, keys, row));
  }
  update(table: string, set: Row, where: readonly DbCondition[]): Promise<number> {
    return this.#timed(`update ${table}`, this.#database.update(table, set, where));
  }
  delete(table: string, where: readonly DbCondition[]): Promise<number> {
    return this.#timed(`delete from ${table}`, this.#database.delete(table, where));
  }
  raw(sql: string, parameters?: readonly DbValue[]): Promise<DbResult> {
    return this.#timed(sql.slice(0, 50), this.#database.raw(sql, parameters));
  }
  batch(statements: readonly DbStatement[]): Promise<void> {
    return this.#timed(`batch of ${statements.length}`, this.#database.batch(statements));
  }
  close(): Promise<void> {
    return this.#database.close();
  }
  get dialect(): SqlDialect | undefined {
    return this.#database.dialect;
  }
  status(): DatabaseStatus | undefined {
    return this.#database.status?.();
  }

  #timed<T>(what: string, work: Promise<T>): Promise<T> {
    const limitMicros = this.#settings.number('latency_limit_db', 0);
    if (limitMicros <= 0) return work;
    const startedMs = this.#clock.nowMs();
    return work.finally(() => {
      const micros = Math.round((this.#clock.nowMs() - startedMs) * 1000);
      if (micros > limitMicros) {
        this.#log.write(
          this.#settings.number('latency_log', -1),
          `database query [${what}] took ${micros} us`,
        );
      }
    });
  }
}
