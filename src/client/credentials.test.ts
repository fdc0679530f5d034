import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { Entropy } from '../base/ports.ts';
import { digestHa1, digestMatches, parseDigestCredentials } from '../sip/digest.ts';
import { HeaderKind } from '../sip/headerKind.ts';
import { parsed } from '../sip/testMessages.ts';
import { authorize, type Credentials } from './credentials.ts';
import { ClientFailure } from './failure.ts';

const entropy: Entropy = { uint32: () => 1, bytes: (length) => new Uint8Array(length).fill(7) };
const request = () =>
  parsed(
    'REGISTER sip:example.test SIP/2.0\nVia: SIP/2.0/UDP h;branch=z9hG4bKone\nFrom: <sip:a@b>;tag=1\nTo: <sip:a@b>\n' +
      'Call-ID: c\nCSeq: 4 REGISTER\nContent-Length: 4\n\nbody',
  );

function challenge(status: number, ...values: string[]) {
  const name = status === 407 ? 'Proxy-Authenticate' : 'WWW-Authenticate';
  return parsed(
    `SIP/2.0 ${status} No\nVia: SIP/2.0/UDP h;branch=z9hG4bKone\n${values.map((value) => `${name}: ${value}\n`).join('')}CSeq: 4 REGISTER\n\n`,
  );
}

const alice: Credentials = { username: 'alice', password: 'secret' };

test('each algorithm is answered, with password and with HA1', () => {
  for (const algorithm of ['MD5', 'SHA-256', 'SHA-512-256', 'SHA-512'] as const) {
    const response = challenge(401, `Digest realm="r", nonce="n", qop="auth", algorithm=${algorithm}`);
    const ha1 = digestHa1(algorithm, 'alice', 'r', 'secret');
    for (const credentials of [alice, { username: 'alice', ha1 }]) {
      const again = authorize(request(), response, credentials, entropy);
      const value = again.value(HeaderKind.authorization) ?? '';
      const parsedValue = parseDigestCredentials(value);
      assert.ok(parsedValue !== undefined && digestMatches(ha1, parsedValue, 'REGISTER', 'body'), algorithm);
    }
  }
  // one of them reckoned here, by the words of RFC 7616 §3.4
  const again = authorize(request(), challenge(401, 'Digest realm="r", nonce="n"'), alice, entropy);
  const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
  const expected = md5(`${md5('alice:r:secret')}:n:${md5('REGISTER:sip:example.test')}`);
  assert.match(again.value(HeaderKind.authorization) ?? '', new RegExp(`response="${expected}"`));
});

test('the request goes again with the next number and a branch of its own', () => {
  const again = authorize(request(), challenge(407, 'Digest realm="r", nonce="n"'), alice, entropy);
  assert.equal(again.cseq?.number, 5);
  assert.notEqual(again.topmostVia?.branch, 'z9hG4bKone');
  assert.match(again.topmostVia?.branch ?? '', /^z9hG4bK[0-9a-f]{20}$/);
  assert.equal(again.callId, 'c');
  assert.equal(again.body, 'body');
  assert.match(again.text, /\r\nProxy-Authorization: Digest /);
});

test('proxy and server may both ask; a stale nonce is answered anew', () => {
  const once = authorize(request(), challenge(407, 'Digest realm="p", nonce="1"'), alice, entropy);
  const twice = authorize(once, challenge(401, 'Digest realm="s", nonce="2"'), alice, entropy);
  assert.match(twice.text, /Proxy-Authorization: Digest username="alice", realm="p"/);
  assert.match(twice.text, /\r\nAuthorization: Digest username="alice", realm="s"/);
  const fresh = authorize(twice, challenge(401, 'Digest realm="s", nonce="3", stale=true'), alice, entropy);
  assert.equal(fresh.text.match(/realm="s"/g)?.length, 1);
  assert.match(fresh.text, /nonce="3"/);
  assert.equal(fresh.cseq?.number, 7);
});

test('of several challenges the first that is understood is answered', () => {
  const response = challenge(
    401,
    'Basic realm="x"',
    'Digest realm="r", nonce="n", algorithm=NEW',
    'Digest realm="r", nonce="m", algorithm=SHA-256',
  );
  assert.match(authorize(request(), response, alice, entropy).text, /nonce="m".*algorithm=SHA-256/);
});

test('what cannot be answered', () => {
  const fails = (kind: string, act: () => unknown, text: RegExp): void =>
    assert.throws(
      act,
      (error) => error instanceof ClientFailure && error.kind === kind && text.test(error.message),
    );
  const asked = challenge(401, 'Digest realm="r", nonce="n"');
  fails('unauthorized', () => authorize(request(), asked, undefined, entropy), /a password is needed/);
  fails(
    'unauthorized',
    () => authorize(request(), challenge(401, 'Basic realm="x"'), alice, entropy),
    /no challenge that can be answered/,
  );
  fails('malformed', () => authorize(request(), challenge(401), alice, entropy), /without a challenge/);
  const again = authorize(request(), asked, alice, entropy);
  fails(
    'unauthorized',
    () => authorize(again, asked, alice, entropy),
    /user "alice" and password were not accepted in realm "r"/,
  );
});
