import type { StreamConnection, TransportProtocol } from '../../base/ports.ts';
import type { Timer } from '../../base/timerQueue.ts';
import type { Framer, StreamKind } from '../../proxy/streamKind.ts';
import type { Destination, Flow } from '../../proxy/transport.ts';
import type { LocalSocket } from './socketTable.ts';

export type ConnectionState = 'connecting' | 'open' | 'closed';

/** Why we closed; counts and the log tell them apart. */
export type CloseReason =
  | 'idle'
  | 'no data'
  | 'read timeout'
  | 'send timeout'
  | 'queue full'
  | 'framing'
  | 'asked'
  | 'stopped';

/** One connection of the table: what it is, its peer, and since when it owes us something. */
export class Connection {
  readonly connectionId: number;
  proto: TransportProtocol;
  /** What messages of this connection carry. */
  flow: Flow;
  kind: StreamKind;
  socket: LocalSocket;
  /** The peer, without brackets. */
  readonly address: string;
  readonly port: number;
  /** We were connected to. */
  readonly inbound: boolean;
  framer: Framer = nothingYet;
  readonly openedMs: number;
  state: ConnectionState = 'connecting';
  stream: StreamConnection | undefined;
  /** Keys in the table: the peer's port and its aliases. */
  readonly keys: string[] = [];
  /** Messages that wait for the connection to open. */
  waiting: (string | Uint8Array)[] = [];
  waitingBytes = 0;
  /** Nothing more is sent on it: it ends when what waits has been written. */
  ending = false;
  /** Part of the counters' write queue that is ours. */
  countedBytes = 0;
  lastActivityMs: number;
  receivedBytes = 0;
  /** Since when a message is unfinished; -1 when none is. */
  partialSinceMs = -1;
  /** Since when the system takes nothing; -1 when it does. */
  blockedSinceMs = -1;
  timer: Timer | undefined;

  constructor(
    id: number,
    kind: StreamKind,
    socket: LocalSocket,
    peer: { readonly address: string; readonly port: number },
    options: { readonly inbound: boolean; readonly nowMs: number },
  ) {
    this.connectionId = id;
    this.kind = kind;
    this.socket = socket;
    this.address = peer.address;
    this.port = peer.port;
    this.inbound = options.inbound;
    this.proto = kind.proto;
    const { address, port } = peer;
    this.flow = { socket, proto: kind.proto, address, port, connectionId: id };
    this.openedMs = options.nowMs;
    this.lastActivityMs = options.nowMs;
  }

  /** Another protocol from now on. The table must know it under its new keys. */
  become(kind: StreamKind, socket: LocalSocket): void {
    this.kind = kind;
    this.socket = socket;
    this.proto = kind.proto;
    this.flow = { ...this.flow, socket, proto: kind.proto };
  }

  /** Bytes that the peer has not taken yet. */
  get pendingBytes(): number {
    return this.waitingBytes + (this.stream?.pendingBytes ?? 0);
  }
}

/** Before the connection has been given its framer. */
const nothingYet: Framer = { pendingBytes: 0, push: () => [] };

/** The key of a peer in the table. */
export function peerKey(proto: string, address: string, port: number): string {
  return `${proto}:${address}:${port}`;
}

export function keyOfDestination(destination: Destination): string {
  return peerKey(destination.proto, destination.address, destination.port);
}
