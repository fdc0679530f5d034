import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StreamConnection, StreamHandler } from '../base/ports.ts';
import { TestClock } from '../base/testClock.ts';
import { StreamLink } from './streamLink.ts';

/** A connection whose peer takes bytes only when `takes` is true. */
class FakeConnection implements StreamConnection {
  readonly local = { address: '10.0.0.1', port: 5070 };
  readonly remote = { address: '10.0.0.2', port: 5060 };
  readonly written: string[] = [];
  takes = true;
  isDestroyed = false;
  handler: StreamHandler | undefined;
  readonly pendingBytes = 0;
  setHandler(handler: StreamHandler): void {
    this.handler = handler;
  }
  keepAlive(): void {}
  write(data: string | Uint8Array): boolean {
    this.written.push(String(data));
    return this.takes;
  }
  pause(): void {}
  resume(): void {}
  end(): void {}
  destroy(): void {
    this.isDestroyed = true;
  }
}

function scene() {
  const clock = new TestClock();
  const connection = new FakeConnection();
  const texts: string[] = [];
  const troubles: string[] = [];
  const link = new StreamLink(
    'tcp',
    connection,
    {
      onText: (text) => void texts.push(text),
      onTrouble: (error) => void troubles.push(error.message),
      onEnd: (error) => void troubles.push(`ended ${error?.message ?? ''}`),
    },
    { clock, writeTimeoutMs: 4000 },
  );
  return { clock, connection, texts, troubles, link };
}

test('a peer that leaves our bytes unread is given up, one that takes them late is not', () => {
  const { clock, connection, troubles, link } = scene();
  connection.takes = false;
  link.send('one');
  clock.advance(3999);
  connection.handler?.onDrain?.();
  clock.advance(10_000);
  assert.deepEqual(troubles, []);
  link.send('two');
  clock.advance(4000);
  assert.deepEqual(troubles, ['the peer did not take our bytes within 4000 ms']);
  assert.equal(connection.isDestroyed, true);
});

test('messages are cut out of the stream, keepalives answered, garbage handed on', () => {
  const { connection, texts } = scene();
  const message = 'SIP/2.0 200 OK\r\nContent-Length: 2\r\n\r\nhi';
  connection.handler?.onData(Buffer.from(`${message}\r\n\r\n${message.slice(0, 10)}`));
  connection.handler?.onData(Buffer.from(message.slice(10)));
  assert.deepEqual(texts, [message, message]);
  assert.deepEqual(connection.written, ['\r\n']);
  connection.handler?.onData(Buffer.from('SSH-2.0-OpenSSH\r\n'));
  assert.match(texts.at(-1) ?? '', /^SSH-2\.0/);
});
