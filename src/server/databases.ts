import { withoutPassword } from '../base/databaseUrl.ts';
import { DatabaseError } from '../base/errors.ts';
import type { Database, DatabaseDriver, DatabaseOptions } from '../base/ports.ts';

/** Open databases by URL, shared among modules. */
export class Databases {
  readonly #driverFor: (scheme: string) => DatabaseDriver | undefined;
  readonly #options: (scheme: string, url: string) => DatabaseOptions;
  readonly #wrap: (database: Database) => Database;
  readonly #open = new Map<string, Promise<Database>>();
  readonly #opened = new Map<string, Database>();

  /** @param wrap sees each database that is opened, and gives what modules get */
  constructor(
    driverFor: (scheme: string) => DatabaseDriver | undefined,
    options: (scheme: string, url: string) => DatabaseOptions,
    wrap: (database: Database) => Database = (database) => database,
  ) {
    this.#driverFor = driverFor;
    this.#options = options;
    this.#wrap = wrap;
  }

  /** Databases that are open, by URL (with its password). */
  get opened(): ReadonlyMap<string, Database> {
    return this.#opened;
  }

  async open(url: string): Promise<Database> {
    const known = this.#open.get(url);
    if (known !== undefined) return known;
    const scheme = /^([a-z0-9_]+):/i.exec(url)?.[1]?.toLowerCase() ?? '';
    const driver = this.#driverFor(scheme);
    if (driver === undefined) {
      throw new DatabaseError(
        'DB_NO_DRIVER',
        `no database driver for "${scheme}" (URL ${withoutPassword(url)})`,
      );
    }
    const opened = driver.open(url, this.#options(scheme, url)).then((bare) => {
      const database = this.#wrap(bare);
      this.#opened.set(url, database);
      return database;
    });
    this.#open.set(url, opened);
    opened.catch(() => this.#open.delete(url));
    return opened;
  }

  async closeAll(): Promise<void> {
    const databases = await Promise.allSettled(this.#open.values());
    this.#open.clear();
    this.#opened.clear();
    await Promise.allSettled(
      databases.map((result) => (result.status === 'fulfilled' ? result.value.close() : undefined)),
    );
  }
}
