import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DatagramHandler, StreamConnection, StreamHandler } from '../../base/ports.ts';
import { RpcFault } from '../../module/rpc.ts';
import { fakeHost, ModuleUnderTest } from '../../module/testing.ts';
import { encodeReply } from './binrpcReply.ts';
import ctl from './index.ts';

/** A net that opens nothing and lets the test be the client. */
function fakeNet() {
  const accepts: ((connection: StreamConnection) => void)[] = [];
  const datagrams: { handler: DatagramHandler; sent: Uint8Array[] }[] = [];
  const listen = (onConnection: (connection: StreamConnection) => void) => {
    accepts.push(onConnection);
    return Promise.resolve({ local: { address: '', port: 0 }, close() {} });
  };
  const net = {
    listenUnix: (_path: string, onConnection: (connection: StreamConnection) => void) => listen(onConnection),
    listenStream: (_address: string, _port: number, onConnection: (c: StreamConnection) => void) =>
      listen(onConnection),
    bindDatagram: (_address: string, _port: number, handler: DatagramHandler) => {
      const sent: Uint8Array[] = [];
      datagrams.push({ handler, sent });
      return Promise.resolve({ sendBytes: (bytes: Uint8Array) => sent.push(bytes), close() {} });
    },
  };
  return { net, accepts, datagrams };
}

class Client {
  readonly written: Buffer[] = [];
  destroyed = false;
  #handler: StreamHandler | undefined;
  readonly connection = {
    remote: { address: '10.0.0.1', port: 4000 },
    write: (data: Uint8Array) => this.written.push(Buffer.from(data)) > 0,
    destroy: () => {
      this.destroyed = true;
      this.#handler?.onClose(undefined);
    },
    setHandler: (handler: StreamHandler) => {
      this.#handler = handler;
    },
  } as unknown as StreamConnection;

  send(data: Buffer): void {
    this.#handler?.onData(data);
  }
}

/** A request without arguments, as kamcmd writes it. */
function request(method: string): Buffer {
  const name = Buffer.from(`${method}\0`);
  return Buffer.concat([Buffer.from([0xa1, 0x03, name.length + 2, 1, 2, 3, 4, 0x91, name.length]), name]);
}

const cookie = Buffer.from([1, 2, 3, 4]);

async function started() {
  const fake = fakeNet();
  const under = new ModuleUnderTest(ctl, fakeHost({ net: fake.net as never }));
  for (const address of ['unix:/tmp/ctl', 'tcp:127.0.0.1:2046', 'udp:*:2047'])
    under.loaded.assign('binrpc', address);
  await ctl.start?.(under.loaded.instance);
  return { under, ...fake };
}

async function settled(): Promise<void> {
  for (let i = 0; i < 5; i++) await Promise.resolve();
}

test('ctl.listen shows address and port apart', async () => {
  const { under } = await started();
  assert.deepEqual(under.rpc('ctl.listen'), [
    ...['binrpc', 'unix_stream', '/tmp/ctl', ''],
    ...['binrpc', 'tcp', '127.0.0.1', '2046'],
    ...['binrpc', 'udp', '0.0.0.0', '2047'],
  ]);
});

test('ctl.who and ctl.connections tell of the connections that ask', async () => {
  const { under, accepts } = await started();
  const client = new Client();
  accepts[1]?.(client.connection);
  client.send(request('ctl.who'));
  client.send(request('ctl.connections'));
  await settled();
  assert.deepEqual(client.written, [
    encodeReply(['binrpc', 'tcp', '10.0.0.1', '4000', '127.0.0.1', '2046'], cookie),
    encodeReply([1], cookie),
  ]);
  for (const method of ['ctl.who', 'ctl.connections']) assert.ok(under.rpc(method) instanceof RpcFault);
});

test('a client that speaks something else is dropped', async () => {
  const { accepts } = await started();
  const client = new Client();
  accepts[0]?.(client.connection);
  client.send(Buffer.from('GET / HTTP/1.1\r\n\r\n'));
  assert.ok(client.destroyed);
});

test('datagrams are answered to where they came from', async () => {
  const { datagrams } = await started();
  const [udp] = datagrams;
  udp?.handler.onDatagram(request('no.such'), '10.0.0.2', 99);
  await settled();
  assert.deepEqual(udp?.sent, [encodeReply(new RpcFault(500, 'command no.such not found'), cookie)]);
});
