import { connect, createServer, type ListenOptions, type Server, type Socket } from 'node:net';
import { TransportError } from '../base/errors.ts';
import type {
  SocketAddress,
  StreamConnection,
  StreamConnectOptions,
  StreamHandler,
  StreamListener,
  StreamListenOptions,
} from '../base/ports.ts';
import { transportError } from './systemError.ts';

const noAddress: SocketAddress = { address: '', port: 0 };

/** A TCP, TLS or unix stream. Nothing is read before `setHandler`. */
export class NodeStreamConnection implements StreamConnection {
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  readonly #socket: Socket;
  #handler: StreamHandler | undefined;
  #error: Error | undefined;
  #closed = false;
  #told = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.local = addressOf(socket.localAddress, socket.localPort);
    this.remote = addressOf(socket.remoteAddress, socket.remotePort);
    socket.on('error', (error) => {
      this.#error ??= error;
    });
    socket.on('close', () => {
      this.#closed = true;
      this.#tellClose();
    });
    socket.on('drain', () => this.#handler?.onDrain?.());
  }

  get pendingBytes(): number {
    return this.#socket.writableLength;
  }

  setHandler(handler: StreamHandler): void {
    const first = this.#handler === undefined;
    this.#handler = handler;
    if (!first) return;
    if (this.#closed) process.nextTick(() => this.#tellClose());
    else this.#socket.on('data', (data) => this.#handler?.onData(data));
  }

  keepAlive(idleMs: number): void {
    this.#socket.setKeepAlive(true, idleMs);
  }

  write(data: string | Uint8Array): boolean {
    if (this.#closed || this.#socket.writableEnded) return false;
    return typeof data === 'string' ? this.#socket.write(data, 'latin1') : this.#socket.write(data);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    this.#socket.end();
  }

  destroy(): void {
    // a unix socket knows no reset, a TLS socket lets nobody at its TCP socket
    if (this.remote.port > 0 && !('encrypted' in this.#socket)) this.#socket.resetAndDestroy();
    else this.#socket.destroy();
  }

  #tellClose(): void {
    if (this.#told || this.#handler === undefined) return;
    this.#told = true;
    const error = this.#error;
    this.#handler.onClose(
      error && transportError('connection with', this.remote.address, this.remote.port, error),
    );
  }
}

/** IPv4 peers of a socket that takes both families come as ::ffff:1.2.3.4. */
export function addressOf(address: string | undefined, port: number | undefined): SocketAddress {
  if (address === undefined) return noAddress;
  return { address: address.startsWith('::ffff:') ? address.slice(7) : address, port: port ?? 0 };
}

export function listenStream(
  address: string,
  port: number,
  onConnection: (connection: StreamConnection) => void,
  options: StreamListenOptions = {},
): Promise<StreamListener> {
  const where = { host: address, port, ipv6Only: true, exclusive: true, backlog: options.backlog ?? 1024 };
  return listen(where, onConnection).catch((error: unknown) => {
    throw transportError('listening on tcp', address, port, error);
  });
}

/** Listens on anything that `net` can; rejects with the system's error. */
export async function listen(
  where: ListenOptions,
  onConnection: (connection: StreamConnection) => void,
): Promise<StreamListener> {
  const server = createServer({ noDelay: true }, (socket) => onConnection(new NodeStreamConnection(socket)));
  await startListening(server, where);
  return new NodeStreamListener(server);
}

export function startListening(server: Server, where: ListenOptions): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(where, () => {
      server.off('error', reject);
      // From here on: no free descriptor for an accept. The peer sees a refusal, listening goes on.
      server.on('error', () => {});
      resolve();
    });
  });
}

class NodeStreamListener implements StreamListener {
  readonly local: SocketAddress;
  readonly #server: Server;

  constructor(server: Server) {
    const address = server.address();
    this.local = address === null || typeof address === 'string' ? noAddress : address;
    this.#server = server;
  }

  close(): void {
    this.#server.close();
  }
}

export function connectStream(
  address: string,
  port: number,
  options: StreamConnectOptions,
): Promise<StreamConnection> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const { localAddress, localPort } = options;
    const socket = connect({
      host: address,
      port,
      noDelay: true,
      ...(localAddress !== undefined && { localAddress }),
      ...(localPort !== undefined && { localPort }),
    });
    const fail = (error: Error) => {
      clearTimeout(timer);
      socket.destroy();
      reject(error);
    };
    const refuse = (error: Error) => fail(transportError('connecting to', address, port, error));
    socket.once('error', refuse);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', refuse);
      resolve(new NodeStreamConnection(socket));
    });
    timer = setTimeout(() => fail(connectTimeout(address, port, options.timeoutMs)), options.timeoutMs);
  });
}

function connectTimeout(address: string, port: number, timeoutMs: number): TransportError {
  const text = `connecting to ${address}:${port}: no answer within ${timeoutMs} ms`;
  return new TransportError('ETIMEDOUT', text, { address, port });
}
