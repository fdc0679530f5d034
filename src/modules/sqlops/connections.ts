import { errorText, ServerError } from '../../base/errors.ts';
import type { Database } from '../../base/ports.ts';
import type { Host } from '../../module/host.ts';

/** A connection that could not be made: told when it was tried, not for each query. */
export class NotConnected extends ServerError {
  constructor(name: string) {
    super('SQLOPS_AWAY', `the database of [${name}] could not be reached`);
  }
}

/** A database that was away at the start is tried again no more often than this. */
const retryPauseMs = 1000;

interface Connection {
  readonly url: string;
  database: Database | undefined;
  opening: Promise<Database> | undefined;
  failedMs: number;
}

/** The connections that `sqlcon` defines, by name. */
export class Connections {
  readonly #host: Host;
  readonly #byName = new Map<string, Connection>();

  /**
   * @param definitions `name=>url`
   * @throws ServerError SQLOPS_CON
   */
  constructor(host: Host, definitions: readonly string[]) {
    this.#host = host;
    for (const definition of definitions) {
      const at = definition.indexOf('=>');
      const [name, url] = [definition.slice(0, Math.max(0, at)).trim(), definition.slice(at + 2).trim()];
      if (name === '' || url === '') {
        throw new ServerError('SQLOPS_CON', `sqlcon "${definition}": expected name=>url`);
      }
      this.#byName.set(name, {
        url,
        database: undefined,
        opening: undefined,
        failedMs: Number.NEGATIVE_INFINITY,
      });
    }
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  get urls(): readonly string[] {
    return [...this.#byName.values()].map(({ url }) => url);
  }

  /** Opens all. With `isLenient` those that cannot be reached are logged and tried again when they are asked. */
  async open(isLenient: boolean): Promise<void> {
    for (const [name, connection] of this.#byName) {
      try {
        await this.#open(connection);
      } catch (error) {
        const text = `cannot connect to the database of [${name}]: ${errorText(error)}`;
        if (!isLenient) throw new ServerError('SQLOPS_CON', text, { cause: error });
        this.#host.log.error(text);
      }
    }
  }

  /** The database of a connection; rejects when it cannot be opened. */
  get(name: string): Database | Promise<Database> {
    const connection = this.#byName.get(name);
    if (connection === undefined) throw new ServerError('SQLOPS_CON', `unknown connection [${name}]`);
    if (connection.database !== undefined) return connection.database;
    if (connection.opening !== undefined) return connection.opening;
    if (this.#host.clock.nowMs() - connection.failedMs < retryPauseMs) {
      return Promise.reject(new NotConnected(name));
    }
    return this.#open(connection).catch((error: unknown) => {
      this.#host.log.error(`cannot connect to the database of [${name}]: ${errorText(error)}`);
      throw new NotConnected(name);
    });
  }

  #open(connection: Connection): Promise<Database> {
    connection.opening = this.#host.database(connection.url).then(
      (database) => {
        connection.database = database;
        connection.opening = undefined;
        return database;
      },
      (error: unknown) => {
        connection.opening = undefined;
        connection.failedMs = this.#host.clock.nowMs();
        throw error;
      },
    );
    return connection.opening;
  }
}
