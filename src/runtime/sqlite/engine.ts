import { statSync } from 'node:fs';
import LibsqlDatabase, { type Database as Libsql, type Statement } from 'libsql';
import { DatabaseError } from '../../base/errors.ts';
import type { DatabaseOptions, DbStatement, DbValue } from '../../base/ports.ts';
import {
  ansi,
  deleteSql,
  hasSeveralStatements,
  insertSql,
  quoted,
  type Sql,
  selectSql,
  splitKeys,
  updateSql,
} from '../sql/statements.ts';
import { failureOf, needsReopening } from './failures.ts';
import type { Answer, Numbered, Request } from './protocol.ts';
import { fromSqlite, isTimeType, toSqlite } from './values.ts';

const maxStatements = 200;
/** How often we look whether the file is still the one that we have open. */
const fileCheckMs = 1000;

interface Prepared {
  readonly statement: Statement;
  readonly columns: readonly string[];
  /** For each column: does it hold times? */
  readonly times: readonly boolean[];
}

type Result = Omit<Answer, 'id'>;

/** The synchronous half of the driver; lives in a thread of its own. */
export class SqliteEngine {
  readonly #path: string;
  readonly #options: DatabaseOptions;
  #database: Libsql | undefined;
  #inode = 0;
  #checkedMs = 0;
  readonly #statements = new Map<string, Prepared>();
  /** Columns of each table that hold times. */
  readonly #times = new Map<string, ReadonlySet<string>>();

  constructor(path: string, options: DatabaseOptions) {
    this.#path = path;
    this.#options = options;
  }

  /** Opens the file; makes it when there is none, unless it is to be read only. */
  open(): void {
    const { busyTimeoutMs, readOnly = false, journalMode = 'WAL' } = this.#options;
    if (readOnly && this.#fileNumber() === 0) {
      throw new DatabaseError('DB_UNREACHABLE', `${this.#path}: no such file`);
    }
    const database = new LibsqlDatabase(this.#path, { timeout: busyTimeoutMs });
    try {
      if (readOnly) database.exec('PRAGMA query_only = ON');
      else database.pragma(`journal_mode = ${quoted(journalMode)}`);
      database.exec('PRAGMA synchronous = NORMAL');
    } catch (error) {
      database.close();
      throw error;
    }
    this.#database = database;
    this.#inode = this.#fileNumber();
  }

  close(): void {
    this.#statements.clear();
    this.#times.clear();
    this.#database?.close();
    this.#database = undefined;
  }

  /** Works through what has come; the writes among it are committed together. */
  work(requests: readonly Numbered[]): readonly Answer[] {
    const writes = requests.reduce((count, { request }) => count + (isWrite(request) ? 1 : 0), 0);
    const answerAll = () => requests.map((numbered) => this.#answer(numbered));
    try {
      this.#reopenWhenReplaced();
      return writes < 2 ? answerAll() : this.#inTransaction(answerAll);
    } catch (error) {
      const failure = failureOf(error);
      this.#reopenBehind(failure.code);
      // Nothing was written; reading may still be possible.
      return requests.map((numbered) =>
        isWrite(numbered.request) ? { id: numbered.id, failure } : this.#answer(numbered),
      );
    }
  }

  #answer({ id, request }: Numbered): Answer {
    try {
      return { id, ...this.#perform(request) };
    } catch (error) {
      const failure = failureOf(error);
      // Within a transaction the whole turn fails with it.
      if (needsReopening(failure.code) || failure.code === 'DB_FULL' || failure.code === 'DB_LOCKED') {
        if (this.#open().inTransaction) throw error;
        this.#reopenBehind(failure.code);
      }
      return { id, failure };
    }
  }

  #perform(request: Request): Result {
    switch (request.kind) {
      case 'query':
        return this.#rows(selectSql(ansi, request.query), request.query.table);
      case 'write':
        return { affected: this.#write(request.statement) };
      case 'batch':
        return this.#atomically(() => {
          let affected = 0;
          for (const statement of request.statements) affected += this.#write(statement);
          return { affected };
        });
      case 'raw':
        return this.#raw(request.sql, request.parameters);
    }
  }

  #write(statement: DbStatement): number {
    const { table } = statement;
    switch (statement.kind) {
      case 'insert':
        return this.#run(insertSql(ansi, table, statement.row), table);
      case 'update':
        return this.#run(updateSql(ansi, table, statement.set, statement.where), table);
      case 'delete':
        return this.#run(deleteSql(ansi, table, statement.where), table);
      case 'upsert': {
        // By hand: the keys need no unique index, as with Kamailio's `replace` and `insert_update`.
        const { where, rest } = splitKeys(statement.keys, statement.row);
        const set = Object.keys(rest).length > 0 ? rest : statement.row;
        return this.#atomically(
          () =>
            this.#run(updateSql(ansi, table, set, where), table) ||
            this.#run(insertSql(ansi, table, statement.row), table),
        );
      }
    }
  }

  // ---- statements

  #run(sql: Sql, table: string): number {
    return this.#prepare(sql.text).statement.run(this.#bound(sql, table)).changes;
  }

  #rows(sql: Sql, table: string): Result {
    const prepared = this.#prepare(sql.text);
    return this.#fetch(prepared, this.#bound(sql, table));
  }

  /** Text as the user wrote it: parameters as they are, several statements only without parameters. */
  #raw(sql: string, parameters: readonly DbValue[]): Result {
    if (parameters.length === 0 && hasSeveralStatements(sql)) {
      this.#open().exec(sql);
      this.#forgetSchema();
      return { columns: [], rows: [], affected: 0 };
    }
    const prepared = this.#prepare(sql);
    const values = parameters.map((value) => toSqlite(value, false));
    if (prepared.statement.reader || prepared.columns.length > 0) return this.#fetch(prepared, values);
    const { changes } = prepared.statement.run(values);
    if (/^\s*(create|alter|drop)/i.test(sql)) this.#forgetSchema();
    return { columns: [], rows: [], affected: changes };
  }

  #fetch({ statement, columns, times }: Prepared, values: readonly DbValue[]): Result {
    const rows = statement.raw().all(values) as DbValue[][];
    if (times.includes(true)) {
      for (const row of rows) {
        for (let i = 0; i < row.length; i++) if (times[i]) row[i] = fromSqlite(row[i] ?? null, true);
      }
    }
    return { columns, rows, affected: 0 };
  }

  #prepare(text: string): Prepared {
    const known = this.#statements.get(text);
    if (known !== undefined) return known;
    const statement = this.#open().prepare(text);
    const columns = statement.columns();
    const prepared = {
      statement,
      columns: columns.map(({ name }) => name),
      times: columns.map(({ type }) => isTimeType(type)),
    };
    if (this.#statements.size >= maxStatements) this.#statements.clear();
    this.#statements.set(text, prepared);
    return prepared;
  }

  #bound(sql: Sql, table: string): DbValue[] {
    const times = this.#timesOf(table);
    return sql.values.map(({ column, value }) => toSqlite(value, times.has(column)));
  }

  #timesOf(table: string): ReadonlySet<string> {
    const known = this.#times.get(table);
    if (known !== undefined) return known;
    const info = this.#open().pragma(`table_info(${quoted(table)})`) as { name: string; type: string }[];
    const times = new Set(info.filter(({ type }) => isTimeType(type)).map(({ name }) => name));
    if (info.length > 0) this.#times.set(table, times);
    return times;
  }

  #forgetSchema(): void {
    this.#statements.clear();
    this.#times.clear();
  }

  // ---- transactions

  /** In a transaction of our own; in that of the user where `raw` has begun one. */
  #inTransaction<T>(work: () => T): T {
    const database = this.#open();
    if (database.inTransaction) return work();
    database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      database.exec('COMMIT');
      return result;
    } catch (error) {
      if (database.inTransaction) database.exec('ROLLBACK');
      throw error;
    }
  }

  /** All or nothing, also within a transaction. */
  #atomically<T>(work: () => T): T {
    const database = this.#open();
    if (!database.inTransaction) return this.#inTransaction(work);
    database.exec('SAVEPOINT one');
    try {
      const result = work();
      database.exec('RELEASE one');
      return result;
    } catch (error) {
      if (database.inTransaction) database.exec('ROLLBACK TO one; RELEASE one');
      throw error;
    }
  }

  // ---- the file

  #open(): Libsql {
    if (this.#database === undefined) this.open();
    return this.#database as Libsql;
  }

  #reopenBehind(code: string): void {
    if (!needsReopening(code)) return;
    try {
      this.close();
    } catch {
      // it is broken already
    }
  }

  /** A file that was removed or replaced would swallow our writes without a word. */
  #reopenWhenReplaced(): void {
    const nowMs = performance.now();
    if (nowMs - this.#checkedMs < fileCheckMs || this.#database === undefined) return;
    this.#checkedMs = nowMs;
    if (this.#fileNumber() !== this.#inode) this.close();
  }

  #fileNumber(): number {
    if (this.#path === ':memory:') return -1;
    return statSync(this.#path, { throwIfNoEntry: false })?.ino ?? 0;
  }
}

function isWrite(request: Request): boolean {
  return request.kind === 'write' || request.kind === 'batch';
}
