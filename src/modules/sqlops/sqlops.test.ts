import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DatabaseError } from '../../base/errors.ts';
import type { Database, DbResult } from '../../base/ports.ts';
import { contextOf, fakeHost, ModuleUnderTest, requestText } from '../../module/testing.ts';
import sqlops from './index.ts';
import { literalOf, quotingFor } from './literals.ts';
import { readResultName } from './resultVariable.ts';
import { splitVariables } from './variableList.ts';

type Answer = (sql: string) => Partial<DbResult> | Error;

/** The module with one connection `ca`, whose database answers as told. */
function scene(answer: Answer, params: Record<string, number | string> = {}, isThere = () => true) {
  const database = {
    raw: async (sql: string) => {
      const result = answer(sql);
      if (result instanceof Error) throw result;
      return { columns: [], rows: [], affected: 0, ...result };
    },
  } as unknown as Database;
  const opened: string[] = [];
  const host = fakeHost({
    database: async (url: string) => {
      opened.push(url);
      if (!isThere()) throw new DatabaseError('DB_UNREACHABLE', 'nobody there');
      return database;
    },
  });
  const module = new ModuleUnderTest(sqlops, host, { sqlcon: 'ca=>sqlite:///x', ...params });
  const start = async () => module.loaded.declaration.start?.(module.loaded.instance);
  const context = () => contextOf(requestText());
  return { module, host, opened, start, context };
}

test('changed rows: $sqlrows of this run, else of the last one; -1 behind a failure', async () => {
  const { module, context, start } = scene((sql) =>
    sql === 'bad' ? new Error('no') : { affected: Number(sql) },
  );
  await start();
  const [one, other] = [context(), context()];
  assert.equal(module.read('$sqlrows(ca)', one), 0);
  assert.equal(await module.call('sql_query', one, 'ca', '3'), 2);
  assert.equal(module.read('$sqlrows(ca)', one), 3);
  assert.equal(module.read('$sqlrows(ca)', other), 3);
  await module.call('sql_query', other, 'ca', '5', 'ra');
  assert.deepEqual([module.read('$sqlrows(ca)', one), module.read('$sqlrows(ca)', other)], [3, 5]);
  assert.equal(await module.call('sql_query', one, 'ca', 'bad'), -1);
  assert.equal(module.read('$sqlrows(ca)', one), -1);
  assert.throws(() => module.bind('$sqlrows(cz)'), /no sqlcon 'cz'/);
});

test('results of two runs do not mix; who asked nothing sees the last one', async () => {
  const { module, context, start } = scene((sql) => ({ columns: ['n'], rows: [[sql]] }));
  await start();
  const [one, other, third] = [context(), context(), context()];
  await Promise.all([
    module.call('sql_query', one, 'ca', 'first', 'ra'),
    module.call('sql_query', other, 'ca', 'second', 'ra'),
  ]);
  assert.equal(module.read('$dbr(ra=>[0,0])', one), 'first');
  assert.equal(module.read('$dbr(ra=>[0,0])', other), 'second');
  assert.equal(module.read('$dbr(ra=>[0,0])', third), 'second');
  module.call('sql_result_free', other, 'ra');
  assert.equal(module.read('$dbr(ra=>rows)', other), 0);
  assert.equal(module.read('$dbr(ra=>rows)', third), 0);
  assert.equal(module.read('$dbr(ra=>colname[0])', one), 'n');
});

test('cells: whole numbers stay, all others are text', async () => {
  const row = [5, 2.5, 2n ** 60n, new Uint8Array([0x61, 0xff]), null];
  const { module, context, start } = scene(() => ({ columns: ['a', 'b', 'c', 'd', 'e'], rows: [row] }));
  await start();
  const run = context();
  await module.call('sql_query', run, 'ca', 'q', 'ra');
  const cells = [0, 1, 2, 3, 4].map((i) => module.read(`$dbr(ra=>[0,${i}])`, run));
  assert.deepEqual(cells, [5, '2.5', '1152921504606846976', 'a\xff', null]);
});

test('a failing query is logged in short; an outage is not: the database tells of it', async () => {
  const { module, host, context, start } = scene(
    (sql) =>
      sql.startsWith('x') ? new DatabaseError('DB_AWAY', 'away') : new DatabaseError('DB_ERROR', 'wrong'),
    { log_buf_size: 8 },
  );
  await start();
  assert.equal(await module.call('sql_xquery', context(), 'ca', 'select something', 'xa'), -1);
  assert.deepEqual(host.log.lines, ['cannot do the query [select s...]: wrong']);
  assert.equal(await module.call('sql_query', context(), 'ca', 'x'), -1);
  assert.equal(module.call('sql_query_async', context(), 'ca', 'x'), 1);
  assert.equal(host.log.lines.length, 1);
});

test('connect_mode: a start without the database fails, or it is asked again later', async () => {
  let isThere = false;
  const strict = scene(
    () => ({}),
    {},
    () => isThere,
  );
  await assert.rejects(strict.start(), { code: 'SQLOPS_CON' });
  const { module, host, context, start, opened } = scene(
    () => ({}),
    { connect_mode: 1 },
    () => isThere,
  );
  await start();
  assert.equal(await module.call('sql_query', context(), 'ca', 'q'), -2);
  assert.equal(opened.length, 1);
  isThere = true;
  host.clock.advance(1000);
  assert.equal(await module.call('sql_query', context(), 'ca', 'q'), 2);
  assert.equal(opened.length, 2);
});

test('names of results: what is understood, and what is not', () => {
  for (const text of ['ra=>rows', 'ra=>cols', 'ra=>colname[2]', 'ra=>[0,1]', ' ra => [ 0 , 1 ] ']) {
    assert.equal(readResultName(text)?.name, 'ra', text);
  }
  for (const text of ['ra', 'ra=>foo', 'ra=>[0]', 'ra=>[a,b]', '=>rows', 'ra=>colname[x]']) {
    assert.equal(readResultName(text), undefined, text);
  }
});

test('literals: backslashes for MySQL, doubled quotes where a backslash is none', () => {
  assert.equal(literalOf(`it's "\\" \0`, 'NULL', 'backslash'), `'it\\'s \\"\\\\\\" \\0'`);
  assert.equal(literalOf(`it's "\\" \0`, 'NULL', 'standard'), `'it''s "\\" '`);
  assert.equal(quotingFor(['sqlite:///x', 'postgres://h/d']), 'standard');
  assert.equal(quotingFor(['sqlite:///x', 'mysql://h/d']), 'backslash');
  assert.equal(quotingFor([]), 'backslash');
});

test('lists of variables, and what a config may not say', () => {
  assert.deepEqual(splitVariables('$var(a), $avp(b);$xavp(x[0]=>y) ;'), [
    '$var(a)',
    '$avp(b)',
    '$xavp(x[0]=>y)',
  ]);
  assert.throws(() => scene(() => ({}), { sqlcon: 'nothing' }).module.loaded.instance, {
    code: 'SQLOPS_CON',
  });
  const many = scene(() => ({}), { results_maxsize: 1, sqlres: 'r1' });
  const self = many.module.loaded.instance as { addResult(name: string): string | undefined };
  assert.equal(self.addResult('r1'), undefined);
  assert.match(self.addResult('r2') ?? '', /results_maxsize/);
});
