import { withoutPassword } from '../base/databaseUrl.ts';
import type { DatabaseDriver, DatabaseEvent, DatabaseOptions, Log, Ports } from '../base/ports.ts';
import type { DatabaseModuleApi } from '../module/databaseModule.ts';
import type { ModuleRegistry } from '../module/registry.ts';
import { ByteTextDatabase } from './byteText.ts';
import { Databases } from './databases.ts';
import type { ServerSettings } from './settings.ts';
import { TimedDatabase } from './timedDatabase.ts';

/** Queries that may wait on one database before further ones are refused. */
const maxPending = 10_000;
const busyTimeoutMs = 500;

/** The databases of a server: with the options of their module, outages and slow queries logged. */
export function serverDatabases(
  ports: Ports,
  parts: { readonly log: Log; readonly settings: ServerSettings; registry(): ModuleRegistry },
): Databases {
  const { log, settings } = parts;
  const optionsFor = (scheme: string, url: string): DatabaseOptions => {
    const api = moduleFor(parts.registry(), scheme);
    const onEvent = (event: DatabaseEvent): void => logEvent(log, url, event);
    return { maxPending, busyTimeoutMs, onEvent, ...api?.optionsFor(url) };
  };
  const driverFor = (scheme: string): DatabaseDriver | undefined =>
    moduleFor(parts.registry(), scheme)?.driver ??
    ports.databaseDrivers.find((driver) => driver.schemes.includes(scheme));
  return new Databases(driverFor, optionsFor, (database) => {
    const timed = new TimedDatabase(database, { clock: ports.clock, log, settings });
    return new ByteTextDatabase(timed);
  });
}

/** The loaded module that answers for a scheme. */
function moduleFor(registry: ModuleRegistry, scheme: string): DatabaseModuleApi | undefined {
  for (const module of registry.loaded) {
    if (!module.declaration.name.startsWith('db_')) continue;
    const api = module.declaration.api?.(module.instance) as Partial<DatabaseModuleApi> | undefined;
    if (api?.schemes?.includes(scheme) === true) return api as DatabaseModuleApi;
  }
  return undefined;
}

function logEvent(log: Log, url: string, event: DatabaseEvent): void {
  const name = withoutPassword(url);
  if (event.kind === 'away') log.error(`database ${name} is away: ${event.reason}`);
  else {
    const seconds = (event.awayMs / 1000).toFixed(1);
    log.warn(`database ${name} is back after ${seconds} s; ${event.refused} queries failed meanwhile`);
  }
}
