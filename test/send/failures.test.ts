/** What goes wrong has a clear message and an exit code of its own. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createServer } from 'node:tls';
import { exitCodes } from '../../src/client/failure.ts';
import { pemFolder, TestAuthority } from '../support/certificates.ts';
import { reply, tcpResponder, UdpResponder } from './responder.ts';
import { programs, type Stage, send, startStage } from './stage.ts';

let stage: Stage | undefined;
after(() => stage?.stop());

/** The real server where it is, else Olelo: these failures are the client's own. */
async function secureStage(): Promise<Stage> {
  const program = programs().at(-1);
  assert.ok(program !== undefined);
  stage ??= await startStage({ program, tls: true, webSocket: true });
  return stage;
}

async function fails(args: readonly string[], code: number, message: RegExp): Promise<void> {
  const result = await send(args);
  const text = result.stdout + result.stderr;
  assert.equal(result.code, code, `${args.join(' ')}\n${text}`);
  assert.match(result.stderr, message, args.join(' '));
  assert.equal(result.stderr.trim().split('\n').length, 1, 'one line');
}

test('nobody listens', async () => {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  await fails([`udp:127.0.0.1:${port}`], exitCodes.refused, /connection refused/);
  await fails([`tcp:127.0.0.1:${port}`], exitCodes.refused, /connection refused/);
  await fails([`tls:127.0.0.1:${port}`], exitCodes.refused, /connection refused/);
  await fails([`ws://127.0.0.1:${port}/`], exitCodes.refused, /connection refused/);
  await fails([`wss://127.0.0.1:${port}/`], exitCodes.refused, /connection refused/);
});

test('nobody answers', async () => {
  const silent = await UdpResponder.open(() => '');
  await fails(
    ['-timer-t1', '20', '-timeout', '400', silent.target],
    exitCodes.timeout,
    /no answer from udp:127.* within 0.4 s \(sent \d+ times\)/,
  );
  assert.ok(silent.received.length >= 3, 'repeated at T1, doubling');
  assert.equal(new Set(silent.received).size, 1);
  silent.close();
  const ringing = await UdpResponder.open((text) =>
    text.startsWith('INFO') ? reply(text, 100, 'Trying') : '',
  );
  await fails(
    ['-info', '-timeout', '300', ringing.target],
    exitCodes.timeout,
    /no final response \(the last was 100\)/,
  );
  ringing.close();
});

test('a name that does not exist', async () => {
  await fails(['nosuch.invalid'], exitCodes.unknownHost, /no address for nosuch\.invalid/);
  await fails(['-af', '6', 'udp:127.0.0.1:5060'], exitCodes.unknownHost, /no IPv6 address for 127/);
});

test('garbage instead of SIP', async () => {
  const garbage = await UdpResponder.open(() => 'HELO \x1b[31mfriend');
  await fails([garbage.target], exitCodes.malformed, /not SIP: "HELO \\u001b\[31mfriend"/);
  garbage.close();
  const incomplete = await UdpResponder.open(() => 'SIP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n');
  await fails([incomplete.target], exitCodes.malformed, /not SIP/);
  incomplete.close();
  const http = await tcpResponder(() => 'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n');
  await fails([http.target], exitCodes.malformed, /not SIP: "HTTP\/1\.1 400/);
  await fails([`tls:127.0.0.1:${http.port}`], exitCodes.tls, /TLS connection to 127/);
  await fails([`ws://127.0.0.1:${http.port}/`], exitCodes.webSocket, /the server answered 400 Bad Request/);
  http.close();
});

test('a connection that ends', async () => {
  const closing = await tcpResponder(() => 'CLOSE');
  await fails([closing.target], exitCodes.refused, /closed the connection/);
  closing.close();
});

test('an unexpected response', async () => {
  const peer = await UdpResponder.open((text) => reply(text, 503, 'Come \x1b[2JLater'));
  const result = await send([peer.target]);
  assert.equal(result.code, exitCodes.unexpected);
  assert.match(result.stdout, /^alive: 503 Come \\x1b\[2JLater from udp:127.* in .* \(not 2xx\)\n$/);
  assert.equal((await send(['-expect', '503', peer.target])).code, 0);
  assert.equal((await send(['-expect', '4xx', peer.target])).code, exitCodes.unexpected);
  peer.close();
});

test('a stray response is no answer', async () => {
  const peer = await UdpResponder.open((text) => [
    reply(text.replace(/branch=\S+/, 'branch=z9hG4bKother'), 200, 'Stray'),
    reply(text, 404, 'Real'),
  ]);
  const result = await send([peer.target]);
  assert.match(result.stdout, /belongs to no request/);
  assert.match(result.stdout, /404 Real/);
  peer.close();
});

test('a wrong password, and none', async () => {
  const { target } = await secureStage();
  const register = ['-register', '-fu', 'guarded', '-ex', '60'];
  await fails(
    [...register, '-ap', 'wrong', target('udp')],
    exitCodes.unauthorized,
    /user "guarded" and password were not accepted in realm "example\.test"/,
  );
  await fails([...register, target('udp')], exitCodes.unauthorized, /401 Unauthorized: a password is needed/);
  const right = await send([...register, '-ap', 'open sesame', target('udp')]);
  assert.equal(right.code, 0, right.stderr);
  const ha1 = createHash('md5').update('guarded:example.test:open sesame').digest('hex');
  const hashed = await send([...register, '-ap', ha1, '-ha1', target('udp')]);
  assert.equal(hashed.code, 0, hashed.stderr);
});

test('certificates: authority, name, what --insecure takes', async () => {
  const { target, trust } = await secureStage();
  await fails([target('tls')], exitCodes.tls, /comes from an authority that is not trusted here/);
  await fails(
    [...trust, '-tls-name', 'other.example', target('tls')],
    exitCodes.tls,
    /certificate is for localhost, server\.example.*, not for other\.example/,
  );
  assert.equal((await send([...trust, target('tls')])).code, 0);
  assert.equal((await send([...trust, '-tls-name', 'server.example', target('tls')])).code, 0);
  assert.equal((await send(['-insecure', target('tls')])).code, 0);
  await fails(['-tls-ca', '/nosuch', target('tls')], exitCodes.usage, /nosuch/);
});

test('a server that wants a certificate of the client', async (t) => {
  const authority = await TestAuthority.create();
  const own = await authority.issue({ name: 'server', ips: ['127.0.0.1'] });
  const client = await authority.issue({ name: 'client' });
  const pem = pemFolder({
    'ca.pem': authority.certificate,
    'cert.pem': client.certificate,
    'key.pem': client.key,
  });
  const options = { cert: own.certificate, key: own.key, ca: authority.certificate, requestCert: true };
  const server = createServer(options, (socket) => {
    socket.on('error', () => {});
    socket.on('data', (data) => socket.write(reply(data.toString('latin1'), 200, 'Welcome')));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const target = `tls:127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  const ca = ['-tls-ca', join(pem.path, 'ca.pem')];
  const shown = ['-tls-certificate', join(pem.path, 'cert.pem'), '-tls-key', join(pem.path, 'key.pem')];
  t.after(() => {
    server.close();
    pem.remove();
  });
  assert.equal((await send([...ca, ...shown, target])).code, 0);
  await fails(
    [...ca, target],
    exitCodes.tls,
    /: tlsv13 alert certificate required; --tls-certificate shows one$/m,
  );
  await fails([...ca, '-tc', join(pem.path, 'cert.pem'), target], exitCodes.usage, /go together/);
});

test('a WebSocket that the server does not want', async () => {
  const { target } = await secureStage();
  await fails(
    [target('ws').replace('/sip', '/other')],
    exitCodes.webSocket,
    /the server answered 404 Not Found/,
  );
  await fails(['-wsp', 'chat', target('ws')], exitCodes.webSocket, /WebSocket handshake/);
  await fails([target('wss')], exitCodes.tls, /not trusted here/);
});

test('a body of 64 kB', async () => {
  const { target, folder } = await secureStage();
  const path = join(folder, 'large.txt');
  writeFileSync(path, 'x'.repeat(65_536));
  const args = ['-message', '-body-file', path];
  await fails(
    [...args, target('udp')],
    exitCodes.unsendable,
    /too long for a datagram; use tcp, tls, ws or wss/,
  );
  // what a server thinks of it is its own affair: it answers, or it closes
  const result = await send([...args, '-timeout', '3000', target('tcp')]);
  assert.ok(
    [exitCodes.unexpected, exitCodes.refused].includes(result.code ?? -1),
    result.stdout + result.stderr,
  );
});

test('a large response comes whole', async () => {
  const body = 'y'.repeat(65_536);
  const peer = await tcpResponder((text) =>
    text.startsWith('OPTIONS')
      ? reply(text, 200, 'OK').replace('Content-Length: 0\r\n\r\n', `Content-Length: 65536\r\n\r\n${body}`)
      : '',
  );
  const result = await send(['-vl', '3', peer.target]);
  assert.equal(result.code, 0, result.stderr);
  assert.ok(result.stdout.includes(body));
  peer.close();
});

test('mistakes of the command line', async () => {
  await fails(['-nosuch'], exitCodes.usage, /unknown option -nosuch/);
  await fails(
    ['-xh', 'X: a\r\nEvil: b'],
    exitCodes.unsendable,
    /header X has a line break in its value.*: refused/,
  );
  await fails(['udp:h:x'], exitCodes.usage, /target/);
  await fails(['-vl', '9'], exitCodes.usage, /from 0 to 3/);
  await fails(['-tf', '/nosuch/file'], exitCodes.usage, /nosuch/);
  await fails(['-fv', 'tuser:{{', '-expect', 'x'], exitCodes.usage, /expect/);
});

test('a local address that is not ours, a port that is taken', async () => {
  await fails(['-laddr', '192.0.2.77', 'tcp:127.0.0.1:9'], exitCodes.refused, /no such address/);
  const peer = await UdpResponder.open(() => '');
  await fails(
    ['-laddr', `127.0.0.1:${peer.port}`, 'udp:127.0.0.1:9'],
    exitCodes.refused,
    /in use by another program/,
  );
  peer.close();
});
