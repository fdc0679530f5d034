import type { DatabaseDriver, DatabaseOptions } from '../base/ports.ts';

/** The `api` of a db_* module: what its parameters mean for a database that somebody opens. */
export interface DatabaseModuleApi {
  /** URL schemes that the module answers for. */
  readonly schemes: readonly string[];
  /** The options that the config sets for a URL; the rest are the server's. */
  optionsFor(url: string): Partial<DatabaseOptions>;
  /** Where the module is the database itself; otherwise the driver is one of the ports. */
  readonly driver?: DatabaseDriver | undefined;
}
