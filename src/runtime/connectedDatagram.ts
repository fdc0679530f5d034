import type { Socket } from 'node:dgram';
import type { DatagramHandler, DatagramSocket, SocketAddress } from '../base/ports.ts';
import { transportError } from './systemError.ts';

/**
 * A UDP socket of one peer: what others send does not arrive, and the system tells (by ICMP) when nobody listens there.
 * For clients; a server's sockets are in `datagram.ts`.
 */
export class ConnectedDatagramSocket implements DatagramSocket {
  readonly local: SocketAddress;
  readonly #socket: Socket;
  readonly #peer: SocketAddress;
  readonly #handler: DatagramHandler;
  #closed = false;

  constructor(socket: Socket, peer: SocketAddress, handler: DatagramHandler) {
    const { address, port } = socket.address();
    this.local = { address, port };
    this.#socket = socket;
    this.#peer = peer;
    this.#handler = handler;
  }

  send(text: string, address: string, port: number): void {
    this.sendBytes(Buffer.from(text, 'latin1'), address, port);
  }

  sendBytes(bytes: Uint8Array, address: string, port: number): void {
    if (this.#closed) return;
    if (address !== this.#peer.address || port !== this.#peer.port) {
      const cause = Object.assign(new Error(), { code: 'EISCONN' });
      process.nextTick(() => this.#fail(address, port, cause));
      return;
    }
    this.#socket.send(bytes, (error) => {
      if (error !== null) this.#fail(address, port, error);
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.close();
  }

  #fail(address: string, port: number, error: Error): void {
    if (!this.#closed) this.#handler.onError(transportError('sending to', address, port, error));
  }
}

/** Connects a bound socket. What the system tells later goes to `handler.onError` with the peer's address. */
export function connectDatagram(
  socket: Socket,
  peer: SocketAddress,
  handler: DatagramHandler,
): Promise<DatagramSocket> {
  return new Promise((resolve, reject) => {
    const refuse = (error: Error): void => {
      socket.close();
      reject(transportError('connecting udp to', peer.address, peer.port, error));
    };
    socket.once('error', refuse);
    socket.connect(peer.port, peer.address, () => {
      socket.off('error', refuse);
      socket.on('error', (error) =>
        handler.onError(transportError('sending to', peer.address, peer.port, error)),
      );
      resolve(new ConnectedDatagramSocket(socket, peer, handler));
    });
  });
}
