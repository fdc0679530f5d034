import { DatabaseError } from '../../base/errors.ts';
import type {
  Database,
  DatabaseOptions,
  DatabaseStatus,
  DbCondition,
  DbQuery,
  DbResult,
  DbStatement,
  DbValue,
  Files,
} from '../../base/ports.ts';
import type { TextFormat } from './format.ts';
import { readStatement } from './sql.ts';
import { TextTable } from './textTable.ts';

type Given = Readonly<Record<string, DbValue>>;

export interface TextSettings extends TextFormat {
  /** Is a file read again when it has changed? */
  readonly isWatched: boolean;
}

interface Loaded {
  readonly table: TextTable;
  readonly modifiedMs: number;
}

const nothing: DbResult = { columns: [], rows: [], affected: 0 };

/** A folder of text files, held in memory. Work is done in order, one after the other. */
export class TextDatabase implements Database {
  readonly #files: Files;
  readonly #folder: string;
  readonly #settings: TextSettings;
  readonly #options: DatabaseOptions;
  readonly #tables = new Map<string, Loaded>();
  #last: Promise<unknown> = Promise.resolve();
  #pending = 0;
  #queries = 0;
  #failures = 0;
  #overloads = 0;
  #closing: Promise<void> | undefined;

  constructor(files: Files, folder: string, settings: TextSettings, options: DatabaseOptions) {
    this.#files = files;
    this.#folder = folder;
    this.#settings = settings;
    this.#options = options;
  }

  query(query: DbQuery): Promise<DbResult> {
    return this.#inTurn(async () => this.#select(await this.#table(query.table), query));
  }

  insert(table: string, row: Given): Promise<void> {
    return this.batch([{ kind: 'insert', table, row }]);
  }

  upsert(table: string, keys: readonly string[], row: Given): Promise<void> {
    return this.batch([{ kind: 'upsert', table, keys, row }]);
  }

  update(table: string, set: Given, where: readonly DbCondition[]): Promise<number> {
    return this.#inTurn(async () => (await this.#table(table)).update(set, where));
  }

  delete(table: string, where: readonly DbCondition[]): Promise<number> {
    return this.#inTurn(async () => (await this.#table(table)).delete(where));
  }

  raw(sql: string, parameters: readonly DbValue[] = []): Promise<DbResult> {
    return this.#inTurn(async () => {
      if (parameters.length > 0) throw new DatabaseError('DB_ERROR', 'db_text takes no parameters');
      const statement = readStatement(sql);
      const table = await this.#table(statement.table);
      if (statement.kind === 'select') return this.#select(table, statement);
      if (statement.kind === 'update')
        return { ...nothing, affected: table.update(statement.set, statement.where) };
      if (statement.kind === 'delete') return { ...nothing, affected: table.delete(statement.where) };
      table.insert(statement.row);
      return { ...nothing, affected: 1 };
    });
  }

  /** The rows of a SELECT as its file would have them; the number of changed rows for others. */
  report(sql: string): Promise<{ lines: readonly string[]; total: number } | number> {
    return this.#inTurn(async () => {
      const statement = readStatement(sql);
      const table = await this.#table(statement.table);
      if (statement.kind === 'select') {
        const lines = table.linesOf(table.select(statement), table.columnsNamed(statement.columns));
        return { lines, total: table.size };
      }
      if (statement.kind === 'update') return table.update(statement.set, statement.where);
      if (statement.kind === 'delete') return table.delete(statement.where);
      table.insert(statement.row);
      return 1;
    });
  }

  batch(statements: readonly DbStatement[]): Promise<void> {
    return this.#inTurn(async () => {
      const tables = new Map<string, TextTable>();
      for (const { table } of statements) tables.set(table, await this.#table(table));
      const undo = [...tables.values()].map((table) => table.snapshot());
      try {
        for (const statement of statements) write(tables.get(statement.table) as TextTable, statement);
      } catch (error) {
        for (const restore of undo) restore();
        throw error;
      }
    });
  }

  /** Writes the tables that were changed back to their files. */
  dump(): Promise<void> {
    return this.#then(() => this.#writeChanged());
  }

  /** What was asked before is still answered; then what has changed is written. */
  close(): Promise<void> {
    this.#closing ??= this.#then(() => this.#writeChanged());
    return this.#closing;
  }

  status(): DatabaseStatus {
    return {
      connections: this.#tables.size,
      pending: this.#pending,
      queries: this.#queries,
      failures: this.#failures,
      overloads: this.#overloads,
      outages: 0,
      isAway: false,
    };
  }

  #select(table: TextTable, query: DbQuery): DbResult {
    const columns = table.columnsNamed(query.columns).map(({ name }) => name);
    return { columns, rows: table.select(query), affected: 0 };
  }

  async #writeChanged(): Promise<void> {
    for (const [name, { table }] of this.#tables) {
      if (!table.isChanged) continue;
      const path = this.#pathOf(name);
      await this.#files.write(path, table.text());
      table.isChanged = false;
      this.#tables.set(name, { table, modifiedMs: (await this.#files.modifiedMs(path)) ?? 0 });
    }
  }

  async #table(name: string): Promise<TextTable> {
    const path = this.#pathOf(name);
    const known = this.#tables.get(name);
    if (known !== undefined && !this.#settings.isWatched) return known.table;
    const modifiedMs = await this.#files.modifiedMs(path);
    if (known !== undefined && (modifiedMs === undefined || modifiedMs === known.modifiedMs))
      return known.table;
    if (modifiedMs === undefined) throw new DatabaseError('DB_NO_TABLE', `${path}: there is no such table`);
    const table = new TextTable((await this.#files.read(path)).toString('utf8'), this.#settings);
    this.#tables.set(name, { table, modifiedMs });
    return table;
  }

  #pathOf(name: string): string {
    if (!/^[A-Za-z_][\w-]*$/.test(name))
      throw new DatabaseError('DB_NAME', `'${name}' is no name of a table`);
    return `${this.#folder}/${name}`;
  }

  /** Counts work, bounds it, and does it behind what was asked before. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closing !== undefined) {
      return Promise.reject(new DatabaseError('DB_CLOSED', 'the database is closed'));
    }
    if (this.#pending >= this.#options.maxPending) {
      this.#overloads++;
      return Promise.reject(new DatabaseError('DB_BUSY', `${this.#pending} queries wait already`));
    }
    this.#pending++;
    this.#queries++;
    return this.#then(async () => {
      try {
        return await work();
      } catch (error) {
        this.#failures++;
        throw error;
      } finally {
        this.#pending--;
      }
    });
  }

  #then<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {});
    return done;
  }
}

function write(table: TextTable, statement: DbStatement): void {
  switch (statement.kind) {
    case 'insert':
      table.insert(statement.row);
      break;
    case 'update':
      table.update(statement.set, statement.where);
      break;
    case 'delete':
      table.delete(statement.where);
      break;
    case 'upsert': {
      if (statement.keys.length === 0) {
        throw new DatabaseError('DB_KEYS', 'an upsert without keys would change every row');
      }
      const where = statement.keys.map((column): DbCondition => {
        return { column, op: '=', value: statement.row[column] ?? null };
      });
      if (table.update(statement.row, where) === 0) table.insert(statement.row);
    }
  }
}
