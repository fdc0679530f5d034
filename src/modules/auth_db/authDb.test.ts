import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DatabaseError } from '../../base/errors.ts';
import type { Database, DbQuery, DbRow } from '../../base/ports.ts';
import { contextOf, fakeHost, ModuleUnderTest, requestText } from '../../module/testing.ts';
import { type AuthApi, AuthCode, type Credentials } from '../auth/api.ts';
import authDb from './index.ts';

const credentials = { user: 'alice', domain: '', username: 'alice' } as Credentials;

/** The module over a table of one row, and an auth whose passwords are their own HA1. */
async function makeAuthDb(params: Record<string, number | string>, row: DbRow | undefined, version = 7) {
  const queries: DbQuery[] = [];
  const mood = {
    failure: undefined as DatabaseError | undefined,
    found: credentials as Credentials | number,
  };
  const database = {
    query: async (query: DbQuery) => {
      queries.push(query);
      if (mood.failure !== undefined) throw mood.failure;
      if (query.table === 'version') return { columns: [], rows: [[version]], affected: 0 };
      return { columns: query.columns, rows: row === undefined ? [] : [row], affected: 0 };
    },
  } as unknown as Database;
  const avps = (text: string) => ({
    text,
    writable: true,
    get: () => null,
    set: (context: ReturnType<typeof contextOf>, value: string | number) =>
      context.variables.avps.push('v', value),
  });
  const host = fakeHost({
    database: async () => database,
    formats: { text: () => () => '', variable: avps } as never,
  });
  const auth: Partial<AuthApi> = {
    credentialsFor: () => mood.found,
    ha1: (_context, _credentials, password) => `ha1 of ${password}`,
    verify: (_context, _credentials, ha1) => (ha1 === 'ha1 of right' ? AuthCode.ok : AuthCode.wrongPassword),
    authorizedUser: () => 'alice',
    isSender: (_context, user, useDomain) => user === 'alice' && !useDomain,
  };
  host.apis.set('auth', auth);
  const module = new ModuleUnderTest(authDb, host, params);
  const instance = module.loaded.instance as { expectTable(table: string): void };
  instance.expectTable('subscriber');
  const start = () => authDb.start?.(module.loaded.instance);
  return { module, host, queries, mood, start };
}

test('the stored hash, or the plain password', async () => {
  const context = contextOf(requestText());
  for (const [params, stored, expected] of [
    [{}, 'ha1 of right', 1],
    [{}, 'right', -2],
    [{ calculate_ha1: 1 }, 'right', 1],
    [{ calculate_ha1: 1 }, 'wrong', -2],
    [{ calculate_ha1: 1 }, null, -2],
  ] as const) {
    const { module, start } = await makeAuthDb(params, [stored]);
    await start();
    assert.equal(await module.call('proxy_authenticate', context, 'r', 'subscriber'), expected);
    assert.equal(await module.call('www_authenticate', context, 'r', 'subscriber'), expected);
    assert.equal(await module.call('www_authenticate', context, 'r', 'subscriber', 'BYE'), expected);
    assert.equal(await module.call('auth_check', context, 'r', 'subscriber', 1), expected);
  }
});

test('which row and which column are asked for', async () => {
  const { module, queries, mood, start } = await makeAuthDb(
    { use_domain: 1, version_table: 0, user_column: 'u', domain_column: 'd', load_credentials: 'rpid' },
    ['x', 1],
  );
  await start();
  const context = contextOf(requestText());
  await module.call('proxy_authenticate', context, 'r', 'subscriber');
  mood.found = { ...credentials, domain: 'b.example' };
  await module.call('proxy_authenticate', context, 'r', 'subscriber');
  assert.deepEqual(
    queries.map(({ columns }) => columns),
    [
      ['ha1', 'rpid'],
      ['ha1b', 'rpid'],
    ],
  );
  assert.deepEqual(queries[1]?.where, [
    { column: 'u', op: '=', value: 'alice' },
    { column: 'd', op: '=', value: 'b.example' },
  ]);
  assert.deepEqual(queries[0]?.where?.[1]?.value, 'r');
});

test('a database that is down is -1 for those who need it, and nothing for the others', async () => {
  const { module, host, mood, start } = await makeAuthDb({}, ['ha1 of right']);
  await start();
  mood.failure = new DatabaseError('DB_GONE', 'gone');
  const context = contextOf(requestText());
  assert.equal(await module.call('proxy_authenticate', context, 'r', 'subscriber'), -1);
  assert.equal(await module.call('is_subscriber', context, 'sip:a@b', 'subscriber', 0), -1);
  assert.match(host.log.lines.join(), /gone/);
  mood.found = AuthCode.noCredentials;
  assert.equal(module.call('auth_check', context, 'r', 'subscriber', 1), -5);
  mood.found = AuthCode.ok;
  assert.equal(module.call('auth_check', context, 'r', 'subscriber', 1), 1);
  assert.equal(module.call('auth_check', context, null, 'subscriber', 1), -1);
});

test('who the user must be', async () => {
  const ask = async (params: Record<string, number>, method: string, flags: number) => {
    const { module, start } = await makeAuthDb(params, ['ha1 of right']);
    await start();
    return module.call('auth_check', contextOf(requestText('', { method })), 'r', 'subscriber', flags);
  };
  assert.equal(await ask({ use_domain: 1 }, 'INVITE', 1), -8);
  assert.equal(await ask({ use_domain: 1 }, 'INVITE', 3), 1);
  assert.equal(await ask({ use_domain: 1 }, 'SUBSCRIBE', 3), -8);
  assert.equal(await ask({}, 'SUBSCRIBE', 1), 1);
});

test('attributes of subscribers', async () => {
  const context = contextOf(requestText());
  const params = { load_credentials: '$avp(v)=rpid; email ', calculate_ha1: 1 };
  const { module, start } = await makeAuthDb(params, ['wrong', 5, 'a@b']);
  await start();
  assert.equal(await module.call('proxy_authenticate', context, 'r', 'subscriber'), -2);
  assert.equal(context.variables.avps.get('email'), null);
  assert.equal(await module.call('is_subscriber', context, 'sip:alice@r', 'subscriber', 2), 1);
  assert.equal(context.variables.avps.get('email'), null);
  assert.equal(await module.call('is_subscriber', context, 'sip:alice@r', 'subscriber', 1), 1);
  assert.equal(context.variables.avps.get('email'), 'a@b');
  assert.equal(context.variables.avps.get('v'), 5);
  assert.equal(await module.call('is_subscriber', context, 'alice', 'subscriber', 1), -1);
  const forced = await makeAuthDb({ ...params, force_generate_avps: 1 }, ['wrong', null, 'c@d']);
  await forced.start();
  assert.equal(await forced.module.call('proxy_authenticate', context, 'r', 'subscriber'), -2);
  assert.equal(context.variables.avps.get('email'), 'c@d');
  assert.equal(context.variables.avps.count('v'), 1);
  const nobody = await makeAuthDb({}, undefined);
  await nobody.start();
  assert.equal(await nobody.module.call('is_subscriber', context, 'sip:alice@r', 'subscriber', 1), -2);
  assert.equal(await nobody.module.call('proxy_authenticate', context, 'r', 'subscriber'), -3);
});

test('what cannot work is refused at the start', async () => {
  await assert.rejects(async () => (await makeAuthDb({}, undefined, 6)).start(), /version 6, expected 7/);
  await assert.rejects(
    async () => (await makeAuthDb({ load_credentials: '$avp(x)=' }, undefined)).start(),
    /no column/,
  );
  await assert.rejects(
    async () => (await makeAuthDb({ load_credentials: '$var(x)=a' }, undefined)).start(),
    /no \$avp/,
  );
});
