import { Worker } from 'node:worker_threads';
import { DatabaseError } from '../../base/errors.ts';
import type {
  Database,
  DatabaseDriver,
  DatabaseOptions,
  DatabaseStatus,
  DbCondition,
  DbQuery,
  DbResult,
  DbStatement,
  DbValue,
} from '../../base/ports.ts';
import type { Answer, Failure, FromWorker, Numbered, Request, WorkerSettings } from './protocol.ts';

/** SQLite files: `sqlite:////var/lib/x.db` or `sqlite:///var/lib/x.db` absolute, `sqlite://x.db` relative. */
export const sqliteDriver: DatabaseDriver = {
  schemes: ['sqlite', 'db_sqlite'],
  open: (url, options) => SqliteDatabase.open(pathOf(url), options),
};

export function pathOf(url: string): string {
  const path = url.replace(/^[a-z_]+:(\/\/)?/i, '').replace(/^\/+/, '/');
  if (path === '')
    throw new DatabaseError('DB_URL', `'${url}' names no file; expected sqlite:///path/to/file`);
  return path;
}

interface Pending {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: DatabaseError) => void;
}

/**
 * One SQLite file behind a thread. Requests of one turn of the loop go over together, and their writes are
 * committed together. When more than `maxPending` wait, further ones are refused with DB_BUSY.
 */
class SqliteDatabase implements Database {
  readonly dialect = 'sqlite';
  readonly #worker: Worker;
  readonly #options: DatabaseOptions;
  readonly #pending = new Map<number, Pending>();
  #outgoing: Numbered[] = [];
  #lastId = 0;
  #failures = 0;
  #overloads = 0;
  #closed: DatabaseError | undefined;
  readonly #exited: Promise<void>;

  private constructor(worker: Worker, options: DatabaseOptions) {
    this.#worker = worker;
    this.#options = options;
    worker.on('message', (message: FromWorker) => {
      if (message.kind === 'answers') for (const answer of message.answers) this.#settle(answer);
    });
    worker.on('error', (error) =>
      this.#abandon(new DatabaseError('DB_THREAD', `database thread: ${error.message}`)),
    );
    this.#exited = new Promise((resolve) => {
      worker.on('exit', () => {
        this.#abandon(new DatabaseError('DB_CLOSED', 'the database is closed'));
        resolve();
      });
    });
  }

  static open(path: string, options: DatabaseOptions): Promise<Database> {
    const { onEvent: _, ...plain } = options; // functions stay in this thread
    const settings: WorkerSettings = { path, options: plain };
    // Compiled code runs; the thread's file lies beside this one.
    const worker = new Worker(new URL('./worker.js', import.meta.url), {
      workerData: settings,
      execArgv: [],
    });
    return new Promise((resolve, reject) => {
      worker.once('error', (error) => {
        reject(new DatabaseError('DB_UNREACHABLE', `opening ${path}: ${error.message}`, { cause: error }));
      });
      worker.once('message', (message: FromWorker) => {
        if (message.kind === 'failed') reject(errorOf(message.failure, `opening ${path}: `));
        else resolve(new SqliteDatabase(worker, options));
      });
    });
  }

  async query(query: DbQuery): Promise<DbResult> {
    return resultOf(await this.#ask({ kind: 'query', query }));
  }

  async insert(table: string, row: Readonly<Record<string, DbValue>>): Promise<void> {
    await this.#write({ kind: 'insert', table, row });
  }

  async upsert(
    table: string,
    keys: readonly string[],
    row: Readonly<Record<string, DbValue>>,
  ): Promise<void> {
    await this.#write({ kind: 'upsert', table, keys, row });
  }

  update(
    table: string,
    set: Readonly<Record<string, DbValue>>,
    where: readonly DbCondition[],
  ): Promise<number> {
    return this.#write({ kind: 'update', table, set, where });
  }

  delete(table: string, where: readonly DbCondition[]): Promise<number> {
    return this.#write({ kind: 'delete', table, where });
  }

  async raw(sql: string, parameters: readonly DbValue[] = []): Promise<DbResult> {
    return resultOf(await this.#ask({ kind: 'raw', sql, parameters }));
  }

  async batch(statements: readonly DbStatement[]): Promise<void> {
    await this.#ask({ kind: 'batch', statements });
  }

  /** What was asked before is still answered. */
  async close(): Promise<void> {
    if (this.#closed === undefined) {
      this.#flush();
      this.#closed = new DatabaseError('DB_CLOSED', 'the database is closed');
      this.#worker.postMessage({ kind: 'close' });
    }
    await this.#exited;
  }

  status(): DatabaseStatus {
    return {
      connections: this.#closed === undefined ? 1 : 0,
      pending: this.#pending.size,
      queries: this.#lastId,
      failures: this.#failures,
      overloads: this.#overloads,
      outages: 0,
      isAway: false,
    };
  }

  async #write(statement: DbStatement): Promise<number> {
    return (await this.#ask({ kind: 'write', statement })).affected ?? 0;
  }

  #ask(request: Request): Promise<Answer> {
    if (this.#closed !== undefined) return Promise.reject(this.#closed);
    if (this.#pending.size >= this.#options.maxPending) {
      this.#overloads++;
      const text = `${this.#pending.size} queries wait for the database already`;
      return Promise.reject(new DatabaseError('DB_BUSY', text));
    }
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      this.#pending.set(id, { resolve, reject });
      this.#outgoing.push({ id, request });
      if (this.#outgoing.length === 1) setImmediate(() => this.#flush());
    });
  }

  #flush(): void {
    const requests = this.#outgoing;
    if (requests.length === 0) return;
    this.#outgoing = [];
    try {
      this.#worker.postMessage({ kind: 'work', requests });
    } catch (error) {
      const failure = { code: 'DB_VALUE', message: `a value that no database takes: ${String(error)}` };
      for (const { id } of requests) this.#settle({ id, failure });
    }
  }

  #settle(answer: Answer): void {
    const pending = this.#pending.get(answer.id);
    if (pending === undefined) return;
    this.#pending.delete(answer.id);
    if (answer.failure === undefined) {
      pending.resolve(answer);
    } else {
      this.#failures++;
      pending.reject(errorOf(answer.failure, ''));
    }
  }

  #abandon(error: DatabaseError): void {
    this.#closed ??= error;
    for (const pending of this.#pending.values()) pending.reject(error);
    this.#pending.clear();
  }
}

function errorOf({ code, message }: Failure, context: string): DatabaseError {
  return new DatabaseError(code, context + message);
}

function resultOf({ columns = [], rows = [], affected = 0 }: Answer): DbResult {
  return { columns, rows, affected };
}
