import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TestDatabase } from '../../module/testDatabase.ts';
import { contextOf, fakeHost, ModuleUnderTest, requestText } from '../../module/testing.ts';
import speeddial from './index.ts';

const speed_dial = [
  { username: 'alice', domain: 'example.com', sd_username: '2', sd_domain: 'a', new_uri: 'sip:bob@x' },
  { username: 'alice', domain: 'other', sd_username: '3', sd_domain: 'b', new_uri: 'carol@x:5061' },
  { username: 'erin', domain: 'e', sd_username: '2', sd_domain: 'a', new_uri: 'tel:+1' },
  { username: 'erin', domain: 'e', sd_username: '9', sd_domain: 'a', new_uri: null },
];

async function dial(uri: string, params: Record<string, number | string> = {}, owner?: string) {
  const database = new TestDatabase({ speed_dial });
  const module = new ModuleUnderTest(speeddial, fakeHost({ database: database.open }), params);
  await speeddial.start?.(module.loaded.instance);
  const context = contextOf(requestText('', { uri }));
  const code = await module.call('sd_lookup', context, 'speed_dial', ...(owner === undefined ? [] : [owner]));
  return code === 1 ? context.target.requestUri : code;
}

test('short numbers of the caller and of another owner', async () => {
  assert.equal(await dial('sip:2@b'), 'sip:bob@x');
  assert.equal(await dial('sip:3@b'), 'sip:carol@x:5061');
  assert.equal(await dial('sip:4@b'), -1);
  assert.equal(await dial('sip:2@b', {}, 'sip:erin@x'), 'tel:+1');
  assert.equal(await dial('sip:9@b', {}, 'sip:erin@x'), -1);
  for (const owner of ['erin', 'sip:x']) assert.equal(await dial('sip:2@b', {}, owner), -1);
});

test('with domains', async () => {
  assert.equal(await dial('sip:2@b', { use_domain: 1 }), 'sip:bob@x');
  assert.equal(await dial('sip:3@b', { use_domain: 1 }), -1);
  assert.equal(await dial('sip:2@b', { use_domain: 2 }), -1);
  assert.equal(await dial('sip:2@a', { use_domain: 2 }), 'sip:bob@x');
  const prefix = { use_domain: 2, domain_prefix: 'sip.' };
  assert.equal(await dial('sip:2@sip.a', prefix, 'sip:alice@sip.example.com'), 'sip:bob@x');
});
