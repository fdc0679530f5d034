import { errorText } from '../../base/errors.ts';
import type { Clock, Log, Net, Resolver, TlsSession, TransportProtocol } from '../../base/ports.ts';
import type { TimerQueue } from '../../base/timerQueue.ts';
import type { Framer, StreamKind, StreamLink, StreamTransports } from '../../proxy/streamKind.ts';
import type { Destination, Flow, ListenSocket, Transport } from '../../proxy/transport.ts';
import { canonicalHost, familyOf, isWildcard } from './addresses.ts';
import { Complaints } from './complaints.ts';
import type { Connection } from './connection.ts';
import { Connections } from './connections.ts';
import { TransportCounters } from './counters.ts';
import { planSockets } from './listenPlan.ts';
import { OpenSockets } from './openSockets.ts';
import type { TransportOptions } from './options.ts';
import { OwnNames } from './ownNames.ts';
import { type LocalSocket, layeredSocket, SocketTable } from './socketTable.ts';
import { SourceRoutes } from './sourceRoutes.ts';
import { StreamKinds } from './streamKind.ts';
import type { TransportEvents } from './udpSocket.ts';

export interface TransportParts {
  readonly net: Net;
  readonly resolver: Resolver;
  readonly clock: Clock;
  readonly timers: TimerQueue;
  readonly log: Log;
  readonly options: TransportOptions;
  readonly events: TransportEvents;
}

/** How long the list of the machine's addresses is believed (`virtual` sockets). */
const interfacesKeepMs = 1000;

/** All transports of one server: opens the sockets of the config, receives, sends, knows what is ours. */
export class TransportLayer implements Transport, StreamTransports {
  readonly counters = new TransportCounters();
  readonly names = new OwnNames();
  readonly #kinds = new StreamKinds();
  #http: ((link: StreamLink) => Framer) | undefined;
  readonly #parts: TransportParts;
  readonly #connections: Connections;
  readonly #complaints: Complaints;
  readonly #routes: SourceRoutes;
  readonly #sendChanges: ((text: string, destination: Destination) => string | undefined)[] = [];
  readonly #receiveChanges: ((text: string, flow: Flow) => string | undefined)[] = [];
  #table = new SocketTable([]);
  readonly #open: OpenSockets;
  #machineAddresses = new Set<string>();
  #machineAddressesMs = Number.NEGATIVE_INFINITY;

  constructor(parts: TransportParts) {
    this.#parts = parts;
    const { net, clock, timers, log, options } = parts;
    const events = this.#interceptedEvents(parts.events);
    this.#complaints = new Complaints(log, clock);
    this.#routes = new SourceRoutes(net, clock);
    this.#connections = new Connections({
      net,
      timers,
      options: options.tcp,
      counters: this.counters,
      events,
      complaints: this.#complaints,
      http: () => this.#http,
    });
    this.#open = new OpenSockets({
      net,
      log,
      timers,
      options,
      events,
      counters: this.counters,
      complaints: this.#complaints,
      kinds: this.#kinds,
      accept: (kind, socket, stream) => this.#connections.accept(kind, socket, stream),
    });
  }

  get sockets(): readonly LocalSocket[] {
    return this.#table.sockets;
  }

  /**
   * Opens every socket of the config.
   * @throws TransportError that names all sockets that could not be opened; then none is open.
   */
  async open(): Promise<void> {
    const { net, resolver, options } = this.#parts;
    const plan = await planSockets(options, net, resolver);
    const sockets = await this.#open.open(plan);
    this.#table = new SocketTable(sockets, this.#layered(sockets));
    this.#nameSockets();
    if (options.mhomed) await this.#routes.start();
    if (options.autoAliases) void this.#addAutoAliases();
  }

  close(): void {
    this.#open.close();
    this.#connections.closeAll();
  }

  // ---- Transport

  socketFor(proto: TransportProtocol, address: string, received?: ListenSocket): ListenSocket | undefined {
    if (received?.proto === proto && received.family === familyOf(address) && !this.#parts.options.mhomed)
      return received;
    return this.#socketFor(proto, address);
  }

  findSocket(text: string): ListenSocket | undefined {
    return this.#table.find(text);
  }

  send(text: string, destination: Destination): boolean {
    if (this.#sendChanges.length === 0) return this.#send(text, destination);
    let changed: string | undefined = text;
    for (const change of this.#sendChanges) {
      changed = change(changed, destination);
      if (changed === undefined) return true;
    }
    return this.#send(changed, destination);
  }

  interceptSend(change: (text: string, destination: Destination) => string | undefined): void {
    this.#sendChanges.push(change);
  }

  interceptReceive(change: (text: string, flow: Flow) => string | undefined): void {
    this.#receiveChanges.push(change);
  }

  #interceptedEvents(events: TransportEvents): TransportEvents {
    return {
      onConnectionClosed: (connectionId) => events.onConnectionClosed(connectionId),
      onUnreachable: (address, port, proto) => events.onUnreachable(address, port, proto),
      onMessage: (text, flow) => {
        let changed: string | undefined = text;
        for (const change of this.#receiveChanges) {
          changed = change(changed, flow);
          if (changed === undefined) return;
        }
        events.onMessage(changed, flow);
      },
    };
  }

  #send(text: string, destination: Destination): boolean {
    const { proto } = destination;
    if (proto === 'udp') {
      const socket = this.#sendingSocket(destination);
      const udp = socket === undefined ? undefined : this.#open.udp(socket.index);
      if (udp === undefined) return false;
      udp.send(text, destination.address, destination.port);
      return true;
    }
    const kind = this.#kinds.get(proto);
    if (kind === undefined) return false;
    return this.#connections.send(text, destination, kind, this.#sendingSocket(destination));
  }

  isLocal(host: string, port: number, proto: TransportProtocol | undefined): boolean {
    return this.names.has(host, port, proto);
  }

  closeConnection(id: number): boolean {
    return this.#connections.close(id);
  }

  isConnected(id: number): boolean {
    return this.#connections.table.get(id)?.state === 'open';
  }

  // ---- StreamTransports

  get streams(): StreamTransports {
    return this;
  }

  add(kind: StreamKind): void {
    this.#kinds.add(kind);
  }

  onHttp(framer: (link: StreamLink) => Framer): void {
    this.#http = framer;
  }

  change(connectionId: number, kind: StreamKind): boolean {
    const socketOf = (socket: LocalSocket) => this.#table.layered(socket, kind.proto);
    return this.#connections.change(connectionId, kind, socketOf);
  }

  session(connectionId: number): TlsSession | undefined {
    return this.#connections.table.get(connectionId)?.stream?.session;
  }

  // ---- more than the proxy core needs

  /** `force_tcp_alias(port)`: later requests to that port of the peer reuse the connection. */
  addAlias(connectionId: number, port: number): boolean {
    const connection = this.#connections.table.get(connectionId);
    return connection !== undefined && this.#connections.table.addKey(connection, port);
  }

  /** For `core.tcp_list` and its like. */
  connections(): readonly Connection[] {
    return [...this.#connections.table.all()];
  }

  secondsLeft(connectionId: number): number {
    const connection = this.#connections.table.get(connectionId);
    return connection === undefined ? 0 : this.#connections.secondsLeft(connection);
  }

  // ---- choosing

  #socketFor(proto: TransportProtocol, address: string): LocalSocket | undefined {
    if (this.#parts.options.mhomed) {
      const source = this.#routes.sourceFor(address);
      const routed = source === '' ? undefined : this.#table.byAddress(proto, source);
      if (routed !== undefined) return routed;
    }
    return this.#table.defaultFor(proto, familyOf(address));
  }

  /** The asked socket, or its brother of the right protocol, or the one that fits the destination. */
  #sendingSocket({ socket: asked, proto, address }: Destination): LocalSocket | undefined {
    if (asked !== undefined && asked.family === familyOf(address)) {
      const own = this.#table.sockets[asked.index];
      if (own !== undefined && own.proto === proto) return own;
      const brother = this.#table.byAddress(proto, asked.address);
      if (brother !== undefined) return brother;
    }
    return this.#socketFor(proto, address);
  }

  /** WebSocket begins on TCP and TLS sockets (RFC 7118): each is one of its own, too. */
  #layered(sockets: readonly LocalSocket[]): readonly LocalSocket[] {
    const over = { tcp: 'ws', tls: 'wss' } as const;
    return sockets.flatMap((socket) => {
      const proto = socket.proto === 'tcp' || socket.proto === 'tls' ? over[socket.proto] : undefined;
      return proto === undefined || this.#kinds.get(proto) === undefined
        ? []
        : [layeredSocket(socket, proto)];
    });
  }

  // ---- what is ours

  #nameSockets(): void {
    const { sockets } = this.#table;
    for (const socket of [...sockets, ...this.#layered(sockets)]) {
      const { address, port, proto, virtual } = socket;
      const holds = virtual ? () => this.#machineHas(address) : undefined;
      this.names.add(address, port, proto, holds);
      if (socket.writtenHost !== address) this.names.add(socket.writtenHost, port, proto, holds);
      if (socket.advertised) this.names.add(socket.advertisedHost, socket.sentByPort, proto, holds);
      if (isWildcard(address)) this.#nameWildcard(socket);
    }
    for (const { host, port, protocol } of this.#parts.options.aliases) {
      this.names.addAlias(host, port ?? 0, protocol as TransportProtocol | undefined);
    }
  }

  /** A socket on all addresses makes all of them ours. */
  #nameWildcard(socket: LocalSocket): void {
    for (const { address, family } of this.#parts.net.interfaces()) {
      if (family === socket.family) this.names.add(address, socket.port, socket.proto);
    }
  }

  #machineHas(address: string): boolean {
    const nowMs = this.#parts.timers.nowMs;
    if (nowMs - this.#machineAddressesMs >= interfacesKeepMs) {
      this.#machineAddressesMs = nowMs;
      const addresses = this.#parts.net.interfaces().map((candidate) => canonicalHost(candidate.address));
      this.#machineAddresses = new Set(addresses);
    }
    return this.#machineAddresses.has(address);
  }

  /** Names of our IPv4 addresses by reverse lookup, in the background: a dead name server delays nobody. */
  async #addAutoAliases(): Promise<void> {
    const { resolver, log } = this.#parts;
    for (const { address, family, port, proto } of this.#table.sockets) {
      if (family !== 4 || isWildcard(address)) continue;
      try {
        for (const name of await resolver.ptr(address)) {
          if (!this.names.has(name, port, proto)) this.names.addAlias(name, port, proto);
        }
      } catch (error) {
        log.debug(`auto_aliases: no name for ${address}: ${errorText(error)}`);
      }
    }
  }
}
