import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Database, Files } from '../../base/ports.ts';
import type { DatabaseModuleApi } from '../../module/databaseModule.ts';
import { fakeHost, ModuleUnderTest } from '../../module/testing.ts';
import dbText from './index.ts';
import { readStatement } from './sql.ts';

const people = [
  'id(int,auto) name(str) flag(double) note(str,null) n(int,null)',
  '1:nick:0.34:a\\tgood\\: friend:5',
  '2:cole:-3.75:colleague:',
  '3:bob:2.50::7',
  '4::1.00:x\\\\y\\nz\\:0',
  '',
].join('\n');

/** Files in memory, with times that move on with each write. */
function scene(params: Record<string, number | string> = {}, text = people) {
  const texts = new Map([['/db/people', text]]);
  const times = new Map([['/db/people', 1]]);
  const files = {
    existsSync: (path: string) => ['/db', '/etc/kamailio/x'].includes(path),
    modifiedMs: async (path: string) => times.get(path),
    read: async (path: string) => Buffer.from(texts.get(path) ?? ''),
    write: async (path: string, data: string) => {
      texts.set(path, data);
      times.set(path, (times.get(path) ?? 0) + 1);
    },
  } as unknown as Files;
  const opened = new Map<string, Promise<Database>>();
  const host = fakeHost({
    files,
    database: (url: string) => {
      const found = opened.get(url) ?? api.driver!.open(url, { maxPending: 100, busyTimeoutMs: 0 });
      opened.set(url, found);
      return found;
    },
  });
  const module = new ModuleUnderTest(dbText, host, { default_connection: 'text:///db', ...params });
  const api = module.loaded.declaration.api?.(module.loaded.instance) as DatabaseModuleApi;
  const open = (url = 'text:///db') => host.database(url);
  const touch = (changed: string) => {
    texts.set('/db/people', changed);
    times.set('/db/people', (times.get('/db/people') ?? 0) + 1);
  };
  return { module, open, texts, touch };
}

const all = { table: 'people', columns: [] };

test('a file is read: numbers, escapes, null; empty text where null is not allowed', async () => {
  const { rows, columns } = await (await scene().open()).query(all);
  assert.deepEqual(columns, ['id', 'name', 'flag', 'note', 'n']);
  assert.deepEqual(rows, [
    [1, 'nick', 0.34, 'a\tgood: friend', 5],
    [2, 'cole', -3.75, 'colleague', null],
    [3, 'bob', 2.5, null, 7],
    [4, '', 1, 'x\\y\nz:0', null],
  ]);
});

test('emptystring: nothing is an empty text; db_delim: another delimiter', async () => {
  const text = 'a(str,null)|b(int,null)'.replace('|', ' ');
  const { open } = scene({ emptystring: 1, db_delim: '|' }, `${text}\nx:y|5\n|\n`);
  const { rows } = await (await open()).query(all);
  assert.deepEqual(rows, [
    ['x:y', 5],
    ['', null],
  ]);
  assert.throws(() => scene({ db_delim: '||' }), /one character/);
});

test('what is changed stays in memory until it is dumped, and is then written as it was read', async () => {
  const { module, open, texts } = scene();
  const database = await open();
  await database.update('people', { note: 'tab\t:\\' }, [{ column: 'id', op: '=', value: 2 }]);
  await database.insert('people', { name: 'new', flag: 1.239 });
  await database.delete('people', [{ column: 'id', op: '<', value: 2 }]);
  assert.equal(texts.get('/db/people'), people);
  assert.deepEqual(await module.rpc('db_text.dump'), ['Dump OK']);
  const lines = texts.get('/db/people')?.split('\n');
  assert.deepEqual(lines, [
    'id(int,auto) name(str) flag(double) note(str,null) n(int,null)',
    '2:cole:-3.75:tab\\t\\:\\\\:',
    '3:bob:2.50::7',
    '4::1.00:x\\\\y\\nz\\:0:',
    '5:new:1.24::',
    '',
  ]);
  await database.delete('people', []);
  await database.close();
  assert.equal(texts.get('/db/people'), `${lines?.[0]}\n`);
});

test('db_mode 1 reads a file again when it has changed, db_mode 0 does not', async () => {
  for (const [mode, expected] of [
    [0, 4],
    [1, 1],
  ] as const) {
    const { open, touch } = scene({ db_mode: mode });
    const database = await open();
    await database.query(all);
    touch('id(int,auto)\n9\n');
    assert.equal((await database.query(all)).rows.length, expected);
  }
});

test('SQL: select, conditions, order, limit; update, delete, insert', async () => {
  const database = await scene().open();
  const names = async (sql: string) => (await database.raw(sql)).rows.map(([name]) => name).join(' ');
  assert.equal(await names('select name from people where id>1 and id<=3'), 'cole bob');
  assert.equal(await names('SELECT name FROM people WHERE name="bob";'), 'bob');
  assert.equal(await names("select name from people where name = 'bob' order by id"), 'bob');
  assert.equal(await names('select name from people where id<>1 order by name desc limit 2'), 'cole bob');
  assert.equal(await names('select name from people where note is null'), 'bob');
  assert.equal(await names('select name from people where n is not null order by n'), 'nick bob');
  assert.equal((await database.raw('update people set name="it\\"s", n=null where id=1')).affected, 1);
  assert.equal(await names('select name from people where id=1 and n is null'), 'it"s');
  assert.equal((await database.raw('insert into people (name, flag) values ("z", 1.5)')).affected, 1);
  assert.equal(await names('select id from people where name=z'), '5');
  assert.equal((await database.raw('delete from people')).affected, 5);
});

test('SQL that is not understood is refused, never half understood', () => {
  for (const sql of [
    'select name from people where name="a" or name="b"',
    'select name from people where (name="a")',
    'select name from people where name like "b%"',
    'select count(*) from people',
    'select name from people limit 1; delete from people',
    'insert into people (a, b) values (1)',
    'drop table people',
    'garbage',
    'select name from people where name="open',
    '',
  ]) {
    assert.throws(() => readStatement(sql), { code: 'DB_ERROR' }, sql);
  }
});

test('db_text.query shows rows as the file has them, or how many were changed', async () => {
  const { module } = scene();
  assert.deepEqual(await module.rpc('db_text.query', 'select name, n from people where id=3'), [
    'name(str) n(int,null)',
    '',
    'bob:7',
    '',
    'total rows 1 / 4',
  ]);
  assert.deepEqual(await module.rpc('db_text.query', 'select * from people where id=9'), [
    'statement returned 0 rows',
  ]);
  assert.deepEqual(await module.rpc('db_text.query', 'update people set n=1 where id>2'), [
    '2 affected rows',
  ]);
  assert.deepEqual(
    { ...(await module.rpc('db_text.query', 'garbage')) },
    {
      code: 500,
      text: 'error executing sql statement',
    },
  );
  const none = scene({ default_connection: '' });
  assert.equal(
    ((await none.module.rpc('db_text.query', 'select * from people')) as { code: number }).code,
    500,
  );
});

test('files and folders that are none are refused by name', async () => {
  const broken = async (text: string) => (await scene({}, text).open()).query(all);
  await assert.rejects(broken('id(int) what\n'), { code: 'DB_CORRUPT', message: /'what'/ });
  await assert.rejects(broken('id(int)\n1\nx\n'), { code: 'DB_CORRUPT', message: /line 3: 'x'/ });
  const { open } = scene();
  await assert.rejects((await open()).query({ table: 'nope', columns: [] }), { code: 'DB_NO_TABLE' });
  await assert.rejects((await open()).query({ table: '../x', columns: [] }), { code: 'DB_NAME' });
  await assert.rejects(open('text:///nope'), { code: 'DB_UNREACHABLE' });
  await assert.rejects(open('text://'), { code: 'DB_URL' });
  await open('text://x'); // below the folder of configurations
});

test('max_result_rows bounds what is read', async () => {
  const { open } = scene({ max_result_rows: 2 });
  assert.equal((await (await open()).query(all)).rows.length, 2);
});
