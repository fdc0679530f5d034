import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { connect, createServer, type Server, type Socket } from 'node:net';

import { Inbox } from './inbox.ts';

export type { Received } from './inbox.ts';

/** A SIP peer on UDP and TCP: it sends what it is told and keeps what it gets, in the order of arrival. */
export class Peer extends Inbox {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  /** Keep messages that repeat an earlier one byte for byte (retransmissions)? */
  keepRepeats = false;
  #udp: UdpSocket | undefined;
  #listener: Server | undefined;
  #connections = new Set<Socket>();

  constructor(name: string, address: string, port: number) {
    super();
    this.name = name;
    this.address = address;
    this.port = port;
  }

  async open(): Promise<void> {
    const udp = createSocket('udp4');
    this.#udp = udp;
    udp.on('message', (data, from) => this.#take(data.toString('latin1'), 'udp', from.port));
    udp.on('error', () => {}); // a port that has closed answers by ICMP: not the peer's concern
    await new Promise<void>((resolve) => udp.bind(this.port, this.address, resolve));
    const listener = createServer((socket) => this.adopt(socket));
    this.#listener = listener;
    await new Promise<void>((resolve) => listener.listen(this.port, this.address, resolve));
  }

  async close(): Promise<void> {
    for (const socket of this.#connections) socket.destroy();
    await new Promise<void>((resolve) => this.#udp?.close(() => resolve()) ?? resolve());
    await new Promise<void>((resolve) => this.#listener?.close(() => resolve()) ?? resolve());
  }

  sendUdp(text: string, address: string, port: number): void {
    this.#udp?.send(Buffer.from(text, 'latin1'), port, address);
  }

  /** Sends on the connection with `address:port`, and opens one when there is none. */
  sendTcp(text: string, address: string, port: number): void {
    const open = [...this.#connections].find((socket) => socket.remotePort === port && socket.writable);
    const socket = open ?? this.adopt(connect({ host: address, port, localAddress: this.address }));
    socket.write(Buffer.from(text, 'latin1'));
  }

  /** Takes messages off a connection until it ends. */
  protected adopt(socket: Socket, transport: 'tcp' | 'tls' = 'tcp'): Socket {
    this.#connections.add(socket);
    let pending = '';
    socket.on('data', (data) => {
      pending = this.#takeFrames(pending + data.toString('latin1'), socket.remotePort ?? 0, transport);
    });
    socket.on('error', () => {}); // followed by 'close'
    socket.on('close', () => this.#connections.delete(socket));
    return socket;
  }

  /** Takes the whole messages off a stream's text and returns the rest. */
  #takeFrames(stream: string, fromPort: number, transport: 'tcp' | 'tls'): string {
    let rest = stream.replace(/^(\r\n)+/, '');
    for (;;) {
      const headEnd = rest.indexOf('\r\n\r\n');
      if (headEnd < 0) return rest;
      const length = /^(?:content-length|l)\s*:\s*(\d+)/im.exec(rest.slice(0, headEnd))?.[1] ?? '0';
      const end = headEnd + 4 + Number(length);
      if (rest.length < end) return rest;
      this.#take(rest.slice(0, end), transport, fromPort);
      rest = rest.slice(end);
    }
  }

  #take(text: string, transport: 'udp' | 'tcp' | 'tls', fromPort: number): void {
    if (!this.keepRepeats && this.inbox.some((earlier) => earlier.text === text)) return;
    this.keep({ text, transport, fromPort });
  }
}
