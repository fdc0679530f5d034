import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Value } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import { TestDatabase } from '../../module/testDatabase.ts';
import { contextOf, fakeHost, ModuleUnderTest, requestText } from '../../module/testing.ts';
import aliasDb from './index.ts';

const dbaliases = [
  { alias_username: '1', alias_domain: 'a', username: 'alice', domain: 'x' },
  { alias_username: '1', alias_domain: 'b', username: 'bob', domain: 'x' },
  ...Array.from({ length: 20 }, (_, i) => ({
    alias_username: 'all',
    alias_domain: 'a',
    username: `u${i}`,
    domain: 'x',
  })),
];

async function makeAliases(params: Record<string, number | string> = {}) {
  const database = new TestDatabase({ dbaliases });
  const host = fakeHost({ database: database.open });
  const module = new ModuleUnderTest(aliasDb, host, params);
  await aliasDb.start?.(module.loaded.instance);
  const lookup = async (uri: string, ...flags: string[]) => {
    const context = contextOf(requestText('', { uri }));
    const code = await module.call('alias_db_lookup', context, 'dbaliases', ...flags);
    return { code, context, uri: context.target.requestUri };
  };
  return { module, database, host, lookup };
}

test('the user behind an alias, and the alias of a user', async () => {
  const { lookup } = await makeAliases();
  assert.equal((await lookup('sip:1@b')).uri, 'sip:alice@x');
  assert.equal((await lookup('sip:1@b', 'u')).uri, 'sip:bob@x');
  assert.equal((await lookup('sip:1@c', 'u')).code, -1);
  assert.equal((await lookup('sip:1@c', 'ud')).uri, 'sip:alice@x');
  assert.equal((await lookup('sip:bob@y', 'r')).uri, 'sip:1@b');
  assert.equal((await lookup('sip:bob@y', 'ru')).code, -1);
  const { code, context } = await lookup('sip:a');
  assert.deepEqual([code, context.uriChanged], [-1, false]);
});

test('branches for further users, as many as there may be', async () => {
  const { lookup, host } = await makeAliases({ append_branches: 1, use_domain: 1, domain_prefix: 'sip.' });
  const { context, uri } = await lookup('sip:all@sip.a');
  assert.equal(uri, 'sip:u0@x');
  assert.equal(context.branches.length, host.settings.maxBranches - 1);
  assert.equal(context.branches[0]?.requestUri, 'sip:u1@x');
});

test('a URI is looked up for a variable, the request stays', async () => {
  const { module, host, database } = await makeAliases();
  const context = contextOf(requestText());
  let found: Value = null;
  const variable = { set: (_context: ScriptContext, value: Value) => (found = value) };
  assert.equal(await module.call('alias_db_find', context, 'dbaliases', 'sip:1@b', variable, 'u'), 1);
  assert.equal(found, 'sip:bob@x');
  assert.equal(await module.call('alias_db_find', context, 'dbaliases', 'nonsense', variable), -1);
  assert.equal(await module.call('alias_db_find', context, null, 'sip:1@b', variable), -1);
  assert.equal(context.uriChanged, false);
  database.failure = 'gone';
  assert.equal(await module.call('alias_db_find', context, 'dbaliases', 'sip:1@b', variable), -1);
  assert.match(host.log.lines.join(), /gone/);
});
