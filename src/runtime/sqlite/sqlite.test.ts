import assert from 'node:assert/strict';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { databaseContract } from '../../base/databaseContract.ts';
import type { Database, DatabaseOptions } from '../../base/ports.ts';
import { createTableSql } from '../../base/tables.ts';
import { temporaryFolder } from '../testing.ts';
import { pathOf, sqliteDriver } from './driver.ts';

const options: DatabaseOptions = { maxPending: 1000, busyTimeoutMs: 50, onEvent: () => {} };

databaseContract({
  name: 'sqlite',
  open: async (t, tables, given) => {
    const path = join(await temporaryFolder(t), 'x.db');
    const database = await sqliteDriver.open(`sqlite://${path}`, given);
    for (const table of tables) for (const sql of createTableSql(table)) await database.raw(sql);
    return database;
  },
});

test('URLs name files as in Kamailio', () => {
  assert.equal(pathOf('sqlite:////var/x.db'), '/var/x.db');
  assert.equal(pathOf('sqlite:///var/x.db'), '/var/x.db');
  assert.equal(pathOf('sqlite://x.db'), 'x.db');
  assert.throws(() => pathOf('sqlite://'), { code: 'DB_URL' });
});

test('raw SQL: results, parameters, several statements', async (t) => {
  const database = await sqliteDriver.open(`sqlite://${join(await temporaryFolder(t), 'x.db')}`, options);
  await database.raw(
    "CREATE TABLE a (n INTEGER, at TIMESTAMP); INSERT INTO a VALUES (1, '2026-11-20 21:19:12');",
  );
  await database.insert('a', { n: 2, at: 1_795_209_552 });
  const { columns, rows } = await database.raw('SELECT n, n + ? AS m, at, typeof(at) FROM a', [10]);
  assert.deepEqual(columns, ['n', 'm', 'at', 'typeof(at)']);
  assert.deepEqual(rows, [
    [1, 11, 1_795_209_552, 'text'],
    [2, 12, 1_795_209_552, 'real'], // a Julian day, as Kamailio stores it
  ]);
  assert.equal((await database.raw('UPDATE a SET n = 3')).affected, 2);
  await assert.rejects(database.raw('SELEC 1'), { code: 'DB_ERROR', message: /syntax error/ });
  await database.raw('DROP TABLE a');
  await assert.rejects(database.query({ table: 'a', columns: [] }), { code: 'DB_NO_TABLE' });
  await database.close();
});

test('semicolons in literals and comments end no statement', async (t) => {
  const database = await sqliteDriver.open(`sqlite://${join(await temporaryFolder(t), 'x.db')}`, options);
  const cell = async (sql: string) => (await database.raw(sql)).rows[0]?.[0];
  assert.equal(await cell("SELECT ';' || 'it''s;' AS x WHERE 1 = 1"), ";it's;");
  assert.equal(await cell('SELECT 1 AS "a;b" -- one; two'), 1);
  assert.equal(await cell('SELECT /* ; */ 2; ; '), 2);
  assert.equal(await cell('CREATE TABLE a (n INTEGER); INSERT INTO a VALUES (1)'), undefined);
  assert.equal(await cell('SELECT n FROM a'), 1);
  await database.close();
});

test('writes between BEGIN and COMMIT of the user belong to that transaction', async (t) => {
  const database = await sqliteDriver.open(`sqlite://${join(await temporaryFolder(t), 'x.db')}`, options);
  await database.raw('CREATE TABLE a (n INTEGER)');
  await database.raw('BEGIN');
  await Promise.all([database.insert('a', { n: 1 }), database.insert('a', { n: 2 })]);
  await database.raw('ROLLBACK');
  assert.deepEqual((await database.query({ table: 'a', columns: [] })).rows, []);
  await database.close();
});

/** Two databases on one file. */
async function twice(t: Parameters<typeof temporaryFolder>[0]): Promise<[Database, Database, string]> {
  const path = join(await temporaryFolder(t), 'x.db');
  const first = await sqliteDriver.open(`sqlite://${path}`, options);
  await first.raw('CREATE TABLE a (n INTEGER)');
  return [first, await sqliteDriver.open(`sqlite://${path}`, options), path];
}

test('a locked file fails writes after the busy timeout; reads go on, and writes afterwards', async (t) => {
  const [first, second] = await twice(t);
  await first.raw('BEGIN IMMEDIATE');
  await assert.rejects(second.insert('a', { n: 1 }), { code: 'DB_LOCKED' });
  const results = await Promise.allSettled([
    second.insert('a', { n: 1 }),
    second.insert('a', { n: 2 }),
    second.query({ table: 'a', columns: [] }),
  ]);
  assert.deepEqual(
    results.map(({ status }) => status),
    ['rejected', 'rejected', 'fulfilled'],
  );
  await first.raw('COMMIT');
  await second.insert('a', { n: 3 });
  assert.deepEqual((await first.query({ table: 'a', columns: [] })).rows, [[3]]);
  await first.close();
  await second.close();
});

test('the loop goes on while SQLite waits', async (t) => {
  const [first, second] = await twice(t);
  await first.raw('BEGIN IMMEDIATE');
  const waiting = second.insert('a', { n: 1 });
  waiting.catch(() => {});
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  await assert.rejects(waiting);
  clearInterval(timer);
  assert.ok(turns > 5, `${turns} turns`);
  await first.close();
  await second.close();
});

test('a removed file is noticed: no write is swallowed', async (t) => {
  const [first, second, path] = await twice(t);
  await first.close();
  await second.insert('a', { n: 1 });
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
  await new Promise((resolve) => setTimeout(resolve, 1100));
  await assert.rejects(second.insert('a', { n: 2 }), { code: 'DB_NO_TABLE' });
  await second.raw('CREATE TABLE a (n INTEGER)');
  await second.insert('a', { n: 3 });
  assert.ok(existsSync(path));
  await second.close();
});

test('read only, missing folders, files of another kind', async (t) => {
  const folder = await temporaryFolder(t);
  const [first, second, path] = await twice(t);
  await second.close();
  const reader = await sqliteDriver.open(`sqlite://${path}`, { ...options, readOnly: true });
  await first.insert('a', { n: 1 });
  assert.deepEqual((await reader.query({ table: 'a', columns: [] })).rows, [[1]]);
  await assert.rejects(reader.insert('a', { n: 2 }), { code: 'DB_READONLY' });
  await reader.close();
  await first.close();
  await assert.rejects(sqliteDriver.open(`sqlite://${folder}/no/x.db`, options), { code: 'DB_UNREACHABLE' });
  const missing = sqliteDriver.open(`sqlite://${folder}/y.db`, { ...options, readOnly: true });
  await assert.rejects(missing, { code: 'DB_UNREACHABLE' });
  writeFileSync(join(folder, 'text'), 'this is no database, whatever its name may say'.repeat(100));
  await assert.rejects(sqliteDriver.open(`sqlite://${folder}/text`, options), { code: 'DB_CORRUPT' });
});

test('what was written is there after kill -9', async (t) => {
  const path = join(await temporaryFolder(t), 'x.db');
  const { execFile } = await import('node:child_process');
  const driver = new URL('./driver.js', import.meta.url).href;
  const script = `import { sqliteDriver } from ${JSON.stringify(driver)};
    const db = await sqliteDriver.open('sqlite://${path}', { maxPending: 10, busyTimeoutMs: 50 });
    await db.raw('CREATE TABLE a (n INTEGER)');
    await Promise.all([1, 2, 3].map((n) => db.insert('a', { n })));
    process.kill(process.pid, 'SIGKILL');`;
  await new Promise<void>((resolve) => {
    execFile(process.execPath, ['--input-type=module', '-e', script], () => resolve());
  });
  const database = await sqliteDriver.open(`sqlite://${path}`, options);
  assert.deepEqual((await database.query({ table: 'a', columns: [] })).rows, [[1], [2], [3]]);
  await database.close();
});
