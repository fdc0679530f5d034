import type { Socket } from 'node:net';
import type WebSocket from 'ws';
import type { RawData } from 'ws';
import type { SocketAddress } from '../../base/ports.ts';
import type { TlsSession } from '../../base/tlsPort.ts';
import type { WebSocketConnection, WebSocketHandler } from '../../base/webSocketPort.ts';
import { transportError } from '../systemError.ts';

/** An open WebSocket; paused until somebody handles it. */
export class NodeWebSocketConnection implements WebSocketConnection {
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  readonly session: TlsSession | undefined;
  readonly #webSocket: WebSocket;
  #error: Error | undefined;

  constructor(webSocket: WebSocket, socket: Socket, session: TlsSession | undefined) {
    this.#webSocket = webSocket;
    this.session = session;
    this.local = { address: socket.localAddress ?? '', port: socket.localPort ?? 0 };
    this.remote = { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 };
    webSocket.removeAllListeners('error');
    webSocket.on('error', (error) => {
      this.#error ??= error;
    });
  }

  get protocol(): string {
    return this.#webSocket.protocol;
  }

  setHandler(handler: WebSocketHandler): void {
    const webSocket = this.#webSocket;
    webSocket.on('message', (data, isBinary) => handler.onMessage(bufferOf(data), isBinary));
    webSocket.on('ping', (data) => handler.onPing?.(data));
    webSocket.on('pong', (data) => handler.onPong?.(data));
    webSocket.on('close', (code, reason) => {
      const { address, port } = this.remote;
      const error = this.#error && transportError('WebSocket with', address, port, this.#error);
      handler.onClose(code, reason.toString('utf8'), error);
    });
    webSocket.resume();
  }

  send(data: Uint8Array, isBinary: boolean): void {
    this.#webSocket.send(data, { binary: isBinary }, () => undefined); // a failure ends the connection
  }

  ping(data?: Uint8Array): void {
    this.#webSocket.ping(data, undefined, () => undefined);
  }

  close(code = 1000, reason = ''): void {
    this.#webSocket.close(code, reason);
  }

  destroy(): void {
    this.#webSocket.terminate();
  }
}

function bufferOf(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}
