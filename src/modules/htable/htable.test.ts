import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Database, DbStatement } from '../../base/ports.ts';
import type { ScriptContext } from '../../module/context.ts';
import { RpcFault, RpcStruct } from '../../module/rpc.ts';
import { contextOf, type FakeHost, fakeHost, ModuleUnderTest, requestText } from '../../module/testing.ts';
import { parseDefinition, type TableDefinition } from './definition.ts';
import type { Htable } from './htable.ts';
import htable from './index.ts';
import { params } from './params.ts';
import { HashTable } from './table.ts';

interface Stage {
  readonly under: ModuleUnderTest;
  readonly host: FakeHost;
  readonly self: Htable;
  readonly context: ScriptContext;
  readonly ended: (context: ScriptContext) => void;
}

function stage(
  tables: readonly string[],
  values: Record<string, number | string> = {},
  database?: Partial<Database>,
): Stage {
  let ended: (context: ScriptContext) => void = () => {};
  const { hooks } = fakeHost();
  const afterRequest = (handler: (context: ScriptContext) => void): void => {
    ended = handler;
  };
  const host = fakeHost({ database: async () => database as Database, hooks: { ...hooks, afterRequest } });
  const under = new ModuleUnderTest(htable, host, values);
  for (const table of tables) assert.equal(under.loaded.assign('htable', table), undefined);
  const self = under.loaded.instance as Htable;
  return { under, host, self, context: contextOf(requestText()), ended: (context) => ended(context) };
}

test('definitions: attributes, bounds of the size, mistakes by name', () => {
  const read = (text: string) => parseDefinition(text);
  assert.deepEqual(read('a=>size=4;autoexpire=60;dbtable=t;dbmode=1;initval=2;updateexpire=0;'), {
    name: 'a',
    size: 4,
    autoExpireSec: 60,
    dbTable: 't',
    columns: [],
    writesBack: true,
    initialValue: 2,
    updateRenews: false,
    replicates: false,
  });
  const sizes = ['a=>size=1', 'a=>size=2', 'a=>size=31', 'a'].map(read);
  assert.deepEqual(
    sizes.map((each) => typeof each === 'object' && each.size),
    [3, 2, 14, 3],
  );
  assert.deepEqual(
    ['=>size=3', 'a=>size=x', 'a=>colour=3', 'a=>size', "a=>cols='one'"].map((text) => typeof read(text)),
    ['string', 'string', 'string', 'string', 'string'],
  );
  assert.throws(() => stage(['a=>size=4', 'a=>size=5']).self, /defined twice/);
});

test('items of a table with autoexpire are gone in time, and the sweep tells the event route', async () => {
  const { under, host, self, context } = stage(['a=>size=2;autoexpire=10', 'b=>size=2']);
  const heard: unknown[] = [];
  host.blocks.set('event:htable:expired:a', (each) =>
    heard.push([under.read('$shtrecord(key)', each), under.read('$shtrecord(value)', each)]),
  );
  under.assign('$sht(a=>x)', context, 'soon');
  under.assign('$sht(a=>y)', context, 1);
  under.assign('$shtex(a=>y)', context, 0);
  under.assign('$sht(b=>x)', context, 'stays');
  assert.deepEqual([under.read('$shtex(a=>x)', context), under.read('$shtex(a=>y)', context)], [10, 0]);
  host.clock.advance(11_000);
  assert.equal(under.read('$sht(a=>x)', context), null);
  assert.equal(self.find('a')?.size, 2);
  await self.sweep();
  assert.deepEqual(heard, [['x', 'soon']]);
  assert.deepEqual([self.find('a')?.size, under.read('$sht(b=>x)', context)], [1, 'stays']);
  assert.throws(() => under.bind('$shtrecord(age)'), /key and value/);
});

test('a sweep of many items lets others in between', async () => {
  const { host, self } = stage(['a=>size=14;autoexpire=10']);
  const table = self.find('a') as HashTable;
  for (let i = 0; i < 20_000; i++) table.set(`k${i}`, i);
  host.clock.advance(20_000);
  const swept = self.sweep();
  assert.ok(table.size > 10_000, `${table.size} left after the first step`);
  for (let i = 0; i < 20; i++) {
    host.clock.advance(20);
    await Promise.resolve();
  }
  await swept;
  assert.equal(table.size, 0);
});

test('sht_lock: one message at a time, and the end of a run gives back what it holds', async () => {
  const { under, context, ended } = stage(['a=>size=4']);
  const other = contextOf(requestText());
  assert.equal(under.call('sht_lock', context, 'a=>x'), 1);
  assert.equal(under.call('sht_lock', context, 'a=>x'), 1);
  const waiting = under.call('sht_lock', other, 'a=>x');
  assert.equal(under.call('sht_lock', other, 'a=>y'), 1);
  assert.ok(waiting instanceof Promise);
  assert.equal(under.call('sht_unlock', context, 'a=>x'), 1);
  ended(context);
  assert.equal(await waiting, 1);
  assert.equal(under.call('sht_unlock', other, 'a=>x'), 1);
  assert.equal(under.call('sht_unlock', other, 'none=>x'), -11);
});

test('a walk steps over what others remove, and no more than four are open', () => {
  const { under, self, context } = stage(['a=>size=2']);
  for (const key of ['a', 'b', 'c', 'd', 'e']) under.assign(`$sht(a=>${key})`, context, key);
  const order = (self.find('a') as HashTable).items().map(({ key }) => key);
  assert.equal(under.call('sht_iterator_start', context, 'w', 'a'), 1);
  assert.equal(under.call('sht_iterator_next', context, 'w'), 1);
  assert.equal(under.read('$shtitkey(w)', context), order[0]);
  under.call('sht_rm', contextOf(requestText()), 'a', order[1]);
  assert.equal(under.call('sht_iterator_next', context, 'w'), 1);
  assert.equal(under.read('$shtitkey(w)', context), order[2]);
  assert.equal(under.call('sht_iterator_sets', context, 'w', 'new'), 1);
  assert.equal(under.read('$shtitval(w)', context), 'new');
  self.find('a')?.clear();
  assert.equal(under.read('$shtitval(w)', context), null);
  assert.equal(under.call('sht_iterator_rm', context, 'w'), -1);
  for (const name of ['x', 'y', 'z'])
    assert.equal(under.call('sht_iterator_start', context, name, 'a'), 1, name);
  assert.equal(under.call('sht_iterator_start', context, 'fifth', 'a'), -1);
});

test('setting, matching by end, printing', () => {
  const { under, host, context } = stage(['a=>size=2;autoexpire=9']);
  assert.equal(under.call('sht_setxi', context, 'a', 'n', 5, 3), 1);
  assert.deepEqual([under.read('$sht(a=>n)', context), under.read('$shtex(a=>n)', context)], [5, 3]);
  under.assign('$sht(a=>alice)', context, 'text');
  assert.equal(under.call('sht_has_name', context, 'a', 'ew', 'ice'), 1);
  assert.equal(under.call('sht_match_str_value', context, 'a', 'ew', 'ice'), -1);
  assert.equal(under.call('sht_rm_value', context, 'a', 're', '('), -1);
  assert.equal(under.call('sht_print', context), 1);
  assert.ok(host.log.lines.some((line) => line.includes('cell: alice') && line.endsWith('v-s:text')));
  under.assign('$shtex(a=>n)', context, 'soon');
  assert.match(host.log.lines.at(-1) ?? '', /takes a number/);
});

test('a table is bounded: new keys are refused, known ones may change', () => {
  const table = new HashTable(parseDefinition('a') as TableDefinition, () => 0, 2);
  assert.deepEqual(
    ['one', 'two', 'three', 'one'].map((key) => table.set(key, 1)),
    [true, true, false, true],
  );
  assert.equal(table.size, 2);
});

const rows = [
  ['arr', 1, 0, 'one', 0],
  ['arr', 1, 0, 'two', 0],
  ['n', 0, 1, '7', 1_700_000_050],
  ['old', 0, 0, 'x', 1_600_000_000],
];

test('the database: loading with the end of life, writing back at the stop, failures change nothing', async () => {
  let fails = false;
  let written: readonly DbStatement[] = [];
  const database: Partial<Database> = {
    query: async ({ columns }) => {
      if (fails) throw new Error('gone');
      return { columns, rows, affected: 0 };
    },
    batch: async (statements) => {
      written = statements;
    },
  };
  const settings = { db_url: 'sqlite:///x', db_expires: 1 };
  const { under, host, self, context } = stage(
    ['a=>size=3;autoexpire=100;dbtable=t;dbmode=1'],
    settings,
    database,
  );
  await self.start();
  assert.deepEqual(
    ['arr[0]', 'arr[1]', 'arr::size', 'n', 'old'].map((key) => under.read(`$sht(a=>${key})`, context)),
    ['one', 'two', 2, 7, null],
  );
  assert.equal(under.read('$shtex(a=>n)', context), 50);
  fails = true;
  assert.ok((await under.rpc('htable.reload', 'a')) instanceof RpcFault);
  assert.equal(under.read('$sht(a=>n)', context), 7);
  host.clock.advance(60_000);
  await self.stop();
  const keys = written.map((each) =>
    each.kind === 'insert' ? `${each.row.key_name} ${each.row.expires}` : each.kind,
  );
  assert.deepEqual(keys.sort(), ['arr::size 1700000100', 'arr[0] 1700000100', 'arr[1] 1700000100', 'delete']);
});

test('mod-init runs when the module starts, or when all have started', async () => {
  for (const mode of [0, 1]) {
    const { host, self } = stage(['a=>size=3'], { event_callback_mode: mode });
    let runs = 0;
    host.blocks.set('event:htable:mod-init', () => ++runs);
    await self.start();
    assert.equal(runs, 1 - mode);
    await self.ready();
    assert.equal(runs, 1);
    await self.stop();
  }
});

test('RPC: values with their life', async () => {
  const { under, context } = stage(['a=>size=3;autoexpire=100']);
  assert.deepEqual(under.rpc('htable.setxs', 'a', 'k', 'v', 7), ['Ok. Key set to new value.']);
  assert.deepEqual(under.rpc('htable.setxi', 'a', 'n', 4, 0), ['Ok. Key set to new value.']);
  assert.deepEqual([under.read('$shtex(a=>k)', context), under.read('$sht(a=>n)', context)], [7, 4]);
  const [reply] = under.rpc('htable.get', 'a', 'n') as readonly RpcStruct[];
  assert.deepEqual(
    reply?.members[0]?.value,
    new RpcStruct({ name: 'n', value: 4, flags: 0, expire: 'NEVER' }),
  );
  assert.ok((await under.rpc('htable.store', 'a')) instanceof RpcFault);
  assert.deepEqual(under.rpc('htable.flush', 'a'), ['Ok. Htable flushed.']);
  assert.equal(under.read('$sht(a=>k)', context), null);
});

test('a table that is not there: $null, a warning, no change', () => {
  const { under, host, context } = stage(['a=>size=3']);
  assert.equal(under.read('$sht(b=>x)', context), null);
  under.assign('$sht(b=>x)', context, 1);
  assert.ok(host.log.lines.some((line) => line.includes('no table b')));
  assert.throws(() => under.bind('$sht(x)'), /table=>key/);
  assert.equal(params.enable_dmq.type, 'meaningless');
});
