import { errorText, TransportError } from '../../base/errors.ts';
import type { Log, Net, StreamConnection, StreamListener } from '../../base/ports.ts';
import type { Timer, TimerQueue } from '../../base/timerQueue.ts';
import type { StreamKind } from '../../proxy/streamKind.ts';
import type { Complaints } from './complaints.ts';
import type { TransportCounters } from './counters.ts';
import type { PlannedSocket } from './listenPlan.ts';
import type { TransportOptions } from './options.ts';
import { type LocalSocket, makeSocket } from './socketTable.ts';
import type { StreamKinds } from './streamKind.ts';
import { type TransportEvents, UdpSocket } from './udpSocket.ts';

export interface OpeningParts {
  readonly net: Net;
  readonly log: Log;
  readonly timers: TimerQueue;
  readonly options: TransportOptions;
  readonly events: TransportEvents;
  readonly counters: TransportCounters;
  readonly complaints: Complaints;
  readonly kinds: StreamKinds;
  accept(kind: StreamKind, socket: LocalSocket, stream: StreamConnection): void;
}

/** How often a virtual socket without its address is tried again. */
const absentRetryMs = 2000;

/** The sockets that are open, and those that wait for their address. */
export class OpenSockets {
  readonly #parts: OpeningParts;
  /** By socket index. */
  readonly #udp: (UdpSocket | undefined)[] = [];
  readonly #listeners: StreamListener[] = [];
  /** Attempts to open virtual sockets whose address is not here. */
  readonly #waiting = new Set<Timer>();

  constructor(parts: OpeningParts) {
    this.#parts = parts;
  }

  /** Undefined for streams, and while the socket waits for its address. */
  udp(index: number): UdpSocket | undefined {
    return this.#udp[index];
  }

  /** @throws TransportError that names all sockets that could not be opened; then none is open. */
  async open(plan: readonly PlannedSocket[]): Promise<readonly LocalSocket[]> {
    const failures: string[] = [];
    const sockets: LocalSocket[] = [];
    for (const planned of plan) {
      const index = sockets.length;
      try {
        sockets.push(await this.#openOne(index, planned));
      } catch (error) {
        if (isAbsent(planned, error)) sockets.push(this.#openLater(index, planned));
        else failures.push(errorText(error));
      }
    }
    if (failures.length === 0 && sockets.length > 0) return sockets;
    this.close();
    throw new TransportError('LISTEN_FAILED', failures.join('; ') || 'no socket to listen on');
  }

  close(): void {
    for (const attempt of this.#waiting) this.#stopWaiting(attempt);
    for (const listener of this.#listeners.splice(0)) listener.close();
    for (const udp of this.#udp.splice(0)) udp?.close();
  }

  /** @param known the socket that stands for it already */
  #openOne(index: number, planned: PlannedSocket, known?: LocalSocket): Promise<LocalSocket> {
    return planned.proto === 'udp'
      ? this.#openUdp(index, planned, known)
      : this.#openStream(index, planned, known);
  }

  async #openUdp(index: number, planned: PlannedSocket, known?: LocalSocket): Promise<LocalSocket> {
    const { net, options } = this.#parts;
    const udp = await UdpSocket.open(net, planned.address, planned.port, options.udp, this.#parts);
    const socket = known ?? makeSocket(index, planned, udp.port, options);
    udp.attach(socket);
    this.#udp[index] = udp;
    return socket;
  }

  async #openStream(index: number, planned: PlannedSocket, known?: LocalSocket): Promise<LocalSocket> {
    const { net, options, kinds } = this.#parts;
    const { proto, address, port } = planned;
    const kind = kinds.get(proto);
    if (kind === undefined) {
      const where = `${proto}:${address}:${port}`;
      throw new TransportError('NO_TRANSPORT', `listen=${where}: no loaded module serves ${proto}`);
    }
    let socket = known;
    const onConnection = (stream: StreamConnection) => {
      if (socket !== undefined) this.#parts.accept(kind, socket, stream);
    };
    const backlog = options.tcp.listenBacklog;
    const listener = await kind.listen(net, address, port, onConnection, { backlog });
    this.#listeners.push(listener);
    socket ??= makeSocket(index, planned, listener.local.port, options);
    return socket;
  }

  /** A virtual address may be on another machine now: the socket is there, and opens when the address comes. */
  #openLater(index: number, planned: PlannedSocket): LocalSocket {
    const { log, timers, options } = this.#parts;
    const socket = makeSocket(index, planned, planned.port, options);
    log.warn(`${socket.text}: this machine does not have the address now; waiting for it`);
    const attempt = timers.every(absentRetryMs, async () => {
      try {
        await this.#openOne(index, planned, socket);
        this.#stopWaiting(attempt);
        log.notice(`${socket.text}: the address has come, listening`);
      } catch (error) {
        if (isAbsent(planned, error)) return;
        this.#stopWaiting(attempt);
        log.error(errorText(error));
      }
    });
    this.#waiting.add(attempt);
    return socket;
  }

  #stopWaiting(attempt: Timer): void {
    this.#parts.timers.cancel(attempt);
    this.#waiting.delete(attempt);
  }
}

function isAbsent(planned: PlannedSocket, error: unknown): boolean {
  return planned.virtual && error instanceof TransportError && error.code === 'EADDRNOTAVAIL';
}
