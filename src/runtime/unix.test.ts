import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { openFifo, writeFifo } from './fifo.ts';
import { deferred, temporaryFolder } from './testing.ts';
import { accountId, bindUnixDatagram, listenUnix } from './unix.ts';

const runFile = promisify(execFile);

test('a unix stream server answers, has its mode, and removes its file', async (t) => {
  const path = join(await temporaryFolder(t), 'ctl.sock');
  const server = await listenUnix(
    path,
    (connection) => {
      connection.setHandler({ onData: (data) => connection.write(`<${data}>`), onClose: () => {} });
    },
    { mode: 0o600, user: String(process.getuid?.() ?? 0) },
  );
  assert.equal(statSync(path).mode & 0o777, 0o600);
  const answer = deferred<string>();
  const client = connect(path);
  client.on('data', (data) => answer.resolve(String(data)));
  client.write('hi');
  assert.equal(await answer.promise, '<hi>');
  await assert.rejects(
    listenUnix(path, () => {}),
    { code: 'EADDRINUSE' },
  );
  client.destroy();
  server.close();
  assert.equal(existsSync(path), false);
});

test('a stale socket file is replaced, another file is not', async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, 'stale.sock');
  // A process that dies without removing its socket.
  await runFile(process.execPath, [
    '-e',
    `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`,
  ]).catch(() => {});
  assert.ok(existsSync(path));
  (await listenUnix(path, () => {})).close();
  const file = join(folder, 'file');
  writeFileSync(file, 'precious');
  await assert.rejects(
    listenUnix(file, () => {}),
    { code: 'EEXIST' },
  );
});

test('unix datagrams are answered', async (t) => {
  const folder = await temporaryFolder(t);
  const answer = deferred<string>();
  const server = await bindUnixDatagram(join(folder, 'server'), (data, from) => {
    server.send(Buffer.from(`<${data}>`), from);
    server.send(Buffer.from('nobody'), join(folder, 'missing')); // must not throw
  });
  const client = await bindUnixDatagram(join(folder, 'client'), (data) => answer.resolve(String(data)));
  client.send(Buffer.from('ping'), join(folder, 'server'));
  assert.equal(await answer.promise, '<ping>');
  client.close();
  server.close();
});

test('a FIFO hands on what is written to it by one client after the other', async (t) => {
  const path = join(await temporaryFolder(t), 'fifo');
  let seen = '';
  let wake = deferred<void>();
  const fifo = await openFifo(
    path,
    (data) => {
      seen += data;
      wake.resolve();
    },
    { mode: 0o620 },
  );
  assert.equal(statSync(path).mode & 0o777, 0o620);
  for (const text of ['one\n', 'two\n']) {
    wake = deferred<void>();
    await writeFifo(path, Buffer.from(text));
    await wake.promise;
  }
  assert.equal(seen, 'one\ntwo\n');
  fifo.close();
});

test('a reader that opens the FIFO after the answer was written still gets it', async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, 'reply');
  await runFile('mkfifo', [path]);
  const written = writeFifo(path, Buffer.from('late\n')); // tries to open it within this call
  const { stdout } = await runFile('cat', [path]);
  assert.equal(stdout, 'late\n');
  await written;
});

test('a FIFO is refused that has no reader in time, or is not there', async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, 'reply');
  await runFile('mkfifo', [path]);
  await assert.rejects(writeFifo(path, Buffer.from('x')), { code: 'ENXIO' });
  await assert.rejects(writeFifo(join(folder, 'missing'), Buffer.from('x')), { code: 'ENOENT' });
});

test('accounts are found by name and by number', async () => {
  assert.equal(await accountId('passwd', 'root'), 0);
  assert.equal(await accountId('group', '17'), 17);
  await assert.rejects(accountId('passwd', 'no-such-user-here'), /no user 'no-such-user-here'/);
});
