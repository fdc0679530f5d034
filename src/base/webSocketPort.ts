/** WebSocket connections of clients (RFC 6455), as the ports have them. */

import type { SocketAddress, StreamConnectOptions } from './streamPort.ts';
import type { TlsContext, TlsSession } from './tlsPort.ts';

export interface WebSocketConnectOptions extends StreamConnectOptions {
  /** `ws://host:port/path` or `wss://...`: what the handshake asks for; the address is given beside it. */
  readonly url: string;
  /** Sub-protocols to offer; with any, the server must choose one. */
  readonly protocols: readonly string[];
  readonly origin?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** A longer message ends the connection. */
  readonly maxMessageBytes: number;
  /** For wss. */
  readonly tls?: WebSocketTls | undefined;
}

export interface WebSocketTls {
  readonly context: TlsContext;
  /** Name to ask for (SNI); '' for none. */
  readonly serverName: string;
  /** Judges the peer's certificate and name before anything is sent; throws to refuse. */
  accept(session: TlsSession): void;
}

export interface WebSocketHandler {
  /** `data` is only valid during the call. */
  onMessage(data: Buffer, isBinary: boolean): void;
  onPing?(data: Buffer): void;
  onPong?(data: Buffer): void;
  /** The connection has ended; called exactly once. 1006 when the peer did not say why. */
  onClose(code: number, reason: string, error: Error | undefined): void;
}

export interface WebSocketConnection {
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  /** The sub-protocol chosen; '' for none. */
  readonly protocol: string;
  /** undefined for ws. */
  readonly session: TlsSession | undefined;
  setHandler(handler: WebSocketHandler): void;
  /** One message, as a text frame (then it should be UTF-8) or a binary one. */
  send(data: Uint8Array, isBinary: boolean): void;
  ping(data?: Uint8Array): void;
  close(code?: number, reason?: string): void;
  /** Ends at once. */
  destroy(): void;
}

export interface WebSocketClient {
  /**
   * Resolves after both handshakes. Rejects with a `TransportError`: code `WEBSOCKET_REFUSED` when the server answers, but
   * not with a WebSocket; what `accept` throws is passed on as it is.
   */
  connect(address: string, port: number, options: WebSocketConnectOptions): Promise<WebSocketConnection>;
}
