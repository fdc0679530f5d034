import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { VariableRef } from '../../lang/catalogue.ts';
import { RpcFault, RpcStruct } from '../../module/rpc.ts';
import { scriptFlags } from '../../module/scriptFlags.ts';
import { contextOf, fakeHost, ModuleUnderTest, requestText } from '../../module/testing.ts';
import { makeTarget } from '../../proxy/target.ts';
import kex from './index.ts';

test('script flags and branch flags', () => {
  const under = new ModuleUnderTest(kex);
  const context = contextOf(requestText());
  assert.equal(under.call('setsflag', context, 1), 1);
  assert.equal(scriptFlags(context), 2);
  assert.equal(under.call('issflagset', context, '1'), 1);
  assert.equal(under.call('resetsflag', context, 1), 1);
  assert.equal(under.call('issflagset', context, 1), -1);
  assert.equal(under.call('setsflag', context, 32), -1);
  context.branches.push(makeTarget('sip:b@c'));
  assert.equal(under.call('setbflag', context, 7), 1);
  assert.equal(under.call('setbflag', context, 3, 1), 1);
  assert.deepEqual([context.target.branchFlags, context.branches[0]?.branchFlags], [128, 8]);
  assert.equal(under.call('isbflagset', context, 7), 1);
  assert.equal(under.call('isbflagset', context, 7, 1), -1);
  assert.equal(under.call('setbflag', context, 3, 2), -1);
  assert.equal(under.call('resetbflag', context, 7), 1);
  assert.equal(context.target.branchFlags, 0);
});

test('the destination URI is set, seen and taken away', () => {
  const under = new ModuleUnderTest(kex);
  const context = contextOf(requestText());
  assert.equal(under.call('isdsturiset', context), -1);
  assert.equal(under.call('setdsturi', context, 'sip:10.0.0.10'), 1);
  assert.equal(under.call('setdsturi', context, 'nonsense'), -1);
  assert.equal(context.target.nextHop, 'sip:10.0.0.10');
  assert.equal(under.call('isdsturiset', context), 1);
  assert.equal(under.call('resetdsturi', context), 1);
  assert.equal(under.call('isdsturiset', context), -1);
});

test('is_myself looks at sockets and aliases', () => {
  const under = new ModuleUnderTest(kex);
  const context = contextOf(requestText());
  under.host.transport.aliases.add('alias.example.com');
  assert.equal(under.call('is_myself', context, 'sip:foo@alias.example.com'), 1);
  assert.equal(under.call('is_myself', context, 'alias.example.com'), 1);
  assert.equal(under.call('is_myself', context, 'sip:127.0.0.1:1'), -1);
  assert.equal(under.call('is_myself', context, '2001:db8::1'), -1);
});

test('pv_printf assigns to a writable variable only', () => {
  const under = new ModuleUnderTest(kex);
  const context = contextOf(requestText());
  let assigned: unknown;
  const variable = (writable: boolean): VariableRef => ({
    text: '$var(x)',
    writable,
    get: () => null,
    set: (_context, value) => {
      assigned = value;
    },
  });
  assert.equal(under.call('pv_printf', context, variable(true), 'sip:a@b'), 1);
  assert.equal(assigned, 'sip:a@b');
  assert.equal(under.call('avp_printf', context, variable(false), 'x'), -1);
});

test('setdebug holds until resetdebug', () => {
  const host = fakeHost();
  let level: number | string = 2;
  host.runtimeVariables.push({
    group: 'core',
    name: 'debug',
    type: 'int',
    doc: '',
    readOnly: false,
    get: () => level,
    set: (value) => {
      level = value;
      return undefined;
    },
  });
  const under = new ModuleUnderTest(kex, host);
  const context = contextOf(requestText());
  under.call('setdebug', context, 3);
  under.call('setdebug', context, 1);
  assert.equal(level, 1);
  under.call('resetdebug', context);
  assert.equal(level, 2);
});

test('counters over RPC: lines, records, reset', async () => {
  const host = fakeHost();
  const under = new ModuleUnderTest(kex, host);
  let sent = 7;
  host.statistics.register(
    'sl',
    'sent_replies',
    () => sent,
    () => {
      sent = 0;
    },
  );
  host.statistics.register('sl', 'failures', () => 1);
  host.statistics.register('core', 'rcv_requests', () => 5);
  assert.deepEqual(await under.rpc('stats.get_statistics', 'all'), [
    'core:rcv_requests = 5',
    'sl:failures = 1',
    'sl:sent_replies = 7',
  ]);
  const [record] = (await under.rpc('stats.fetch', 'sl:', 'rcv_requests')) as [RpcStruct];
  assert.deepEqual(record.members, [
    { name: 'sl.failures', value: '1' },
    { name: 'sl.sent_replies', value: '7' },
    { name: 'core.rcv_requests', value: '5' },
  ]);
  assert.deepEqual(await under.rpc('stats.fetchn', 'core.rcv_requests'), [
    new RpcStruct({ 'core.rcv_requests': 5 }),
  ]);
  assert.deepEqual(await under.rpc('stats.get_statistics', 'nope'), []);
  assert.deepEqual(await under.rpc('stats.clear_statistics', 'sl:sent_replies'), ['sl:sent_replies = 7']);
  assert.equal(sent, 0);
  sent = 3;
  assert.deepEqual(await under.rpc('stats.reset_statistics', 'all'), []);
  assert.equal(sent, 0);
});

test('memory over RPC: one process, one heap, nothing by module', async () => {
  const memory = { rss: 40, heapUsed: 10, heapTotal: 20, external: 5 };
  const under = new ModuleUnderTest(
    kex,
    fakeHost({ machine: { pid: 7, memoryBytes: () => memory } as never }),
  );
  const [record] = (await under.rpc('pkg.stats')) as [RpcStruct];
  assert.deepEqual(
    record.members.map(({ name }) => name),
    ['entry', 'pid', 'rank', 'used', 'free', 'real_used', 'total_size', 'total_frags', 'desc'],
  );
  assert.deepEqual(await under.rpc('pkg.stats', 'pid', 7), [record]);
  assert.deepEqual(await under.rpc('pkg.stats', 'pid', 8), []);
  assert.deepEqual(await under.rpc('pkg.stats', 'index', 0), [record]);
  assert.ok((await under.rpc('pkg.stats', 'colour', 1)) instanceof RpcFault);
  assert.deepEqual(await under.rpc('pkg.info'), [new RpcStruct({ name: 'v8', size: 20 })]);
  for (const name of ['mod.stats', 'mod.mem_stats', 'mod.mem_statsx'])
    assert.ok((await under.rpc(name, 'core', 'all')) instanceof RpcFault, name);
});
