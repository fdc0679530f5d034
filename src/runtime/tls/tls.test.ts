import assert from 'node:assert/strict';
import { connect as connectTcp } from 'node:net';
import { after, before, test } from 'node:test';
import { TestAuthority, type TestCertificate } from '../../../test/support/certificates.ts';
import type { StreamListener } from '../../base/ports.ts';
import type { TlsAcceptor, TlsConnection, TlsContext, TlsSettings } from '../../base/tlsPort.ts';
import { deferred } from '../testing.ts';
import { nodeTls } from './index.ts';

const plain: TlsSettings = { trusted: [], minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3', resumption: false };
const limits = { handshakeTimeoutMs: 2000, maxHandshakes: 4 };
let authority: TestAuthority;
let server: TestCertificate;
let other: TestCertificate;
let client: TestCertificate;

before(async () => {
  authority = await TestAuthority.create();
  [server, other, client] = await Promise.all([
    authority.issue({ name: 'one.example.com', dns: ['one.example.com'] }),
    authority.issue({ name: 'two.example.com', dns: ['two.example.com'] }),
    authority.issue({ name: 'phone' }),
  ]);
});

const opened: StreamListener[] = [];
after(() => {
  for (const listener of opened) listener.close();
});

function contextOf(identity: TestCertificate | undefined, more: Partial<TlsSettings> = {}): TlsContext {
  const pair = identity && { certificate: identity.certificate, privateKey: identity.key };
  return nodeTls.context({ ...plain, trusted: [authority.certificate], ...pair, ...more });
}

interface Listening {
  readonly port: number;
  readonly connection: Promise<TlsConnection>;
  readonly failure: Promise<Error>;
}

async function listening(
  profileFor: TlsAcceptor['profileFor'],
  options: Partial<typeof limits> = {},
): Promise<Listening> {
  const connection = deferred<TlsConnection>();
  const failure = deferred<Error>();
  const acceptor: TlsAcceptor = {
    profileFor,
    onConnection: connection.resolve,
    onFailure: (_remote, error) => failure.resolve(error),
  };
  const listener = await nodeTls.listen('127.0.0.1', 0, acceptor, { ...limits, ...options });
  opened.push(listener);
  return { port: listener.local.port, connection: connection.promise, failure: failure.promise };
}

test('bytes go both ways, and each side knows the other', async () => {
  const context = contextOf(server);
  const { port, connection } = await listening(() => ({ context, requestCertificate: true }));
  const out = await nodeTls.connect('127.0.0.1', port, {
    context: contextOf(client),
    serverName: 'one.example.com',
    timeoutMs: 2000,
  });
  const inside = await connection;
  assert.equal(inside.session.serverName, 'one.example.com');
  assert.equal(inside.session.verifyError, '');
  assert.equal(inside.session.peerCertificates.length, 2);
  assert.equal(inside.session.version, 'TLSv1.3');
  assert.equal(inside.session.cipherBits, 256);
  assert.equal(out.session.verifyError, '');
  assert.deepEqual(out.session.peerCertificates[0], inside.session.ownCertificate);
  assert.deepEqual(inside.remote, out.local);
  const got = deferred<string>();
  const ended = deferred<Error | undefined>();
  inside.setHandler({ onData: (data) => got.resolve(data.toString('latin1')), onClose: ended.resolve });
  const outEnded = deferred<Error | undefined>();
  out.setHandler({ onData: () => {}, onClose: outEnded.resolve });
  out.write('h\xe9llo');
  assert.equal(await got.promise, 'h\xe9llo');
  inside.end();
  assert.equal(await outEnded.promise, undefined);
  assert.equal(await ended.promise, undefined);
});

test('the profile is chosen by the name that the client asks for', async () => {
  const contexts = new Map([
    ['one.example.com', contextOf(server)],
    ['two.example.com', contextOf(other)],
  ]);
  const profileFor = (_local: unknown, name: string) => {
    const context = contexts.get(name);
    return context && { context, requestCertificate: false };
  };
  const { port } = await listening(profileFor);
  const options = { context: contextOf(undefined), timeoutMs: 2000 };
  for (const [name, context] of contexts) {
    const out = await nodeTls.connect('127.0.0.1', port, { ...options, serverName: name });
    const shown = Buffer.from(out.session.peerCertificates[0]!).toString('base64');
    assert.ok(context.settings.certificate!.replace(/\s/g, '').includes(shown), name);
    out.setHandler({ onData: () => {}, onClose: () => {} });
    out.destroy();
  }
  const refusing = await listening(profileFor);
  const third = { ...options, serverName: 'three.example.com' };
  await assert.rejects(nodeTls.connect('127.0.0.1', refusing.port, third));
  assert.match(String(await refusing.failure), /three\.example\.com/);
});

test('what is wrong with a certificate is told, not decided', async () => {
  const revoked = await authority.revocations([client]);
  const expired = await authority.issue({ name: 'late', validDays: -1 });
  const cases: readonly [string, TestCertificate | undefined, Partial<TlsSettings>][] = [
    ['NO_CERTIFICATE', undefined, {}],
    ['CERT_HAS_EXPIRED', expired, {}],
    ['CERT_REVOKED', client, { revocations: [revoked] }],
    ['SELF_SIGNED_CERT_IN_CHAIN', client, { trusted: [] }],
  ];
  for (const [code, identity, more] of cases) {
    const context = contextOf(server, more);
    const { port, connection } = await listening(() => ({ context, requestCertificate: true }));
    const out = await nodeTls.connect('127.0.0.1', port, {
      context: contextOf(identity),
      serverName: '',
      timeoutMs: 2000,
    });
    out.setHandler({ onData: () => {}, onClose: () => {} });
    const inside = await connection;
    assert.equal(inside.session.verifyError, code);
    inside.setHandler({ onData: () => {}, onClose: () => {} });
    inside.destroy();
    out.destroy();
  }
});

test('versions outside of the range do not meet', async () => {
  const context = contextOf(server, { minVersion: 'TLSv1.3' });
  const { port, failure } = await listening(() => ({ context, requestCertificate: false }));
  const old = contextOf(undefined, { maxVersion: 'TLSv1.2' });
  const options = { context: old, serverName: '', timeoutMs: 2000 };
  await assert.rejects(nodeTls.connect('127.0.0.1', port, options), /TLS connection to 127\.0\.0\.1/);
  assert.match(String(await failure), /TLS handshake with 127\.0\.0\.1/);
});

test('TLS 1.0 is there for those who ask for it', async () => {
  const context = contextOf(server, { minVersion: 'TLSv1', maxVersion: 'TLSv1' });
  const { port } = await listening(() => ({ context, requestCertificate: false }));
  const old = contextOf(undefined, { minVersion: 'TLSv1' });
  const out = await nodeTls.connect('127.0.0.1', port, { context: old, serverName: '', timeoutMs: 2000 });
  assert.equal(out.session.version, 'TLSv1');
  out.setHandler({ onData: () => {}, onClose: () => {} });
  out.destroy();
});

test('a client that says nothing, or no TLS, is let go', async () => {
  const context = contextOf(server);
  const profile = () => ({ context, requestCertificate: false });
  const silent = await listening(profile, { handshakeTimeoutMs: 50 });
  const mute = connectTcp(silent.port, '127.0.0.1');
  mute.on('error', () => {});
  assert.match(String(await silent.failure), /not done within 50 ms/);
  const noTls = await listening(profile);
  const talker = connectTcp(noTls.port, '127.0.0.1', () => talker.write('OPTIONS sip:a SIP/2.0\r\n\r\n'));
  talker.on('error', () => {});
  assert.match(String(await noTls.failure), /TLS handshake with/);
});

test('handshakes under way are bounded', async () => {
  const context = contextOf(server);
  const { port } = await listening(() => ({ context, requestCertificate: false }), { maxHandshakes: 1 });
  const first = connectTcp(port, '127.0.0.1');
  await new Promise((resolve) => first.once('connect', resolve));
  const second = connectTcp(port, '127.0.0.1');
  second.on('error', () => {});
  await new Promise((resolve) => second.once('close', resolve));
  first.on('error', () => {});
  first.destroy();
});

test('mistakes of certificates, keys and ciphers are named, keys are not shown', () => {
  const wrong: readonly [RegExp, Partial<TlsSettings>][] = [
    [/does not belong/, { certificate: server.certificate, privateKey: other.key }],
    [/no PEM/, { certificate: 'nothing', privateKey: server.key }],
    [/no cipher of "NOPE"/, { ciphers: 'NOPE' }],
  ];
  for (const [pattern, settings] of wrong) {
    assert.throws(
      () => nodeTls.context({ ...plain, ...settings }),
      (error: Error) => pattern.test(error.message) && !error.message.includes('PRIVATE KEY'),
    );
  }
});
