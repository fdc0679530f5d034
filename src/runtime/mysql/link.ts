import {
  type Connection,
  type ConnectionOptions,
  createConnection,
  type FieldPacket,
  type PrepareStatementInfo,
} from 'mysql2';
import { DatabaseError } from '../../base/errors.ts';
import type { DbResult } from '../../base/ports.ts';
import type { SqlLink, Statement } from '../sql/link.ts';
import { mysqlFailure } from './failures.ts';
import { pipeline } from './pipelining.ts';
import { mysqlResult } from './values.ts';

/** Prepared statements of one connection; others go as text. */
const maxPrepared = 200;

/** A connection to MySQL or MariaDB. */
export class MysqlLink implements SqlLink {
  readonly #connection: Connection;
  readonly #prepared = new Map<string, PrepareStatementInfo | 'coming'>();

  readonly #onLost: (error: DatabaseError) => void;

  private constructor(connection: Connection, onLost: (error: DatabaseError) => void) {
    this.#connection = connection;
    this.#onLost = onLost;
  }

  /** Rejects with a `DatabaseError`; `onLost` is called once if the connection breaks later. */
  static open(options: ConnectionOptions, onLost: (error: DatabaseError) => void): Promise<MysqlLink> {
    return new Promise((resolve, reject) => {
      const connection = createConnection(options);
      let isOpen = false;
      const lost = (error: unknown): void => {
        const failure = mysqlFailure(error);
        if (!isOpen) reject(failure);
        // whatever it was, the connection cannot be used any more
        else onLost(failure.code === 'DB_AWAY' ? failure : new DatabaseError('DB_AWAY', failure.message));
      };
      connection.on('error', lost);
      connection.once('end', () =>
        lost(new DatabaseError('DB_AWAY', 'the database has closed the connection')),
      );
      connection.once('connect', () => {
        isOpen = true;
        pipeline(connection);
        const link = new MysqlLink(connection, onLost);
        // our escaping stands on backslashes
        const mode = "SET SESSION sql_mode = REPLACE(@@sql_mode, 'NO_BACKSLASH_ESCAPES', '')";
        link.execute({ text: mode, values: [], isPrepared: false }).then(() => resolve(link), reject);
      });
    });
  }

  execute({ text, values, isPrepared }: Statement): Promise<DbResult> {
    return new Promise((resolve, reject) => {
      const answer = (error: unknown, rows: unknown, fields: unknown): void => {
        if (error) reject(this.#failureOf(error));
        else resolve(firstResult(rows, fields as readonly FieldPacket[] | undefined));
      };
      const statement = isPrepared ? this.#prepare(text) : undefined;
      if (statement === undefined) this.#connection.query({ sql: text, values: [...values] }, answer);
      else statement.execute(values as never, answer as never);
    });
  }

  /** mysql2 tells of a broken connection only those who wait for an answer. */
  #failureOf(error: unknown): DatabaseError {
    const failure = mysqlFailure(error);
    if (failure.code === 'DB_AWAY') this.#onLost(failure);
    return failure;
  }

  /** In one request: the server stops at the first failure, and what follows undoes the rest. */
  async transaction(statements: readonly Statement[]): Promise<void> {
    const texts = statements.map(({ text, values }) => this.#connection.format(text, values as unknown[]));
    const all = `START TRANSACTION; ${texts.join('; ')}; COMMIT`;
    const done = this.execute({ text: all, values: [], isPrepared: false });
    const undone = this.execute({ text: 'ROLLBACK', values: [], isPrepared: false });
    const [result] = await Promise.allSettled([done, undone]);
    if (result.status === 'rejected') throw result.reason;
  }

  ping(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#connection.ping((error) => (error ? reject(this.#failureOf(error)) : resolve()));
    });
  }

  end(): Promise<void> {
    return new Promise((resolve) => {
      this.#connection.end(() => resolve());
    });
  }

  destroy(): void {
    this.#connection.destroy();
  }

  /** The prepared statement when there is one; else it is made for the next time. */
  #prepare(text: string): PrepareStatementInfo | undefined {
    const known = this.#prepared.get(text);
    if (known === 'coming') return undefined;
    if (known !== undefined) return known;
    if (this.#prepared.size >= maxPrepared) return undefined;
    this.#prepared.set(text, 'coming');
    this.#connection.prepare(text, (error, statement) => {
      if (error) this.#prepared.delete(text);
      else this.#prepared.set(text, statement);
    });
    return undefined;
  }
}

/** Procedures and several statements give several results. */
function firstResult(rows: unknown, fields: readonly FieldPacket[] | undefined): DbResult {
  const isSeveral =
    Array.isArray(fields) && fields.some((field) => field === undefined || Array.isArray(field));
  if (!isSeveral) return mysqlResult(rows, fields);
  const all = fields as unknown as readonly (readonly FieldPacket[] | undefined)[];
  return mysqlResult((rows as unknown[])[0], all[0]);
}
