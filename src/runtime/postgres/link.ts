import pg, { type ClientConfig, type QueryArrayResult } from 'pg';
import { DatabaseError } from '../../base/errors.ts';
import type { DbResult, DbRow } from '../../base/ports.ts';
import type { SqlLink, Statement } from '../sql/link.ts';
import { postgresFailure } from './failures.ts';
import { postgresTypes } from './values.ts';

/** Prepared statements of one connection; others are parsed each time. */
const maxPrepared = 200;

/** A connection to PostgreSQL. */
export class PostgresLink implements SqlLink {
  readonly #client: pg.Client;
  /** Names of prepared statements by their text. */
  readonly #names = new Map<string, string>();
  #namesMade = 0;

  private constructor(client: pg.Client) {
    this.#client = client;
  }

  /** Rejects with a `DatabaseError`; `onLost` is called once if the connection breaks later. */
  static async open(options: ClientConfig, onLost: (error: DatabaseError) => void): Promise<PostgresLink> {
    const client = new pg.Client({ ...options, pipeline: true, types: postgresTypes } as ClientConfig);
    let isOpen = false;
    const lost = (error: unknown): void => {
      if (!isOpen) return;
      const failure = postgresFailure(error);
      onLost(failure.code === 'DB_AWAY' ? failure : new DatabaseError('DB_AWAY', failure.message));
    };
    client.on('error', lost);
    client.once('end', () => lost(new DatabaseError('DB_AWAY', 'the database has closed the connection')));
    try {
      await client.connect();
    } catch (error) {
      throw postgresFailure(error);
    }
    isOpen = true;
    return new PostgresLink(client);
  }

  async execute({ text, values, isPrepared }: Statement): Promise<DbResult> {
    const name = isPrepared ? this.#nameOf(text) : undefined;
    // without values the simple protocol: it takes several statements
    const query = values.length === 0 && !isPrepared ? { text } : { text, values: [...values], name };
    try {
      const result = await this.#client.query({ ...query, rowMode: 'array' } as never);
      return resultOf(result as unknown as QueryArrayResult | QueryArrayResult[]);
    } catch (error) {
      const failure = postgresFailure(error);
      // the plan may be one of a table that has changed; a new name makes a new plan
      if (failure.code !== 'DB_DUPLICATE' && failure.code !== 'DB_CONSTRAINT') this.#names.delete(text);
      throw failure;
    }
  }

  /** All requests go out together; behind a failure the server refuses the rest, and COMMIT undoes all. */
  async transaction(statements: readonly Statement[]): Promise<void> {
    const plain = (text: string): Statement => ({ text, values: [], isPrepared: false });
    const all = [plain('BEGIN'), ...statements, plain('COMMIT')];
    const results = await Promise.allSettled(all.map((statement) => this.execute(statement)));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  async ping(): Promise<void> {
    await this.execute({ text: 'SELECT 1', values: [], isPrepared: false });
  }

  end(): Promise<void> {
    return this.#client.end();
  }

  destroy(): void {
    const { connection } = this.#client as unknown as { connection: { stream: { destroy(): void } } };
    connection.stream.destroy();
  }

  #nameOf(text: string): string | undefined {
    const known = this.#names.get(text);
    if (known !== undefined || this.#namesMade >= maxPrepared) return known;
    const name = `s${++this.#namesMade}`;
    this.#names.set(text, name);
    return name;
  }
}

/** Several statements give several results: the first with columns counts. */
function resultOf(result: QueryArrayResult | QueryArrayResult[]): DbResult {
  const one = Array.isArray(result)
    ? (result.find(({ fields }) => fields.length > 0) ?? result.at(-1))
    : result;
  if (one === undefined) return { columns: [], rows: [], affected: 0 };
  const isWrite = one.fields.length === 0;
  return {
    columns: one.fields.map(({ name }) => name),
    rows: one.rows as unknown as DbRow[],
    affected: isWrite ? (one.rowCount ?? 0) : 0,
  };
}
