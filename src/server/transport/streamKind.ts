import type {
  Net,
  StreamConnection,
  StreamConnectOptions,
  StreamListener,
  StreamListenOptions,
  TransportProtocol,
} from '../../base/ports.ts';
import type { Destination } from '../../proxy/transport.ts';
import { type Frame, StreamFramer } from '../../sip/framer.ts';

export interface FramingOptions {
  readonly maxMessageBytes: number;
  readonly acceptNoContentLength: boolean;
}

/** Cuts what a stream brings into messages. */
export interface Framer {
  /** Bytes of an unfinished message. */
  readonly pendingBytes: number;
  push(chunk: Buffer): readonly Frame[];
}

/**
 * A transport over connections. TCP is one; TLS, WebSocket and SCTP are others: how to listen, how to connect,
 * how messages stand in the stream. Tables, limits, timeouts and reuse are the same for all.
 */
export interface StreamKind {
  readonly proto: TransportProtocol;
  listen(
    net: Net,
    address: string,
    port: number,
    onConnection: (connection: StreamConnection) => void,
    options: StreamListenOptions,
  ): Promise<StreamListener>;
  connect(net: Net, destination: Destination, options: StreamConnectOptions): Promise<StreamConnection>;
  framer(options: FramingOptions): Framer;
  /** A message as it stands in the stream. */
  encode(text: string): string | Uint8Array;
  /** The answer to a ping (RFC 5626 §4.4.1). */
  readonly pong: string | Uint8Array;
}

export const tcpKind: StreamKind = {
  proto: 'tcp',
  listen: (net, address, port, onConnection, options) =>
    net.listenStream(address, port, onConnection, options),
  connect: (net, destination, options) => net.connectStream(destination.address, destination.port, options),
  framer: ({ maxMessageBytes, acceptNoContentLength }) =>
    new StreamFramer({ headerBytes: maxMessageBytes, bodyBytes: maxMessageBytes, acceptNoContentLength }),
  encode: (text) => text,
  pong: '\r\n',
};

/** Stream kinds by protocol; modules (tls, websocket) add theirs before the sockets open. */
export class StreamKinds {
  readonly #kinds = new Map<TransportProtocol, StreamKind>([['tcp', tcpKind]]);

  add(kind: StreamKind): void {
    this.#kinds.set(kind.proto, kind);
  }

  get(proto: TransportProtocol): StreamKind | undefined {
    return this.#kinds.get(proto);
  }
}
