import { TransportError } from '../../base/errors.ts';
import type { DatagramSocket, Net } from '../../base/ports.ts';
import type { Flow } from '../../proxy/transport.ts';
import type { Complaints } from './complaints.ts';
import type { TransportCounters } from './counters.ts';
import type { UdpOptions } from './options.ts';
import type { LocalSocket } from './socketTable.ts';

/** What the layers of this folder tell the server. */
export interface TransportEvents {
  /** One whole message, latin1. */
  onMessage(text: string, flow: Flow): void;
  onConnectionClosed(connectionId: number): void;
  /** A destination did not take a message. Never called within `send`. */
  onUnreachable(address: string, port: number, proto: string): void;
}

/** Nothing shorter is a SIP message: the start line and an empty line alone take more. */
const shortestMessage = 32;

class DatagramFlow implements Flow {
  readonly socket: LocalSocket;
  readonly proto = 'udp';
  readonly address: string;
  readonly port: number;
  readonly connectionId = 0;

  constructor(socket: LocalSocket, address: string, port: number) {
    this.socket = socket;
    this.address = address;
    this.port = port;
  }
}

/** Peers whose flow is kept; a power of two. */
const keptFlows = 4096;

/** One UDP listen socket. */
export class UdpSocket {
  readonly #datagrams: DatagramSocket;
  readonly #counters: TransportCounters;
  /** By a hash of the port and the address's end: what transactions keep need not be a new object for each message. */
  readonly #flows = new Array<DatagramFlow | undefined>(keptFlows).fill(undefined);
  /** Known once the port is; no datagram can come before. */
  #local: LocalSocket | undefined;

  private constructor(datagrams: DatagramSocket, counters: TransportCounters) {
    this.#datagrams = datagrams;
    this.#counters = counters;
  }

  static async open(
    net: Net,
    address: string,
    port: number,
    options: UdpOptions,
    parts: { events: TransportEvents; counters: TransportCounters; complaints: Complaints },
  ): Promise<UdpSocket> {
    const { events, counters, complaints } = parts;
    let opened: UdpSocket | undefined;
    const datagrams = await net.bindDatagram(
      address,
      port,
      {
        onDatagram: (data, from, fromPort) => {
          if (opened !== undefined) opened.#receive(data, from, fromPort, events);
        },
        onError: (error) => {
          if (error instanceof TransportError && error.address !== '') {
            counters.udp_send_errors++;
            complaints.error(error.message);
            events.onUnreachable(error.address, error.port, 'udp');
          } else {
            counters.udp_receive_errors++;
            complaints.error(error.message);
          }
        },
      },
      options,
    );
    opened = new UdpSocket(datagrams, counters);
    return opened;
  }

  get port(): number {
    return this.#datagrams.local.port;
  }

  attach(local: LocalSocket): void {
    this.#local = local;
  }

  send(text: string, address: string, port: number): void {
    this.#counters.udp_sent++;
    this.#datagrams.send(text, address, port);
  }

  close(): void {
    this.#datagrams.close();
  }

  #receive(data: Buffer, address: string, port: number, events: TransportEvents): void {
    if (data.length < shortestMessage || this.#local === undefined) {
      this.#counters.keepalives++;
      return;
    }
    this.#counters.udp_received++;
    events.onMessage(data.toString('latin1'), this.#flowFrom(this.#local, address, port));
  }

  #flowFrom(local: LocalSocket, address: string, port: number): DatagramFlow {
    const end = address.length;
    const hash = port ^ (address.charCodeAt(end - 1) << 4) ^ (address.charCodeAt(end - 2) << 8);
    const at = hash & (keptFlows - 1);
    const kept = this.#flows[at];
    if (kept !== undefined && kept.port === port && kept.address === address && kept.socket === local)
      return kept;
    const flow = new DatagramFlow(local, address, port);
    this.#flows[at] = flow;
    return flow;
  }
}
