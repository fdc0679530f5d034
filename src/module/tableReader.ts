import { errorText } from '../base/errors.ts';
import type { Database, DbQuery, DbRow } from '../base/ports.ts';
import type { Host } from './host.ts';

/** A database as functions look things up in it: a failure is logged, and ends only the lookup. */
export class TableReader {
  readonly #host: Host;
  #database: Database | undefined;

  constructor(host: Host) {
    this.#host = host;
  }

  /** For `start`. Rejects when the database cannot be opened. */
  async open(url: string): Promise<Database> {
    this.#database = await this.#host.database(url);
    return this.#database;
  }

  /** undefined when the database failed; that has been logged. */
  async rows(query: DbQuery): Promise<readonly DbRow[] | undefined> {
    try {
      return (await this.#database?.query(query))?.rows;
    } catch (error) {
      this.#host.log.error(`cannot read table ${query.table}: ${errorText(error)}`);
      return undefined;
    }
  }
}
