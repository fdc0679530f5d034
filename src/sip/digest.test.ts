import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { authParamOf, formatAuthValue, parseAuthInfo, parseAuthValue, quote, unquote } from './authValue.ts';
import {
  type DigestCredentials,
  digestAlgorithm,
  digestHa1,
  digestMatches,
  digestResponse,
  digestResponseAuth,
  nonceCount,
  parseDigestCredentials,
} from './digest.ts';

/** The example of RFC 2617 §3.5. */
const rfc2617 =
  'Digest username="Mufasa", realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", ' +
  'uri="/dir/index.html", qop=auth, nc=00000001, cnonce="0a4f113b", ' +
  'response="6629fae49393a05397450978507c4ef1", opaque="5ccc069c403ebaf9f0171e9517f40e41"';

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

function credentials(value: string): DigestCredentials {
  const parsed = parseDigestCredentials(value);
  assert.ok(parsed !== undefined);
  return parsed;
}

test('RFC 2617 §3.5: MD5 with qop=auth', () => {
  const given = credentials(rfc2617);
  const ha1 = digestHa1('MD5', 'Mufasa', 'testrealm@host.com', 'Circle Of Life');
  assert.equal(ha1, '939e7578ed9e3c518a452acee763bce9');
  assert.ok(digestMatches(ha1, given, 'GET'));
  assert.ok(!digestMatches(ha1, given, 'PUT'));
  assert.ok(!digestMatches(ha1, { ...given, response: given.response.slice(1) }, 'GET'));
});

/** The examples of RFC 7616 §3.9.1. */
const rfc7616 = {
  nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
  uri: '/dir/index.html',
  qop: 'auth',
  nc: '00000001',
  cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
} as const;

test('RFC 7616 §3.9.1: MD5 and SHA-256', () => {
  for (const [algorithm, expected] of [
    ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
    ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
  ] as const) {
    const ha1 = digestHa1(algorithm, 'Mufasa', 'http-auth@example.org', 'Circle of Life');
    assert.equal(digestResponse(ha1, { ...rfc7616, algorithm }, 'GET'), expected);
  }
});

test('RFC 8760 §2.3: SHA-512-256, session algorithms, auth-int', () => {
  const ha1 = digestHa1('SHA-512-256', 'u', 'r', 'p');
  assert.equal(ha1.length, 64);
  const plain = digestResponse(ha1, { ...rfc7616, algorithm: 'SHA-512-256' }, 'GET');
  const session = digestResponse(ha1, { ...rfc7616, algorithm: 'SHA-512-256-sess' }, 'GET');
  const int = { ...rfc7616, algorithm: 'SHA-512-256', qop: 'auth-int' } as const;
  assert.equal(
    new Set([plain, session, digestResponse(ha1, int, 'GET', 'x'), digestResponse(ha1, int, 'GET')]).size,
    4,
  );
  // RFC 2617 §3.2.2.2: A1 of a session is H(user:realm:password):nonce:cnonce
  const md5 = {
    algorithm: 'MD5-sess',
    nonce: 'n',
    uri: 'sip:b',
    qop: undefined,
    nc: undefined,
    cnonce: 'c',
  } as const;
  assert.equal(
    digestResponse(digestHa1('MD5-sess', 'u', 'r', 'p'), md5, 'REGISTER'),
    digestResponse(
      digestHa1('MD5', digestHa1('MD5', 'u', 'r', 'p'), 'n', 'c'),
      { ...md5, algorithm: 'MD5' },
      'REGISTER',
    ),
  );
});

test('without qop: RFC 2069', () => {
  const value = rfc2617.replace('qop=auth, nc=00000001, cnonce="0a4f113b", ', '');
  assert.equal(credentials(value).qop, undefined);
  const ha1 = digestHa1('MD5', 'Mufasa', 'testrealm@host.com', 'Circle Of Life');
  assert.equal(digestResponse(ha1, credentials(value), 'GET'), '670fd8c2df070c60b045671b8b24ff02');
});

test('§25.1: parameters in any order, white space, folding, quoted pairs, case', () => {
  const auth = parseAuthValue(
    'dIgEsT\r\n REALM = "a \\"b\\" c" ,\r\n\tNonce="n,o", , stale=TRUE,algorithm=md5',
  );
  assert.ok(auth?.isDigest);
  assert.equal(auth.get('realm'), 'a "b" c');
  assert.equal(auth.get('nonce'), 'n,o');
  assert.equal(auth.get('STALE'), 'TRUE');
  assert.equal(digestAlgorithm(auth.get('algorithm')), 'MD5');
  assert.equal(auth.get('opaque'), undefined);
});

test('malformed values', () => {
  for (const value of [
    '',
    'Digest',
    'Digest ',
    'Digest realm',
    'Digest realm="a',
    'Digest realm="a" nonce="b"',
    'Digest realm="a", Realm="b"',
    'Digest ="a"',
    'Digest realm=a b',
    `Digest ${Array.from({ length: 65 }, (_, i) => `p${i}=1`).join(',')}`,
  ])
    assert.equal(parseAuthValue(value), undefined, value);
});

test('another scheme is carried as it is', () => {
  const auth = parseAuthValue('NoOneKnowsThisScheme opaque-data=here');
  assert.equal(auth?.isDigest, false);
  assert.equal(auth?.get('opaque-data'), 'here');
  assert.equal(parseAuthValue('Basic dXNlcjpwYXNz==')?.params[0]?.value, 'dXNlcjpwYXNz==');
});

test('credentials that cannot be checked', () => {
  for (const change of [
    [/username="[^"]*", /, ''],
    [/response="[^"]*", /, ''],
    ['qop=auth', 'qop=auth-x'],
    ['nc=00000001', 'nc=1'],
    ['cnonce="0a4f113b", ', ''],
    ['Digest ', 'Digest algorithm=SHA-1, '],
    ['Digest', 'Basic'],
  ] as const)
    assert.equal(parseDigestCredentials(rfc2617.replace(change[0], change[1])), undefined, String(change[0]));
});

test('RFC 7616 §3.4: a user name in extended notation', () => {
  const named = (value: string) =>
    parseDigestCredentials(rfc2617.replace('username="Mufasa"', value))?.username;
  assert.equal(named("username*=UTF-8''J%c3%a4s%C3%B8n%20Doe"), 'J\xc3\xa4s\xc3\xb8n Doe');
  assert.equal(named('username="a", username*=UTF-8\'\'b'), 'a');
  assert.equal(named("username*=latin1''b"), undefined);
});

test('nonce count', () => {
  assert.equal(nonceCount('0000001f'), 31);
  assert.equal(nonceCount('ffffffff'), 0xffffffff);
  for (const nc of ['', '1', '0000000g', '000000001']) assert.equal(nonceCount(nc), -1);
});

test('challenges and credentials are written', () => {
  assert.equal(
    formatAuthValue('challenge', {
      realm: 'a"b',
      nonce: 'n',
      qop: 'auth,auth-int',
      algorithm: 'MD5',
      opaque: undefined,
    }),
    'Digest realm="a\\"b", nonce="n", qop="auth,auth-int", algorithm=MD5',
  );
  assert.equal(
    formatAuthValue('credentials', { qop: 'auth', nc: '00000001' }),
    'Digest qop=auth, nc=00000001',
  );
  assert.equal(parseAuthInfo('nextnonce="x", qop=auth')?.get('nextnonce'), 'x');
  for (const text of ['', 'a', '"\\', 'a\\"b']) assert.equal(unquote(quote(text)), text);
});

test('RFC 7616 §3.5: rspauth is a response without a method', () => {
  const input = { ...rfc7616, algorithm: 'MD5' } as const;
  const ha1 = digestHa1('MD5', 'u', 'r', 'p');
  const plain = { ...input, qop: undefined };
  assert.equal(digestResponseAuth(ha1, input), digestResponse(ha1, input, ''));
  // without qop: H(HA1:nonce:H(:uri)), and H(a:b:c) is what digestHa1 gives
  assert.equal(digestResponseAuth(ha1, plain), digestHa1('MD5', ha1, input.nonce, md5(`:${input.uri}`)));
});

test('one parameter of a value', () => {
  assert.equal(authParamOf(rfc2617, 'Realm'), 'testrealm@host.com');
  assert.equal(authParamOf(rfc2617, 'algorithm'), undefined);
  assert.equal(authParamOf('nonsense', 'realm'), undefined);
});
