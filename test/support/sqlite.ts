/** An SQLite file with all standard tables, for servers of either kind; only the tests' own process opens it here. */
import type { Database, DbRow } from '../../src/base/ports.ts';
import { nodePorts } from '../../src/runtime/index.ts';
import { createTables } from '../../src/server/schema/index.ts';

/** Makes the tables of kamdbctl in a new file, then runs `sql` (statements, each with its semicolon). */
export async function makeSqliteDatabase(path: string, sql = ''): Promise<void> {
  await withDatabase(path, async (database) => {
    await createTables(database);
    if (sql.trim() !== '') await database.raw(sql);
  });
}

/** What a query finds now. */
export async function sqliteRows(path: string, sql: string): Promise<readonly DbRow[]> {
  return await withDatabase(path, async (database) => (await database.raw(sql)).rows, true);
}

async function withDatabase<T>(
  path: string,
  use: (database: Database) => Promise<T>,
  readOnly = false,
): Promise<T> {
  const driver = nodePorts({ logSink: { write: () => {} } }).databaseDrivers.find(({ schemes }) =>
    schemes.includes('sqlite'),
  );
  if (driver === undefined) throw new Error('there is no driver for SQLite');
  // the journal as the real server makes it, so that it meets the file it would meet
  const options = { maxPending: 1000, busyTimeoutMs: 5_000, journalMode: 'DELETE', readOnly };
  const database = await driver.open(`sqlite://${path}`, options);
  try {
    return await use(database);
  } finally {
    await database.close();
  }
}
