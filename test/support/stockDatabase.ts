/** One database of each kind for the stock configuration, and what is in it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { DbRow } from '../../src/base/ports.ts';
import { nodePorts } from '../../src/runtime/index.ts';
import { createTables } from '../../src/server/schema/index.ts';
import { type Mariadb, startMariadb } from './mariadb.ts';
import { startPostgres } from './postgres.ts';

export type DatabaseKind = 'SQLite' | 'MariaDB' | 'PostgreSQL';

export interface StockDatabase {
  /** What `DBURL` stands for. */
  readonly url: string;
  /** Runs a statement and gives its rows. */
  sql(statement: string): Promise<readonly DbRow[]>;
}

/** What the comment in the config asks for with WITH_ACCDB. */
export const accountingColumns: readonly string[] = ['acc', 'missed_calls'].flatMap((table) =>
  [
    'src_user VARCHAR(64)',
    'src_domain VARCHAR(128)',
    'src_ip VARCHAR(64)',
    'dst_ouser VARCHAR(64)',
    'dst_user VARCHAR(64)',
    'dst_domain VARCHAR(128)',
  ].map((column) => `ALTER TABLE ${table} ADD COLUMN ${column} NOT NULL DEFAULT ''`),
);

/** A MariaDB with an empty database. */
export async function startMariadbDatabase(
  t: TestContext,
): Promise<(StockDatabase & { readonly mariadb: Mariadb }) | undefined> {
  const mariadb = await startMariadb(t);
  if (mariadb === undefined) return undefined;
  const database = opened(mariadb.url);
  return {
    mariadb,
    url: mariadb.url,
    sql: (statement) => database.with(async (open) => (await open.raw(statement)).rows),
  };
}

/** Makes it with all standard tables; undefined where its server is not installed (the test is skipped). */
export async function startDatabase(
  t: TestContext,
  kind: DatabaseKind,
  statements: readonly string[] = [],
): Promise<StockDatabase | undefined> {
  const url = await urlOf(t, kind);
  if (url === undefined) return undefined;
  const database = opened(url);
  await database.with(async (open) => {
    await createTables(open);
    for (const statement of statements) await open.raw(statement);
  });
  return { url, sql: (statement) => database.with(async (open) => (await open.raw(statement)).rows) };
}

async function urlOf(t: TestContext, kind: DatabaseKind): Promise<string | undefined> {
  if (kind === 'MariaDB') return (await startMariadb(t))?.url;
  if (kind === 'PostgreSQL') return (await startPostgres(t))?.url;
  const folder = mkdtempSync(join(tmpdir(), 'olelo-stock-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return `sqlite://${join(folder, 'kamailio.sqlite')}`;
}

function opened(url: string) {
  const scheme = url.slice(0, url.indexOf(':'));
  const driver = nodePorts({ logSink: { write: () => {} } }).databaseDrivers.find(({ schemes }) =>
    schemes.includes(scheme),
  );
  if (driver === undefined) throw new Error(`there is no driver for ${scheme}`);
  type Opened = Awaited<ReturnType<typeof driver.open>>;
  return {
    async with<T>(use: (database: Opened) => Promise<T>): Promise<T> {
      const database = await driver.open(url, { maxPending: 1000, busyTimeoutMs: 5_000 });
      try {
        return await use(database);
      } finally {
        await database.close();
      }
    },
  };
}
