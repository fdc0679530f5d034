import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { ComponentLog, LogLevels } from '../src/base/log.ts';
import { LogLevel } from '../src/base/ports.ts';
import { TimerWheel } from '../src/base/timerWheel.ts';
import type { Destination, Flow } from '../src/proxy/transport.ts';
import { nodePorts } from '../src/runtime/index.ts';
import type { TransportOptions } from '../src/server/transport/index.ts';
import {
  defaultTransportOptions,
  parseListenArgument,
  TransportLayer,
} from '../src/server/transport/index.ts';

// The transport layer on real sockets of loopback.

const request = (method: string, extra = ''): string =>
  `${method} sip:a@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\n` +
  `To: <sip:a@b>\r\nCall-ID: c\r\nCSeq: 1 ${method}\r\n${extra}Content-Length: 0\r\n\r\n`;

interface Peer {
  readonly layer: TransportLayer;
  readonly received: { readonly text: string; readonly flow: Flow }[];
  readonly unreachable: string[];
  readonly closed: number[];
  /** Resolves when `count` messages (of all) have come. */
  arrived(count: number): Promise<void>;
}

async function open(t: TestContext, listen: string[], change: Partial<TransportOptions> = {}): Promise<Peer> {
  const ports = nodePorts({ logSink: { write: () => {} } });
  const waiters: { count: number; done: () => void }[] = [];
  const received: Peer['received'] = [];
  const unreachable: string[] = [];
  const closed: number[] = [];
  const levels = new LogLevels();
  levels.global = LogLevel.alert;
  const log = new ComponentLog('<core>', levels, ports.logSink);
  const layer = new TransportLayer({
    ...ports,
    log,
    timers: new TimerWheel(ports.clock, 10, log),
    options: {
      ...defaultTransportOptions(),
      autoAliases: false,
      listen: listen.map((text) => parseListenArgument(text)!),
      ...change,
    },
    events: {
      onMessage: (text, flow) => {
        received.push({ text, flow });
        for (const waiter of waiters) if (received.length >= waiter.count) waiter.done();
      },
      onConnectionClosed: (id) => closed.push(id),
      onUnreachable: (address, port, proto) => unreachable.push(`${proto}:${address}:${port}`),
    },
  });
  await layer.open();
  t.after(() => layer.close());
  const arrived = (count: number) =>
    received.length >= count
      ? Promise.resolve()
      : new Promise<void>((done) => {
          waiters.push({ count, done });
        });
  return { layer, received, unreachable, closed, arrived };
}

function to(peer: Peer, proto: 'udp' | 'tcp'): Destination {
  const socket = peer.layer.sockets.find((candidate) => candidate.proto === proto)!;
  return { proto, address: socket.address, port: socket.port, socket: undefined, connectionId: 0, host: '' };
}

for (const address of ['127.0.0.1', '[::1]']) {
  test(`messages over UDP and TCP between two layers on ${address}`, async (t) => {
    const a = await open(t, [`${address}:0`]);
    const b = await open(t, [`${address}:0`]);
    assert.ok(a.layer.send(request('OPTIONS'), to(b, 'udp')));
    await b.arrived(1);
    assert.ok(a.layer.send(request('INVITE'), to(b, 'tcp')));
    assert.ok(a.layer.send(request('ACK'), to(b, 'tcp')));
    await b.arrived(3);
    assert.deepEqual(
      b.received.map(({ text, flow }) => [text.slice(0, 6), flow.proto]),
      [
        ['OPTION', 'udp'],
        ['INVITE', 'tcp'],
        ['ACK si', 'tcp'],
      ],
    );
    const [udp, invite, ack] = b.received.map(({ flow }) => flow);
    assert.equal(udp!.port, a.layer.sockets[0]!.port);
    assert.equal(invite!.connectionId, ack!.connectionId); // one connection for both
    assert.equal(a.layer.counters.connect_success, 1);
    assert.equal(b.layer.counters.passive_open, 1);
    // The answer goes back on the same connection, though nobody listens on its port.
    assert.ok(b.layer.send(request('BYE'), { ...invite!, socket: undefined, host: '' }));
    await a.arrived(1);
    assert.equal(a.layer.connections().length, 1);
    assert.equal(b.layer.closeConnection(invite!.connectionId), true);
    assert.equal(b.layer.isConnected(invite!.connectionId), false);
  });
}

test('a refused connection is told to onUnreachable and counted', async (t) => {
  const a = await open(t, ['127.0.0.1:0']);
  const gone = await open(t, ['tcp:127.0.0.1:0']);
  const destination = to(gone, 'tcp');
  gone.layer.close();
  assert.equal(a.layer.send(request('OPTIONS'), destination), true);
  while (a.unreachable.length === 0) await new Promise(setImmediate);
  assert.deepEqual(a.unreachable, [`tcp:127.0.0.1:${destination.port}`]);
  assert.equal(a.layer.counters.connect_failed, 1);
  assert.equal(a.layer.connections().length, 0);
});

test('nonsense, HTTP and missing lengths close the connection; a missing length is answered', async (t) => {
  const a = await open(t, ['tcp:127.0.0.1:0']);
  const talk = (bytes: string) =>
    new Promise<string>((resolve) => {
      let answer = '';
      const socket = connect(a.layer.sockets[0]!.port, '127.0.0.1', () => socket.write(bytes));
      socket.on('data', (data) => {
        answer += data;
      });
      socket.on('error', () => {});
      socket.on('close', () => resolve(answer));
    });
  assert.equal(await talk('\x16\x03\x01\x02'), '');
  assert.equal(await talk('GET / HTTP/1.1\r\n\r\n'), '');
  assert.match(await talk(request('INVITE').replace('Content-Length: 0\r\n', '')), /^SIP\/2.0 400 /);
  assert.match(await talk(request('INVITE').replace('Length: 0', 'Length: 999999')), /^SIP\/2.0 513 /);
  assert.equal(a.layer.counters.framing_errors, 4);
  assert.equal(a.received.length, 0);
});

test('CRLF CRLF is answered by CRLF (RFC 5626)', async (t) => {
  const a = await open(t, ['tcp:127.0.0.1:0']);
  const pong = await new Promise((resolve) => {
    const socket = connect(a.layer.sockets[0]!.port, '127.0.0.1', () => socket.write('\r\n\r\n'));
    socket.once('data', (data) => {
      resolve(String(data));
      socket.destroy();
    });
  });
  assert.equal(pong, '\r\n');
});

test('a port in use names the socket and leaves none open', async (t) => {
  const a = await open(t, ['udp:127.0.0.1:0']);
  const { port } = a.layer.sockets[0]!;
  await assert.rejects(open(t, ['tcp:127.0.0.1:0', `udp:127.0.0.1:${port}`]), {
    code: 'LISTEN_FAILED',
    message: new RegExp(`binding udp 127\\.0\\.0\\.1:${port}: the address is in use`),
  });
  await assert.rejects(open(t, ['sctp:127.0.0.1:0']), /no loaded module serves sctp/);
  // without enable_tls such lines are skipped, and here nothing else is left
  await assert.rejects(open(t, ['tls:127.0.0.1:0']), /no socket to listen on/);
  await assert.rejects(open(t, ['udp:no-such-interface.invalid:0']), /no interface of this machine/);
});
