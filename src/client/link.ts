import type {
  Clock,
  DatagramSocket,
  Entropy,
  Net,
  Resolver,
  SocketAddress,
  TransportProtocol,
  WebSocketClient,
} from '../base/ports.ts';

/** The ports that the client stands on. */
export interface ClientPorts {
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly resolver: Resolver;
  readonly net: Pick<Net, 'bindDatagram' | 'connectStream' | 'sourceAddressFor' | 'tls'>;
  readonly webSocket: WebSocketClient;
}

/** How the local side is bound, where the user wants something special. */
export interface LocalBinding {
  readonly address: string | undefined;
  /** 0 for any. */
  readonly port: number;
}

export interface LinkHandler {
  /** One SIP message, or what should have been one. */
  onText(text: string, from: SocketAddress, link: Link): void;
  /** The way to `to` does not work; it may be another datagram's peer. */
  onTrouble(error: Error, link: Link): void;
  /** A connection has ended; not for datagrams. */
  onEnd(error: Error | undefined, link: Link): void;
}

/** An open way to a peer: a UDP socket, a connection, a WebSocket. */
export interface Link {
  readonly proto: TransportProtocol;
  readonly local: SocketAddress;
  /** The peer that it was opened for. */
  readonly remote: SocketAddress;
  /** What the handshake settled (`TLSv1.3 ...`); '' without TLS. */
  readonly security: string;
  /** False for a socket of UDP that takes from and sends to anybody. */
  readonly isConnected: boolean;
  /** Datagrams go to any peer, streams only to theirs. */
  send(text: string, to: SocketAddress): void;
  close(): void;
}

/** A request's way out. */
export interface Way {
  readonly link: Link;
  readonly to: SocketAddress;
}

/** A link of UDP: one socket, all peers. */
export class DatagramLink implements Link {
  readonly proto = 'udp';
  readonly security = '';
  readonly isConnected: boolean;
  readonly remote: SocketAddress;
  readonly #socket: DatagramSocket;
  readonly #local: string;

  constructor(socket: DatagramSocket, remote: SocketAddress, localAddress: string, isConnected: boolean) {
    this.#socket = socket;
    this.isConnected = isConnected;
    this.remote = remote;
    this.#local = localAddress;
  }

  get local(): SocketAddress {
    return { address: this.#local, port: this.#socket.local.port };
  }

  send(text: string, to: SocketAddress): void {
    this.#socket.send(text, to.address, to.port);
  }

  close(): void {
    this.#socket.close();
  }
}
