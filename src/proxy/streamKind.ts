import type {
  Net,
  StreamConnection,
  StreamConnectOptions,
  StreamListener,
  StreamListenOptions,
  TlsSession,
  TransportProtocol,
} from '../base/ports.ts';
import type { Frame } from '../sip/framer.ts';
import type { Destination, Flow } from './flow.ts';

export interface FramingOptions {
  readonly maxMessageBytes: number;
  readonly acceptNoContentLength: boolean;
}

/** Cuts what a stream brings into messages. */
export interface Framer {
  /** Bytes of an unfinished message. */
  readonly pendingBytes: number;
  push(chunk: Buffer): readonly Frame[];
  /** After the fault `http`: all bytes from the start line on. */
  readonly rest?: Buffer;
  /** A message as this connection sends it, where that is not the same for all of its kind; undefined: no more. */
  encode?(text: string): Uint8Array | undefined;
  /** The connection is gone. */
  closed?(): void;
}

/** What a framer that talks to its peer itself (HTTP, WebSocket) may do with its connection. */
export interface StreamLink {
  readonly connectionId: number;
  readonly flow: Flow;
  /** Sends bytes as they are; false when the peer does not take what waits already: then the connection is closed. */
  write(data: string | Uint8Array): boolean;
  /** Ends the connection behind what is queued. */
  close(): void;
  /** No more messages are sent on it; what comes is still read. */
  stopSending(): void;
  /** Hands over messages that came later than in `push`. */
  deliver(frames: readonly Frame[]): void;
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
  /** Absent where only the other side connects (WebSocket). */
  connect?(net: Net, destination: Destination, options: StreamConnectOptions): Promise<StreamConnection>;
  framer(options: FramingOptions, link: StreamLink): Framer;
  /** A message as it stands in the stream. */
  encode(text: string): string | Uint8Array;
  /** The answer to a ping (RFC 5626 §4.4.1). */
  readonly pong: string | Uint8Array;
  /** Seconds until an accepted connection must have said something, where that is not `tcp_msg_data_timeout`; 0: ever. */
  silenceSec?(): number;
  /** Seconds until an idle connection is closed, where that is not `tcp_connection_lifetime`. */
  lifetimeSec?(): number;
}

/** What modules do with the transports over connections. */
export interface StreamTransports {
  /** Adds a transport. Only before the sockets open. */
  add(kind: StreamKind): void;
  /** Who reads connections on which HTTP begins; one module at most. Only before the sockets open. */
  onHttp(framer: (link: StreamLink) => Framer): void;
  /** From now on the connection speaks another protocol (HTTP becomes WebSocket); false when it is gone. */
  change(connectionId: number, kind: StreamKind): boolean;
  /** Seconds until an idle connection is closed; 0 when it is gone. */
  secondsLeft(connectionId: number): number;
  /** What TLS has settled on a connection; undefined when it has none. */
  session(connectionId: number): TlsSession | undefined;
}
