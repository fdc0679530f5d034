import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import type { TransportError } from '../base/errors.ts';
import type { DatagramHandler } from '../base/ports.ts';
import { bindDatagram, sourceAddressFor } from './datagram.ts';
import { deferred } from './testing.ts';

const silent: DatagramHandler = { onDatagram: () => {}, onError: () => {} };

for (const address of ['127.0.0.1', '::1']) {
  test(`a datagram survives byte by byte on ${address}`, async (t) => {
    const got = deferred<{ text: string; from: string; port: number }>();
    const receiver = await bindDatagram(address, 0, {
      onDatagram: (data, from, port) => got.resolve({ text: data.toString('latin1'), from, port }),
      onError: assert.ifError,
    });
    const sender = await bindDatagram(address, 0, { onDatagram: () => {}, onError: assert.ifError });
    t.after(() => {
      receiver.close();
      sender.close();
    });
    const text = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).join('');
    sender.send(text, address, receiver.local.port);
    assert.deepEqual(await got.promise, { text, from: address, port: sender.local.port });
  });
}

test('many datagrams in one turn arrive whole, in order, whatever their lengths', async (t) => {
  const count = 200;
  const done = deferred<void>();
  const seen: string[] = [];
  const receiver = await bindDatagram('127.0.0.1', 0, {
    onDatagram: (data) => {
      seen.push(data.toString('latin1'));
      if (seen.length === count) done.resolve();
    },
    onError: assert.ifError,
  });
  const sender = await bindDatagram('127.0.0.1', 0, silent);
  t.after(() => {
    receiver.close();
    sender.close();
  });
  const texts = Array.from({ length: count }, (_, i) =>
    `${i}:`.padEnd(20 + ((i * 37) % 500), String(i % 10)),
  );
  for (const [i, text] of texts.entries()) {
    if (i % 2 === 0) sender.send(text, '127.0.0.1', receiver.local.port);
    else sender.sendBytes(Buffer.from(text), '127.0.0.1', receiver.local.port);
  }
  await done.promise;
  assert.deepEqual(seen, texts);
});

test('failures are told later, with code and destination, never thrown', async (t) => {
  const errors: TransportError[] = [];
  const done = deferred<void>();
  const sender = await bindDatagram('127.0.0.1', 0, {
    onDatagram: () => {},
    onError: (error) => {
      errors.push(error as TransportError);
      if (errors.length === 3) done.resolve();
    },
  });
  t.after(() => sender.close());
  sender.send('x'.repeat(70_000), '127.0.0.1', 9);
  sender.send('x', '127.0.0.1', 0);
  sender.send('x', 'not-an-address', 5060);
  assert.equal(errors.length, 0);
  await done.promise;
  assert.deepEqual(
    errors.map(({ code, address, port }) => [code, address, port]),
    [
      ['EMSGSIZE', '127.0.0.1', 9],
      ['EINVAL', '127.0.0.1', 0],
      ['EINVAL', 'not-an-address', 5060],
    ],
  );
});

test('a port in use is refused by name', async (t) => {
  const first = await bindDatagram('127.0.0.1', 0, silent);
  t.after(() => first.close());
  await assert.rejects(bindDatagram('127.0.0.1', first.local.port, silent), {
    code: 'EADDRINUSE',
    message: new RegExp(`127\\.0\\.0\\.1:${first.local.port}`),
  });
});

test('an address of another machine is refused', async () => {
  await assert.rejects(bindDatagram('192.0.2.1', 5060, silent), { code: 'EADDRNOTAVAIL' });
});

test('a closed socket swallows sends', async () => {
  const socket = await bindDatagram('127.0.0.1', 0, {
    onDatagram: () => assert.fail('nothing was to come'),
    onError: assert.ifError,
  });
  const { port } = socket.local;
  socket.close();
  socket.close();
  socket.send('x', '127.0.0.1', port);
  await new Promise(setImmediate);
});

test('the source address towards loopback is loopback', async () => {
  assert.equal(await sourceAddressFor('127.0.0.1'), '127.0.0.1');
  assert.equal(await sourceAddressFor('::1'), '::1');
});

test('a multicast group is joined on an interface by name, and heard', async (t) => {
  const got = deferred<string>();
  const handler = { onDatagram: (data: Buffer) => got.resolve(String(data)), onError: assert.ifError };
  const options = { multicastInterface: 'lo', multicastLoopback: true };
  const group = await bindDatagram('224.0.1.75', 0, handler, options);
  const { port } = group.local;
  const sender = createSocket('udp4').bind(0, '127.0.0.1');
  t.after(() => {
    group.close();
    sender.close();
  });
  await once(sender, 'listening');
  sender.setMulticastInterface('127.0.0.1');
  sender.send('hello', port, '224.0.1.75');
  assert.equal(await got.promise, 'hello');
});
