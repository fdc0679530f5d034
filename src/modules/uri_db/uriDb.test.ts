import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TestDatabase } from '../../module/testDatabase.ts';
import { contextOf, fakeHost, ModuleUnderTest, requestText } from '../../module/testing.ts';
import uriDb from './index.ts';

const tables = {
  subscriber: [{ username: 'bob', domain: 'example.com' }],
  uri: [{ username: 'alice', domain: 'r', uri_user: 'bob' }],
};

async function makeUriDb(params: Record<string, number | string> = {}, user: string | undefined = 'Alice') {
  const database = new TestDatabase(tables, { subscriber: 7, uri: 1 });
  const host = fakeHost({ database: database.open });
  if (user !== '') host.apis.set('auth', { verifiedUser: () => ({ user, domain: '', realm: 'r' }) });
  const module = new ModuleUnderTest(uriDb, host, params);
  await uriDb.start?.(module.loaded.instance);
  const ask = (name: string, ...args: string[]) => module.call(name, contextOf(requestText()), ...args);
  return { ask, database };
}

test('against the credentials', async () => {
  const { ask, database } = await makeUriDb({ db_url: '' });
  assert.equal(ask('check_from'), 1);
  assert.equal(ask('check_to'), -10);
  assert.equal(ask('check_uri', 'sip:alice@x'), 1);
  assert.equal(ask('check_uri', 'sip:x'), -4);
  assert.equal(ask('check_uri', 'alice'), -1);
  assert.equal(ask('check_uri', 'sip:eve@x', 'eve', 'r'), 1);
  assert.equal(ask('check_uri', 'sip:eve@x', '', 'r'), -2);
  assert.equal(ask('check_uri', 'eve', 'eve', 'r'), -1);
  assert.equal((await makeUriDb({}, '')).ask('check_from'), -2);
  assert.equal(await ask('does_uri_exist'), 1);
  database.failure = 'gone';
  assert.equal(await ask('does_uri_exist'), -1);
});

test('against the table', async () => {
  const { ask } = await makeUriDb({ use_uri_table: 1, db_table: 'uri', use_domain: 1 }, 'alice');
  assert.equal(await ask('check_to'), 1);
  assert.equal(await ask('check_from'), -9);
  assert.equal(await ask('check_uri', 'sip:bob@x', 'alice', 'q'), -9);
  assert.equal(await ask('does_uri_exist'), -5);
  await assert.rejects(makeUriDb({ use_uri_table: 1 }), /version 7, expected 1/);
});
