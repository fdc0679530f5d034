/** An SQLite database with the tables of kamdbctl and subscribers in it. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { findTool } from '../test/support/tools.ts';

const tables = '/usr/share/kamailio/db_sqlite';

export function passwordOf(n: number): string {
  return `secret${n}`;
}

/** @returns the URL of a database with `count` users of `domain`. */
export function makeUserDatabase(folder: string, domain: string, count: number): string {
  const sqlite = findTool('sqlite3');
  if (sqlite === undefined) throw new Error('sqlite3 is not installed');
  const file = join(folder, 'users.sqlite');
  const users = Array.from(
    { length: count },
    (_, i) =>
      `INSERT INTO subscriber (username, domain, password) VALUES ('user${i}', '${domain}', '${passwordOf(i)}');`,
  );
  const reads = ['standard', 'auth_db', 'usrloc'].map((name) => `.read ${tables}/${name}-create.sql`);
  const input = [...reads, 'PRAGMA journal_mode=WAL;', 'BEGIN;', ...users, 'COMMIT;'].join('\n');
  execFileSync(sqlite, [file], { input });
  return `sqlite:///${file}`;
}
