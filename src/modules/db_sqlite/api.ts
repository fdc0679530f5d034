import type { DatabaseOptions } from '../../base/ports.ts';

/** What the server asks when somebody opens an SQLite file. */
export interface DbSqliteApi {
  /** The options that the config sets for the file of a URL; the rest are the server's. */
  optionsFor(url: string): Partial<DatabaseOptions>;
}
