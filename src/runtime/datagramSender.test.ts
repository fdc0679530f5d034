import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import { makeDatagramSender } from './datagramSender.ts';

// The direct way depends on Node's inside: this says when a new version has changed it.
test('this version of Node lets datagrams leave at once', async (t) => {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  t.after(() => socket.close());
  await once(socket, 'listening');
  const sender = makeDatagramSender(socket, () => {});
  assert.equal(sender.send(Buffer.from('x'), '127.0.0.1', socket.address().port), 'sent');
  assert.equal(sender.send(Buffer.alloc(66_000), '127.0.0.1', 9), 'EMSGSIZE');
});

test('without the inside, the public way sends too', async (t) => {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  t.after(() => socket.close());
  await once(socket, 'listening');
  const told = new Promise((resolve) => {
    // A socket whose state cannot be seen: a stand-in with only the public `send`.
    const publicOnly = { send: socket.send.bind(socket) } as unknown as typeof socket;
    const sender = makeDatagramSender(publicOnly, (...report) => resolve(report));
    assert.equal(sender.send(Buffer.from('abc'), '127.0.0.1', socket.address().port), 'queued');
  });
  const [message] = await once(socket, 'message');
  assert.equal(String(message), 'abc');
  assert.deepEqual(await told, ['', '127.0.0.1', socket.address().port, 3]);
});
