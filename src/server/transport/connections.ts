import { errorText, TransportError } from '../../base/errors.ts';
import type { Net, StreamConnection } from '../../base/ports.ts';
import type { TimerQueue } from '../../base/timerQueue.ts';
import type { Framer, StreamKind, StreamLink } from '../../proxy/streamKind.ts';
import type { Destination } from '../../proxy/transport.ts';
import type { Complaints } from './complaints.ts';
import { type CloseReason, Connection } from './connection.ts';
import { ConnectionReader } from './connectionReader.ts';
import { ConnectionTable, isSecure, serves } from './connectionTable.ts';
import type { TransportCounters } from './counters.ts';
import { deadlineOf, lifetimeSecOf, overdueReason } from './deadlines.ts';
import type { TcpOptions } from './options.ts';
import { localAddressFor } from './peerWay.ts';
import type { LocalSocket } from './socketTable.ts';
import type { TransportEvents } from './udpSocket.ts';
import { WriteQueues } from './writeQueues.ts';

export interface ConnectionsParts {
  readonly net: Net;
  readonly timers: TimerQueue;
  readonly options: TcpOptions;
  readonly counters: TransportCounters;
  readonly events: TransportEvents;
  readonly complaints: Complaints;
  /** Reads connections on which HTTP begins; undefined where nobody does. */
  http(): ((link: StreamLink) => Framer) | undefined;
}

/** How long a peer may take to close its side after we have closed ours. */
const lingerMs = 2000;
/** The system's own wait before it probes a silent peer. */
const systemKeepIdleMs = 7_200_000;

/**
 * All connections: accepts within limits, connects on demand, reuses, keeps queues bounded, and closes what is idle,
 * stuck, or sends no SIP. A peer can cost us no more than its bounds: bytes by the framer and the queue limits, time by the timeouts,
 * numbers by `maxConnections` and the limit per address.
 */
export class Connections {
  readonly table = new ConnectionTable();
  readonly #parts: ConnectionsParts;
  readonly #queues: WriteQueues;
  readonly #reader: ConnectionReader;
  #lastId = 0;

  constructor(parts: ConnectionsParts) {
    this.#parts = parts;
    const { timers, options, counters } = parts;
    this.#queues = new WriteQueues({ timers, options, counters, onBlocked: (each) => this.#arm(each) });
    this.#reader = new ConnectionReader({
      ...parts,
      table: this.table,
      write: (connection, data) => this.#write(connection, data),
      close: (connection, reason) => this.#close(connection, reason),
      arm: (connection) => this.#arm(connection),
    });
  }

  /** A peer has connected to one of our sockets. */
  accept(kind: StreamKind, socket: LocalSocket, stream: StreamConnection): void {
    const { counters } = this.#parts;
    counters.passive_open++;
    const { address, port } = stream.remote;
    if (address === '' || !this.#admits(kind, address, port)) {
      counters.local_reject++;
      stream.setHandler({ onData: () => {}, onClose: () => {} });
      stream.destroy();
      return;
    }
    const connection = this.#make(kind, socket, stream.remote, true);
    this.#opened(connection, stream);
  }

  /**
   * Sends on the connection of that id, or on one with that peer, or on a new one.
   * @returns false when it is known at once that it cannot be sent.
   */
  send(text: string, destination: Destination, kind: StreamKind, socket: LocalSocket | undefined): boolean {
    const connection =
      this.#reusable(destination) ??
      (destination.noConnect === true ? undefined : this.#connect(destination, kind, socket));
    if (connection === undefined) return false;
    const { framer } = connection;
    const data = framer.encode === undefined ? kind.encode(text) : framer.encode(text);
    const taken = data !== undefined && this.#write(connection, data);
    if (taken && destination.closeAfter === true) this.#endWhenSent(connection);
    return taken;
  }

  close(id: number): boolean {
    const connection = this.table.get(id);
    if (connection === undefined) return false;
    this.#close(connection, 'asked');
    return true;
  }

  /** HTTP becomes WebSocket. False when the connection is gone. */
  change(id: number, kind: StreamKind, socketOf: (socket: LocalSocket) => LocalSocket): boolean {
    const connection = this.table.get(id);
    if (connection?.state !== 'open') return false;
    connection.framer.closed?.();
    this.table.change(connection, () => connection.become(kind, socketOf(connection.socket)));
    connection.framer = kind.framer(this.#parts.options, this.#reader.link(connection));
    return true;
  }

  closeAll(): void {
    for (const connection of [...this.table.all()]) this.#close(connection, 'stopped');
  }

  /** Seconds until the connection would be closed for idleness, for `core.tcp_list`. */
  secondsLeft(connection: Connection): number {
    const deadlineMs = connection.lastActivityMs + lifetimeSecOf(connection, this.#parts.options) * 1000;
    return Math.max(0, Math.round((deadlineMs - this.#parts.timers.nowMs) / 1000));
  }

  #admits(kind: StreamKind, address: string, port: number): boolean {
    const { acceptIpLimit, acceptUnique, maxConnections } = this.#parts.options;
    if (this.table.size >= maxConnections || !this.#hasRoomFor(kind)) return false;
    if (acceptIpLimit > 0 && this.table.inboundFrom(address) >= acceptIpLimit) return false;
    return !(acceptUnique && this.table.hasPeer(kind.proto, address, port));
  }

  #hasRoomFor(kind: StreamKind): boolean {
    return !isSecure(kind.proto) || this.table.secure < this.#parts.options.maxTlsConnections;
  }

  #make(
    kind: StreamKind,
    socket: LocalSocket,
    peer: { readonly address: string; readonly port: number },
    inbound: boolean,
  ): Connection {
    const { options, timers, counters } = this.#parts;
    const nowMs = timers.nowMs;
    const connection = new Connection(++this.#lastId, kind, socket, peer, { inbound, nowMs });
    connection.framer = kind.framer(options, this.#reader.link(connection));
    this.table.add(connection);
    counters.current_opened_connections = this.table.size;
    return connection;
  }

  // ---- opening

  #reusable(destination: Destination): Connection | undefined {
    const byId = destination.connectionId > 0 ? this.table.get(destination.connectionId) : undefined;
    if (byId !== undefined && serves(byId.proto, destination.proto) && !byId.ending) return byId;
    return this.table.forDestination(destination, this.#parts.options.connectionMatch);
  }

  #connect(
    destination: Destination,
    kind: StreamKind,
    socket: LocalSocket | undefined,
  ): Connection | undefined {
    const { net, options, counters } = this.#parts;
    if (options.noConnect || socket === undefined || kind.connect === undefined) return undefined;
    if (this.table.size >= options.maxConnections || !this.#hasRoomFor(kind)) {
      counters.local_reject++;
      return undefined;
    }
    const connection = this.#make(kind, socket, destination, false);
    const localAddress = localAddressFor(socket, destination.address, options);
    const timeoutMs = options.connectTimeoutSec * 1000;
    kind.connect(net, destination, { localAddress, timeoutMs }).then(
      (stream) => this.#connected(connection, stream),
      (error: unknown) => this.#connectFailed(connection, error),
    );
    return connection;
  }

  #connected(connection: Connection, stream: StreamConnection): void {
    if (connection.state === 'closed') {
      stream.setHandler({ onData: () => {}, onClose: () => {} });
      stream.destroy();
      return;
    }
    this.#parts.counters.connect_success++;
    this.#opened(connection, stream);
    this.#queues.flush(connection);
    if (connection.ending) stream.end();
  }

  #connectFailed(connection: Connection, error: unknown): void {
    if (connection.state === 'closed') return;
    const { counters, complaints, events } = this.#parts;
    counters.connect_failed++;
    complaints.error(errorText(error));
    this.#forget(connection);
    events.onUnreachable(connection.address, connection.port, connection.proto);
  }

  #opened(connection: Connection, stream: StreamConnection): void {
    const { options, counters } = this.#parts;
    connection.state = 'open';
    connection.stream = stream;
    counters.established++;
    if (options.keepAlive) stream.keepAlive(options.keepIdleSec * 1000 || systemKeepIdleMs);
    stream.setHandler({
      onData: (data) => this.#reader.receive(connection, data),
      onClose: (error) => this.#ended(connection, error),
      onDrain: () => this.#queues.settle(connection),
    });
    this.#arm(connection);
  }

  // ---- sending

  #write(connection: Connection, data: string | Uint8Array): boolean {
    if (this.#queues.isFull(connection, data.length)) {
      this.#parts.counters.sendq_full++;
      this.#close(connection, 'queue full');
      return false;
    }
    this.#queues.put(connection, data);
    return true;
  }

  /** Ends a connection behind what is queued; answers may still come on it, but nothing more is sent. */
  #endWhenSent(connection: Connection): void {
    connection.ending = true;
    connection.stream?.end();
  }

  // ---- time

  /** Sets the connection's one timer to its next deadline, unless it fires before that anyway. */
  #arm(connection: Connection): void {
    const { timers } = this.#parts;
    const deadlineMs = deadlineOf(connection, this.#parts.options);
    if (connection.timer !== undefined) {
      if (connection.timer.dueMs <= deadlineMs) return;
      timers.cancel(connection.timer);
    }
    const delayMs = Math.max(1, deadlineMs - timers.nowMs);
    connection.timer = timers.schedule(delayMs, this.#check, connection);
  }

  readonly #check = (connection: Connection): void => {
    connection.timer = undefined;
    if (connection.state !== 'open') return;
    const before = connection.countedBytes;
    if (connection.blockedSinceMs >= 0 && connection.pendingBytes < before) this.#queues.settle(connection);
    const overdue = deadlineOf(connection, this.#parts.options) <= this.#parts.timers.nowMs;
    if (overdue)
      this.#close(connection, overdueReason(connection, this.#parts.options, this.#parts.timers.nowMs));
    else this.#arm(connection);
  };

  // ---- the end

  /** The peer or the network has ended it. */
  #ended(connection: Connection, error: Error | undefined): void {
    if (connection.state === 'closed') return;
    const { counters, events } = this.#parts;
    if (error instanceof TransportError && error.code === 'ECONNRESET') counters.con_reset++;
    const unsent = connection.countedBytes > 0;
    this.#forget(connection);
    if (unsent) events.onUnreachable(connection.address, connection.port, connection.proto);
  }

  #close(connection: Connection, reason: CloseReason): void {
    const { counters, timers } = this.#parts;
    const { stream } = connection;
    if (reason === 'idle') counters.con_timeout++;
    else if (reason === 'no data' || reason === 'read timeout') counters.read_timeout++;
    else if (reason === 'send timeout') counters.send_timeout++;
    this.#forget(connection);
    if (stream === undefined) return;
    if (reason === 'send timeout' || reason === 'queue full' || reason === 'read timeout') {
      stream.destroy();
      return;
    }
    stream.end();
    timers.schedule(lingerMs, destroy, stream);
  }

  #forget(connection: Connection): void {
    const { counters, timers, events } = this.#parts;
    connection.state = 'closed';
    connection.framer.closed?.();
    connection.stream = undefined;
    connection.waiting = [];
    connection.waitingBytes = 0;
    this.#queues.account(connection);
    if (connection.timer !== undefined) timers.cancel(connection.timer);
    connection.timer = undefined;
    this.table.remove(connection);
    counters.current_opened_connections = this.table.size;
    // Not at once: a full queue closes a connection in the middle of somebody's `send`.
    queueMicrotask(() => events.onConnectionClosed(connection.connectionId));
  }
}

function destroy(stream: StreamConnection): void {
  stream.destroy();
}
