import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Database, Files } from '../../base/ports.ts';
import type { DatabaseModuleApi } from '../../module/databaseModule.ts';
import { fakeHost, ModuleUnderTest } from '../../module/testing.ts';
import dbFlatstore from './index.ts';

/** Files whose writes last until they are let go. */
function scene(params: Record<string, number | string> = {}) {
  const texts = new Map<string, string>();
  const state = { full: false, appends: 0 };
  const files = {
    existsSync: (path: string) => path === '/var/acc',
    append: async (path: string, data: string) => {
      state.appends++;
      await new Promise((resolve) => setImmediate(resolve));
      if (state.full) throw new Error('no space left');
      texts.set(path, (texts.get(path) ?? '') + data);
    },
  } as unknown as Files;
  const module = new ModuleUnderTest(dbFlatstore, fakeHost({ files }), params);
  const api = module.loaded.declaration.api?.(module.loaded.instance) as DatabaseModuleApi;
  const open = (url = 'flatstore:/var/acc', maxPending = 100): Promise<Database> =>
    api.driver!.open(url, { maxPending, busyTimeoutMs: 0 });
  return { module, texts, state, open };
}

const row = { method: 'INVITE', tag: 'a|b', code: 200, empty: null, at: 1_795_220_698, ua: '100% |\n' };

test('rows are lines; delimiters within text are encoded', async () => {
  const { texts, open } = scene();
  const database = await open();
  await database.insert('acc', row);
  assert.equal(texts.get('/var/acc/acc_1.log'), 'INVITE|a%7Cb|200||1795220698|100% %7C%0A\n');
});

test('other delimiters, another suffix, no encoding', async () => {
  const { texts, open } = scene({
    field_delimiter: ',',
    record_delimiter: ';',
    file_suffix: '.txt',
    encode_delimiter: 0,
  });
  await (await open()).insert('acc', { a: 'x,y', b: 1, c: new Uint8Array([0x7a]) });
  assert.equal(texts.get('/var/acc/acc_1.txt'), 'x,y,1,z;');
  assert.throws(() => scene({ field_delimiter: '||' }), /one character/);
});

test('simultaneous rows go out together and in order', async () => {
  const { texts, state, open } = scene();
  const database = await open('flatstore:///var/acc/');
  await Promise.all(Array.from({ length: 20 }, (_, i) => database.insert('acc', { i })));
  const lines = Array.from({ length: 20 }, (_, i) => `${i}\n`).join('');
  assert.equal(texts.get('/var/acc/acc_1.log'), lines);
  assert.ok(state.appends <= 2, `${state.appends} writes`);
});

test('without flush nobody waits; k_rotate and close do', async () => {
  const { module, texts, open } = scene({ flush: 0 });
  const database = await open();
  await database.insert('acc', { a: 1 });
  assert.equal(texts.size, 0);
  assert.equal(database.status?.()?.pending, 1);
  assert.deepEqual(await module.rpc('flatstore.k_rotate'), []);
  assert.equal(texts.get('/var/acc/acc_1.log'), '1\n');
  texts.delete('/var/acc/acc_1.log'); // moved away
  await database.insert('acc', { a: 2 });
  await database.close();
  assert.equal(texts.get('/var/acc/acc_1.log'), '2\n');
  await assert.rejects(database.insert('acc', { a: 3 }), { code: 'DB_CLOSED' });
});

test('a full disk: rows fail, it is logged once, and it goes on behind it', async () => {
  const { module, texts, state, open } = scene();
  const database = await open();
  state.full = true;
  for (let i = 0; i < 5; i++) await assert.rejects(database.insert('acc', { i }), /no space left/);
  assert.equal(module.host.log.lines.length, 1);
  assert.equal(database.status?.()?.failures, 5);
  state.full = false;
  await database.insert('acc', { a: 6 });
  assert.equal(texts.get('/var/acc/acc_1.log'), '6\n');
});

test('what is not possible is refused: too much at once, other than inserting, a folder that is not there', async () => {
  const { open } = scene();
  const database = await open('flatstore:/var/acc', 2);
  const kept = [database.insert('acc', { a: 1 }), database.insert('acc', { a: 2 })];
  await assert.rejects(database.insert('acc', { a: 3 }), { code: 'DB_BUSY' });
  await Promise.all(kept);
  await assert.rejects(database.query({ table: 'acc', columns: [] }), { code: 'DB_UNSUPPORTED' });
  await assert.rejects(database.update('acc', { a: 1 }, []), { code: 'DB_UNSUPPORTED' });
  await assert.rejects(database.delete('acc', []), { code: 'DB_UNSUPPORTED' });
  await assert.rejects(database.upsert('acc', ['a'], { a: 1 }), { code: 'DB_UNSUPPORTED' });
  await assert.rejects(database.raw('SELECT 1'), { code: 'DB_UNSUPPORTED' });
  await assert.rejects(database.insert('../acc', { a: 1 }), { code: 'DB_NAME' });
  await assert.rejects(open('flatstore:/no/folder'), { code: 'DB_UNREACHABLE' });
  await assert.rejects(open('flatstore:here'), { code: 'DB_URL' });
});
