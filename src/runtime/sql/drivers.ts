import type { DatabaseDriver } from '../../base/ports.ts';
import type { EngineParts } from './serverDatabase.ts';

/** Drivers of databases behind a network. Their libraries are loaded when the first URL asks for them. */
export function serverDrivers(parts: EngineParts): readonly DatabaseDriver[] {
  return [
    lazily(['mysql', 'db_mysql'], async () => (await import('../mysql/driver.ts')).mysqlDriver(parts)),
    lazily(['postgres', 'postgresql', 'db_postgres'], async () =>
      (await import('../postgres/driver.ts')).postgresDriver(parts),
    ),
  ];
}

function lazily(schemes: readonly string[], load: () => Promise<DatabaseDriver>): DatabaseDriver {
  return { schemes, open: async (url, options) => (await load()).open(url, options) };
}
