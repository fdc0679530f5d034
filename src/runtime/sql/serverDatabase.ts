import { DatabaseError, isOutage } from '../../base/errors.ts';
import type {
  Clock,
  Database,
  DatabaseOptions,
  DatabaseStatus,
  DbCondition,
  DbQuery,
  DbResult,
  DbStatement,
  DbValue,
  Entropy,
  SqlDialect,
} from '../../base/ports.ts';
import { Catalog, type TableColumns } from './catalog.ts';
import type { Connect, LinkRole, SqlLink, Statement } from './link.ts';
import { LinkPool } from './linkPool.ts';
import { quoted, type Sql } from './statements.ts';

type Row = Readonly<Record<string, DbValue>>;

/** What is particular to one kind of database server. */
export interface Engine {
  readonly dialect: SqlDialect;
  readonly connect: Connect;
  /** The query whose rows (name, type) tell of a table's columns; `columnsOf` reads them. */
  columnsQuery(table: string): Statement;
  columnsOf(result: DbResult): TableColumns;
  select(query: DbQuery, columns: TableColumns): Sql;
  /** SQL for a write; several statements where one does not do (upsert), to be done together. */
  write(statement: DbStatement, columns: TableColumns): readonly Sql[];
  /** A value as the wire takes it, for a column of this table. */
  bind(value: DbValue, column: string, columns: TableColumns): DbValue;
}

export interface EngineParts {
  readonly clock: Clock;
  readonly entropy: Entropy;
}

const defaultConnections = 9;

/** A database behind a network: pooled, pipelined, bounded, and back by itself after an outage. */
export class ServerDatabase implements Database {
  readonly #engine: Engine;
  readonly #options: DatabaseOptions;
  readonly #pool: LinkPool;
  readonly #catalog: Catalog;
  /** Writes under way by table: reads of such a table queue behind them. */
  readonly #writing = new Map<string, number>();
  #pending = 0;
  #queries = 0;
  #failures = 0;
  #overloads = 0;
  #closed: Promise<void> | undefined;
  #idle: (() => void) | undefined;

  private constructor(engine: Engine, options: DatabaseOptions, { clock, entropy }: EngineParts) {
    this.#engine = engine;
    this.#options = options;
    this.#pool = new LinkPool(engine.connect, {
      clock,
      entropy,
      maxConnections: Math.max(2, options.maxConnections ?? defaultConnections),
      silenceMs: options.silenceTimeoutMs ?? 0,
      pingMs: options.pingIntervalMs ?? 0,
      reconnect: options.reconnect ?? true,
      report: (event) => options.onEvent?.(event),
    });
    this.#catalog = new Catalog(async (table) => {
      const asked = engine.columnsQuery(table);
      return engine.columnsOf(await this.#persist('write', (link) => link.execute(asked)));
    });
  }

  static async open(engine: Engine, options: DatabaseOptions, parts: EngineParts): Promise<ServerDatabase> {
    const database = new ServerDatabase(engine, options, parts);
    await database.#pool.open();
    return database;
  }

  get dialect(): SqlDialect {
    return this.#engine.dialect;
  }

  query(query: DbQuery): Promise<DbResult> {
    return this.#ask(async () => {
      const known = this.#columnsOf(query.table);
      const columns = known instanceof Promise ? await known : known;
      const statement = this.#statement(this.#engine.select(query, columns), columns);
      const role = this.#writing.has(query.table) ? 'write' : 'read';
      return this.#persist(role, (link) => link.execute(statement));
    });
  }

  async insert(table: string, row: Row): Promise<void> {
    await this.#write([{ kind: 'insert', table, row }]);
  }

  async upsert(table: string, keys: readonly string[], row: Row): Promise<void> {
    await this.#write([{ kind: 'upsert', table, keys, row }]);
  }

  update(table: string, set: Row, where: readonly DbCondition[]): Promise<number> {
    return this.#write([{ kind: 'update', table, set, where }]);
  }

  delete(table: string, where: readonly DbCondition[]): Promise<number> {
    return this.#write([{ kind: 'delete', table, where }]);
  }

  raw(sql: string, parameters: readonly DbValue[] = []): Promise<DbResult> {
    const values = parameters.map((value) => this.#engine.bind(value, '', new Map()));
    return this.#ask(async () => {
      const statement = { text: sql, values, isPrepared: values.length > 0 };
      const result = await this.#persist('read', (link) => link.execute(statement));
      if (/^\s*(create|alter|drop)\b/i.test(sql)) this.#catalog.forget();
      return result;
    });
  }

  async batch(statements: readonly DbStatement[]): Promise<void> {
    if (statements.length > 0) await this.#write(statements);
  }

  close(): Promise<void> {
    this.#closed ??= this.#drained().then(() => this.#pool.close());
    return this.#closed;
  }

  status(): DatabaseStatus {
    return {
      connections: this.#pool.connections,
      pending: this.#pending,
      queries: this.#queries,
      failures: this.#failures,
      overloads: this.#overloads,
      outages: this.#pool.outages,
      isAway: this.#pool.isAway,
    };
  }

  /** Rows met by the last of the statements. */
  #write(statements: readonly DbStatement[]): Promise<number> {
    const tables = statements.map(({ table }) => table);
    for (const table of tables) this.#writing.set(table, (this.#writing.get(table) ?? 0) + 1);
    const done = this.#ask(async () => {
      const bound: Statement[] = [];
      for (const statement of statements) {
        const known = this.#columnsOf(statement.table);
        const columns = known instanceof Promise ? await known : known;
        for (const sql of this.#engine.write(statement, columns)) bound.push(this.#statement(sql, columns));
      }
      const [only] = bound;
      if (bound.length === 1 && only !== undefined) {
        return (await this.#persist('write', (link) => link.execute(only))).affected;
      }
      await this.#persist('write', (link) => link.transaction(bound));
      return 0;
    });
    return done.finally(() => {
      for (const table of tables) this.#wrote(table);
    });
  }

  #wrote(table: string): void {
    const left = (this.#writing.get(table) ?? 1) - 1;
    if (left === 0) this.#writing.delete(table);
    else this.#writing.set(table, left);
  }

  #columnsOf(table: string): TableColumns | Promise<TableColumns> {
    quoted(table); // refuses what is no name
    return this.#catalog.columnsOf(table);
  }

  #statement(sql: Sql, columns: TableColumns): Statement {
    const values = sql.values.map(({ column, value }) => this.#engine.bind(value, column, columns));
    return { text: sql.text, values, isPrepared: true };
  }

  /** Does work on a connection, and again on another one when the first is lost under it. */
  async #persist<T>(role: LinkRole, work: (link: SqlLink) => Promise<T>): Promise<T> {
    for (let left = this.#options.retries ?? 2; ; left--) {
      const found = this.#pool.link(role);
      const link = found instanceof Promise ? await found : found;
      try {
        return await link.run(work);
      } catch (error) {
        const isLost = error instanceof DatabaseError && error.code === 'DB_AWAY';
        if (!isLost || left <= 0) throw error;
      }
    }
  }

  /** Counts work, and bounds it. */
  async #ask<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed !== undefined) throw new DatabaseError('DB_CLOSED', 'the database is closed');
    if (this.#pending >= this.#options.maxPending) {
      this.#overloads++;
      throw new DatabaseError('DB_BUSY', `${this.#pending} queries wait for the database already`);
    }
    this.#pending++;
    this.#queries++;
    try {
      return await work();
    } catch (error) {
      this.#failures++;
      if (!isOutage(error)) this.#catalog.forget(); // perhaps the table has changed
      throw error;
    } finally {
      this.#pending--;
      if (this.#pending === 0) this.#idle?.();
    }
  }

  #drained(): Promise<void> {
    if (this.#pending === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#idle = resolve;
    });
  }
}
