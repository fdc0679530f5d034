/** `olelo identity` as a user runs it: each option, each refusal, the HTTP service. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { get } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { identityOptions } from '../../src/cli/identity/options.ts';
import { makeRevocationList } from '../../src/identity/index.ts';
import { identityServer, olelo } from '../support/identity.ts';

const x5u = 'https://certs.example.com/shaken.pem';
let folder = '';
const at = (name: string): string => join(folder, name);
const run = (...args: string[]) => olelo(folder, 'identity', ...args);

async function good(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(...args);
  assert.equal(code, 0, stderr);
  return stdout.trim();
}

async function refused(code: number, reason: RegExp, ...args: string[]): Promise<void> {
  const result = await run(...args);
  assert.equal(result.code, code, result.stdout + result.stderr);
  assert.match(result.stderr, reason);
}

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'olelo-identity-'));
  await good('keys', '-out', 'root', '-ca', '-subject', 'CN=Root');
  const issuer = ['-issuer-cert', 'root-cert.pem', '-issuer-key', 'root-private.pem'];
  await good('keys', '-tn', '15551230000+100', '-tn', 'spc:709J', '-days', '5', ...issuer);
  await good('keys', '-out', 'numbers', '-tn', '15551230000+100', ...issuer);
});
after(() => rmSync(folder, { recursive: true, force: true }));

const call = ['-orig-tn', '+1 555 123-0042', '-dest-tn', '15557654321', '-x5u', x5u];

describe('keys', () => {
  test('the private key is for its owner alone, and is not overwritten', async () => {
    assert.equal(statSync(at('shaken-private.pem')).mode & 0o777, 0o600);
    await refused(1, /shaken-private\.pem exists already; -force overwrites it/, 'keys');
    const before = readFileSync(at('numbers-private.pem'), 'utf8');
    await good('keys', '-out', 'numbers', '-tn', '15551230000+100', '-force', '-json');
    assert.notEqual(readFileSync(at('numbers-private.pem'), 'utf8'), before);
  });
  test('mistakes', async () => {
    await refused(
      2,
      /-tn takes a number, number\+count or spc:CODE, got "x"/,
      'keys',
      '-out',
      'n',
      '-tn',
      'x',
    );
    await refused(2, /belong together/, 'keys', '-out', 'n', '-issuer-cert', 'root-cert.pem');
    await refused(2, /"nonsense" is neither a verb/, 'nonsense');
  });
});

describe('sign and check', () => {
  test('a header, a token, JSON; with the verb or with the switches of secsipidx', async () => {
    const header = await good(
      'sign',
      ...call,
      '-attest',
      'A',
      '-orig-id',
      'id-1',
      '-k',
      'shaken-private.pem',
    );
    assert.match(header, /^ey[\w-]+\.[\w-]+\.[\w-]{86};info=<https:.*>;alg=ES256;ppt=shaken$/);
    writeFileSync(at('identity.txt'), `${header}\n`);
    const text = await good('check', '-fidentity', 'identity.txt', '-p', 'shaken-cert.pem');
    assert.match(
      text,
      /^ok: 15551230042 calls 15557654321, attestation A\nsigned: .*\nsigner: +CN=SHAKEN test$/,
    );
    const full = await good(
      '-S',
      ...call,
      '-a',
      'B',
      '-iat',
      '1',
      '-fprvkey',
      'shaken-private.pem',
      '-alg',
      'ES256',
    );
    await refused(1, /freshness/, '-c', '-identity', full, '-fpubkey', 'shaken-public.pem');
    const oldButFine = ['-check', full, '-fpubkey', 'shaken-public.pem', '-expire', '4000000000', '-json'];
    const json = JSON.parse(await good(...oldButFine)) as { payload: { attest: string } };
    assert.equal(json.payload.attest, 'B');
    const token = await good(
      '-sign',
      ...call,
      '-k',
      'shaken-private.pem',
      '-typ',
      'passport',
      '-ppt',
      'shaken',
    );
    assert.match(token, /^[\w-]+\.[\w-]+\.[\w-]{86}$/);
    const several = ['sign', '-o', '1', '-d', '2,3', '-x5u', x5u, '-k', 'shaken-private.pem'];
    assert.match(await good('check', await good(...several), '-p', 'shaken-public.pem'), /1 calls 2, 3/);
  });

  test('given JSON is signed as it is, or in canonical form', async () => {
    writeFileSync(at('header.json'), '{"typ":"passport", "alg":"ES256"}');
    writeFileSync(at('payload.json'), '{"iat":1, "orig":{"tn":"1"}, "dest":{"tn":["2"]}}');
    const given = [
      '-sign',
      '-fheader',
      'header.json',
      '-fpayload',
      'payload.json',
      '-k',
      'shaken-private.pem',
    ];
    const parts = (token: string) =>
      token
        .split('.')
        .slice(0, 2)
        .map((part) => Buffer.from(part, 'base64url').toString());
    assert.deepEqual(parts(await good(...given)), [
      '{"typ":"passport", "alg":"ES256"}',
      '{"iat":1, "orig":{"tn":"1"}, "dest":{"tn":["2"]}}',
    ]);
    assert.deepEqual(parts(await good(...given, '-json-parse')), [
      '{"alg":"ES256","typ":"passport"}',
      '{"dest":{"tn":["2"]},"iat":1,"orig":{"tn":"1"}}',
    ]);
    const inline = ['-sign', '-header', '{"alg":"ES256"}', '-payload', '{"a":1}', '-k', 'shaken-private.pem'];
    assert.equal(parts(await good(...inline))[1], '{"a":1}');
    await refused(1, /no JSON object/, '-sign', '-header', 'x', '-payload', '{}', '-k', 'shaken-private.pem');
  });

  test('parse shows what is in it', async () => {
    const shown = JSON.parse(await good('parse', '-fidentity', 'identity.txt')) as Record<string, object>;
    assert.deepEqual(shown.parameters, { info: x5u, alg: 'ES256', ppt: 'shaken' });
    assert.deepEqual(shown.header, { alg: 'ES256', ppt: 'shaken', typ: 'passport', x5u });
    const compact = await good('-parse', '-json', '-fidentity', 'identity.txt');
    assert.ok(!compact.includes('\n'));
  });

  test('chain, revocation, numbers', async () => {
    const check = ['check', '-fidentity', 'identity.txt', '-p', 'shaken-cert.pem', '-expire', '600'];
    await good(...check, '-cert-verify', '5', '-ca-file', 'root-cert.pem', '-check-tn', 'always');
    await good(...check, '-cert-verify', '13', '-ca-file', 'root-cert.pem', '-ca-inter', 'root-cert.pem');
    await refused(
      1,
      /certificate-chain: no path/,
      ...check,
      '-cert-verify',
      '4',
      '-ca-file',
      'numbers-cert.pem',
    );
    await refused(1, /certificate-chain: no path/, ...check, '-cert-verify', '2');
    await refused(1, /there is no ca-file/, ...check, '-cert-verify', '4');
    const parsed = JSON.parse(await good(...check, '-json')) as { ok: boolean };
    assert.equal(parsed.ok, true);
    const issuer = {
      certificatePem: readFileSync(at('root-cert.pem'), 'utf8'),
      privateKeyPem: readFileSync(at('root-private.pem'), 'utf8'),
    };
    const { X509Certificate } = await import('node:crypto');
    const { serialNumber } = new X509Certificate(readFileSync(at('shaken-cert.pem')));
    writeFileSync(at('crl.pem'), await makeRevocationList(issuer, [serialNumber], new Date()));
    await refused(1, /certificate-revoked/, ...check, '-cert-verify', '16', '-crl-file', 'crl.pem');
    await refused(1, /orig: the token is for 15551230042/, ...check, '-orig-tn', '1');
    await refused(1, /dest: the token is for calls to 15557654321/, ...check, '-dest-tn', '1');
    const other = await good('sign', '-o', '4930', '-d', '1', '-x5u', x5u, '-k', 'numbers-private.pem');
    await refused(
      1,
      /tn-authorization.*4930/,
      'check',
      other,
      '-p',
      'numbers-cert.pem',
      '-check-tn',
      'present',
    );
  });

  test('mistakes', async () => {
    await refused(2, /-fprvkey names the file/, 'sign', ...call);
    await refused(1, /there is no file none\.pem/, 'sign', ...call, '-k', 'none.pem');
    await refused(2, /-orig-tn and -dest-tn/, 'sign', '-x5u', x5u, '-k', 'shaken-private.pem');
    await refused(2, /-attest takes A, B or C/, 'sign', ...call, '-a', 'Z', '-k', 'shaken-private.pem');
    await refused(
      2,
      /RFC 8225 knows ES256 only/,
      'sign',
      ...call,
      '-alg',
      'none',
      '-k',
      'shaken-private.pem',
    );
    await refused(1, /x5u/, 'sign', '-o', '1', '-d', '2', '-k', 'shaken-private.pem');
    await refused(
      1,
      /does not fit into a header/,
      'sign',
      '-o',
      '1',
      '-d',
      '2',
      '-x5u',
      'a>\r\nX: y',
      '-k',
      'shaken-private.pem',
    );
    await refused(2, /-identity or -fidentity/, 'check');
    await refused(1, /no such file/i, 'check', '-fidentity', 'none.txt');
    await refused(
      1,
      /in a private network/,
      'check',
      await good('sign', '-o', '1', '-d', '2', '-x5u', 'http://[::1]/', '-k', 'shaken-private.pem'),
    );
    await refused(2, /-check-tn takes no, present or always/, 'check', 'x', '-check-tn', 'maybe');
    await refused(2, /did you mean --sign-full/, '-sign-ful');
    const json = await run('check', 'x', '-json');
    assert.equal((JSON.parse(json.stdout) as { check: string }).check, 'format');
  });
});

describe('help', () => {
  test('explains every option, and there is no other', async () => {
    const help = await good('-help');
    const flat = help.replace(/\s+/g, ' ');
    for (const [first, { aliases, help: text }] of Object.entries(identityOptions)) {
      for (const name of [first, ...aliases]) assert.match(help, new RegExp(`-${name}\\b`));
      assert.ok(flat.includes(text));
    }
    const listed = help.match(/^ {2}-/gm) ?? [];
    assert.equal(listed.length, Object.keys(identityOptions).length);
    assert.match(await good('-version'), /^olelo identity \d/);
    assert.match(await good('-ltest'), /checked: ok/);
    assert.equal((await run()).code, 2);
  });

  test('every option of secsipidx is there', () => {
    const known = new Set(
      Object.entries(identityOptions).flatMap(([name, { aliases }]) => [name, ...aliases]),
    );
    const options =
      'H http-srv https-srv https-pubkey https-prvkey http-dir k fprvkey p fpubkey fheader header fpayload payload ' +
      'fidentity identity alg ppt typ x5u a attest d dest-tn o orig-tn iat orig-id c check s sign S sign-full json-parse ' +
      'expire timeout l ltest version cache-dir cache-expire ca-file ca-inter cert-verify crl-file';
    assert.deepEqual(
      options.split(' ').filter((name) => !known.has(name)),
      [],
    );
  });
});

describe('the HTTP service', () => {
  test('checks, signs and serves files for 100 clients at once while an x5u server is slow', async (t) => {
    const slow = createServer((_request, response) => {
      slowRequests.push(response);
    });
    const slowRequests: { destroy(): void }[] = [];
    await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
    t.after(() => slow.close());
    const server = await identityServer(t, folder, [
      ...['-k', 'shaken-private.pem', '-http-dir', folder, '-allow-private', '-timeout', '30'],
      ...['-cert-verify', '5', '-ca-file', 'root-cert.pem'],
    ]);
    const post = async (path: string, body: string, type = 'text/plain') => {
      const response = await fetch(`${server.url}${path}`, {
        method: 'POST',
        body,
        headers: { 'content-type': type },
      });
      return { status: response.status, text: await response.text() };
    };
    const certificate = `${server.url}/v1/pub/shaken-cert.pem`;
    const slowUrl = `http://127.0.0.1:${(slow.address() as AddressInfo).port}/x.pem`;
    const sign = (url: string) => post('/v1/sign-csv', `493044442222,493088886666,A,,${url}`);
    const late = (await sign(slowUrl)).text;
    // the slow ones are under way while the others are answered
    const waiting = Array.from({ length: 20 }, () => post('/v1/check', late));
    const order: string[] = [];
    void Promise.race(waiting).then(() => order.push('slow'));
    const clients = Array.from({ length: 100 }, async () => {
      const { text } = await sign(certificate);
      return post('/v1/check', text);
    });
    const answers = await Promise.all(clients);
    order.push('fast');
    assert.deepEqual(order, ['fast'], 'nobody waits for the slow server but those who asked for it');
    assert.deepEqual(
      new Set(answers.map(({ status, text }) => `${status} ${text.trim()}`)),
      new Set(['200 OK']),
    );
    for (const response of slowRequests) response.destroy();
    const lateAnswers = await Promise.all(waiting);
    assert.ok(lateAnswers.every(({ status, text }) => status === 403 && /certificate-fetch/.test(text)));
    assert.equal(slowRequests.length, 1, 'one fetch for all that ask for the same certificate');
    const status = (await (await fetch(`${server.url}/v1/status`)).json()) as Record<string, number>;
    assert.deepEqual(status, { ok: true, signed: 101, accepted: 100, refused: 20 });
  });

  test('JSON forms, and errors in the form of the request', async (t) => {
    const server = await identityServer(t, folder, ['-k', 'shaken-private.pem', '-p', 'shaken-public.pem']);
    const post = async (path: string, value: unknown) => {
      const body = typeof value === 'string' ? value : JSON.stringify(value);
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${server.url}${path}`, { method: 'POST', body, headers });
      return { status: response.status, json: (await response.json()) as Record<string, unknown> };
    };
    const signed = await post('/v1/sign', { 'orig-tn': '1', 'dest-tn': ['2', '3'], attest: 'B', x5u });
    assert.equal(signed.status, 200);
    const { identity } = signed.json;
    const checked = await post('/v1/check', { identity, 'orig-tn': '+1', 'dest-tn': '3' });
    assert.deepEqual([checked.status, checked.json.ok, checked.json.info], [200, true, x5u]);
    const wrong = await post('/v1/check', { identity, 'orig-tn': '9' });
    assert.deepEqual([wrong.status, wrong.json.check], [403, 'orig']);
    assert.deepEqual(wrong.json.sip, { status: 438, reason: 'Invalid Identity Header' });
    for (const [path, body, status, check] of [
      ['/v1/sign', '[]', 400, 'format'],
      ['/v1/sign', { 'orig-tn': 1, 'dest-tn': '2', attest: 'A' }, 400, 'format'],
      ['/v1/sign', { 'orig-tn': '1', 'dest-tn': '2', attest: 'X', x5u }, 400, 'claims'],
      ['/v1/sign', { 'orig-tn': '1', 'dest-tn': '2', attest: 'A', x5u: 'a b' }, 400, 'x5u'],
      ['/v1/check', { identity: 7 }, 400, 'format'],
      ['/v1/nothing', {}, 404, 'path'],
    ] as const) {
      const answer = await post(path, body);
      assert.deepEqual([answer.status, answer.json.check], [status, check]);
    }
    const text = await fetch(`${server.url}/v1/check`);
    assert.deepEqual([text.status, await text.text()], [405, 'FAILED: method: /v1/check takes POST\n']);
    const csv = await fetch(`${server.url}/v1/sign-csv`, { method: 'POST', body: 'a,b' });
    assert.equal(csv.status, 400);
    const long = await fetch(`${server.url}/v1/check`, { method: 'POST', body: 'x'.repeat(70_000) });
    assert.equal(long.status, 413);
  });

  test('only plain files of the public directory are served', async (t) => {
    const server = await identityServer(t, folder, ['-http-dir', folder]);
    const statusOf = async (path: string) => (await fetch(`${server.url}${path}`)).status;
    assert.equal(await statusOf('/v1/pub/shaken-cert.pem'), 200);
    for (const path of ['none.pem', '%2e%2e%2fetc%2fpasswd', '.hidden', '', 'a/b', '%zz']) {
      assert.ok([400, 404].includes(await statusOf(`/v1/pub/${path}`)), path);
    }
  });

  test('HTTPS, a cache on disk that outlives the fetch', async (t) => {
    // the certificate of the service signs itself; the client is told to trust it
    await good('keys', '-out', 'web', '-subject', 'CN=localhost');
    const keyFiles = ['-https-pubkey', 'web-cert.pem', '-https-prvkey', 'web-private.pem'];
    const web = await identityServer(t, folder, keyFiles, '-https-srv');
    const trusted = { ca: readFileSync(at('web-cert.pem')), servername: 'localhost' };
    const status = await new Promise((resolve, reject) => {
      get(`${web.url}/v1/status`, trusted, (response) => resolve(response.resume().statusCode)).on(
        'error',
        reject,
      );
    });
    assert.equal(status, 200);
    await refused(2, /needs -https-pubkey and -https-prvkey/, 'serve', '-https-srv', '127.0.0.1:0');
    await refused(2, /"nowhere" is no place to listen/, 'serve', '-http-srv', 'nowhere');
    const files = await identityServer(t, folder, ['-http-dir', folder]);
    const header = await good(
      'sign',
      '-o',
      '1',
      '-d',
      '2',
      '-x5u',
      `${files.url}/v1/pub/shaken-cert.pem`,
      '-k',
      'shaken-private.pem',
    );
    const check = ['check', header, '-allow-private', '-cache-dir', folder, '-cache-expire', '100'];
    await good(...check);
    await files.stop();
    await good(...check);
    await refused(1, /certificate-fetch/, 'check', header, '-allow-private', '-timeout', '1');
  });
});
