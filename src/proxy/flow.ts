import type { TransportProtocol } from '../base/ports.ts';

/** A local socket as the config made it (`listen`), seen by everybody above the transports. */
export interface ListenSocket {
  /** Position in the config, from 0. */
  readonly index: number;
  readonly proto: TransportProtocol;
  /** Bound address, without brackets. */
  readonly address: string;
  readonly port: number;
  readonly family: 4 | 6;
  /** What goes into Via, Record-Route and Contact: `advertise` or the bound address, IPv6 in brackets. */
  readonly sentByHost: string;
  readonly sentByPort: number;
  readonly advertised: boolean;
  /** `name "..."` of the listen line, or ''. */
  readonly name: string;
  readonly virtual: boolean;
  /** `udp:127.0.0.1:5060`, as RPC and `$fs` show it. */
  readonly text: string;
}

/** Where a message came from, enough to answer on the same way. */
export interface Flow {
  readonly socket: ListenSocket;
  readonly proto: TransportProtocol;
  /** Peer address without brackets, and port. */
  readonly address: string;
  readonly port: number;
  /** 0 for datagrams, else the id of the connection. */
  readonly connectionId: number;
}

/** Where a message goes to. */
export interface Destination {
  readonly proto: TransportProtocol;
  readonly address: string;
  readonly port: number;
  /** Send from this socket; undefined lets the transport choose. */
  readonly socket: ListenSocket | undefined;
  /** Prefer this connection; 0 for none. */
  readonly connectionId: number;
  /** The name that was resolved (TLS server name); '' when an address was given. */
  readonly host: string;
  /** Only over a connection that is there already. */
  readonly noConnect?: boolean | undefined;
  /** Close the connection when this has been sent. */
  readonly closeAfter?: boolean | undefined;
}
