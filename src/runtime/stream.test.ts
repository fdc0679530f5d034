import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StreamConnection } from '../base/ports.ts';
import { connectStream, listenStream } from './stream.ts';
import { deferred } from './testing.ts';

async function pair(
  address: string,
): Promise<{ client: StreamConnection; server: StreamConnection; stop(): void }> {
  const accepted = deferred<StreamConnection>();
  const listener = await listenStream(address, 0, accepted.resolve);
  const client = await connectStream(address, listener.local.port, { timeoutMs: 1000 });
  return { client, server: await accepted.promise, stop: () => listener.close() };
}

function closing(connection: StreamConnection): Promise<Error | undefined> {
  return new Promise((resolve) => connection.setHandler({ onData: () => {}, onClose: resolve }));
}

for (const address of ['127.0.0.1', '::1']) {
  test(`a stream over ${address} carries bytes both ways and ends once`, async () => {
    const { client, server, stop } = await pair(address);
    assert.deepEqual(client.remote, { address, port: server.local.port });
    assert.deepEqual(server.remote, client.local);
    const got = deferred<string>();
    const ended = deferred<Error | undefined>();
    server.setHandler({ onData: (data) => got.resolve(data.toString('latin1')), onClose: ended.resolve });
    client.write('h\xe9llo');
    assert.equal(await got.promise, 'h\xe9llo');
    const back = deferred<string>();
    const clientEnded = deferred<Error | undefined>();
    client.setHandler({ onData: (data) => back.resolve(String(data)), onClose: clientEnded.resolve });
    server.write(new Uint8Array([0x61, 0x62]));
    assert.equal(await back.promise, 'ab');
    client.end();
    assert.equal(await ended.promise, undefined);
    assert.equal(await clientEnded.promise, undefined);
    assert.equal(client.write('late'), false);
    stop();
  });
}

test('a reset comes as an error', async () => {
  const { client, server, stop } = await pair('127.0.0.1');
  const ended = closing(server);
  closing(client);
  client.destroy();
  assert.equal(((await ended) as { code?: string } | undefined)?.code, 'ECONNRESET');
  stop();
});

test('a reader that stands still makes write say so and pendingBytes grow', async () => {
  const { client, server, stop } = await pair('127.0.0.1');
  server.pause();
  const block = 'x'.repeat(1024 * 1024);
  let accepted = true;
  for (let i = 0; i < 20 && accepted; i++) {
    accepted = client.write(block);
    await new Promise(setImmediate);
  }
  assert.equal(accepted, false);
  assert.ok(client.pendingBytes >= 1024 * 1024);
  const drained = deferred<void>();
  client.setHandler({ onData: () => {}, onClose: () => {}, onDrain: drained.resolve });
  server.setHandler({ onData: () => {}, onClose: () => {} });
  server.resume();
  await drained.promise;
  assert.equal(client.pendingBytes, 0);
  client.destroy();
  stop();
});

test('nobody listens: refused, by name', async () => {
  const listener = await listenStream('127.0.0.1', 0, () => {});
  const { port } = listener.local;
  listener.close();
  await assert.rejects(connectStream('127.0.0.1', port, { timeoutMs: 1000 }), { code: 'ECONNREFUSED', port });
});

test('two listeners on one port: refused, by name', async () => {
  const listener = await listenStream('127.0.0.1', 0, () => {});
  await assert.rejects(
    listenStream('127.0.0.1', listener.local.port, () => {}),
    { code: 'EADDRINUSE' },
  );
  listener.close();
});

test('a connection comes from the port it was told to', async () => {
  const accepted = deferred<StreamConnection>();
  const listener = await listenStream('127.0.0.1', 0, accepted.resolve);
  const client = await connectStream('127.0.0.1', listener.local.port, {
    localAddress: '127.0.0.2',
    timeoutMs: 1000,
  });
  const server = await accepted.promise;
  assert.equal(server.remote.address, '127.0.0.2');
  client.destroy();
  listener.close();
});
