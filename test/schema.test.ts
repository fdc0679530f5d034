import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Database, DbRow } from '../src/base/ports.ts';
import { nodePorts } from '../src/runtime/index.ts';
import type { ModuleGroup } from '../src/server/schema/index.ts';
import { createTables, moduleGroups, moduleTables, tableNamed } from '../src/server/schema/index.ts';

/** The scripts that the package kamailio installs: facts to compare with. */
const scripts = '/usr/share/kamailio/db_sqlite';
const skip = existsSync(scripts) ? false : 'the package kamailio is not installed here';
const groups = Object.keys(moduleGroups) as ModuleGroup[];

async function emptyDatabase(t: TestContext): Promise<Database> {
  const folder = mkdtempSync(join(tmpdir(), 'olelo-'));
  const [driver] = nodePorts({ logSink: { write: () => {} } }).databaseDrivers;
  const database = await driver!.open(`sqlite://${folder}/x.db`, { maxPending: 1000, busyTimeoutMs: 100 });
  t.after(async () => {
    await database.close();
    rmSync(folder, { recursive: true });
  });
  return database;
}

async function rowsOf(database: Database, sql: string): Promise<readonly DbRow[]> {
  return (await database.raw(sql)).rows;
}

/** Columns, indexes and version of each table, as SQLite reports them. */
async function describe(database: Database): Promise<Record<string, unknown>> {
  const described: Record<string, unknown> = {};
  const tables = await rowsOf(
    database,
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name",
  );
  for (const [table] of tables) {
    const indexes: Record<string, unknown> = {};
    for (const [, index, unique, origin] of await rowsOf(database, `PRAGMA index_list(${table})`)) {
      const columns = await rowsOf(database, `PRAGMA index_info(${index})`);
      indexes[String(index)] = [unique, origin, columns.map((row) => row[2])];
    }
    const columns = (await rowsOf(database, `PRAGMA table_info(${table})`)).map(columnOf);
    described[String(table)] = {
      columns,
      indexes,
      version: await rowsOf(database, `SELECT table_version FROM version WHERE table_name = '${table}'`),
      constraints: await constraintNames(database, String(table)),
    };
  }
  return described;
}

/** Name, type, NOT NULL, default, key; `1.0` and `1` are the same default. */
function columnOf(row: DbRow): DbRow {
  const [, name, type, notNull, value, key] = row;
  const number = typeof value === 'string' && /^[\d.]+$/.test(value);
  return [name!, type!, notNull!, number ? Number(value) : value!, key!];
}

async function constraintNames(database: Database, table: string): Promise<readonly string[]> {
  const [row] = await rowsOf(database, `SELECT sql FROM sqlite_master WHERE name = '${table}'`);
  return [...String(row?.[0]).matchAll(/CONSTRAINT (\w+) UNIQUE/g)].map((match) => match[1]!);
}

test('the tables are those of the installed scripts', { skip }, async (t) => {
  const theirs = await emptyDatabase(t);
  const files = readdirSync(scripts).filter((name) => name.endsWith('-create.sql'));
  files.sort((a, b) => Number(b.startsWith('standard')) - Number(a.startsWith('standard')));
  for (const file of files) await theirs.raw(readFileSync(join(scripts, file), 'utf8'));
  const ours = await emptyDatabase(t);
  await createTables(ours, groups);
  const expected = await describe(theirs);
  assert.ok(Object.keys(expected).length > 60);
  assert.deepEqual(await describe(ours), expected);
});

test('creating again leaves what is there', async (t) => {
  const database = await emptyDatabase(t);
  const first = await createTables(database);
  assert.ok(first.created.includes('location') && first.created.includes('htable'));
  assert.ok(!first.created.includes('uid_credentials'));
  assert.deepEqual(first.existing, []);
  await database.insert('subscriber', { username: 'ann', domain: 'example.com', password: 'x' });
  assert.deepEqual(await createTables(database), { created: [], existing: first.created });
  assert.deepEqual(await rowsOf(database, 'SELECT username FROM subscriber'), [['ann']]);
  assert.deepEqual(
    await rowsOf(database, "SELECT table_version FROM version WHERE table_name = 'location'"),
    [[9]],
  );
});

test('every module with tables is in one group', () => {
  const grouped = Object.values(moduleGroups).flat();
  assert.deepEqual([...grouped].sort(), Object.keys(moduleTables).sort());
  assert.equal(tableNamed('location')?.version, 9);
  assert.equal(tableNamed('nope'), undefined);
});
