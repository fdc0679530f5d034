import { DatabaseError } from '../src/base/errors.ts';
import type {
  Clock,
  Database,
  DatabaseDriver,
  DatabaseOptions,
  DbCondition,
  DbQuery,
  DbResult,
  DbStatement,
  DbValue,
} from '../src/base/ports.ts';
import type { TableDefinition } from '../src/base/tables.ts';
import { type ModuleGroup, tablesOf } from '../src/server/schema/index.ts';
import { checkName, SimTable } from './table.ts';

type Given = Readonly<Record<string, DbValue>>;

/** The data and the moods of one virtual database server; it outlives the connections to it. */
export class SimDatabaseServer implements DatabaseDriver {
  readonly schemes: readonly string[];
  /** How long each query takes. */
  latencyMs = 1;
  /** While set, every query fails with it. */
  failure: DatabaseError | undefined;
  /** Answers `raw`; there is no SQL here. */
  onRaw: ((sql: string, parameters: readonly DbValue[]) => DbResult) | undefined;
  readonly #clock: Clock;
  readonly #tables = new Map<string, SimTable>();

  constructor(clock: Clock, schemes: readonly string[] = ['sqlite', 'mysql', 'postgres', 'sim']) {
    this.#clock = clock;
    this.schemes = schemes;
  }

  addTables(definitions: readonly TableDefinition[]): void {
    for (const definition of definitions) {
      this.#tables.set(definition.name, new SimTable(definition));
      if (definition.version > 0 && this.#tables.has('version')) {
        this.table('version').insert({ table_name: definition.name, table_version: definition.version });
      }
    }
  }

  /** The tables that `olelo db create` makes. */
  addStandardTables(groups: readonly ModuleGroup[] = ['standard', 'presence', 'extra']): void {
    this.addTables(tablesOf(groups));
  }

  table(name: string): SimTable {
    checkName(name);
    const table = this.#tables.get(name);
    if (table === undefined) throw new DatabaseError('DB_NO_TABLE', `no such table: ${name}`);
    return table;
  }

  async open(_url: string, options: DatabaseOptions): Promise<Database> {
    if (this.failure !== undefined) throw this.failure;
    return new SimConnection(this, this.#clock, options);
  }

  /** All or nothing. */
  atomically(tables: readonly string[], work: () => void): void {
    const undo = [...new Set(tables)].map((name) => this.table(name).snapshot());
    try {
      work();
    } catch (error) {
      for (const restore of undo) restore();
      throw error;
    }
  }
}

class SimConnection implements Database {
  readonly #server: SimDatabaseServer;
  readonly #clock: Clock;
  readonly #options: DatabaseOptions;
  #pending = 0;
  #closed = false;
  /** When the last query asked so far will be done: one connection does one after the other. */
  #busyUntilMs = 0;

  constructor(server: SimDatabaseServer, clock: Clock, options: DatabaseOptions) {
    this.#server = server;
    this.#clock = clock;
    this.#options = options;
  }

  query(query: DbQuery): Promise<DbResult> {
    return this.#later(() => ({ ...this.#server.table(query.table).select(query), affected: 0 }));
  }

  insert(table: string, row: Given): Promise<void> {
    return this.#later(() => this.#server.table(table).insert(row));
  }

  upsert(table: string, keys: readonly string[], row: Given): Promise<void> {
    return this.#later(() => this.#server.table(table).upsert(keys, row));
  }

  update(table: string, set: Given, where: readonly DbCondition[]): Promise<number> {
    return this.#later(() => this.#server.table(table).update(set, where));
  }

  delete(table: string, where: readonly DbCondition[]): Promise<number> {
    return this.#later(() => this.#server.table(table).delete(where));
  }

  raw(sql: string, parameters: readonly DbValue[] = []): Promise<DbResult> {
    return this.#later(() => {
      if (this.#server.onRaw !== undefined) return this.#server.onRaw(sql, parameters);
      throw new DatabaseError('DB_ERROR', `the simulated database knows no SQL (set onRaw): ${sql}`);
    });
  }

  batch(statements: readonly DbStatement[]): Promise<void> {
    const tables = statements.map(({ table }) => table);
    return this.#later(() =>
      this.#server.atomically(tables, () => {
        for (const statement of statements) this.#apply(statement);
      }),
    );
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#pending === 0) return;
    const leftMs = this.#busyUntilMs - this.#clock.nowMs();
    await new Promise<void>((resolve) => {
      this.#clock.after(leftMs, resolve);
    });
  }

  #apply(statement: DbStatement): void {
    const table = this.#server.table(statement.table);
    if (statement.kind === 'insert') table.insert(statement.row);
    else if (statement.kind === 'upsert') table.upsert(statement.keys, statement.row);
    else if (statement.kind === 'update') table.update(statement.set, statement.where);
    else table.delete(statement.where);
  }

  #later<T>(work: () => T): Promise<T> {
    if (this.#closed) return Promise.reject(new DatabaseError('DB_CLOSED', 'the database is closed'));
    if (this.#pending >= this.#options.maxPending) {
      return Promise.reject(new DatabaseError('DB_BUSY', `${this.#pending} queries wait already`));
    }
    this.#pending++;
    const nowMs = this.#clock.nowMs();
    this.#busyUntilMs = Math.max(this.#busyUntilMs, nowMs) + this.#server.latencyMs;
    return new Promise((resolve, reject) => {
      this.#clock.after(this.#busyUntilMs - nowMs, () => {
        this.#pending--;
        try {
          if (this.#server.failure !== undefined) throw this.#server.failure;
          resolve(work());
        } catch (error) {
          reject(error);
        }
      });
    });
  }
}
