/** Private database servers that a whole test file shares, with a fresh database for each test. */
import { after, type TestContext } from 'node:test';
import type { Database, DatabaseDriver, DatabaseOptions } from '../../src/base/ports.ts';
import { createTableSql, type TableDefinition } from '../../src/base/tables.ts';
import { NodeClock } from '../../src/runtime/clock.ts';
import { NodeEntropy } from '../../src/runtime/entropy.ts';
import { mysqlDriver } from '../../src/runtime/mysql/driver.ts';
import { postgresDriver } from '../../src/runtime/postgres/driver.ts';
import { Mariadb } from '../support/mariadb.ts';
import { Postgres, postgresPrograms } from '../support/postgres.ts';
import { missing, requireTool } from '../support/tools.ts';

const parts = { clock: new NodeClock(), entropy: new NodeEntropy() };

export const quiet: DatabaseOptions = { maxPending: 1000, busyTimeoutMs: 500 };

/** One kind of server, shared by the tests of a file. */
export interface Subject {
  readonly name: 'mysql' | 'postgres';
  readonly driver: DatabaseDriver;
  /** URL of a new, empty database; undefined when the server is not installed (the test is skipped). */
  freshUrl(t: TestContext): Promise<string | undefined>;
}

export function mariadbSubject(): Subject {
  let server: Promise<Mariadb> | undefined;
  let count = 0;
  after(async () => (await server)?.stop());
  const driver = mysqlDriver(parts);
  return {
    name: 'mysql',
    driver,
    freshUrl: async (t) => {
      const program = requireTool(t, 'mariadbd', 'mariadb-server');
      const installer = requireTool(t, 'mariadb-install-db', 'mariadb-server');
      if (program === undefined || installer === undefined) return undefined;
      server ??= Mariadb.start({ server: program, installer });
      const { url, ...mariadb } = await server.then((s) => ({ url: s.url, urlOf: s.urlOf.bind(s) }));
      const database = `fresh${++count}`;
      await withDatabase(driver, url, (opened) =>
        opened.raw(`CREATE DATABASE ${database} CHARACTER SET utf8mb4`),
      );
      return mariadb.urlOf({ database });
    },
  };
}

export function postgresSubject(): Subject {
  let server: Promise<Postgres> | undefined;
  let count = 0;
  after(async () => (await server)?.stop());
  const driver = postgresDriver(parts);
  return {
    name: 'postgres',
    driver,
    freshUrl: async (t) => {
      const programs = postgresPrograms();
      if (programs === undefined) {
        missing(t, 'postgres is not installed (Debian package postgresql)');
        return undefined;
      }
      server ??= Postgres.start(programs);
      const running = await server;
      const database = `fresh${++count}`;
      await running.psql(`CREATE DATABASE ${database} OWNER ${running.user}`, 'postgres');
      return running.urlOf({ database });
    },
  };
}

async function withDatabase<T>(
  driver: DatabaseDriver,
  url: string,
  use: (database: Database) => Promise<T>,
): Promise<T> {
  const database = await driver.open(url, quiet);
  try {
    return await use(database);
  } finally {
    await database.close();
  }
}

/** A fresh database with these tables, open. */
export async function openFresh(
  t: TestContext,
  subject: Subject,
  tables: readonly TableDefinition[],
  options: DatabaseOptions,
): Promise<Database | undefined> {
  const url = await subject.freshUrl(t);
  if (url === undefined) return undefined;
  await withDatabase(subject.driver, url, async (database) => {
    for (const table of tables)
      for (const sql of createTableSql(table, subject.name)) await database.raw(sql);
  });
  return subject.driver.open(url, options);
}
