import { createSocket, type Socket, type SocketOptions } from 'node:dgram';
import { isIP, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { TransportError } from '../base/errors.ts';
import type { DatagramHandler, DatagramOptions, DatagramSocket, SocketAddress } from '../base/ports.ts';
import { connectDatagram } from './connectedDatagram.ts';
import { type DatagramSender, makeDatagramSender } from './datagramSender.ts';
import { transportError } from './systemError.ts';

/** The largest UDP payload over IPv4. */
const maxDatagramBytes = 65507;
/** Distinct message lengths whose views of the slab are kept. */
const maxKeptViews = 4096;
/** What may wait for a full kernel queue, per socket. */
const maxQueuedBytes = 8 * 1024 * 1024;
/** Asked for by default; the system cuts it to its own maximum (net.core.rmem_max). */
const defaultBufferBytes = 4 * 1024 * 1024;

/** The callers give addresses, never names: nothing to look up. */
const noLookup = ((
  name: string,
  _options: unknown,
  done: (error: null, ip: string, family: number) => void,
) => done(null, name, isIPv6(name) ? 6 : 4)) as unknown as SocketOptions['lookup'];

/**
 * A bound UDP socket. Text is written into one reused buffer (latin1) and handed to the system at once. When the
 * kernel's queue is full, the buffer stays with the system and further datagrams get buffers of their own, up to
 * a bound; what exceeds it is dropped and told to `onError` as `SEND_QUEUE_FULL`.
 */
export class NodeDatagramSocket implements DatagramSocket {
  readonly local: SocketAddress;
  readonly #socket: Socket;
  readonly #handler: DatagramHandler;
  readonly #sender: DatagramSender;
  #slab = Buffer.allocUnsafeSlow(maxDatagramBytes);
  #views = new Map<number, Buffer>();
  #queuedBytes = 0;
  #closed = false;

  constructor(socket: Socket, handler: DatagramHandler) {
    const { address, port } = socket.address();
    this.local = { address, port };
    this.#socket = socket;
    this.#handler = handler;
    this.#sender = makeDatagramSender(socket, (code, to, toPort, bytes) => {
      this.#queuedBytes -= bytes;
      if (code !== '') this.#tellFailure(code, to, toPort);
    });
  }

  send(text: string, address: string, port: number): void {
    if (text.length > maxDatagramBytes) {
      this.#failLater('EMSGSIZE', address, port);
      return;
    }
    if (this.#queuedBytes > 0) {
      this.#sendOwned(Buffer.from(text, 'latin1'), address, port);
      return;
    }
    const bytes = this.#view(this.#slab.write(text, 0, text.length, 'latin1'));
    this.#hand(bytes, address, port);
  }

  sendBytes(bytes: Uint8Array, address: string, port: number): void {
    if (bytes.length > maxDatagramBytes) {
      this.#failLater('EMSGSIZE', address, port);
      return;
    }
    // The caller may reuse its array: what could be queued must be ours.
    this.#sendOwned(Buffer.from(bytes), address, port);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.close();
  }

  #view(length: number): Buffer {
    let view = this.#views.get(length);
    if (view === undefined) {
      view = this.#slab.subarray(0, length);
      if (this.#views.size < maxKeptViews) this.#views.set(length, view);
    }
    return view;
  }

  #sendOwned(bytes: Buffer, address: string, port: number): void {
    if (this.#queuedBytes + bytes.length > maxQueuedBytes) {
      this.#failLater('SEND_QUEUE_FULL', address, port);
      return;
    }
    this.#hand(bytes, address, port);
  }

  #hand(bytes: Buffer, address: string, port: number): void {
    if (this.#closed) return;
    if (!(port > 0 && port < 65536)) {
      this.#failLater('EINVAL', address, port);
      return;
    }
    const result = this.#sender.send(bytes, address, port);
    if (result === 'sent') return;
    if (result !== 'queued') {
      this.#failLater(result, address, port);
      return;
    }
    this.#queuedBytes += bytes.length;
    if (bytes.buffer === this.#slab.buffer) this.#replaceSlab();
  }

  /** The old slab is the system's until its datagram has left; then it is garbage. */
  #replaceSlab(): void {
    this.#slab = Buffer.allocUnsafeSlow(maxDatagramBytes);
    this.#views = new Map();
  }

  /** Not within `send`: the caller may be in the middle of a step. */
  #failLater(code: string, address: string, port: number): void {
    process.nextTick(() => this.#tellFailure(code, address, port));
  }

  #tellFailure(code: string, address: string, port: number): void {
    if (this.#closed) return;
    const cause = Object.assign(new Error(code), { code });
    this.#handler.onError(transportError('sending to', address, port, cause));
  }
}

export function bindDatagram(
  address: string,
  port: number,
  handler: DatagramHandler,
  options: DatagramOptions = {},
): Promise<DatagramSocket> {
  const multicast = isMulticast(address);
  const v6 = isIPv6(address);
  const socket = createSocket({
    type: v6 ? 'udp6' : 'udp4',
    ipv6Only: v6,
    // With SO_REUSEADDR a second server would silently steal the port; only groups are meant to be shared.
    reuseAddr: multicast,
    lookup: noLookup,
  });
  return new Promise((resolve, reject) => {
    const refuse = (error: Error) => reject(transportError('binding udp', address, port, error));
    socket.once('error', refuse);
    socket.bind({ address, port, exclusive: true }, () => {
      socket.off('error', refuse);
      if (options.peer !== undefined) {
        socket.on('message', (data, from) => handler.onDatagram(data, from.address, from.port));
        connectDatagram(socket, options.peer, handler).then(resolve, reject);
        return;
      }
      socket.on('error', (error) => handler.onError(receiveError(error)));
      socket.on('message', (data, from) => handler.onDatagram(data, from.address, from.port));
      try {
        if (multicast) socket.addMembership(address, interfaceAddress(options.multicastInterface, v6));
        applyOptions(socket, options);
      } catch (error) {
        socket.close();
        refuse(error as Error);
        return;
      }
      resolve(new NodeDatagramSocket(socket, handler));
    });
  });
}

/** What `addMembership` takes, from an interface's name or address; undefined leaves it to the system. */
function interfaceAddress(wanted: string | undefined, v6: boolean): string | undefined {
  if (wanted === undefined || isIP(wanted) !== 0) return wanted;
  if (v6) return `::%${wanted}`;
  return networkInterfaces()[wanted]?.find(({ family }) => family === 'IPv4')?.address;
}

function receiveError(error: Error): TransportError {
  return new TransportError('RECEIVE', `receiving: ${error.message}`, { cause: error });
}

function applyOptions(socket: Socket, options: DatagramOptions): void {
  socket.setRecvBufferSize(options.receiveBufferBytes ?? defaultBufferBytes);
  socket.setSendBufferSize(options.sendBufferBytes ?? defaultBufferBytes);
  if (options.multicastLoopback !== undefined) socket.setMulticastLoopback(options.multicastLoopback);
  if (options.multicastTtl !== undefined) socket.setMulticastTTL(options.multicastTtl);
}

function isMulticast(address: string): boolean {
  if (isIPv6(address)) return address.toLowerCase().startsWith('ff');
  const first = Number.parseInt(address, 10);
  return first >= 224 && first <= 239;
}

/** The local address that the system would send from: asked of a connected socket, nothing is sent. */
export function sourceAddressFor(address: string): Promise<string> {
  const socket = createSocket({ type: isIPv6(address) ? 'udp6' : 'udp4', lookup: noLookup });
  return new Promise((resolve, reject) => {
    socket.once('error', (error) => {
      socket.close();
      reject(transportError('finding a route to', address, 9, error));
    });
    socket.connect(9, address, () => {
      const local = socket.address().address;
      socket.close();
      resolve(local);
    });
  });
}
