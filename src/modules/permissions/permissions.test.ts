import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Database } from '../../base/ports.ts';
import { RpcFault, RpcStruct } from '../../module/rpc.ts';
import { contextOf, fakeHost, ModuleUnderTest, requestText } from '../../module/testing.ts';
import { makeTarget } from '../../proxy/target.ts';
import { AddressTables, parseAddressFile } from './addressTables.ts';
import permissions from './index.ts';
import { type Permissions, plainUri } from './permissions.ts';
import { parseRules } from './ruleFile.ts';

/** The module with files by path, and a database whose tables may change or fail. */
function stage(params: Record<string, number | string>, files: Record<string, string> = {}) {
  const tables: Record<string, (string | number | null)[][]> = { address: [], trusted: [] };
  const state = { fails: false };
  const database: Partial<Database> = {
    query: async ({ table, columns, where }) => {
      if (state.fails) throw new Error('gone');
      const source = where?.[0]?.value;
      const rows = (tables[table] ?? []).filter((row) => source === undefined || row[0] === source);
      return { columns, rows, affected: 0 };
    },
  };
  const tags: unknown[] = [];
  const host = fakeHost({
    configFile: '/etc/sip/x.cfg',
    database: async () => database as Database,
    files: {
      exists: async (path: string) => path in files,
      read: async (path: string) => Buffer.from(files[path] ?? ''),
    } as never,
    formats: {
      variable: (text: string) => ({
        text,
        writable: true,
        get: () => null,
        set: (_context: object, value: unknown) => tags.push(value),
      }),
    } as never,
  });
  const under = new ModuleUnderTest(permissions, host, params);
  return { under, host, tables, state, tags, self: under.loaded.instance as Permissions };
}

test('rules: ALL, lists, EXCEPT, comments; bad lines are told and left out', () => {
  const { rules, bad } = parseRules(
    [
      '# comment',
      'ALL : "^sip:allowed@" # behind',
      '"^sip:a@b", "^sip:z@" : "both" EXCEPT "neverboth"',
      'ALL EXCEPT "^sip:q@" : "exc" EXCEPT "exc2"',
      '"open : ALL',
      'ALL ALL : ALL',
      '"(" : ALL',
      'SOME : ALL',
      '"a" : ALL EXCEPT ALL',
      'ALL',
    ].join('\n'),
  );
  assert.equal(rules.size, 3);
  assert.deepEqual(
    bad.map(({ line }) => line),
    [5, 6, 7, 8, 9, 10],
  );
  const cases: [string, string, boolean][] = [
    ['sip:x@y', 'SIP:Allowed@y', true],
    ['sip:a@b', 'sip:both', true],
    ['sip:a@b', 'sip:neverboth', false],
    ['sip:c@b', 'sip:both', false],
    ['sip:c@b', 'sip:exc1', true],
    ['sip:c@b', 'sip:exc2', false],
    ['sip:q@b', 'sip:exc1', false],
  ];
  for (const [left, right, expected] of cases)
    assert.equal(rules.matches(left, right), expected, `${left} ${right}`);
});

test('URIs of branches are compared without port, parameters and scheme sips', () => {
  const written = ['sips:s@x.com', 'sip:p:pw@x.com:5071;a=b', 'sip:x.com;lr', 'nonsense'];
  assert.deepEqual(written.map(plainUri), ['sip:s@x.com', 'sip:p@x.com', 'sip:@x.com', 'nonsense']);
});

const ruleFiles = {
  '/etc/sip/permissions.allow': 'ALL : "^sip:vip@"',
  '/etc/sip/permissions.deny': 'ALL : "^sip:(vip|deny)@"\n"^sip:bob" : "^sip:00"',
};

test('allow_routing looks at all branches, or at the first; load_backends leaves files out', async () => {
  for (const [params, expected] of [
    [{}, -1],
    [{ check_all_branches: 0 }, 1],
    [{ load_backends: 3 }, 1],
  ] as const) {
    const { under, self } = stage(params, ruleFiles);
    await self.start();
    const context = contextOf(requestText('', { uri: 'sip:vip@x' }));
    assert.equal(under.call('allow_routing', context), 1);
    context.branches.push(makeTarget('sip:deny@x'));
    assert.equal(under.call('allow_routing', context), expected, JSON.stringify(params));
  }
});

test('allow_register: To with each Contact; no Contact or * is fine', async () => {
  const { under, self } = stage({}, ruleFiles);
  self.files.wantPair('permissions');
  await self.start();
  const register = (contact: string) =>
    under.call('allow_register', contextOf(requestText(contact, { method: 'REGISTER' })), 'permissions');
  assert.equal(register('Contact: <sip:1@x>, <sip:00@x:5080;p>'), -1);
  assert.equal(register('Contact: <sip:1@x>'), 1);
  assert.equal(register('Contact: *'), 1);
  assert.equal(register(''), 1);
  assert.deepEqual(under.rpc('permissions.testUri', 'permissions', 'sip:bob@x', 'sip:00@x'), ['Denied']);
  assert.deepEqual(under.rpc('permissions.allowUri', 'permissions', 'sip:bob@x', 'sip:1@x'), ['Allowed']);
});

test('the address file: optional fields, comments, and what is wrong with it', () => {
  const records = parseAddressFile(
    '# c\n1 127.0.0.1 32 0 tag1\n1 10.0.0.10 # x\n\n2 192.168.1.0 24 0 t2\n3 [1:5ee::900d:c0de]\n4 example.org 0 5060 d=x;y\n',
  );
  assert.ok(Array.isArray(records));
  const tables = new AddressTables(records);
  const group = (host: string, port = 5) => tables.find(undefined, host, port)?.group;
  assert.deepEqual(
    ['127.0.0.1', '10.0.0.10', '192.168.1.77', '192.168.2.77', '1:5ee:0:0:0:0:900d:C0DE', 'example.org'].map(
      (host) => group(host),
    ),
    [1, 1, 2, undefined, 3, undefined],
  );
  assert.equal(group('example.org', 5060), 4);
  for (const bad of [
    'x 1.2.3.4',
    '0 1.2.3.4',
    '1 1.2.3.4 33',
    '1 1.2.3.4 0 70000',
    '1 ::1 129',
    '1 a b c d e f',
  ])
    assert.equal(typeof parseAddressFile(bad), 'string', bad);
});

test('networks of any length, IPv4 and IPv6', () => {
  const record = (host: string, mask: number) => ({ group: mask, host, mask, port: 0, tag: undefined });
  const tables = new AddressTables([
    record('10.128.0.0', 9),
    record('2001:db8:8000::', 33),
    record('10.0.0.4', 30),
  ]);
  assert.equal(tables.find(9, '10.255.1.1', 1)?.group, 9);
  assert.equal(tables.find(9, '10.127.255.255', 1), undefined);
  assert.equal(tables.find(30, '10.0.0.7', 1)?.group, 30);
  assert.equal(tables.find(30, '10.0.0.8', 1), undefined);
  assert.equal(tables.find(33, '2001:db8:ffff::1', 1)?.group, 33);
  assert.equal(tables.find(33, '2001:db8:7fff::1', 1), undefined);
  assert.equal(tables.find(9, '::ffff:10.255.1.1', 1), undefined);
});

test('a reload that fails leaves what was there; reloads are not too frequent', async () => {
  const { under, host, tables, state, self } = stage({ db_url: 'x', peer_tag_avp: '$avp(t)' });
  tables.address = [[1, '127.0.0.2', 32, 0, 'known']];
  await self.start();
  const isKnown = () => under.call('allow_source_address', contextOf(requestText()));
  assert.equal(isKnown(), 1);
  state.fails = true;
  const failed = await under.rpc('permissions.addressReload');
  assert.ok(failed instanceof RpcFault && failed.text === 'Reload failed.');
  assert.equal(isKnown(), 1);
  state.fails = false;
  tables.address = [
    [1, '10.0.0.1', 32, 0, null],
    [1, '10.0.0.0', 40, 0, null],
  ];
  assert.ok((await under.rpc('permissions.addressReload')) instanceof RpcFault);
  host.clock.advance(6000);
  assert.ok((await under.rpc('permissions.addressReload')) instanceof RpcFault);
  assert.equal(isKnown(), 1);
  host.clock.advance(6000);
  tables.address = [];
  assert.deepEqual(await under.rpc('permissions.addressReload'), ['Reload OK']);
  assert.equal(isKnown(), -1);
});

test('too many networks are refused', async () => {
  const { tables, self } = stage({ db_url: 'x', max_subnets: 1 });
  tables.address = [
    [1, '10.0.0.0', 8, 0, null],
    [1, '11.0.0.0', 8, 0, null],
  ];
  await assert.rejects(self.start(), /max_subnets/);
});

test('allow_trusted asks the database each time, which may fail, or memory', async () => {
  const { under, tables, state, tags, self } = stage({ db_url: 'x', peer_tag_avp: '$avp(t)' });
  tables.trusted = [['127.0.0.2', 'udp', '^sip:alice@', null, 'pbx', 0]];
  await self.start();
  const ask = () => under.call('allow_trusted', contextOf(requestText()));
  assert.equal(await ask(), 1);
  assert.deepEqual(tags, ['pbx']);
  state.fails = true;
  assert.equal(await ask(), -1);
  const cached = stage({ db_url: 'x', db_mode: 1 });
  cached.tables.trusted = tables.trusted;
  await cached.self.start();
  cached.state.fails = true;
  assert.equal(cached.under.call('allow_trusted', contextOf(requestText())), 1);
  const [dump] = cached.under.rpc('permissions.trustedDump') as readonly RpcStruct[];
  assert.equal(dump?.members[1]?.name, 'item');
  assert.ok(dump instanceof RpcStruct);
});
