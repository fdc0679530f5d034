import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ComponentLog, LogLevels } from '../src/base/log.ts';
import { LogLevel, type StreamConnection } from '../src/base/ports.ts';
import { TimerWheel } from '../src/base/timerWheel.ts';
import type { Destination, Flow } from '../src/proxy/transport.ts';
import {
  defaultTcpOptions,
  defaultTransportOptions,
  parseListenArgument,
  type TcpOptions,
  TransportLayer,
  type TransportOptions,
} from '../src/server/transport/index.ts';
import { type SimPorts, SimWorld } from './world.ts';

// The transport layer against hostile and broken peers, in virtual time.

const server = '10.0.0.1';

function request(method: string, extra = '', via = 'SIP/2.0/TCP 10.0.0.2;branch=z9hG4bK1'): string {
  return (
    `${method} sip:a@${server} SIP/2.0\r\nVia: ${via}\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\n` +
    `Call-ID: c\r\nCSeq: 1 ${method}\r\n${extra}Content-Length: 0\r\n\r\n`
  );
}

interface Scene {
  readonly world: SimWorld;
  readonly layer: TransportLayer;
  readonly peer: SimPorts;
  readonly received: { readonly text: string; readonly flow: Flow }[];
  readonly unreachable: string[];
  readonly closed: number[];
  connect(address?: string): Promise<Client>;
}

interface Client {
  readonly stream: StreamConnection;
  readonly heard: () => string;
  readonly isClosed: () => boolean;
}

async function scene(tcp: Partial<TcpOptions> = {}, change: Partial<TransportOptions> = {}): Promise<Scene> {
  const world = new SimWorld(1);
  const ports = world.addHost({ name: 'server', addresses: [server, '192.168.0.1'] });
  const peer = world.addHost({ name: 'peer', addresses: ['10.0.0.2', '10.0.0.3', '192.168.0.9'] });
  const received: Scene['received'] = [];
  const unreachable: string[] = [];
  const closed: number[] = [];
  const levels = new LogLevels();
  levels.global = LogLevel.debug;
  const log = new ComponentLog('<core>', levels, ports.logSink);
  const layer = new TransportLayer({
    ...ports,
    log,
    timers: new TimerWheel(world.clock, 10, log),
    options: {
      ...defaultTransportOptions(),
      autoAliases: false,
      listen: [parseListenArgument(server)!],
      tcp: { ...defaultTcpOptions(), ...tcp },
      ...change,
    },
    events: {
      onMessage: (text, flow) => void received.push({ text, flow }),
      onConnectionClosed: (id) => void closed.push(id),
      onUnreachable: (address, port, proto) => void unreachable.push(`${proto}:${address}:${port}`),
    },
  });
  await layer.open();
  const connect = async (address = '10.0.0.2'): Promise<Client> => {
    const connecting = peer.net.connectStream(server, 5060, { localAddress: address, timeoutMs: 1000 });
    await world.advance(10);
    const stream = await connecting;
    let heard = '';
    let isClosed = false;
    stream.setHandler({
      onData: (data) => {
        heard += data;
      },
      onClose: () => {
        isClosed = true;
      },
    });
    await world.advance(10);
    return { stream, heard: () => heard, isClosed: () => isClosed };
  };
  return { world, layer, peer, received, unreachable, closed, connect };
}

const tcpTo = (address: string, port: number, change: Partial<Destination> = {}): Destination => ({
  proto: 'tcp',
  address,
  port,
  socket: undefined,
  connectionId: 0,
  host: '',
  ...change,
});

test('an idle connection lives as long as told; traffic prolongs it', async () => {
  const { world, layer, connect, closed } = await scene({ connectionLifetimeSec: 120 });
  const client = await connect();
  client.stream.write(request('OPTIONS'));
  await world.advance(100_000);
  client.stream.write('\r\n\r\n');
  await world.advance(110_000);
  assert.equal(client.isClosed(), false);
  assert.equal(client.heard(), '\r\n'); // RFC 5626 §4.4.1
  await world.advance(15_000);
  assert.equal(client.isClosed(), true);
  assert.deepEqual(closed, [1]);
  assert.equal(layer.counters.con_timeout, 1);
  assert.equal(layer.counters.current_opened_connections, 0);
});

test('a silent client and one that sends a byte a minute are shown out', async () => {
  const { world, layer, connect } = await scene({ dataTimeoutSec: 20, readTimeoutSec: 20 });
  const silent = await connect();
  const slow = await connect();
  slow.stream.write('O');
  await world.advance(19_000);
  slow.stream.write('P');
  assert.deepEqual([silent.isClosed(), slow.isClosed()], [false, false]);
  await world.advance(2_000);
  assert.deepEqual([silent.isClosed(), slow.isClosed()], [true, true]);
  assert.equal(layer.counters.read_timeout, 2);
});

test('messages in pieces over minutes are fine while each comes in time', async () => {
  const { world, connect, received } = await scene({ readTimeoutSec: 20 });
  const client = await connect();
  const text = request('OPTIONS');
  for (let i = 0; i < 5; i++) {
    client.stream.write(text.slice(0, 60));
    await world.advance(15_000);
    client.stream.write(text.slice(60) + text.slice(0, 10));
    await world.advance(15_000);
    client.stream.write(text.slice(10));
    await world.advance(15_000);
  }
  assert.equal(received.length, 10);
  assert.ok(received.every((each) => each.text === text));
});

test('a gigabyte of headers or body is cut short', async () => {
  const { world, layer, connect, received } = await scene();
  const client = await connect();
  client.stream.write(`OPTIONS sip:a@b SIP/2.0\r\n`);
  const line = `X: ${'x'.repeat(9990)}\r\n`;
  let sent = 0;
  while (!client.isClosed() && sent < 2 ** 30) {
    client.stream.write(line);
    sent += line.length;
    await world.advance(10);
  }
  assert.ok(sent < 200_000, `${sent} bytes`);
  const announcing = await connect();
  announcing.stream.write(request('MESSAGE').replace('Content-Length: 0', 'Content-Length: 1000000000'));
  await world.advance(5000);
  assert.equal(announcing.isClosed(), true);
  assert.match(announcing.heard(), /^SIP\/2\.0 513 /);
  assert.equal(layer.counters.framing_errors, 2);
  assert.equal(received.length, 0);
});

test('10,000 connections: no more than the limits allow', async () => {
  const { world, layer, peer } = await scene({ maxConnections: 100, acceptIpLimit: 60 });
  let refused = 0;
  for (let i = 0; i < 10_000; i++) {
    const localAddress = i % 2 === 0 ? '10.0.0.2' : '10.0.0.3';
    void peer.net.connectStream(server, 5060, { localAddress, timeoutMs: 1000 }).then((stream) => {
      stream.setHandler({ onData: () => {}, onClose: () => refused++ });
    });
  }
  await world.advance(1000);
  assert.equal(layer.counters.current_opened_connections, 100);
  assert.equal(layer.counters.local_reject, 9900);
  assert.equal(refused, 9900);
  await world.advance(30_000); // they never said a word
  assert.equal(layer.counters.current_opened_connections, 0);
});

test('the limit per address counts only living connections', async () => {
  const { layer, connect, world } = await scene({ acceptIpLimit: 2 });
  const first = await connect();
  await connect();
  assert.equal((await connect()).isClosed(), true);
  assert.equal((await connect('10.0.0.3')).isClosed(), false);
  first.stream.end();
  await world.advance(100);
  assert.equal((await connect()).isClosed(), false);
  assert.equal(layer.counters.local_reject, 1);
});

test('a peer that does not read: the queue is bounded, then the connection goes', async () => {
  const { world, layer, connect, received } = await scene({ connectionQueueBytes: 4000, sendTimeoutSec: 10 });
  const client = await connect();
  client.stream.write(request('OPTIONS'));
  await world.advance(100);
  const { flow } = received[0]!;
  world.network.setLink(server, '10.0.0.2', { partitioned: true });
  const send = () =>
    layer.send(request('NOTIFY'), tcpTo(flow.address, flow.port, { connectionId: flow.connectionId }));
  let accepted = 1;
  assert.equal(send(), true);
  await world.advance(2100); // a burst of one moment would have been let pass
  while (send() && accepted < 1000) accepted++;
  assert.ok(accepted > 10 && accepted < 30, `${accepted}`);
  assert.equal(layer.counters.sendq_full, 1);
  assert.equal(layer.counters.current_write_queue_size, 0);
  assert.equal(layer.isConnected(flow.connectionId), false);
});

test('a stuck connection is given up after the send timeout', async () => {
  const { world, layer, connect, received } = await scene({ sendTimeoutSec: 10 });
  const client = await connect();
  client.stream.write(request('OPTIONS'));
  await world.advance(100);
  const { flow } = received[0]!;
  world.network.setLink(server, '10.0.0.2', { partitioned: true });
  layer.send(request('NOTIFY'), tcpTo(flow.address, flow.port, { connectionId: flow.connectionId }));
  await world.advance(9_000);
  assert.equal(layer.isConnected(flow.connectionId), true);
  await world.advance(2_000);
  assert.equal(layer.isConnected(flow.connectionId), false);
  assert.equal(layer.counters.send_timeout, 1);
});

test('connecting: one attempt carries all that waits, a failure is told once', async () => {
  const { world, layer, peer, unreachable } = await scene({ connectTimeoutSec: 3 });
  let heard = '';
  let accepted = 0;
  await peer.net.listenStream('10.0.0.2', 5070, (stream) => {
    accepted++;
    stream.setHandler({
      onData: (data) => {
        heard += data;
      },
      onClose: () => {},
    });
  });
  for (let i = 0; i < 3; i++) assert.ok(layer.send(request(`M${i}`), tcpTo('10.0.0.2', 5070)));
  await world.advance(100);
  assert.equal(accepted, 1);
  assert.equal(heard, [0, 1, 2].map((i) => request(`M${i}`)).join(''));
  assert.ok(layer.send(request('LOST'), tcpTo('10.0.0.2', 5071)));
  assert.ok(layer.send(request('LOST'), tcpTo('10.99.0.1', 5060)));
  await world.advance(2_000);
  assert.deepEqual(unreachable, ['tcp:10.0.0.2:5071']);
  await world.advance(2_000);
  assert.deepEqual(unreachable, ['tcp:10.0.0.2:5071', 'tcp:10.99.0.1:5060']);
  assert.equal(layer.counters.connect_failed, 2);
});

test('tcp_no_connect: only what is there is used', async () => {
  const { layer, connect, world, received } = await scene({ noConnect: true });
  assert.equal(layer.send(request('OPTIONS'), tcpTo('10.0.0.2', 5070)), false);
  const client = await connect();
  client.stream.write(request('OPTIONS'));
  await world.advance(10);
  const { address, port } = received[0]!.flow;
  assert.equal(layer.send(request('NOTIFY'), tcpTo(address, port)), true);
  await world.advance(10);
  assert.match(client.heard(), /^NOTIFY/);
});

test('a destination may rule out new connections, or ask for the end of the connection behind a message', async () => {
  const { layer, connect, world, received } = await scene();
  assert.equal(layer.send(request('OPTIONS'), { ...tcpTo('10.0.0.2', 5070), noConnect: true }), false);
  const client = await connect();
  client.stream.write(request('OPTIONS'));
  await world.advance(10);
  const { address, port } = received[0]!.flow;
  assert.equal(
    layer.send(request('NOTIFY'), { ...tcpTo(address, port), noConnect: true, closeAfter: true }),
    true,
  );
  await world.advance(50);
  assert.match(client.heard(), /^NOTIFY/);
  assert.equal(client.isClosed(), true);
});

test('aliases: by ;alias in the Via where allowed, and on demand', async () => {
  const via = 'SIP/2.0/TCP 10.0.0.2:5090;alias;branch=z9hG4bK2';
  for (const acceptAliases of [false, true]) {
    const { layer, connect, world, received } = await scene({ acceptAliases, noConnect: true });
    const client = await connect();
    client.stream.write(request('OPTIONS', '', via));
    await world.advance(10);
    assert.equal(layer.send(request('BYE'), tcpTo('10.0.0.2', 5090)), acceptAliases);
    const { connectionId } = received[0]!.flow;
    assert.equal(layer.addAlias(connectionId, 5091), true);
    assert.equal(layer.send(request('BYE'), tcpTo('10.0.0.2', 5091)), true);
    assert.equal(layer.addAlias(999, 5091), false);
  }
});

test('a reset by the peer is counted and told', async () => {
  const { world, layer, connect, received, closed } = await scene();
  const client = await connect();
  client.stream.write(request('OPTIONS'));
  await world.advance(10);
  client.stream.destroy();
  await world.advance(10);
  assert.deepEqual(closed, [received[0]!.flow.connectionId]);
  assert.equal(layer.counters.con_reset, 1);
});

test('mhomed sends from the socket on the way to the destination', async () => {
  const listen = [parseListenArgument(server)!, parseListenArgument('192.168.0.1')!];
  const plain = await scene({}, { listen });
  assert.equal(plain.layer.socketFor('udp', '192.168.0.9')?.address, server);
  const homed = await scene({}, { listen, mhomed: true });
  assert.equal(homed.layer.socketFor('udp', '192.168.0.9')?.address, '192.168.0.1');
  assert.equal(homed.layer.socketFor('udp', '10.0.0.9')?.address, server);
  assert.equal(homed.layer.socketFor('tcp', '8.8.8.8')?.text, `tcp:${server}:5060`);
});

test('UDP: messages out and in, keepalives ignored, own names known', async () => {
  const { world, layer, peer, received } = await scene();
  let heard = '';
  const socket = await peer.net.bindDatagram('10.0.0.2', 5060, {
    onDatagram: (data) => {
      heard += data;
    },
    onError: assert.ifError,
  });
  socket.send('\r\n\r\n', server, 5060);
  socket.send(request('OPTIONS'), server, 5060);
  await world.advance(10);
  assert.equal(received.length, 1);
  assert.equal(layer.counters.keepalives, 1);
  const { flow } = received[0]!;
  assert.ok(layer.send('SIP/2.0 200 OK', { ...flow, host: '' }));
  await world.advance(10);
  assert.equal(heard, 'SIP/2.0 200 OK');
  assert.equal(layer.isLocal(server, 5060, 'udp'), true);
  assert.equal(layer.isLocal(server, 5061, 'udp'), false);
  assert.equal(layer.isLocal('10.0.0.2', 0, undefined), false);
});

test('a virtual address that comes later is opened then; until then it is not ours', async () => {
  const virtual = { ...parseListenArgument('udp:10.0.0.77')!, virtual: true };
  const { world, layer, peer, received } = await scene(
    {},
    { listen: [parseListenArgument(server)!, virtual] },
  );
  const socket = layer.findSocket('udp:10.0.0.77:5060')!;
  const out: Destination = { ...tcpTo('10.0.0.2', 5060), proto: 'udp', socket };
  assert.equal(layer.send(request('OPTIONS'), out), false);
  assert.equal(layer.isLocal('10.0.0.77', 5060, 'udp'), false);
  world.giveAddress('server', '10.0.0.77');
  await world.advance(5000);
  assert.equal(layer.isLocal('10.0.0.77', 5060, 'udp'), true);
  const sender = await peer.net.bindDatagram('10.0.0.2', 5060, {
    onDatagram: () => {},
    onError: assert.ifError,
  });
  sender.send(request('OPTIONS'), '10.0.0.77', 5060);
  await world.advance(100);
  assert.equal(received[0]!.flow.socket, socket);
  assert.equal(layer.send(request('OPTIONS'), out), true);
  layer.close();
});

test('a connection that is to close behind a message takes no further one', async () => {
  const { world, layer, peer } = await scene();
  const heard: string[] = [];
  await peer.net.listenStream('10.0.0.2', 5070, (stream) => {
    const index = heard.push('') - 1;
    stream.setHandler({
      onData: (data) => {
        heard[index] = `${heard[index]}${data}`;
      },
      onClose: () => {},
    });
  });
  assert.ok(layer.send(request('FIRST'), tcpTo('10.0.0.2', 5070, { closeAfter: true })));
  assert.ok(layer.send(request('SECOND'), tcpTo('10.0.0.2', 5070)));
  await world.advance(100);
  assert.ok(layer.send(request('THIRD'), tcpTo('10.0.0.2', 5070)));
  await world.advance(100);
  assert.deepEqual(heard, [request('FIRST'), request('SECOND') + request('THIRD')]);
  assert.equal(layer.connections().length, 1);
});
