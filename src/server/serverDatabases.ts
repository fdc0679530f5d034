import type { DatabaseOptions, Log, Ports } from '../base/ports.ts';
import type { ModuleRegistry } from '../module/registry.ts';
import type { DbSqliteApi } from '../modules/db_sqlite/api.ts';
import { Databases } from './databases.ts';
import type { ServerSettings } from './settings.ts';
import { TimedDatabase } from './timedDatabase.ts';

/** Queries that may wait on one database before further ones are refused. */
const maxPending = 10_000;
const busyTimeoutMs = 500;

/** The databases of a server: with the options of their module, and slow queries logged. */
export function serverDatabases(
  ports: Ports,
  parts: { readonly log: Log; readonly settings: ServerSettings; registry(): ModuleRegistry },
): Databases {
  const { log, settings } = parts;
  const optionsFor = (_scheme: string, url: string): DatabaseOptions => {
    const sqlite = parts.registry().get('db_sqlite');
    const api = sqlite?.declaration.api?.(sqlite.instance) as DbSqliteApi | undefined;
    return { maxPending, busyTimeoutMs, ...api?.optionsFor(url) };
  };
  return new Databases(
    ports.databaseDrivers,
    optionsFor,
    (database) => new TimedDatabase(database, { clock: ports.clock, log, settings }),
  );
}
