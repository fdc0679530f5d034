import type { SocketAddress, StreamConnection, TransportProtocol } from '../base/ports.ts';
import { type FramerLimits, framerLimits, StreamFramer } from '../sip/framer.ts';
import { messageLimits } from './limits.ts';
import type { Link, LinkHandler } from './link.ts';

const limits: FramerLimits = {
  ...framerLimits,
  headerBytes: messageLimits.messageBytes,
  bodyBytes: messageLimits.messageBytes,
};

/** SIP over a TCP or TLS connection (RFC 3261 §18.3), with the keepalives of RFC 5626 answered. */
export class StreamLink implements Link {
  readonly proto: TransportProtocol;
  readonly security: string;
  readonly isConnected = true;
  readonly #connection: StreamConnection;

  constructor(proto: 'tcp' | 'tls', connection: StreamConnection, handler: LinkHandler, security = '') {
    this.proto = proto;
    this.security = security;
    this.#connection = connection;
    const framer = new StreamFramer(limits);
    connection.setHandler({
      onData: (data) => this.#take(framer, data, handler),
      onClose: (error) => handler.onEnd(error, this),
    });
  }

  get local(): SocketAddress {
    return this.#connection.local;
  }

  get remote(): SocketAddress {
    return this.#connection.remote;
  }

  send(text: string): void {
    this.#connection.write(text);
  }

  close(): void {
    this.#connection.end();
  }

  #take(framer: StreamFramer, data: Buffer, handler: LinkHandler): void {
    const received = framer.isFaulty ? '' : data.toString('latin1');
    for (const frame of framer.push(data)) {
      if (frame.kind === 'message') handler.onText(frame.text, this.remote, this);
      else if (frame.kind === 'ping') this.#connection.write('\r\n');
      else handler.onText(frame.head === '' ? received : frame.head, this.remote, this);
    }
  }
}
