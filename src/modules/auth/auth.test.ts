import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ScriptContext } from '../../module/context.ts';
import { contextOf, fakeHost, ModuleUnderTest, requestText } from '../../module/testing.ts';
import { parseAuthInfo } from '../../sip/authValue.ts';
import { digestHa1, digestResponseAuth } from '../../sip/digest.ts';
import { answerDigestChallenge, type DigestRequest, parseDigestChallenge } from '../../sip/digestClient.ts';
import type { AuthApi } from './api.ts';
import auth from './index.ts';

interface Sent {
  readonly status: number;
  readonly headers: string;
  readonly stateless: boolean;
}

/** The module, what it has answered, and its api. */
function makeAuth(params: Record<string, number | string> = {}) {
  const sent: Sent[] = [];
  const host = fakeHost();
  const answer =
    (stateless: boolean) =>
    (_context: ScriptContext, status: number, _reason: string, options: { headers?: string } = {}) => {
      sent.push({ status, headers: options.headers ?? '', stateless });
      return true;
    };
  host.apis.set('sl', { reply: answer(false), statelessReply: answer(true) });
  const module = new ModuleUnderTest(auth, host, params);
  auth.start?.(module.loaded.instance);
  const api = auth.api?.(module.loaded.instance) as AuthApi;
  return { module, host, sent, api };
}

type Setup = ReturnType<typeof makeAuth>;

function request(
  credentials = '',
  options: { method?: string; body?: string; headers?: string } = {},
): ScriptContext {
  const line = credentials === '' ? '' : `Proxy-Authorization: ${credentials}\n`;
  return contextOf(requestText(line + (options.headers ?? ''), options));
}

/** The value of the header that a challenge is in. */
function challengeOf(setup: Setup, flags = 1, context = request()): string {
  setup.module.call('proxy_challenge', context, 'a.example', flags);
  const line = setup.sent.at(-1)?.headers ?? '';
  return line.slice(line.indexOf(':') + 1).trim();
}

function answerTo(
  value: string,
  change: Partial<DigestRequest> & { password?: string; username?: string } = {},
): string {
  const challenge = parseDigestChallenge(value);
  assert.ok(challenge !== undefined, value);
  const { password = 'secret', username = 'alice', ...rest } = change;
  return answerDigestChallenge(
    challenge,
    { username, password },
    { method: 'INVITE', uri: 'sip:bob@example.com', nonceCount: 1, cnonce: 'c', ...rest },
  );
}

function check(setup: Setup, context: ScriptContext, flags = 0): unknown {
  return setup.module.call('pv_proxy_authenticate', context, 'a.example', 'secret', flags);
}

test('a challenge is answered; the user is known from then on, and the credentials can go', () => {
  const setup = makeAuth();
  const context = request(answerTo(challengeOf(setup)), { headers: 'Proxy-Authorization: Basic eA==\n' });
  assert.equal(setup.sent[0]?.status, 407);
  assert.equal(setup.module.call('has_credentials', context, 'A.example'), 1);
  assert.equal(setup.module.call('has_credentials', context, 'b.example'), -1);
  assert.equal(setup.module.call('consume_credentials', context), -1);
  assert.equal(setup.api.authorizedUser(context), undefined);
  assert.equal(check(setup, context), 1);
  assert.equal(setup.api.authorizedUser(context), 'alice');
  assert.deepEqual(setup.api.pickedCredentials(context.message)?.realm, 'a.example');
  assert.equal(setup.module.call('consume_credentials', context), 1);
  const text = context.message.edits.render(context.message.text, 0, context.message.text.length);
  assert.ok(!text.includes('Digest') && text.includes('Basic eA=='));
});

test('a wrong password verifies nobody', () => {
  const setup = makeAuth();
  const context = request(answerTo(challengeOf(setup), { password: 'guess' }));
  assert.equal(check(setup, context), -2);
  assert.equal(setup.api.authorizedUser(context), undefined);
});

test('auth-int covers the body', () => {
  const setup = makeAuth();
  const answer = answerTo(challengeOf(setup, 2), { body: 'hello' });
  assert.match(answer, /qop=auth-int/);
  assert.equal(check(setup, request(answer, { body: 'hello' })), 1);
  assert.equal(check(setup, request(answer, { body: 'jello' })), -2);
});

test('RFC 8760: the configured algorithm, also for sessions', () => {
  for (const algorithm of ['SHA-256', 'SHA-512-256', 'MD5-sess', 'SHA-256-sess', 'SHA-512']) {
    const setup = makeAuth({ algorithm });
    const challenge = challengeOf(setup);
    assert.match(challenge, new RegExp(`algorithm=${algorithm}$`));
    assert.equal(check(setup, request(answerTo(challenge))), 1, algorithm);
    assert.equal(check(setup, request(answerTo(challenge, { password: 'x' }))), -2, algorithm);
    const md5 = answerTo(challenge.replace(/, algorithm.*/, ''));
    assert.equal(check(setup, request(md5)), algorithm === 'MD5-sess' ? -2 : -1, algorithm);
  }
  assert.throws(() => makeAuth({ algorithm: 'SHA3' }), /SHA-512-256/);
});

test('another algorithm for one request', () => {
  const setup = makeAuth();
  const asked = request();
  assert.equal(setup.module.call('auth_algorithm', asked, 'SHA-256'), 1);
  assert.equal(setup.module.call('auth_algorithm', asked, null), -1);
  const challenge = challengeOf(setup, 1, asked);
  assert.match(challenge, /algorithm=SHA-256$/);
  assert.doesNotMatch(challengeOf(setup), /algorithm/);
  const answered = request(answerTo(challenge));
  assert.equal(check(setup, answered), -1);
  setup.module.call('auth_algorithm', answered, 'sha-256');
  assert.equal(check(setup, answered), 1);
});

test('flag 32: only success uses a nonce count up', () => {
  const setup = makeAuth({ nonce_count: 1 });
  const challenge = challengeOf(setup);
  const use = (password: string) => check(setup, request(answerTo(challenge, { password })), 32);
  assert.deepEqual([use('x'), use('secret'), use('secret')], [-2, 1, -4]);
});

test('an old nonce is stale, and the next challenge says so', () => {
  const setup = makeAuth({ nonce_expire: 60 });
  const answer = answerTo(challengeOf(setup));
  setup.host.clock.advance(59_000);
  assert.equal(check(setup, request(answer)), 1);
  setup.host.clock.advance(1_000);
  const late = request(answer);
  assert.equal(check(setup, late), -4);
  assert.match(challengeOf(setup, 1, late), /stale=true/);
  assert.doesNotMatch(challengeOf(setup), /stale/);
});

test('servers that share a secret take the nonces of each other, within the drift of their clocks', () => {
  const secret = { secret: 'a secret that two servers share', auth_checks_no_dlg: 15 };
  const [one, two, other] = [makeAuth(secret), makeAuth(secret), makeAuth({ auth_checks_no_dlg: 15 })];
  one.host.clock.advance(3_000);
  const near = answerTo(challengeOf(one));
  one.host.clock.advance(1_000);
  const far = answerTo(challengeOf(one));
  assert.equal(check(two, request(near)), 1);
  assert.equal(check(two, request(far)), -4);
  assert.equal(check(other, request(near)), -1);
});

test('nonces that Kamailio 5.6.3 has made', () => {
  const secret = '0123456789abcdefghij';
  const text = (answer: string) =>
    'OPTIONS sip:x SIP/2.0\nVia: SIP/2.0/UDP 127.0.0.1:5071;branch=z9hG4bK-x0\nFrom: <sip:a@b>;tag=ft0\n' +
    `To: <sip:a@b>\nCall-ID: cid0\nCSeq: 1 OPTIONS\nProxy-Authorization: ${answer}\n`;
  for (const [params, nonce, expected] of [
    [{}, 'awDbc2sA2kcd+GzlZmlZq2rIuZldvOBR', 1],
    [{ auth_checks_no_dlg: 1 }, 'awDbdGsA2kjjiw/7pLMMQqJqp6YwKFHh80YjiPrcI/S3rV96dtNHjg==', 1],
    [{ auth_checks_no_dlg: 15 }, 'awDbdWsA2knnxqo3lUuuBwpE3f133oZuGbj/uOxmPr7kaEZUfNTwBg==', 1],
    // of another request, which had the Call-ID cid1
    [{ auth_checks_no_dlg: 15 }, 'awDbdWsA2knnxqo3lUuuBwpE3f133oZuel809pXPFkTcocQ4ZZnfYw==', -4],
    // genuine, but its count is in the memory of the other server
    [{ nonce_count: 1 }, 'awDbdmsA2kpJYc91QWgBV7PYMtx7zjRUPdcuroA=', -4],
    [{ secret: 'another' }, 'awDbc2sA2kcd+GzlZmlZq2rIuZldvOBR', -1],
  ] as const) {
    const setup = makeAuth({ secret, ...params });
    const sinceSec = Buffer.from(nonce, 'base64').readUInt32BE(4);
    setup.host.clock.advance(sinceSec * 1000 - setup.host.clock.wallMs());
    const answer = answerTo(`Digest realm="a.example", nonce="${nonce}", qop="auth"`, { method: 'OPTIONS' });
    const context = contextOf(text(answer), { flow: { address: '127.0.0.1' } });
    assert.equal(check(setup, context), expected, nonce);
  }
});

test('a forged or misshapen nonce', () => {
  const setup = makeAuth({ secret: 's' });
  const challenge = challengeOf(setup);
  const nonce = parseDigestChallenge(challenge)?.nonce ?? '';
  const bytes = Buffer.from(nonce, 'base64');
  bytes[20]! ^= 1;
  for (const bad of [bytes.toString('base64'), nonce.slice(4), `${nonce}AAAA`, '!'.repeat(nonce.length)])
    assert.equal(check(setup, request(answerTo(challenge.replace(nonce, bad)))), -1, bad);
});

test('a nonce is bound to parts of the request', () => {
  const setup = makeAuth({ auth_checks_no_dlg: 8, auth_checks_register: 1, auth_checks_in_dlg: 2 });
  const answer = answerTo(challengeOf(setup));
  const text = requestText(`Proxy-Authorization: ${answer}\n`);
  assert.equal(check(setup, contextOf(text)), 1);
  assert.equal(check(setup, contextOf(text, { flow: { address: '127.0.0.9' } })), -4);
  assert.equal(check(setup, contextOf(text, { flow: { address: '::1' } })), -4);
  const v6 = contextOf(requestText(), { flow: { address: '2001:db8::1' } });
  const fromV6 = requestText(`Proxy-Authorization: ${answerTo(challengeOf(setup, 1, v6))}\n`);
  assert.equal(check(setup, contextOf(fromV6, { flow: { address: '2001:db8:0::1' } })), 1);
  assert.equal(check(setup, contextOf(fromV6, { flow: { address: '2001:db8::2' } })), -4);
});

test('nonce counts must grow, up to 255; older nonces than the ring are forgotten', () => {
  const setup = makeAuth({ nonce_count: 1, nc_array_size: 5 });
  const challenge = challengeOf(setup);
  const use = (nonceCount: number) => check(setup, request(answerTo(challenge, { nonceCount })));
  assert.deepEqual([1, 1, 2, 16, 15, 255, 256].map(use), [1, -4, 1, 1, -4, 1, -4]);
  const kept = challengeOf(setup);
  for (let i = 0; i < 3; i++) challengeOf(setup);
  assert.equal(check(setup, request(answerTo(kept))), 1);
  challengeOf(setup);
  assert.equal(check(setup, request(answerTo(kept, { nonceCount: 2 }))), -4);
  const garbled = answerTo(challengeOf(setup)).replace('nc=00000001', 'nc=zz');
  assert.equal(check(setup, request(garbled)), -4);
});

test('a one-time nonce is good once, whatever became of it', () => {
  const setup = makeAuth({ one_time_nonce: 1, otn_in_flight_order: 3 });
  const challenge = challengeOf(setup);
  assert.equal(check(setup, request(answerTo(challenge, { password: 'x' }))), -2);
  assert.equal(check(setup, request(answerTo(challenge))), -6);
  const old = answerTo(challengeOf(setup));
  for (let i = 0; i < 8; i++) challengeOf(setup);
  assert.equal(check(setup, request(old)), -4);
});

test('RFC 7616 §3.5: the server proves itself, and says which nonce is next', () => {
  const setup = makeAuth({ add_authinfo_hdr: 1, one_time_nonce: 1 });
  const challenge = challengeOf(setup);
  const context = request(answerTo(challenge));
  assert.equal(check(setup, context), 1);
  const [, value = ''] = /^Authentication-Info: (.*)\r\n$/.exec(context.replyHeaders) ?? [];
  const info = parseAuthInfo(value);
  const nonce = parseDigestChallenge(challenge)?.nonce ?? '';
  const input = {
    algorithm: 'MD5',
    nonce,
    uri: 'sip:bob@example.com',
    qop: 'auth',
    nc: '00000001',
    cnonce: 'c',
  } as const;
  assert.equal(
    info?.get('rspauth'),
    digestResponseAuth(digestHa1('MD5', 'alice', 'a.example', 'secret'), input),
  );
  const next = info?.get('nextnonce') ?? '';
  assert.notEqual(next, nonce);
  assert.equal(check(setup, request(answerTo(challenge.replace(nonce, next)))), 1);
});

test('credentials whose realm has the prefix count for the realm without', () => {
  const setup = makeAuth({ realm_prefix: 'sip.' });
  const challenge = challengeOf(setup).replace('a.example', 'sip.a.example');
  assert.equal(check(setup, request(answerTo(challenge))), 1);
  assert.equal(check(makeAuth(), request(answerTo(challenge))), -5);
});

test('prepared challenges', () => {
  const setup = makeAuth();
  for (const [flags, expected] of [
    [2, /nonce="[^"]*"\r\n$/],
    [4, /qop="auth"\r\n$/],
    [8 + 16, /qop="auth-int", stale=true\r\n$/],
  ] as const) {
    const context = request();
    assert.equal(check(setup, context, flags), -5);
    assert.match(String(context.variables.avps.get('digest_challenge')), expected);
  }
  const written: unknown[] = [];
  const variable = { get: () => null, set: (_context: ScriptContext, value: unknown) => written.push(value) };
  assert.equal(setup.module.call('auth_get_www_authenticate', request(), 'r', 1, variable), 1);
  assert.match(String(written[0]), /^WWW-Authenticate: Digest realm="r", nonce="[^"]+", qop="auth"\r\n$/);
  assert.equal(setup.module.call('auth_get_www_authenticate', request(), null, 1, variable), -1);
});

test('REGISTER is challenged with 401, others with 407, without realm with 500 unless asked not to', () => {
  const setup = makeAuth({ force_stateless_reply: 1 });
  setup.module.call('auth_challenge', request('', { method: 'REGISTER' }), 'r', 0);
  setup.module.call('auth_challenge', request(), 'r', 0);
  setup.module.call('www_challenge', request(), 'r', 0);
  assert.equal(setup.module.call('www_challenge', request(), null, 0), -1);
  assert.equal(setup.module.call('www_challenge', request(), null, 4), -1);
  assert.deepEqual(
    setup.sent.map(({ status }) => status),
    [401, 407, 401, 500],
  );
  assert.ok(setup.sent.every(({ stateless }) => stateless));
  setup.module.call('auth_challenge', request(), 'r', 0);
  assert.equal(makeAuth().sent.length, 0);
});

test('who the user claims to be', () => {
  const setup = makeAuth();
  const call = (method: string, answer: string, checks: number) => {
    const name = method === 'REGISTER' ? 'Authorization' : 'Proxy-Authorization';
    const context = contextOf(requestText(`${name}: ${answer}\n`, { method }));
    return setup.module.call('pv_auth_check', context, 'a.example', 'secret', 0, checks);
  };
  const challenge = challengeOf(setup);
  assert.equal(call('INVITE', answerTo(challenge), 1), 1);
  assert.equal(call('INVITE', answerTo(challenge, { username: 'bob' }), 1), -8);
  assert.equal(call('INVITE', answerTo(challenge, { username: 'bob' }), 0), 1);
  // To of requestText is bob
  assert.equal(call('REGISTER', answerTo(challenge, { method: 'REGISTER' }), 1), -8);
});

test('HA1 as the password, another method, and what cannot be checked', () => {
  const setup = makeAuth();
  const challenge = challengeOf(setup);
  const authorization = (answer: string, method: string) =>
    contextOf(requestText(`Authorization: ${answer}\n`, { method }));
  const ha1 = digestHa1('MD5', 'alice', 'a.example', 'secret');
  const answer = answerTo(challenge, { method: 'BYE' });
  const { module } = setup;
  assert.equal(module.call('pv_www_authenticate', authorization(answer, 'BYE'), 'a.example', ha1, 1), 1);
  assert.equal(module.call('pv_www_authenticate', authorization(answer, 'INVITE'), 'a.example', ha1, 1), -2);
  const asBye = authorization(answer, 'INVITE');
  assert.equal(module.call('pv_www_authenticate', asBye, 'a.example', 'secret', 0, 'BYE'), 1);
  assert.equal(module.call('pv_www_authenticate', asBye, 'a.example', null, 0), -1);
  for (const method of ['ACK', 'CANCEL', 'PRACK'])
    assert.equal(module.call('pv_www_authenticate', authorization('Digest x', method), 'r', 'p', 0), 1);
  assert.equal(module.call('pv_www_authenticate', authorization('Digest realm="r', 'BYE'), 'r', 'p', 0), -1);
});
