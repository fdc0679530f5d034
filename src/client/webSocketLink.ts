import { isUtf8 } from 'node:buffer';
import type { SocketAddress, WebSocketConnection } from '../base/ports.ts';
import { ClientFailure } from './failure.ts';
import type { Link, LinkHandler } from './link.ts';

/** SIP over WebSocket (RFC 7118): one message, one frame. */
export class WebSocketLink implements Link {
  readonly proto: 'ws' | 'wss';
  readonly security: string;
  readonly isConnected = true;
  readonly #connection: WebSocketConnection;

  constructor(proto: 'ws' | 'wss', connection: WebSocketConnection, handler: LinkHandler, security: string) {
    this.proto = proto;
    this.security = security;
    this.#connection = connection;
    connection.setHandler({
      onMessage: (data) => this.#take(data, handler),
      onClose: (code, reason, error) => handler.onEnd(error ?? closeError(code, reason), this),
    });
  }

  get local(): SocketAddress {
    return this.#connection.local;
  }

  get remote(): SocketAddress {
    return this.#connection.remote;
  }

  send(text: string): void {
    const bytes = Buffer.from(text, 'latin1');
    this.#connection.send(bytes, !isUtf8(bytes));
  }

  close(): void {
    this.#connection.close();
  }

  /** RFC 7118 §6: a lone CRLF is a keepalive. */
  #take(data: Buffer, handler: LinkHandler): void {
    const text = data.toString('latin1');
    if (text.trim() !== '') handler.onText(text, this.remote, this);
  }
}

function closeError(code: number, reason: string): Error | undefined {
  if (code === 1000 || code === 1005) return undefined;
  const said = reason === '' ? '' : `: ${reason}`;
  return new ClientFailure('webSocket', `the server closed the WebSocket with code ${code}${said}`);
}
