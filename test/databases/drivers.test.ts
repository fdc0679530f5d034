import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Database, DatabaseEvent, DatabaseOptions } from '../../src/base/ports.ts';
import { startMariadb } from '../support/mariadb.ts';
import { startPostgres } from '../support/postgres.ts';
import { openSlowLink } from '../support/slowLink.ts';
import { mariadbSubject, postgresSubject, quiet } from './subjects.ts';

// What is particular to one driver, and what needs a link that misbehaves.

const subjects = [mariadbSubject(), postgresSubject()];
const [mysql, postgres] = subjects as [(typeof subjects)[number], (typeof subjects)[number]];

async function opened(t: TestContext, database: Promise<Database>): Promise<Database> {
  const found = await database;
  t.after(() => found.close());
  return found;
}

const cell = async (database: Database, sql: string): Promise<unknown> =>
  (await database.raw(sql)).rows[0]?.[0];

for (const subject of subjects) {
  test(`${subject.name}: queries are pipelined: many cost one round trip, and a failing one spoils no other`, async (t) => {
    const url = await subject.freshUrl(t);
    if (url === undefined) return;
    const link = await openSlowLink(t, { port: Number(/:(\d+)\//.exec(url)?.[1]) });
    const slow = url.replace(/:\d+\//, `:${link.port}/`);
    const database = await opened(t, subject.driver.open(slow, { ...quiet, maxConnections: 2 }));
    await database.raw('CREATE TABLE a (n INTEGER PRIMARY KEY, s VARCHAR(10))');
    await database.insert('a', { n: 0 });
    link.delayMs = 300;
    const startedMs = performance.now();
    const reads = Array.from({ length: 30 }, (_, i) => cell(database, `SELECT ${i} + 0`));
    const writes = Array.from({ length: 30 }, (_, i) => database.insert('a', { n: i, s: `row ${i}` }));
    const results = await Promise.allSettled([...reads, ...writes]);
    assert.ok(performance.now() - startedMs < 30 * 300, 'faster than one after the other');
    const failed = results.flatMap(({ status }, i) => (status === 'rejected' ? [i] : []));
    assert.deepEqual(failed, [30]); // row 0 was there
    const numbers = results.slice(0, 30).map((result) => (result as { value?: unknown }).value);
    assert.deepEqual(
      numbers,
      Array.from({ length: 30 }, (_, i) => i),
    );
    link.delayMs = 0;
    assert.equal(Number(await cell(database, 'SELECT COUNT(*) FROM a')), 30);
  });

  test(`${subject.name}: a connection that is cut under a query is made again, and the query asked again`, async (t) => {
    const url = await subject.freshUrl(t);
    if (url === undefined) return;
    const link = await openSlowLink(t, { port: Number(/:(\d+)\//.exec(url)?.[1]) });
    const events: DatabaseEvent[] = [];
    const database = await opened(
      t,
      subject.driver.open(url.replace(/:\d+\//, `:${link.port}/`), {
        ...quiet,
        onEvent: (e) => events.push(e),
      }),
    );
    link.delayMs = 200;
    const asked = cell(database, 'SELECT 7 + 0');
    setTimeout(() => link.cut(), 50);
    assert.equal(await asked, 7);
    assert.deepEqual(events, []);
    assert.equal(database.status?.()?.outages, 0);
  });

  test(`${subject.name}: a server that falls silent is given up in time, and found again`, async (t) => {
    const url = await subject.freshUrl(t);
    if (url === undefined) return;
    const link = await openSlowLink(t, { port: Number(/:(\d+)\//.exec(url)?.[1]) });
    const events: DatabaseEvent[] = [];
    const options: DatabaseOptions = {
      ...quiet,
      silenceTimeoutMs: 1500,
      connectTimeoutMs: 1500,
      onEvent: (event) => events.push(event),
    };
    const database = await opened(t, subject.driver.open(url.replace(/:\d+\//, `:${link.port}/`), options));
    link.silent = true;
    await assert.rejects(cell(database, 'SELECT 1'), { code: 'DB_TIMEOUT' });
    await assert.rejects(cell(database, 'SELECT 1'), { code: 'DB_AWAY' });
    assert.equal(database.status?.()?.isAway, true);
    link.silent = false;
    link.cut();
    for (let tries = 0; database.status?.()?.isAway && tries < 600; tries++)
      await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(await cell(database, 'SELECT 5 + 0'), 5);
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ['away', 'back'],
    );
  });

  test(`${subject.name}: a password that is wrong, a database that is not there`, async (t) => {
    const url = await subject.freshUrl(t);
    if (url === undefined) return;
    const wrong = subject.driver.open(url.replace(/:[^:@]+@/, ':wrong@'), quiet);
    await assert.rejects(wrong, { code: 'DB_REFUSED' });
    await assert.rejects(subject.driver.open(url.replace(/\/\w+$/, '/nope'), quiet), { code: 'DB_REFUSED' });
    await assert.rejects(subject.driver.open(url.replace(/:\d+\//, ':1/'), quiet), { code: 'DB_AWAY' });
  });
}

test('mysql: types of raw results', async (t) => {
  const url = await mysql.freshUrl(t);
  if (url === undefined) return;
  const database = await opened(t, mysql.driver.open(url, quiet));
  await database.raw(
    'CREATE TABLE a (big BIGINT, huge BIGINT UNSIGNED, d DOUBLE, f FLOAT, de DECIMAL(10,2), dt DATETIME, dd DATE, s TEXT, b BLOB, t TINYINT)',
  );
  await database.raw(
    "INSERT INTO a VALUES (9007199254740991, 18446744073709551615, 2.5, 1.5, 7.50, '2026-11-20 21:19:12', '2026-11-20', 'hällo', x'00ff', 1)",
  );
  const localSec = (text: string) => Math.floor(new Date(text).getTime() / 1000);
  for (const sql of ['SELECT * FROM a', 'SELECT * FROM a WHERE 1 = ?']) {
    // as text, then prepared: both forms of the protocol
    for (let round = 0; round < 2; round++) {
      const { rows } = await database.raw(sql, sql.includes('?') ? [1] : []);
      assert.deepEqual(
        rows[0]?.map((value) => (value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value)),
        [
          9007199254740991,
          18446744073709551615n,
          2.5,
          1.5,
          '7.50',
          localSec('2026-11-20T21:19:12'),
          localSec('2026-11-20T00:00:00'),
          'hällo',
          '00ff',
          1,
        ],
      );
      await new Promise((resolve) => setTimeout(resolve, 100)); // the statement gets prepared
    }
  }
});

test('mysql: server_timezone, update_affected_found, one statement in a query of the user', async (t) => {
  const url = await mysql.freshUrl(t);
  if (url === undefined) return;
  const options = { ...quiet, mysql: { serverTimezone: true, affectedFound: true } };
  const database = await opened(t, mysql.driver.open(url, options));
  const plain = await opened(t, mysql.driver.open(url, quiet));
  await database.raw('CREATE TABLE a (n INTEGER, at DATETIME)');
  await database.insert('a', { n: 1, at: 1_795_209_552 });
  assert.equal(Number(await cell(database, 'SELECT UNIX_TIMESTAMP(at) FROM a')), 1_795_209_552);
  const where = [{ column: 'at', op: '=', value: 1_795_209_552 }] as const;
  assert.deepEqual((await database.query({ table: 'a', columns: [], where })).rows, [[1, 1_795_209_552]]);
  const unchanged = 'UPDATE a SET n = 1';
  assert.equal((await database.raw(unchanged)).affected, 1);
  assert.equal((await plain.raw(unchanged)).affected, 0);
  assert.equal(await plain.update('a', { n: 1 }, []), 1, 'rows that are met count where modules ask');
  await assert.rejects(plain.raw('SELECT 1; DELETE FROM a'), { code: 'DB_ERROR' });
});

test('mysql: unix sockets, sections of my.cnf, odd passwords', async (t) => {
  const password = "p@ss:w/o'rd%40";
  const server = await startMariadb(t, { password });
  if (server === undefined) return;
  const open = (url: string, options: DatabaseOptions = quiet) => opened(t, mysql.driver.open(url, options));
  assert.equal(await cell(await open(server.url), 'SELECT 1 + 0'), 1);
  const socket = `mysql://kamailio:${password}@unix(${server.socket})/kamailio`;
  assert.equal(await cell(await open(socket), 'SELECT 2 + 0'), 2);
  const file = join(server.folder, 'my.cnf');
  writeFileSync(
    file,
    `[client]\nsocket = ${server.socket}\n[kam]\nuser = kamailio\npassword = "${password}"\n`,
  );
  const options = { ...quiet, mysql: { optionFiles: [file] } };
  assert.equal(await cell(await open('mysql://[kam]/kamailio', options), 'SELECT 3 + 0'), 3);
  await assert.rejects(open('mysql://[other]/kamailio', options), { code: 'DB_REFUSED' });
});

test('postgres: types of raw results, bytes and unix sockets', async (t) => {
  const server = await startPostgres(t);
  if (server === undefined) return;
  const parameters = { host: server.folder, application_name: 'olelo-test' };
  const options = { ...quiet, postgres: { parameters } };
  const database = await opened(t, postgres.driver.open(server.url, options));
  assert.equal(await cell(database, 'SHOW application_name'), 'olelo-test');
  assert.equal(await cell(database, 'SELECT inet_server_addr()'), null, 'a unix socket');
  const { rows } = await database.raw(
    "SELECT 9007199254740991::int8, 9007199254740993::int8, 2.5::float8, 7.50::numeric, true, '2026-11-20 21:19:12+00'::timestamptz, '\\x00ff'::bytea, NULL, 'hällo'",
  );
  assert.deepEqual(
    rows[0]?.map((value) => (value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value)),
    [9007199254740991, 9007199254740993n, 2.5, '7.50', 't', 1_795_209_552, '00ff', null, 'hällo'],
  );
  await database.raw('CREATE TABLE a (b BYTEA, t TEXT)');
  await database.insert('a', { b: 'text \\ 1', t: new Uint8Array([0x61, 0x62]) });
  await database.raw("SET bytea_output = 'escape'");
  const read = (await database.raw('SELECT b, t FROM a')).rows[0] ?? [];
  assert.deepEqual([Buffer.from(read[0] as Uint8Array).toString(), read[1]], ['text \\ 1', 'ab']);
  assert.equal((await database.raw('SELECT 1; SELECT 2')).rows[0]?.[0], 1);
});

test('postgres: a statement goes on when its table has changed', async (t) => {
  const url = await postgres.freshUrl(t);
  if (url === undefined) return;
  const database = await opened(t, postgres.driver.open(url, { ...quiet, maxConnections: 2 }));
  await database.raw('CREATE TABLE a (n INTEGER)');
  await database.insert('a', { n: 1 });
  const all = { table: 'a', columns: [] };
  await database.query(all);
  await database.raw('ALTER TABLE a ADD COLUMN m INTEGER');
  await database.query(all).catch(() => {}); // the plan of before; a new one is made
  assert.deepEqual((await database.query(all)).rows, [[1, null]]);
});
