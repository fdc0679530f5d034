import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RpcFault, type RpcStruct } from '../../module/rpc.ts';
import { TestDatabase } from '../../module/testDatabase.ts';
import { contextOf, fakeHost, ModuleUnderTest, requestText } from '../../module/testing.ts';
import type { DomainApi } from './api.ts';
import domain from './index.ts';

type Row = Record<string, string | number | null>;

const domains: Row[] = [
  { domain: 'Example.com', did: null },
  { domain: 'b', did: 'shared' },
];
const attributes: Row[] = [
  { did: 'shared', name: 'limit', type: 0, value: '7' },
  { did: 'shared', name: 'limit', type: 0, value: '8' },
  { did: 'shared', name: 'text', type: 2, value: 'x' },
];

function prepare(
  params: Record<string, number | string> = {},
  names: Row[] = domains,
  attrs: Row[] = attributes,
) {
  const tables = { domain: names, domain_attrs: attrs };
  const database = new TestDatabase(tables, { domain: 2, domain_attrs: 1 });
  const host = fakeHost({ database: database.open });
  const module = new ModuleUnderTest(domain, host, params);
  return { module, database, host, start: async () => domain.start?.(module.loaded.instance) };
}

test('local domains, letter case aside', async () => {
  const { module, start } = prepare();
  await start();
  const context = contextOf(requestText());
  for (const name of ['is_from_local', 'is_uri_host_local']) assert.equal(module.call(name, context), 1);
  assert.equal(module.call('is_domain_local', context, 'EXAMPLE.com'), 1);
  assert.equal(module.call('is_domain_local', context, null), -1);
  context.target.requestUri = 'sip:bob@elsewhere';
  assert.equal(module.call('is_uri_host_local', context), -1);
  const api = domain.api?.(module.loaded.instance) as DomainApi;
  assert.equal(api.isLocal('b'), true);
});

test('attributes become AVPs, the first on top', async () => {
  const { module, start } = prepare();
  await start();
  const context = contextOf(requestText());
  const { avps } = context.variables;
  assert.equal(module.call('lookup_domain', context, 'b'), 1);
  assert.deepEqual([avps.get('did'), avps.all('limit'), avps.get('text')], ['shared', [7, 8], 'x']);
  assert.equal(module.call('lookup_domain', context, 'example.com', 'from_'), 1);
  assert.equal(avps.get('from_did'), 'Example.com');
  assert.equal(module.call('lookup_domain', context, 'c', 'c_'), -1);
  assert.equal(avps.get('c_did'), null);
});

test('a reload replaces all or nothing', async () => {
  const { module, database, host, start } = prepare();
  await start();
  const isLocal = (name: string) => module.call('is_domain_local', contextOf(requestText()), name);
  database.tables.domain = [{ domain: 'new', did: 'n' }];
  assert.deepEqual(await module.rpc('domain.reload'), []);
  assert.deepEqual([isLocal('b'), isLocal('new')], [-1, 1]);
  database.tables.domain = [{ domain: 'newer', did: '' }];
  const [one, other] = [module.rpc('domain.reload'), module.rpc('domain.reload')];
  assert.ok((await one) instanceof RpcFault && (await other) === (await one));
  assert.deepEqual([isLocal('new'), isLocal('newer')], [1, -1]);
  assert.match(host.log.lines.join(), /newer/);
});

test('domain.dump', async () => {
  const { module, start } = prepare();
  await start();
  const names = (record: unknown) => (record as RpcStruct).members.map(({ value }) => value);
  const [reply] = (await module.rpc('domain.dump')) as readonly RpcStruct[];
  const [list, attrs] = names(reply) as [RpcStruct[], RpcStruct[]];
  assert.deepEqual(list.map(names), [
    ['Example.com', 'Example.com'],
    ['b', 'shared'],
  ]);
  assert.deepEqual(attrs.map(names), [['shared', ['text', 'limit', 'limit']]]);
});

test('register_myself makes them own names', async () => {
  const { host, start } = prepare({ register_myself: 1 });
  await assert.rejects(start(), /takes no names/);
  const checks: ((host: string) => boolean)[] = [];
  const names = {
    aliases: [],
    checks: 0,
    addCheck: (check: (host: string) => boolean) => checks.push(check),
  };
  Object.assign(host.transport, { names });
  await start();
  assert.deepEqual([checks[0]?.('B'), checks[0]?.('c')], [true, false]);
});

test('rows that cannot be are refused at the start', async () => {
  const attribute = { did: 'd', name: 'n', type: 0, value: '1' };
  for (const [bad, expected] of [
    [{ ...attribute, value: 'x' }, /no integer: 'x'/],
    [{ ...attribute, value: null }, /incomplete/],
    [{ ...attribute, name: '' }, /incomplete/],
    [{ ...attribute, type: 1 }, /unknown type 1/],
  ] as const)
    await assert.rejects(prepare({}, domains, [bad]).start(), expected);
});
