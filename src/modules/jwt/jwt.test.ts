import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, test } from 'node:test';
import { contextOf, fakeHost, ModuleUnderTest, requestText } from '../../module/testing.ts';
import { parseClaims } from './claims.ts';
import declaration from './index.ts';

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const files = new Map<string, Buffer>([
  ['ec', Buffer.from(ec.privateKey.export({ type: 'pkcs8', format: 'pem' }))],
  ['ec.pub', Buffer.from(ec.publicKey.export({ type: 'spki', format: 'pem' }))],
  ['rsa', Buffer.from(rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }))],
  ['rsa.pub', Buffer.from(rsa.publicKey.export({ type: 'spki', format: 'pem' }))],
  ['secret', Buffer.alloc(64, 'k')],
]);

function start(params: Record<string, number> = {}) {
  let reads = 0;
  const host = fakeHost({
    files: {
      read: async (path: string) => {
        reads++;
        const data = files.get(path);
        if (data === undefined) throw new Error(`no such file: ${path}`);
        return data;
      },
    } as never,
  });
  const module = new ModuleUnderTest(declaration, host, params);
  const context = contextOf(requestText());
  return {
    reads: () => reads,
    generate: (key: string, alg: string, claims: string) =>
      module.call('jwt_generate', context, key, alg, claims),
    verify: (key: string, alg: string, claims: string, token: string) =>
      module.call('jwt_verify', context, key, alg, claims, token),
    value: () => module.read('$jwt(val)', context) as string,
    status: () => module.read('$jwt(status)', context),
    module,
  };
}

const claims = `caller='alice';callee="bob;smith";index=100;x=text`;

describe('jwt', () => {
  test('makes and verifies tokens of every family', async () => {
    for (const [key, alg] of [
      ['ec', 'ES256'],
      ['rsa', 'RS256'],
      ['rsa', 'PS512'],
      ['secret', 'HS512'],
    ] as const) {
      const jwt = start();
      assert.equal(await jwt.generate(key, alg, claims), 1, alg);
      const [header, payload] = jwt
        .value()
        .split('.')
        .map((part) => Buffer.from(part, 'base64url').toString());
      assert.equal(header, `{"alg":"${alg}","typ":"JWT"}`);
      assert.deepEqual(JSON.parse(payload ?? ''), {
        caller: 'alice',
        callee: 'bob;smith',
        index: 100,
        x: 'text',
      });
      const publicKey = key === 'secret' ? key : `${key}.pub`;
      assert.equal(await jwt.verify(publicKey, alg, `caller='alice';index=100`, jwt.value()), 1);
      assert.equal(jwt.status(), 0);
    }
  });

  test('says why a token is refused', async () => {
    const jwt = start();
    await jwt.generate('ec', 'ES256', claims);
    const token = jwt.value();
    const refused = async (status: number, alg: string, wanted: string, given = token, key = 'ec.pub') => {
      assert.equal(await jwt.verify(key, alg, wanted, given), -1);
      assert.equal(jwt.status(), status);
    };
    await refused(64, 'ES256', `caller='bob'`);
    await refused(64, 'ES256', `index='100'`);
    await refused(2, 'RS256', '', token, 'rsa.pub');
    await refused(2, 'none', '');
    await refused(1, 'ES256', '', `${token.slice(0, -4)}AAAA`);
    await refused(1, 'ES256', '', 'nonsense');
    await refused(1, 'ES256', '', token, 'missing');
    await refused(1, 'ES256', 'a b c');
    await jwt.generate('ec', 'ES256', 'exp=1000');
    await refused(4, 'ES256', '', jwt.value());
    await jwt.generate('ec', 'ES256', 'nbf=99999999999');
    await refused(8, 'ES256', '', jwt.value());
  });

  test('what cannot be made', async () => {
    const jwt = start();
    assert.equal(await jwt.generate('ec', 'XX', ''), -1);
    assert.equal(await jwt.generate('ec', 'ES256', '=;'), -1);
    assert.equal(await jwt.generate('missing', 'ES256', ''), -1);
    assert.equal(await jwt.generate('rsa', 'ES256', ''), -1);
    assert.equal(jwt.value(), null);
    assert.throws(() => jwt.module.read('$jwt(x)', contextOf(requestText())), /there are val and status/);
  });

  test('key_mode 1 keeps keys', async () => {
    const fresh = start();
    const kept = start({ key_mode: 1 });
    for (const jwt of [fresh, kept]) {
      await jwt.generate('ec', 'ES256', '');
      await jwt.generate('ec', 'ES256', '');
    }
    assert.deepEqual([fresh.reads(), kept.reads()], [2, 1]);
  });

  test('claims', () => {
    assert.deepEqual(parseClaims(` a = 1 ; b='2';c=-7;d=1.5;e="x=y";`), {
      a: 1,
      b: '2',
      c: -7,
      d: '1.5',
      e: 'x=y',
    });
    assert.deepEqual(parseClaims(''), {});
    for (const bad of ['a', '=1', `a='x`, `a='x'y`]) assert.equal(parseClaims(bad), undefined);
  });
});
