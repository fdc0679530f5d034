import { DatabaseError } from '../base/errors.ts';
import type { Database, DatabaseDriver, DatabaseOptions } from '../base/ports.ts';

/** Open databases by URL, shared among modules. */
export class Databases {
  readonly #drivers: readonly DatabaseDriver[];
  readonly #options: (scheme: string, url: string) => DatabaseOptions;
  readonly #wrap: (database: Database) => Database;
  readonly #open = new Map<string, Promise<Database>>();

  /** @param wrap sees each database that is opened, and gives what modules get */
  constructor(
    drivers: readonly DatabaseDriver[],
    options: (scheme: string, url: string) => DatabaseOptions,
    wrap: (database: Database) => Database = (database) => database,
  ) {
    this.#drivers = drivers;
    this.#options = options;
    this.#wrap = wrap;
  }

  async open(url: string): Promise<Database> {
    const known = this.#open.get(url);
    if (known !== undefined) return known;
    const scheme = /^([a-z0-9_]+):/i.exec(url)?.[1]?.toLowerCase() ?? '';
    const driver = this.#drivers.find((candidate) => candidate.schemes.includes(scheme));
    if (driver === undefined) {
      throw new DatabaseError(
        'DB_NO_DRIVER',
        `no database driver for "${scheme}" (URL ${url.replace(/\/\/[^@/]*@/, '//***@')})`,
      );
    }
    const opened = driver.open(url, this.#options(scheme, url)).then((database) => this.#wrap(database));
    this.#open.set(url, opened);
    opened.catch(() => this.#open.delete(url));
    return opened;
  }

  async closeAll(): Promise<void> {
    const databases = await Promise.allSettled(this.#open.values());
    this.#open.clear();
    await Promise.allSettled(
      databases.map((result) => (result.status === 'fulfilled' ? result.value.close() : undefined)),
    );
  }
}
