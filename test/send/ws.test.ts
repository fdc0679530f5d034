/** `olelo ws` against a WebSocket server of the `ws` package and the real Kamailio. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { WebSocketServer } from 'ws';
import { wsOptions } from '../../src/cli/ws/options.ts';
import { exitCodes } from '../../src/client/failure.ts';
import { pemFolder, TestAuthority } from '../support/certificates.ts';
import { type ProgramResult, runProgram } from '../support/program.ts';
import { type Program, programPath, repository } from '../support/server.ts';
import { missing } from '../support/tools.ts';
import { kamailioHas, startStage } from './stage.ts';

interface Echo {
  readonly url: string;
  /** Headers and paths of the handshakes. */
  readonly seen: { url: string | undefined; headers: Record<string, unknown> }[];
  close(): void;
}

let echo: Echo;
let secure: Echo;
let pem: { path: string; remove(): void };
let folder: string;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'olelo-ws-'));
  const authority = await TestAuthority.create();
  const { certificate, key } = await authority.issue({ name: 'ws', dns: ['ws.example'], ips: ['127.0.0.1'] });
  const client = await authority.issue({ name: 'client' });
  pem = pemFolder({ 'ca.pem': authority.certificate, 'cert.pem': client.certificate, 'key.pem': client.key });
  echo = await openEcho(undefined);
  secure = await openEcho({ cert: certificate, key });
});
after(() => {
  echo.close();
  secure.close();
  pem.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** Sends back what comes; `close` closes with a code, `three` brings three frames, `silence` none. */
async function openEcho(tls: { cert: string; key: string } | undefined): Promise<Echo> {
  const seen: Echo['seen'] = [];
  const https = tls === undefined ? undefined : createServer(tls);
  const server = new WebSocketServer(
    https === undefined ? { port: 0, host: '127.0.0.1' } : { server: https },
  );
  if (https !== undefined) await new Promise<void>((resolve) => https.listen(0, '127.0.0.1', resolve));
  else await new Promise((resolve) => server.once('listening', resolve));
  server.on('connection', (socket, request) => {
    seen.push({ url: request.url, headers: { ...request.headers } });
    socket.on('message', (data, isBinary) => {
      const text = String(data);
      if (text === 'close') socket.close(4001, 'as wished');
      else if (text === 'three') for (const each of ['1', '2', '3']) socket.send(each);
      else if (text !== 'silence') socket.send(data as Buffer, { binary: isBinary });
    });
  });
  const address = (https ?? server).address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const close = (): void => {
    for (const client of server.clients) client.terminate();
    server.close();
    https?.close();
  };
  return { url: `${https === undefined ? 'ws' : 'wss'}://127.0.0.1:${port}/path?q`, seen, close };
}

function ws(args: readonly string[], input = ''): Promise<ProgramResult> {
  return runProgram(join(repository, 'bin', 'olelo'), ['ws', ...args], { timeoutMs: 60_000, input });
}

async function good(args: readonly string[], input = ''): Promise<string> {
  const result = await ws(args, input);
  assert.equal(result.code, 0, `${args.join(' ')}\n${result.stdout}${result.stderr}`);
  return result.stdout;
}

test('a frame and its echo; what the handshake says', async () => {
  assert.equal(await good(['-send', 'hello', echo.url]), 'hello\n');
  assert.equal(echo.seen.at(-1)?.url, '/path?q');
  assert.equal(echo.seen.at(-1)?.headers['sec-websocket-protocol'], 'sip');
  assert.equal(echo.seen.at(-1)?.headers.origin, 'http://127.0.0.1');
  await good([
    '-s',
    'x',
    '-protocol',
    'chat',
    '-origin',
    'http://o.example',
    '-header',
    'X-A: b',
    '-url',
    echo.url,
  ]);
  assert.deepEqual(pick(echo, 'sec-websocket-protocol', 'origin', 'x-a'), ['chat', 'http://o.example', 'b']);
  await good(['-s', 'x', '-p', '', '-o', '', '-H', 'X-B: c', '-u', echo.url, '-laddr', '127.0.0.1']);
  assert.deepEqual(pick(echo, 'sec-websocket-protocol', 'origin', 'x-b'), [undefined, undefined, 'c']);
  await good(['-s', 'x', '-proto', 'p2', '-timeout-connect', '5000', echo.url]);
  assert.deepEqual(pick(echo, 'sec-websocket-protocol'), ['p2']);
});

function pick(server: Echo, ...names: string[]): unknown[] {
  return names.map((name) => server.seen.at(-1)?.headers[name]);
}

test('files, templates, binary frames', async () => {
  const path = join(folder, 'x');
  writeFileSync(path, Buffer.from([0xff, 0x00, 0x41]));
  assert.equal(await good(['-file', path, echo.url]), 'binary, 3 bytes: ff0041\n');
  assert.equal(await good(['-binary', '-send', 'A', echo.url]), 'binary, 1 bytes: 41\n');
  assert.equal(await good(['-b', '-send', 'A', echo.url]), 'binary, 1 bytes: 41\n');
  writeFileSync(join(folder, 't'), 'to {{.who}} {{.n}}{{.lf}}');
  writeFileSync(join(folder, 'f'), '{"who": "x", "n": "$inc(i)"}');
  assert.equal(
    await good([
      '-template',
      join(folder, 't'),
      '-fields',
      join(folder, 'f'),
      '-field-val',
      'who:y',
      echo.url,
    ]),
    'to y 1\n',
  );
  assert.equal(
    await good(['-t', join(folder, 't'), '-f', join(folder, 'f'), '-fv', 'who:z', echo.url]),
    'to z 1\n',
  );
});

test('how many frames, how long', async () => {
  assert.equal(await good(['-s', 'three', echo.url]), '1\n');
  assert.equal(await good(['-s', 'three', '-frames', '3', echo.url]), '1\n2\n3\n');
  assert.equal(await good(['-s', 'a', '-s', 'b', '-n', '2', echo.url]), 'a\nb\n');
  assert.equal(await good(['-s', 'x', '-receive=false', echo.url]), '');
  assert.equal(await good(['-s', 'x', '-r', echo.url]), 'x\n');
  const silent = await ws(['-s', 'silence', '-timeout-recv', '300', echo.url]);
  assert.equal(silent.code, exitCodes.timeout, silent.stderr);
  assert.match(silent.stderr, /no frame within 0\.3 s/);
  assert.equal((await ws(['-s', 'silence', '-wait', '200', echo.url])).code, exitCodes.timeout);
  assert.equal((await ws(['-s', 'silence', '-w', '200', echo.url])).code, exitCodes.timeout);
});

test('lines of the standard input are frames', async () => {
  assert.equal(await good(['-n', '2', echo.url], 'one\ntwo\n'), 'one\ntwo\n');
});

test('what happens around the frames', async () => {
  const text = await good(['-v', '-s', 'x', echo.url]);
  assert.match(text, /^connected to 127\.0\.0\.1:\d+, sub-protocol sip\n-> x\n<- x\n/);
  const pinged = await ws(['-vv', '-ping', '50', '-s', 'silence', '-w', '300', echo.url]);
  assert.match(pinged.stdout, /<- pong/);
  const events = (await good(['-json', '-s', 'x', echo.url]))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string });
  assert.deepEqual(events.map(({ event }) => event).slice(0, 3), ['open', 'sent', 'received']);
  assert.match(await good(['-j', '-b', '-s', 'x', echo.url]), /"base64":"eA=="/);
});

test('ends that are none of ours', async () => {
  const closed = await ws(['-s', 'close', echo.url]);
  assert.equal(closed.code, exitCodes.webSocket);
  assert.match(closed.stderr, /closed the WebSocket with code 4001: as wished/);
  assert.equal((await ws(['http://127.0.0.1/'])).code, exitCodes.usage);
  assert.equal((await ws(['-H', 'X: a\r\nY: b', echo.url])).code, exitCodes.unsendable);
  assert.equal((await ws(['-s', 'x', 'ws://nosuch.invalid/'])).code, exitCodes.unknownHost);
});

test('TLS: who is trusted', async () => {
  const ca = join(pem.path, 'ca.pem');
  const untrusted = await ws(['-s', 'x', secure.url]);
  assert.equal(untrusted.code, exitCodes.tls);
  assert.match(untrusted.stderr, /not trusted here/);
  for (const flag of ['-insecure', '-i', '-k', '-ti'])
    assert.equal(await good([flag, '-s', 'x', secure.url]), 'x\n');
  const client = ['-tls-certificate', join(pem.path, 'cert.pem'), '-tls-key', join(pem.path, 'key.pem')];
  assert.match(await good(['-v', '-tls-ca', ca, ...client, '-s', 'x', secure.url]), /TLSv1\.3/);
  assert.equal(await good(['-ca', ca, '-tls-name', 'ws.example', '-s', 'x', secure.url]), 'x\n');
  const wrong = await ws(['-ca', ca, '-sni', 'other.example', '-s', 'x', secure.url]);
  assert.match(wrong.stderr, /certificate is for ws\.example, 127\.0\.0\.1, not for other\.example/);
  const short = ['-tc', join(pem.path, 'cert.pem'), '-tk', join(pem.path, 'key.pem')];
  assert.equal(await good(['-ca', ca, ...short, '-s', 'x', secure.url]), 'x\n');
  assert.equal(
    (await ws(['-ca', ca, '-cert', ca, '-key', '/nosuch', '-s', 'x', secure.url])).code,
    exitCodes.usage,
  );
});

const register = `REGISTER sip:example.test SIP/2.0
Via: SIP/2.0/WS x.invalid;branch=z9hG4bK{{.b}}
From: <sip:guarded@example.test>;tag={{.b}}
To: <sip:guarded@example.test>
Call-ID: {{.b}}
CSeq: 1 REGISTER
Contact: <sip:x@x.invalid;transport=ws>
Max-Forwards: 70
Content-Length: 0

`;

for (const program of ['olelo', 'kamailio'] as const)
  test(`a SIP registration with a password at ${program}`, (t) => registerAt(program, t));

async function registerAt(program: Program, t: TestContext): Promise<void> {
  if (programPath(program) === undefined || (program === 'kamailio' && !kamailioHas('websocket')))
    return missing(t, `${program} with module websocket is not installed`);
  const stage = await startStage({ program, webSocket: true });
  try {
    writeFileSync(join(folder, 'r'), register);
    const args = ['-v', '-t', join(folder, 'r'), '-fv', 'b:$randhex(16)', '-auser', 'guarded'];
    const text = await good([...args, '-apasswd', 'open sesame', stage.target('ws')]);
    assert.match(text, /401 Unauthorized[\s\S]*Authorization: Digest[\s\S]*200 OK/);
    const wrong = await ws([...args.slice(1, -2), '-au', 'guarded', '-ap', 'wrong', stage.target('ws')]);
    assert.equal(wrong.code, exitCodes.unauthorized, wrong.stderr);
  } finally {
    await stage.stop();
  }
}

test('help has every option, and each has a test', async () => {
  const help = await good(['--help']);
  assert.equal(await good(['-h']), help);
  const corpus = readFileSync(join(repository, 'test', 'send', 'ws.test.ts'), 'utf8');
  for (const [name, { aliases, help: text }] of Object.entries(wsOptions)) {
    assert.ok(help.replace(/\s+/g, ' ').includes(text), name);
    for (const each of [name, ...aliases]) {
      assert.ok(help.includes(`-${each}`), each);
      if (each !== 'v') assert.match(corpus, new RegExp(`['"]--?${each}['"=]`), each);
    }
  }
});
