import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Database, DatabaseOptions, DbRow } from './ports.ts';
import type { TableDefinition } from './tables.ts';

/** What the contract asks of a driver under test. */
export interface ContractSubject {
  readonly name: string;
  /** What the database cannot do by its nature, with the reason: tests that need it are skipped. */
  readonly lacks?: ReadonlyMap<ContractNeed, string>;
  /** Opens an empty database that has these tables; undefined when it is not installed (it has skipped the test). */
  open(
    t: TestContext,
    tables: readonly TableDefinition[],
    options: DatabaseOptions,
  ): Promise<Database | undefined>;
}

/** Defaults of columns, unique keys, bytes. */
export type ContractNeed = 'defaults' | 'unique' | 'bytes';

const people: TableDefinition = {
  name: 'people',
  version: 1,
  columns: [
    { name: 'id', type: 'INTEGER', primaryKey: true, notNull: true },
    { name: 'name', type: 'VARCHAR(64)', notNull: true, default: '' },
    { name: 'age', type: 'BIGINT' },
    { name: 'score', type: 'REAL' },
    { name: 'seen', type: 'TIMESTAMP WITHOUT TIME ZONE', notNull: true, default: '2000-01-01 00:00:01' },
    { name: 'photo', type: 'BLOB' },
  ],
  unique: [{ name: 'people_name_idx', columns: ['name'] }],
};

const options: DatabaseOptions = { maxPending: 100, busyTimeoutMs: 200 };
const nowSec = 1_795_209_552;

/** The same tests for each driver: what modules rely on. */
export function databaseContract(subject: ContractSubject): void {
  const contract: Contract = (title, run, needs = []) =>
    test(`${subject.name}: ${title}`, async (t) => {
      const lacking = needs.map((need) => subject.lacks?.get(need)).find((reason) => reason !== undefined);
      if (lacking !== undefined) return t.skip(lacking);
      const database = await subject.open(t, [people], options);
      if (database === undefined) return;
      try {
        await run(database);
      } finally {
        await database.close();
      }
    });
  rowsTests(contract);
  writeTests(contract);
  failureTests(contract);
  boundTests(subject);
}

type Contract = (
  title: string,
  run: (database: Database) => Promise<void>,
  needs?: readonly ContractNeed[],
) => void;

async function names(database: Database): Promise<DbRow[number][]> {
  const { rows } = await database.query({ table: 'people', columns: ['name'], orderBy: 'name' });
  return rows.map(([name]) => name ?? null);
}

function rowsTests(contract: Contract): void {
  contract(
    'values come back as they went in',
    async (database) => {
      const photo = new Uint8Array([0, 1, 255]);
      await database.insert('people', {
        id: 7,
        name: 'ann 🙂',
        age: 2 ** 40,
        score: 1.5,
        seen: nowSec,
        photo,
      });
      const { columns, rows } = await database.query({ table: 'people', columns: [] });
      assert.deepEqual(columns, ['id', 'name', 'age', 'score', 'seen', 'photo']);
      const [id, name, age, score, seen, bytes] = rows[0] ?? [];
      assert.deepEqual([id, name, age, score, seen], [7, 'ann 🙂', 2 ** 40, 1.5, nowSec]);
      assert.deepEqual(new Uint8Array(bytes as Uint8Array), photo);
    },
    ['bytes'],
  );

  contract('numbers in text columns are text without a fraction', async (database) => {
    await database.insert('people', { name: 5 });
    assert.deepEqual(await names(database), ['5']);
  });

  contract(
    'missing columns take their defaults; ids count up',
    async (database) => {
      await database.insert('people', { name: 'ann' });
      await database.insert('people', { name: 'bob', age: null });
      const { rows } = await database.query({
        table: 'people',
        columns: ['id', 'age', 'seen'],
        orderBy: 'id',
      });
      assert.deepEqual(rows, [
        [1, null, 946684801],
        [2, null, 946684801],
      ]);
    },
    ['defaults'],
  );

  contract('conditions, order and limit', async (database) => {
    for (const [i, name] of ['ann', 'bob', 'cy', 'dan'].entries()) {
      await database.insert('people', { name, age: i === 3 ? null : 20 + i, seen: nowSec + i });
    }
    const find = async (column: string, op: '=' | '<' | '>=' | '!=', value: number | string | null) => {
      const where = [{ column, op, value }];
      const { rows } = await database.query({ table: 'people', columns: ['name'], where, orderBy: 'name' });
      return rows.map(([name]) => name).join(' ');
    };
    assert.equal(await find('name', '=', 'bob'), 'bob');
    assert.equal(await find('age', '>=', 21), 'bob cy');
    assert.equal(await find('age', '=', null), 'dan');
    assert.equal(await find('age', '!=', null), 'ann bob cy');
    assert.equal(await find('age', '!=', 20), 'bob cy');
    assert.equal(await find('seen', '<', nowSec + 1), 'ann');
    assert.equal(await find('name', '=', 'nobody'), '');
    const last = await database.query({ table: 'people', columns: ['name'], orderBy: 'id DESC', limit: 2 });
    assert.deepEqual(last.rows, [['dan'], ['cy']]);
  });
}

function writeTests(contract: Contract): void {
  contract('update and delete tell how many rows they met', async (database) => {
    await database.insert('people', { name: 'ann', age: 1 });
    await database.insert('people', { name: 'bob', age: 1 });
    const age = (value: number) => [{ column: 'age', op: '=' as const, value }];
    assert.equal(await database.update('people', { score: 2 }, age(1)), 2);
    assert.equal(await database.update('people', { score: 2 }, age(9)), 0);
    assert.equal(await database.delete('people', [{ column: 'name', op: '=', value: 'ann' }]), 1);
    assert.deepEqual(await names(database), ['bob']);
    assert.equal(await database.delete('people', []), 1);
  });

  contract(
    'upsert updates the row of its keys, or inserts',
    async (database) => {
      await database.upsert('people', ['name'], { name: 'ann', age: 1 });
      await database.upsert('people', ['name'], { name: 'ann', age: 2, seen: nowSec });
      await database.upsert('people', ['age'], { name: 'bob', age: 3 });
      await database.upsert('people', ['name'], { name: 'bob' });
      const { rows } = await database.query({
        table: 'people',
        columns: ['name', 'age', 'seen'],
        orderBy: 'name',
      });
      assert.deepEqual(rows, [
        ['ann', 2, nowSec],
        ['bob', 3, 946684801],
      ]);
    },
    ['defaults'],
  );

  contract(
    'a batch is done as a whole or not at all',
    async (database) => {
      const insert = (name: string) => ({ kind: 'insert', table: 'people', row: { name } }) as const;
      await database.batch([
        insert('ann'),
        { kind: 'upsert', table: 'people', keys: ['name'], row: { name: 'bob', age: 1 } },
      ]);
      await assert.rejects(database.batch([insert('cy'), insert('ann')]), { code: 'DB_DUPLICATE' });
      await database.batch([
        { kind: 'update', table: 'people', set: { age: 5 }, where: [] },
        { kind: 'delete', table: 'people', where: [{ column: 'name', op: '=', value: 'ann' }] },
      ]);
      assert.deepEqual(await names(database), ['bob']);
      await database.batch([]);
    },
    ['unique'],
  );

  contract(
    'what is asked together is done in order; one failure spoils no other',
    async (database) => {
      const results = await Promise.allSettled([
        database.insert('people', { name: 'ann' }),
        database.insert('people', { name: 'ann' }),
        database.insert('people', { name: 'bob' }),
        database.batch([
          { kind: 'insert', table: 'people', row: { name: 'cy' } },
          { kind: 'insert', table: 'people', row: { name: 'bob' } },
        ]),
        database.insert('people', { name: 'dan' }),
        names(database),
      ]);
      assert.deepEqual(
        results.map(({ status }) => status),
        ['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
      );
      assert.deepEqual(await names(database), ['ann', 'bob', 'dan']);
    },
    ['unique'],
  );
}

function failureTests(contract: Contract): void {
  contract(
    'failures have stable codes',
    async (database) => {
      await database.insert('people', { name: 'ann' });
      await assert.rejects(database.insert('people', { name: 'ann' }), {
        name: 'DatabaseError',
        code: 'DB_DUPLICATE',
      });
      await assert.rejects(database.insert('people', { name: null }), { code: 'DB_CONSTRAINT' });
      await assert.rejects(database.query({ table: 'nope', columns: [] }), { code: 'DB_NO_TABLE' });
      await assert.rejects(database.insert('nope', { a: 1 }), { code: 'DB_NO_TABLE' });
      await assert.rejects(database.query({ table: 'people', columns: ['nope'] }), { code: 'DB_NO_COLUMN' });
      await assert.rejects(database.insert('people', { nope: 1 }), { code: 'DB_NO_COLUMN' });
    },
    ['unique'],
  );

  contract('what would do harm is refused', async (database) => {
    await database.insert('people', { name: 'ann' });
    await assert.rejects(database.upsert('people', [], { name: 'bob' }), { code: 'DB_KEYS' });
    await assert.rejects(database.insert('people', { name: 'x\0y' }), { code: 'DB_VALUE' });
    assert.deepEqual(await names(database), ['ann']);
  });

  contract('names that are none are refused', async (database) => {
    await assert.rejects(database.query({ table: 'people; drop table people', columns: [] }), {
      code: 'DB_NAME',
    });
    await assert.rejects(database.query({ table: 'people', columns: [], orderBy: 'name, (select 1)' }), {
      code: 'DB_NAME',
    });
    await assert.rejects(database.delete('people', [{ column: '1=1 --', op: '=', value: 1 }]), {
      code: 'DB_NAME',
    });
  });

  contract('a closed database says so', async (database) => {
    const asked = database.insert('people', { name: 'ann' });
    const closing = database.close();
    await asked; // asked before, answered still
    await closing;
    await database.close();
    await assert.rejects(database.insert('people', { name: 'bob' }), { code: 'DB_CLOSED' });
  });
}

function boundTests(subject: ContractSubject): void {
  test(`${subject.name}: no more than maxPending wait`, async (t) => {
    const database = await subject.open(t, [people], { ...options, maxPending: 3 });
    if (database === undefined) return;
    const asked = [1, 2, 3].map((age) => database.insert('people', { name: `p${age}` }));
    await assert.rejects(database.insert('people', { name: 'p4' }), { code: 'DB_BUSY' });
    await Promise.all(asked);
    await database.insert('people', { name: 'p5' });
    assert.deepEqual(await names(database), ['p1', 'p2', 'p3', 'p5']);
    await database.close();
  });
}
