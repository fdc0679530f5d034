import type { TransportProtocol } from '../base/ports.ts';
import type { Destination, Flow, ListenSocket } from './flow.ts';
import type { StreamTransports } from './streamKind.ts';

export type { Destination, Flow, ListenSocket } from './flow.ts';

/** How messages leave; implemented by the server, in real and in virtual time. */
export interface Transport {
  readonly sockets: readonly ListenSocket[];
  /**
   * The socket that messages to this destination leave from; undefined when no socket fits. That is the one which
   * received the request, if it fits and `mhomed` does not ask the system instead.
   */
  socketFor(proto: TransportProtocol, address: string, received?: ListenSocket): ListenSocket | undefined;
  /** A socket by `proto:host:port` or by its name. */
  findSocket(text: string): ListenSocket | undefined;
  /**
   * Sends. Never throws; false when it is known at once that it cannot be sent (no socket, queue full).
   * A later failure is told to `Hooks.onUnreachable`.
   */
  send(text: string, destination: Destination): boolean;
  /** Is `host` with `port` (0 for any) one of ours: sockets, advertised names, aliases? (`myself`) */
  isLocal(host: string, port: number, proto: TransportProtocol | undefined): boolean;
  /** Closes a connection by id; false when it is gone. */
  closeConnection(id: number): boolean;
  isConnected(id: number): boolean;
  /** Further requests to `port` of this connection's peer take the connection too (`force_tcp_alias`). */
  addAlias?(connectionId: number, port: number): boolean;
  /** All connections, for `core.tcp_list`. */
  connections?(): readonly ConnectionInfo[];
  /** Every text that is about to leave goes through `change` first; undefined keeps it back. */
  interceptSend?(change: (text: string, destination: Destination) => string | undefined): void;
  /** Every message that comes in goes through `change` first; undefined drops it. */
  interceptReceive?(change: (text: string, flow: Flow) => string | undefined): void;
  /** Names that are ours beside the sockets: `alias` lines and what modules add. */
  readonly names?: LocalNames;
  /** Transports over connections, to which modules add theirs. */
  readonly streams?: StreamTransports;
}

export interface ConnectionInfo {
  readonly connectionId: number;
  readonly proto: TransportProtocol;
  readonly socket: ListenSocket;
  /** The peer, without brackets. */
  readonly address: string;
  readonly port: number;
  readonly state: 'connecting' | 'open' | 'closed';
  /** The peer has connected to us. */
  readonly inbound: boolean;
}

export interface LocalNames {
  readonly aliases: readonly {
    readonly host: string;
    readonly port: number;
    readonly proto: TransportProtocol | undefined;
  }[];
  /** Number of further checks. */
  readonly checks: number;
  /** Asks `check` for every name that is not ours by sockets and aliases. */
  addCheck(check: (host: string, port: number, proto: TransportProtocol | undefined) => boolean): void;
}

/** Messages over `udp` may be lost; all others are reliable (RFC 3261 §17). */
export function isReliable(proto: TransportProtocol): boolean {
  return proto !== 'udp';
}

/** Default ports: RFC 3261 §19.1.2, RFC 7118. */
export function defaultPort(proto: TransportProtocol): number {
  switch (proto) {
    case 'tls':
      return 5061;
    case 'ws':
      return 80;
    case 'wss':
      return 443;
    default:
      return 5060;
  }
}
