import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { before, describe, test } from 'node:test';
import fc from 'fast-check';
import type { FailedCheck } from './failure.ts';
import { parseIdentityHeader, renderIdentityHeader } from './identityHeader.ts';
import { readCredential, readPrivateKey } from './keys.ts';
import { makeKeyPair, makeRevocationList } from './makeCertificate.ts';
import { canonicalJson, decodeBase64url, encodeBase64url, parsePassport } from './passport.ts';
import { readRevocationLists } from './revocationList.ts';
import { signJson, signPassport, signShaken } from './sign.ts';
import { makeHierarchy, type TestHierarchy, testNowMs } from './testing.ts';
import { parseTnEntry } from './tnAuthList.ts';
import { type VerifyOptions, verifyIdentity } from './verify.ts';

const url = 'https://certs.example.com/shaken.pem';
const nowSec = testNowMs / 1000;
let hierarchy: TestHierarchy;

before(async () => {
  hierarchy = await makeHierarchy([
    { kind: 'range', start: '15551230000', count: 100 },
    { kind: 'one', number: '+1 (555) 999-0000' },
  ]);
});

function key(pem = hierarchy.signer.privateKeyPem) {
  const read = readPrivateKey(pem);
  assert.ok(read.ok);
  return read.value;
}

function shaken(extra: Partial<Parameters<typeof signShaken>[0]> = {}): string {
  const signed = signShaken(
    {
      origTn: '+1 555 123-0042',
      destTn: '15557654321',
      attest: 'A',
      origId: 'd1',
      x5u: url,
      iat: nowSec,
      ...extra,
    },
    key(),
  );
  assert.ok(signed.ok);
  return signed.value;
}

async function check(value: string, extra: Partial<VerifyOptions> = {}) {
  return verifyIdentity(value, {
    credential: () => readCredential(hierarchy.signer.certificatePem),
    nowMs: testNowMs,
    maxAgeSec: 60,
    trust: hierarchy.trust,
    ...extra,
  });
}

async function refuses(expected: FailedCheck, value: string, extra: Partial<VerifyOptions> = {}) {
  const outcome = await check(value, extra);
  assert.equal(outcome.ok ? 'accepted' : outcome.check, expected, outcome.ok ? '' : outcome.reason);
  return outcome.ok ? '' : outcome.reason;
}

describe('a signed call', () => {
  test('passes, with numbers in canonical form', async () => {
    const outcome = await check(shaken(), { origTn: '+15551230042', destTn: '+1-555-765-4321' });
    assert.ok(outcome.ok);
    const { claims, header } = outcome.value.passport;
    assert.deepEqual(claims.orig.tn, ['15551230042']);
    assert.deepEqual(claims.dest.tn, ['15557654321']);
    assert.equal(claims.attest, 'A');
    assert.deepEqual(header, { alg: 'ES256', ppt: 'shaken', typ: 'passport', x5u: url });
  });

  test('passes as a bare token', async () => {
    const [token = ''] = shaken().split(';');
    assert.ok((await check(token)).ok);
  });

  test('passes in compact form when the message gives the parts', async () => {
    const header = { alg: 'ES256', ppt: 'shaken', typ: 'passport', x5u: url };
    const payload = { attest: 'B', dest: { tn: ['2'] }, iat: nowSec, orig: { tn: '1' }, origid: 'x' };
    const full = signJson(canonicalJson(header), canonicalJson(payload), key());
    const compact = `..${full.split('.')[2]};info=<${url}>;alg=ES256;ppt=shaken`;
    assert.ok((await check(compact, { compact: { header, payload } })).ok);
    await refuses('signature', compact, { compact: { header, payload: { ...payload, attest: 'A' } } });
    await refuses('format', compact);
  });

  test('passes as a diversion with its div claim', async () => {
    const claims = {
      orig: { tn: ['1'], uri: [] },
      dest: { tn: ['3'], uri: [] },
      div: { tn: ['2'], uri: [] },
      iat: nowSec,
    };
    const header = { alg: 'ES256', ppt: 'div', typ: 'passport', x5u: url };
    const token = signPassport(header, claims, key());
    assert.ok((await check(`${token};info=<${url}>;ppt="div"`)).ok);
    const without = signPassport(header, { ...claims, div: undefined }, key());
    await refuses('claims', `${without};info=<${url}>;ppt=div`);
  });
});

describe('tampering is refused with its reason', () => {
  const altered = (value: string, part: number, change: (json: Record<string, unknown>) => void): string => {
    const [token = '', ...rest] = value.split(';');
    const parts = token.split('.');
    const json = JSON.parse(decodeBase64url(parts[part] as string)?.toString() ?? '') as Record<
      string,
      unknown
    >;
    change(json);
    parts[part] = encodeBase64url(canonicalJson(json));
    return [parts.join('.'), ...rest].join(';');
  };

  test('in the payload', async () => {
    await refuses(
      'signature',
      altered(shaken(), 1, (json) => {
        json.orig = { tn: '15551230043' };
      }),
    );
  });
  test('in the header', async () => {
    const other = altered(shaken(), 0, (json) => {
      json.x5u = 'https://evil.example.com/a.pem';
    });
    assert.match(await refuses('x5u', other), /evil\.example\.com/);
    const both = other.replace(`<${url}>`, '<https://evil.example.com/a.pem>');
    await refuses('signature', both);
  });
  test('in the signature', async () => {
    const value = shaken();
    const at = value.indexOf(';') - 10;
    const flipped = value[at] === 'A' ? 'B' : 'A';
    await refuses('signature', value.slice(0, at) + flipped + value.slice(at + 1));
    await refuses('format', `${value.slice(0, at)}${value.slice(at + 4)}`);
  });
  test('in the parameters', async () => {
    await refuses('algorithm', shaken().replace('alg=ES256', 'alg=none'));
    await refuses('extension', shaken().replace('ppt=shaken', 'ppt=div'));
    await refuses('x5u', shaken().replace(/info=<[^>]*>/, 'x=1'));
  });
  test('by another key', async () => {
    const other = await makeHierarchy();
    await refuses('signature', shaken(), {
      credential: () => readCredential(other.signer.certificatePem),
      trust: other.trust,
    });
  });
  test('with "alg": "none" or another extension in the token', async () => {
    const header = (extra: object): string =>
      canonicalJson({ alg: 'ES256', ppt: 'shaken', typ: 'passport', x5u: url, ...extra });
    const payload = canonicalJson({ attest: 'A', dest: { tn: ['2'] }, iat: nowSec, orig: { tn: '1' } });
    await refuses('algorithm', signJson(header({ alg: 'none' }), payload, key()));
    await refuses('extension', signJson(header({ ppt: 'rcd' }), payload, key()));
    await refuses('format', signJson(header({ typ: 'JWT' }), payload, key()));
    await refuses('claims', signJson(header({}), payload, key()));
  });
});

describe('time', () => {
  test('an old token is stale, one from the future too', async () => {
    assert.match(await refuses('freshness', shaken({ iat: nowSec - 61 })), /61 s ago, at most 60 s/);
    assert.ok((await check(shaken({ iat: nowSec - 60 }))).ok);
    await refuses('freshness', shaken({ iat: nowSec + 61 }));
  });
  test('an expired certificate, and one not valid yet', async () => {
    const later = testNowMs + 60 * 86_400_000;
    await refuses('certificate-validity', shaken({ iat: later / 1000 }), { nowMs: later });
    const earlier = testNowMs - 60 * 86_400_000;
    await refuses('certificate-validity', shaken({ iat: earlier / 1000 }), { nowMs: earlier });
  });
});

describe('trust', () => {
  test('a chain to another root is refused', async () => {
    const other = await makeHierarchy();
    await refuses('certificate-chain', shaken(), { trust: { ...hierarchy.trust, roots: other.trust.roots } });
    await refuses('certificate-chain', shaken(), { trust: { ...hierarchy.trust, intermediates: [] } });
  });
  test('intermediates may come with the certificate', async () => {
    const bundle = hierarchy.signer.certificatePem + hierarchy.intermediate.certificatePem;
    const outcome = await check(shaken(), {
      credential: () => readCredential(bundle),
      trust: { ...hierarchy.trust, intermediates: [] },
    });
    assert.ok(outcome.ok);
  });
  test('a leaf is no authority', async () => {
    const roots = [new X509Certificate(hierarchy.signer.certificatePem)];
    const forged = await makeHierarchy();
    await refuses('certificate-chain', shaken(), {
      credential: () => readCredential(forged.signer.certificatePem),
      trust: { ...hierarchy.trust, roots, intermediates: [] },
    });
  });
  test('a revoked certificate, and a revoked intermediate', async () => {
    const lists = async (serial: string, issuer = hierarchy.intermediate) => {
      const pem = await makeRevocationList(issuer, ['77', serial], new Date(testNowMs));
      const read = await readRevocationLists(Buffer.from(pem));
      assert.ok(read.ok);
      return read.value;
    };
    const withLists = async (serial: string, issuer = hierarchy.intermediate) => ({
      trust: { ...hierarchy.trust, revoked: await lists(serial, issuer) },
    });
    assert.match(await refuses('certificate-revoked', shaken(), await withLists('0a0b')), /0A0B/);
    assert.ok((await check(shaken(), await withLists('0c'))).ok);
    await refuses('certificate-revoked', shaken(), await withLists('02', hierarchy.root));
    // the same serial of another issuer is another certificate
    assert.ok((await check(shaken(), await withLists('0a0b', hierarchy.root))).ok);
  });
  test('a bare public key passes only where no certificate is asked for', async () => {
    const pair = makeKeyPair();
    const signed = signShaken(
      { origTn: '1', destTn: '2', attest: 'C', origId: 'o', x5u: url, iat: nowSec },
      key(pair.privateKey),
    );
    assert.ok(signed.ok);
    const credential = () => readCredential(pair.publicKey);
    assert.ok((await check(signed.value, { credential, trust: undefined })).ok);
    await refuses('certificate-format', signed.value, { credential });
  });
});

describe('numbers', () => {
  const strict = (): Partial<VerifyOptions> => ({
    trust: { ...hierarchy.trust, telephoneNumbers: 'required' },
  });
  test('the certificate must have the calling number', async () => {
    assert.ok((await check(shaken(), strict())).ok);
    assert.ok((await check(shaken({ origTn: '15551230099' }), strict())).ok);
    assert.ok((await check(shaken({ origTn: '+15559990000' }), strict())).ok);
    assert.match(
      await refuses('tn-authorization', shaken({ origTn: '15551230100' }), strict()),
      /15551230100/,
    );
    await refuses('tn-authorization', shaken({ origTn: 'alice' }), strict());
  });
  test('a certificate without the list', async () => {
    const bare = await makeHierarchy();
    const signed = signShaken(
      { origTn: '1', destTn: '2', attest: 'A', origId: 'o', x5u: url, iat: nowSec },
      key(bare.signer.privateKeyPem),
    );
    assert.ok(signed.ok);
    const credential = () => readCredential(bare.signer.certificatePem);
    const trust = (telephoneNumbers: 'required' | 'when-present') => ({
      credential,
      trust: { ...bare.trust, telephoneNumbers },
    });
    await refuses('tn-authorization', signed.value, trust('required'));
    assert.ok((await check(signed.value, trust('when-present'))).ok);
  });
  test('orig and dest are compared with the call', async () => {
    assert.match(await refuses('orig', shaken(), { origTn: '+15551230043' }), /15551230042/);
    await refuses('dest', shaken(), { destTn: '911' });
    assert.ok((await check(shaken({ destTn: ['911', '112'] }), { destTn: '112' })).ok);
  });
  test('entries in words', () => {
    assert.deepEqual(parseTnEntry('spc:709J'), { kind: 'spc', code: '709J' });
    assert.deepEqual(parseTnEntry('+15551230000+100'), { kind: 'range', start: '15551230000', count: 100 });
    assert.deepEqual(parseTnEntry('15551230000'), { kind: 'one', number: '15551230000' });
    for (const bad of ['', 'alice', '1+1', 'spc:', '1+2+3']) assert.equal(parseTnEntry(bad), undefined);
  });
});

describe('the parsers', () => {
  test('any text is a value, never an exception', async () => {
    const texts = fc.oneof(
      fc.string({ maxLength: 300 }),
      fc
        .array(fc.constantFrom('.', ';', 'info=<', '>', '"', '=', 'alg=ES256', 'e30', 'eyJ9', ' '), {
          maxLength: 40,
        })
        .map((parts) => parts.join('')),
    );
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const outcome = await check(text);
        assert.equal(outcome.ok, false);
      }),
      { numRuns: 2000, seed: 7 },
    );
  });
  test('a token that was rendered is read again as it was', () => {
    const texts = fc.string({ minLength: 1, maxLength: 30 });
    const claims = fc.record(
      {
        orig: texts.map((tn) => ({ tn: [tn], uri: [] })),
        dest: fc.record(
          {
            tn: fc.array(texts, { minLength: 1, maxLength: 3 }),
            uri: fc.array(texts, { maxLength: 2 }),
          },
          { noNullPrototype: true },
        ),
        iat: fc.nat(),
        attest: fc.constantFrom('A', 'B', 'C', undefined),
        origid: fc.option(texts, { nil: undefined }),
        div: fc.option(
          texts.map((tn) => ({ tn: [tn], uri: [] })),
          { nil: undefined },
        ),
      },
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(claims, (value) => {
        const header = { alg: 'ES256', ppt: undefined, typ: 'passport', x5u: undefined };
        const parsed = parsePassport(signPassport(header, value, key()));
        assert.ok(parsed.ok);
        assert.deepEqual(parsed.value.claims, value);
      }),
      { numRuns: 200, seed: 7 },
    );
  });
  test('a header that was rendered is read again as it was', () => {
    const word = fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/);
    const value = fc.record(
      {
        token: word.map((text) => `${text}.${text}.${text}`),
        info: word.map((text) => `https://example.com/${text};a=1`),
        alg: fc.constantFrom('ES256', undefined),
        ppt: fc.constantFrom('shaken', undefined),
      },
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(value, (header) => {
        assert.deepEqual(parseIdentityHeader(renderIdentityHeader(header)), { ok: true, value: header });
      }),
      { seed: 7 },
    );
  });
  test('what is too long is refused unread', () => {
    const outcome = parsePassport('a'.repeat(20_000));
    assert.equal(outcome.ok ? '' : outcome.check, 'format');
    const header = parseIdentityHeader('a'.repeat(20_000));
    assert.equal(header.ok ? '' : header.check, 'format');
  });
});

describe('keys', () => {
  test('only EC P-256 will do', () => {
    const rsa = '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n';
    const bad = readPrivateKey(rsa);
    assert.equal(bad.ok ? '' : bad.check, 'private-key');
    for (const text of ['', 'hello', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----']) {
      const read = readCredential(text);
      assert.equal(read.ok ? '' : read.check, 'certificate-format');
    }
  });
});
