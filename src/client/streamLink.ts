import type {
  Clock,
  SocketAddress,
  StreamConnection,
  TimerHandle,
  TransportProtocol,
} from '../base/ports.ts';
import { type FramerLimits, framerLimits, StreamFramer } from '../sip/framer.ts';
import { ClientFailure } from './failure.ts';
import { messageLimits } from './limits.ts';
import type { Link, LinkHandler } from './link.ts';

const limits: FramerLimits = {
  ...framerLimits,
  headerBytes: messageLimits.messageBytes,
  bodyBytes: messageLimits.messageBytes,
};

/** How long a peer may leave bytes unread. */
export interface WriteLimit {
  readonly clock: Clock;
  readonly writeTimeoutMs: number;
}

/** SIP over a TCP or TLS connection (RFC 3261 §18.3), with the keepalives of RFC 5626 answered. */
export class StreamLink implements Link {
  readonly proto: TransportProtocol;
  readonly security: string;
  readonly isConnected = true;
  readonly #connection: StreamConnection;

  readonly #handler: LinkHandler;
  readonly #writing: WriteLimit;
  #alarm: TimerHandle | undefined;

  constructor(
    proto: 'tcp' | 'tls',
    connection: StreamConnection,
    handler: LinkHandler,
    writing: WriteLimit,
    security = '',
  ) {
    this.proto = proto;
    this.security = security;
    this.#connection = connection;
    this.#handler = handler;
    this.#writing = writing;
    const framer = new StreamFramer(limits);
    connection.setHandler({
      onData: (data) => this.#take(framer, data, handler),
      onClose: (error) => {
        this.#alarm?.cancel();
        handler.onEnd(error, this);
      },
      onDrain: () => this.#alarm?.cancel(),
    });
  }

  get local(): SocketAddress {
    return this.#connection.local;
  }

  get remote(): SocketAddress {
    return this.#connection.remote;
  }

  send(text: string): void {
    if (this.#connection.write(text)) return;
    const { clock, writeTimeoutMs } = this.#writing;
    this.#alarm?.cancel();
    this.#alarm = clock.after(writeTimeoutMs, () => this.#giveUp(writeTimeoutMs));
  }

  #giveUp(afterMs: number): void {
    const why = `the peer did not take our bytes within ${afterMs} ms`;
    this.#handler.onTrouble(new ClientFailure('timeout', why), this);
    this.#connection.destroy();
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
