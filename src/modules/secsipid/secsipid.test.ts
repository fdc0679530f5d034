import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { HttpError } from '../../base/errors.ts';
import type { HttpResponse } from '../../base/ports.ts';
import { makeKeyPair } from '../../identity/index.ts';
import { makeHierarchy, type TestHierarchy, testNowMs } from '../../identity/testing.ts';
import type { ScriptContext } from '../../module/context.ts';
import { contextOf, fakeHost, ModuleUnderTest, rendered, requestText } from '../../module/testing.ts';
import declaration from './index.ts';
import type { Secsipid } from './secsipid.ts';

const url = 'https://certs.example.com/a.pem';
let hierarchy: TestHierarchy;
let otherKey: string;

before(async () => {
  hierarchy = await makeHierarchy([{ kind: 'one', number: '1' }]);
  otherKey = makeKeyPair().publicKey;
});

/** Files and pages that a module under test can read. */
class World {
  readonly files = new Map<string, string>();
  readonly pages = new Map<string, string>();
  readonly written: string[] = [];
  asked = 0;
  module: ModuleUnderTest;
  nowMs = 0;

  constructor(params: Record<string, number | string> = {}) {
    this.files
      .set('/key.pem', hierarchy.signer.privateKeyPem)
      .set('/cert.pem', hierarchy.signer.certificatePem);
    this.files
      .set('/ca.pem', hierarchy.root.certificatePem)
      .set('/inter.pem', hierarchy.intermediate.certificatePem);
    this.files.set('/other.pem', otherKey);
    this.pages.set(url, hierarchy.signer.certificatePem);
    const host = fakeHost({
      clock: {
        nowMs: () => this.nowMs,
        wallMs: () => testNowMs + this.nowMs,
        after: () => ({ cancel() {} }),
      },
      files: {
        modifiedMs: async (path: string) => (this.files.has(path) ? testNowMs : undefined),
        read: async (path: string) => Buffer.from(this.files.get(path) ?? ''),
        write: async (path: string, data: string | Uint8Array) => {
          this.written.push(path);
          this.files.set(path, Buffer.from(data as string).toString());
        },
      } as never,
      http: { get: async (page: string) => this.#get(page) },
    });
    this.module = new ModuleUnderTest(declaration, host, params);
  }

  async #get(page: string): Promise<HttpResponse> {
    this.asked++;
    const body = this.pages.get(page);
    if (body === undefined) throw new HttpError('HTTP_CONNECT', 'nobody there');
    return { status: body === '' ? 404 : 200, contentType: '', body: Buffer.from(body) };
  }

  async sign(context: ScriptContext, origTn = '1'): Promise<string> {
    const result = await this.module.call(
      'secsipid_build_identity',
      context,
      origTn,
      '2',
      'A',
      'o',
      url,
      '/key.pem',
    );
    assert.equal(result, 1);
    return this.module.read('$secsipid(val)', context) as string;
  }

  async check(value: string, path = '', name = 'secsipid_check'): Promise<number> {
    return this.module.call(name, contextOf(requestText()), value, path);
  }
}

describe('secsipid', () => {
  test('adds a header that checks with file, key and fetched certificate', async () => {
    const world = new World();
    const context = contextOf(requestText());
    const { module } = world;
    assert.equal(await module.call('secsipid_add_identity', context, '1', '2', 'A', '', url, '/key.pem'), 1);
    const signed = contextOf(rendered(context));
    assert.match(signed.message.text, /\r\nIdentity: ey.*;info=<https:.*>;alg=ES256;ppt=shaken\r\n/);
    assert.equal(await module.call('secsipid_check_identity', signed, '/cert.pem'), 1);
    assert.equal(await module.call('secsipid_check_identity', signed, 'file:///cert.pem'), 1);
    assert.equal(await module.call('secsipid_check_identity', signed, ''), 1);
    assert.equal(await module.call('secsipid_check_identity', signed, '/other.pem'), -251);
    const { certificatePem } = hierarchy.signer;
    assert.equal(await module.call('secsipid_check_identity_pubkey', signed, certificatePem), 1);
    assert.equal(await module.call('secsipid_check_identity_pubkey', signed, otherKey), -251);
    assert.equal(await module.call('secsipid_check_identity', contextOf(requestText()), ''), -1);
  });

  test('what cannot be signed leaves the code', async () => {
    const { module } = new World();
    const context = contextOf(requestText());
    const build = (x5u: string, path: string) =>
      module.call('secsipid_build_identity', context, '1', '2', 'A', 'o', x5u, path);
    assert.equal(await build(url, '/none.pem'), -1);
    assert.equal(module.read('$secsipid(ret)', context), -451);
    assert.equal(module.read('$secsipid(val)', context), null);
    assert.equal(await build('https://a/>\r\nX: y', '/key.pem'), -1);
    assert.equal(module.read('$secsipid(ret)', context), -303);
    assert.throws(() => module.read('$secsipid(x)', context), /there are val and ret/);
  });

  test('signs any JSON', async () => {
    const { module } = new World();
    const context = contextOf(requestText());
    assert.equal(await module.call('secsipid_sign', context, ' {"alg":"ES256"} ', '{}', '/key.pem'), 1);
    assert.match(String(module.read('$secsipid(val)', context)), /^eyJhbGciOiJFUzI1NiJ9\.e30\.[\w-]{86}$/);
    const key = hierarchy.signer.privateKeyPem;
    const parts = ['1', '2', 'A', 'o', url];
    assert.equal(await module.call('secsipid_build_identity_prvkey', context, ...parts, key), 1);
  });

  test('a fetched certificate is kept in cache_dir until cache_expire', async () => {
    const world = new World({ cache_dir: '/cache', cache_expire: 100 });
    const value = await world.sign(contextOf(requestText()));
    for (let i = 0; i < 3; i++) assert.equal(await world.check(value), 1);
    assert.equal(world.asked, 1);
    assert.deepEqual(world.written, ['/cache/https_certs.example.com_a.pem']);
    const { counts } = world.module.loaded.instance as Secsipid;
    assert.deepEqual(counts, { fetched: 1, failed: 0, fromCache: 2 });
    world.nowMs = 101_000;
    assert.equal(await world.check(value), 1);
    assert.equal(world.asked, 2);
  });

  test('without cache_dir each check fetches, and checks at the same time fetch once', async () => {
    const world = new World();
    const value = await world.sign(contextOf(requestText()));
    assert.deepEqual(
      await Promise.all([world.check(value), world.check(value), world.check(value)]),
      [1, 1, 1],
    );
    assert.equal(world.asked, 1);
    await world.check(value);
    assert.equal(world.asked, 2);
    world.pages.set(url, '');
    assert.equal(await world.check(value), -403);
    world.pages.delete(url);
    assert.equal(await world.check(value), -402);
  });

  test('CertVerify follows the chain to the CA file', async () => {
    const options = (more: string[]): Record<string, string> =>
      Object.fromEntries(more.map((o) => ['libopt', o]));
    const world = new World(options(['CertVerify=5']));
    const value = await world.sign(contextOf(requestText()));
    assert.equal(await world.check(value), -106);
    const full = new World();
    for (const option of ['CertVerify=13', 'CertCAFile=/ca.pem', 'CertCAInter=/inter.pem']) {
      assert.equal(full.module.loaded.assign('libopt', option), undefined);
    }
    assert.equal(await full.check(value), 1);
    full.files.set('/ca.pem', (await makeHierarchy()).root.certificatePem);
    const fresh = new World();
    for (const option of ['CertVerify=13', 'CertCAFile=/inter.pem', 'CertCAInter=/inter.pem']) {
      fresh.module.loaded.assign('libopt', option);
    }
    assert.equal(await fresh.check(value), 1);
    fresh.files.set('/inter.pem', 'nothing');
    fresh.nowMs = 2000;
    assert.equal(await fresh.check(value), 1, 'an unchanged file is not read again');
  });

  test('check_tn compares the TNAuthList with the caller', async () => {
    const world = new World({ check_tn: 2 });
    assert.equal(await world.check(await world.sign(contextOf(requestText()))), 1);
    assert.equal(await world.check(await world.sign(contextOf(requestText()), '7')), -1);
  });

  test('secsipid_get_url fills a variable', async () => {
    const { module } = new World();
    const context = contextOf(requestText());
    let got: unknown;
    const into = {
      set: (_context: unknown, value: unknown) => {
        got = value;
      },
    };
    assert.equal(await module.call('secsipid_get_url', context, url, into), 1);
    assert.equal(got, hierarchy.signer.certificatePem);
    assert.equal(await module.call('secsipid_get_url', context, 'https://none.example.com/', into), -402);
  });

  test('an unknown libopt stops the start', () => {
    for (const [option, reason] of [
      ['Nothing=1', /unknown/],
      ['CertVerify', /no value/],
      ['CertVerify=x', /number/],
    ] as const) {
      const { module } = new World({ libopt: option });
      assert.throws(() => (module.loaded.instance as Secsipid).start(), reason);
    }
  });
});
