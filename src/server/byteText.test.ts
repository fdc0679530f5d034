import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Database, DbStatement, DbValue } from '../base/ports.ts';
import { ByteTextDatabase } from './byteText.ts';

const bytes = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

function recorded(cells: readonly DbValue[]) {
  const seen: unknown[] = [];
  const result = { columns: ['a'], rows: [cells], affected: 0 };
  const keep =
    <T>(answer: T) =>
    (...args: unknown[]) => {
      seen.push(...args);
      return Promise.resolve(answer);
    };
  const database = {
    query: keep(result),
    raw: keep(result),
    insert: keep(undefined),
    upsert: keep(undefined),
    update: keep(1),
    delete: keep(1),
    batch: keep(undefined),
    close: keep(undefined),
  } as unknown as Database;
  return { database: new ByteTextDatabase(database), seen };
}

test('a name in a message is that name in the table, and comes back byte for byte', async () => {
  const { database, seen } = recorded(['Jürgen 🙂', 'ascii', 5, null]);
  await database.insert('t', { name: bytes('Jürgen 🙂'), n: 1 });
  assert.deepEqual(seen, ['t', { name: 'Jürgen 🙂', n: 1 }]);
  const where = [{ column: 'name', op: '=', value: bytes('ü') }] as const;
  const { rows } = await database.query({ table: 't', columns: [], where });
  assert.deepEqual(rows, [[bytes('Jürgen 🙂'), 'ascii', 5, null]]);
  assert.deepEqual((seen.at(-1) as unknown as { where: unknown }).where, [
    { column: 'name', op: '=', value: 'ü' },
  ]);
});

test('bytes that are no UTF-8, and characters that are no bytes, stay', async () => {
  const { database, seen } = recorded([]);
  await database.raw('SELECT ?', ['\xfc', 'ü🙂']);
  assert.deepEqual(seen, ['SELECT ?', ['\xfc', 'ü🙂']]);
});

test('all kinds of writes', async () => {
  const { database, seen } = recorded([]);
  const [sent, kept] = [bytes('é'), 'é'];
  const where = [{ column: 'a', op: '=', value: sent }] as const;
  const statements: DbStatement[] = [
    { kind: 'insert', table: 't', row: { a: sent } },
    { kind: 'upsert', table: 't', keys: ['a'], row: { a: sent } },
    { kind: 'update', table: 't', set: { a: sent }, where },
    { kind: 'delete', table: 't', where },
  ];
  await database.batch(statements);
  assert.deepEqual(seen, [JSON.parse(JSON.stringify(statements).replaceAll(sent, kept))]);
  seen.length = 0;
  await database.upsert('t', ['a'], { a: sent });
  await database.update('t', { a: sent }, where);
  await database.delete('t', where);
  assert.ok(!JSON.stringify(seen).includes(sent));
});
