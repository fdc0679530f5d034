import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Value } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import { TestDatabase } from '../../module/testDatabase.ts';
import { contextOf, fakeHost, ModuleUnderTest, requestText } from '../../module/testing.ts';
import group from './index.ts';

const grp = [
  { username: 'alice', domain: 'example.com', grp: 'ld' },
  { username: 'carol', domain: 'r', grp: 'ld' },
];
const re_grp = [
  { reg_exp: '^sip:AL', group_id: 1 },
  { reg_exp: '@example\\.com$', group_id: 2 },
];

async function makeGroups(params: Record<string, number | string> = {}, patterns = re_grp) {
  const database = new TestDatabase({ grp, re_grp: patterns }, { grp: 2, re_grp: 1 });
  const host = fakeHost({ database: database.open });
  host.apis.set('auth', { verifiedUser: () => ({ user: 'carol', domain: '', realm: 'r' }) });
  const module = new ModuleUnderTest(group, host, params);
  await group.start?.(module.loaded.instance);
  const context = contextOf(requestText());
  const isIn = (source: string, name = 'ld') => module.call('is_user_in', context, source, name);
  const groups = (source: string) => {
    const found: Value[] = [];
    const variable = { set: (_context: ScriptContext, value: Value) => found.push(value) };
    const code = module.call('get_user_group', context, source, variable);
    return [code, ...found];
  };
  return { isIn, groups, database };
}

test('members by name', async () => {
  const { isIn, database } = await makeGroups();
  assert.equal(await isIn('From'), 1);
  assert.equal(await isIn('From', 'other'), -6);
  assert.equal(await isIn('To'), -6);
  assert.equal(await isIn('Request-URI'), -6);
  assert.equal(await isIn('Credentials'), 1);
  assert.equal(await isIn('sip:alice@x'), 1);
  assert.equal(await isIn('alice'), -1);
  database.failure = 'gone';
  assert.equal(await isIn('From'), -1);
});

test('members by name and domain', async () => {
  const { isIn } = await makeGroups({ use_domain: 1 });
  assert.equal(await isIn('From'), 1);
  assert.equal(await isIn('sip:alice@x'), -6);
  assert.equal(await isIn('Credentials'), 1);
});

test('groups by regular expressions, the last row first', async () => {
  const all = await makeGroups({ re_table: 're_grp' });
  assert.deepEqual(all.groups('From'), [2, 2, 1]);
  assert.deepEqual(all.groups('Credentials'), [-1]);
  assert.deepEqual(all.groups('nonsense'), [-1]);
  const one = await makeGroups({ re_table: 're_grp', multiple_gid: 0 });
  assert.deepEqual(one.groups('From'), [1, 2]);
  await assert.rejects(makeGroups({ re_table: 're_grp' }, [{ reg_exp: '(', group_id: 3 }]), /group 3.*'\('/);
});
