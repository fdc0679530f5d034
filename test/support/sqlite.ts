/** An SQLite file with all standard tables, for servers of either kind. */
import Libsql from 'libsql';
import { nodePorts } from '../../src/runtime/index.ts';
import { createTables } from '../../src/server/schema/index.ts';

const busyTimeoutMs = 5_000;

/** Makes the tables of kamdbctl in a new file, then runs `sql` (statements, each with its semicolon). */
export async function makeSqliteDatabase(path: string, sql = ''): Promise<void> {
  const driver = nodePorts({ logSink: { write: () => {} } }).databaseDrivers.find(({ schemes }) =>
    schemes.includes('sqlite'),
  );
  if (driver === undefined) throw new Error('there is no driver for SQLite');
  // the journal as the real server makes it, so that it meets the file it would meet
  const database = await driver.open(`sqlite://${path}`, {
    maxPending: 1000,
    busyTimeoutMs,
    journalMode: 'DELETE',
  });
  try {
    await createTables(database);
    if (sql.trim() !== '') await database.raw(sql);
  } finally {
    await database.close();
  }
}

/** What a query finds now, as it stands in the file; the journal stays as the server has it. */
export function sqliteRows(path: string, sql: string): readonly (readonly unknown[])[] {
  const database = new Libsql(path, { timeout: busyTimeoutMs });
  try {
    const statement = database.prepare(sql);
    if (statement.reader) return statement.raw().all() as unknown[][];
    statement.run();
    return [];
  } finally {
    database.close();
  }
}
