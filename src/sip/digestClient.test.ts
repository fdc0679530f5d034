import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAuthValue } from './authValue.ts';
import { digestHa1, digestMatches, digestUserHash, parseDigestCredentials } from './digest.ts';
import {
  answerDigestChallenge,
  chooseDigestChallenge,
  type DigestChallenge,
  parseDigestChallenge,
} from './digestClient.ts';

function challenge(value: string): DigestChallenge {
  const parsed = parseDigestChallenge(value);
  assert.ok(parsed !== undefined, value);
  return parsed;
}

const request = { method: 'REGISTER', uri: 'sip:example.com', nonceCount: 1, cnonce: 'abc' };

test('RFC 7616 §3.9.1: the example, quoted and in any case', () => {
  const md5 = challenge(
    'digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=md5, ' +
      'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"',
  );
  assert.deepEqual(md5.qop, ['auth', 'auth-int']);
  const answer = answerDigestChallenge(
    md5,
    { username: 'Mufasa', password: 'Circle of Life' },
    {
      method: 'GET',
      uri: '/dir/index.html',
      nonceCount: 1,
      cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
    },
  );
  const sent = parseAuthValue(answer);
  assert.equal(sent?.get('response'), '8ca523f5e9506fed4657c9700eebdbec');
  assert.equal(sent?.get('nc'), '00000001');
  assert.equal(sent?.get('algorithm'), 'md5');
  assert.equal(sent?.get('opaque'), 'FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS');
  assert.match(answer, /qop=auth,/);
});

test('every algorithm and protection: the server verifies what the client answers', () => {
  for (const algorithm of [
    'MD5',
    'MD5-sess',
    'SHA-256',
    'SHA-256-sess',
    'SHA-512-256',
    'SHA-512-256-sess',
    'SHA-512',
    'SHA-512-sess',
  ] as const)
    for (const qop of ['', ', qop="auth"', ', qop=auth-int', ', qop="auth-int,auth"']) {
      const given = challenge(`Digest realm="r", nonce="n", algorithm=${algorithm}${qop}`);
      const answer = answerDigestChallenge(
        given,
        { username: 'u', password: 'p' },
        { ...request, body: 'b' },
      );
      const credentials = parseDigestCredentials(answer);
      // without qop a session has no nonce count but does have a cnonce
      assert.ok(credentials !== undefined, answer);
      const ha1 = digestHa1(algorithm, 'u', 'r', 'p');
      assert.ok(digestMatches(ha1, credentials, 'REGISTER', 'b'), answer);
      assert.equal(digestMatches(ha1, credentials, 'REGISTER', 'c'), !qop.endsWith('=auth-int'), answer);
      const byHa1 = answerDigestChallenge(given, { username: 'u', ha1 }, { ...request, body: 'b' });
      assert.equal(byHa1, answer);
    }
});

test('a challenge without algorithm is answered without one; no qop, no nc', () => {
  const answer = answerDigestChallenge(challenge('Digest nonce="n",realm="r"'), { username: 'u' }, request);
  const sent = parseAuthValue(answer);
  assert.deepEqual(
    sent?.params.map((param) => param.name),
    ['username', 'realm', 'nonce', 'uri', 'response'],
  );
});

test('integrity on request; stale; nonce count in hexadecimal', () => {
  const given = challenge('Digest realm="r",nonce="n",qop="auth,auth-int",stale=TRUE');
  assert.equal(given.stale, true);
  const answer = answerDigestChallenge(
    given,
    { username: 'u', password: 'p' },
    { ...request, nonceCount: 255, preferIntegrity: true },
  );
  const sent = parseAuthValue(answer);
  assert.equal(sent?.get('qop'), 'auth-int');
  assert.equal(sent?.get('nc'), '000000ff');
});

test('RFC 7616 §3.4.4: a hashed user name', () => {
  const given = challenge('Digest realm="r",nonce="n",qop="auth",algorithm=SHA-256,userhash=true');
  const sent = parseAuthValue(answerDigestChallenge(given, { username: 'u', password: 'p' }, request));
  assert.equal(sent?.get('username'), digestUserHash('SHA-256', 'u', 'r'));
  assert.equal(sent?.get('userhash'), 'true');
});

test('RFC 8760 §2.4: the topmost challenge that is understood', () => {
  const values = [
    'Basic realm="r"',
    'Digest realm="r", nonce="1", algorithm=SHA3-512',
    'Digest realm="r", nonce="2", algorithm=SHA-256',
    'Digest realm="r", nonce="3"',
    'Digest realm="other", nonce="4"',
  ];
  assert.equal(chooseDigestChallenge(values)?.nonce, '2');
  assert.equal(chooseDigestChallenge(values, 'other')?.nonce, '4');
  assert.equal(chooseDigestChallenge(values, 'none'), undefined);
});

test('what cannot be answered is no challenge', () => {
  for (const value of [
    '',
    'Basic realm="r", nonce="n"',
    'Digest realm="r"',
    'Digest nonce="n"',
    'Digest realm="r", nonce="n", qop="auth-conf"',
    'Digest realm="r", nonce="n", algorithm=X',
  ])
    assert.equal(parseDigestChallenge(value), undefined, value);
});
