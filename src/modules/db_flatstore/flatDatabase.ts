import { DatabaseError } from '../../base/errors.ts';
import type {
  Database,
  DatabaseOptions,
  DatabaseStatus,
  DbResult,
  DbStatement,
  DbValue,
  Files,
} from '../../base/ports.ts';
import { type LineFormat, lineOf } from './lines.ts';
import { TableFile } from './tableFile.ts';

type Row = Readonly<Record<string, DbValue>>;

export interface FlatFormat extends LineFormat {
  readonly suffix: string;
  /** Is each row in its file before the one who wrote it goes on? */
  readonly isFlushed: boolean;
}

/** A folder of text files, one for each table, that only grow. */
export class FlatDatabase implements Database {
  readonly #files: Files;
  readonly #folder: string;
  readonly #format: FlatFormat;
  readonly #options: DatabaseOptions;
  readonly #onFailure: (path: string, error: unknown) => void;
  readonly #tables = new Map<string, TableFile>();
  #rows = 0;
  #failures = 0;
  #overloads = 0;
  #isClosed = false;

  constructor(
    files: Files,
    folder: string,
    format: FlatFormat,
    options: DatabaseOptions,
    onFailure: (path: string, error: unknown) => void,
  ) {
    this.#files = files;
    this.#folder = folder;
    this.#format = format;
    this.#options = options;
    this.#onFailure = onFailure;
  }

  insert(table: string, row: Row): Promise<void> {
    return this.batch([{ kind: 'insert', table, row }]);
  }

  /** Rows of one table stay together. */
  async batch(statements: readonly DbStatement[]): Promise<void> {
    if (this.#isClosed) throw new DatabaseError('DB_CLOSED', 'the database is closed');
    if (this.#pending + statements.length > this.#options.maxPending) {
      this.#overloads++;
      throw new DatabaseError('DB_BUSY', `${this.#pending} rows wait for their files already`);
    }
    const lines = new Map<string, string>();
    for (const statement of statements) {
      if (statement.kind !== 'insert') throw onlyInsert(statement.kind);
      lines.set(statement.table, (lines.get(statement.table) ?? '') + lineOf(statement.row, this.#format));
    }
    this.#rows += statements.length;
    const written = [...lines].map(([table, text]) => this.#fileOf(table).append(text));
    if (this.#format.isFlushed) await Promise.all(written);
    else for (const one of written) one.catch(() => {}); // told by onFailure
  }

  /** Brings to the files what is still on its way. */
  async flush(): Promise<void> {
    await Promise.all([...this.#tables.values()].map((file) => file.settled()));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.flush();
  }

  status(): DatabaseStatus {
    return {
      connections: this.#tables.size,
      pending: this.#pending,
      queries: this.#rows,
      failures: this.#failures,
      overloads: this.#overloads,
      outages: 0,
      isAway: false,
    };
  }

  query(): Promise<DbResult> {
    return Promise.reject(onlyInsert('query'));
  }
  upsert(): Promise<void> {
    return Promise.reject(onlyInsert('upsert'));
  }
  update(): Promise<number> {
    return Promise.reject(onlyInsert('update'));
  }
  delete(): Promise<number> {
    return Promise.reject(onlyInsert('delete'));
  }
  raw(): Promise<DbResult> {
    return Promise.reject(onlyInsert('SQL'));
  }

  get #pending(): number {
    let pending = 0;
    for (const file of this.#tables.values()) pending += file.pending;
    return pending;
  }

  #fileOf(table: string): TableFile {
    if (!/^[\w.-]+$/.test(table)) throw new DatabaseError('DB_NAME', `'${table}' is no name of a table`);
    const known = this.#tables.get(table);
    if (known !== undefined) return known;
    // Kamailio has a file for each of its processes, and puts its number there
    const path = `${this.#folder}/${table}_1${this.#format.suffix}`;
    const made = new TableFile(this.#files, path, (error) => {
      this.#failures++;
      this.#onFailure(path, error);
    });
    this.#tables.set(table, made);
    return made;
  }
}

function onlyInsert(what: string): DatabaseError {
  return new DatabaseError('DB_UNSUPPORTED', `db_flatstore only inserts rows: ${what} is not possible`);
}
