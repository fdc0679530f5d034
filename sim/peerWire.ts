import type { DatagramSocket, SocketAddress, StreamConnection, StreamListener } from '../src/base/ports.ts';
import { StreamFramer } from '../src/sip/framer.ts';
import type { SimPorts } from './world.ts';

/** How a peer reaches the server: messages as text, whatever carries them. */
export interface PeerWire {
  readonly local: SocketAddress;
  readonly reliable: boolean;
  /** `UDP`, `TCP`: for the Via. */
  readonly transport: string;
  send(text: string): void;
  close(): void;
}

/** Where a peer can be reached: `<sip:user@address:port;transport=tcp>`. */
export function contactOf({ local, reliable }: PeerWire, user = ''): string {
  const host = local.address.includes(':') ? `[${local.address}]` : local.address;
  return `<sip:${user === '' ? '' : `${user}@`}${host}:${local.port}${reliable ? ';transport=tcp' : ''}>`;
}

export async function udpWire(
  ports: SimPorts,
  local: SocketAddress,
  server: SocketAddress,
  onMessage: (text: string) => void,
): Promise<PeerWire> {
  const socket: DatagramSocket = await ports.net.bindDatagram(local.address, local.port, {
    onDatagram: (data) => onMessage(data.toString('latin1')),
    onError: () => {},
  });
  return {
    local: socket.local,
    reliable: false,
    transport: 'UDP',
    send: (text) => socket.send(text, server.address, server.port),
    close: () => socket.close(),
  };
}

/** A stream to the server; made when first needed, and again when it has broken. */
export class TcpWire implements PeerWire {
  readonly local: SocketAddress;
  readonly reliable = true;
  readonly transport = 'TCP';
  readonly #ports: SimPorts;
  readonly #server: SocketAddress;
  readonly #onMessage: (text: string) => void;
  /** All that are open; messages leave on the newest. */
  readonly #streams: StreamConnection[] = [];
  #listener: StreamListener | undefined;
  #waiting: string[] = [];
  #connecting = false;
  #closed = false;

  constructor(
    ports: SimPorts,
    local: SocketAddress,
    server: SocketAddress,
    onMessage: (text: string) => void,
  ) {
    this.#ports = ports;
    this.local = local;
    this.#server = server;
    this.#onMessage = onMessage;
  }

  send(text: string): void {
    if (this.#closed) return;
    const stream = this.#streams.at(-1);
    if (stream !== undefined) {
      stream.write(text);
      return;
    }
    this.#waiting.push(text);
    if (!this.#connecting) this.#connect();
  }

  /** Takes connections too; answers go back over the newest stream. */
  async listen(): Promise<void> {
    const { address, port } = this.local;
    this.#listener = await this.#ports.net.listenStream(address, port, (stream) => this.#connected(stream));
  }

  close(): void {
    this.#closed = true;
    this.#listener?.close();
    for (const stream of this.#streams) stream.end();
  }

  #connect(): void {
    this.#connecting = true;
    const { address, port } = this.#server;
    const options = { localAddress: this.local.address, timeoutMs: 10_000 };
    this.#ports.net.connectStream(address, port, options).then(
      (stream) => this.#connected(stream),
      () => {
        this.#connecting = false;
        this.#waiting = [];
      },
    );
  }

  #connected(stream: StreamConnection): void {
    const framer = new StreamFramer();
    this.#connecting = false;
    this.#streams.push(stream);
    stream.setHandler({
      onData: (data) => {
        for (const frame of framer.push(data)) if (frame.kind === 'message') this.#onMessage(frame.text);
      },
      onClose: () => {
        this.#streams.splice(this.#streams.indexOf(stream), 1);
      },
    });
    for (const text of this.#waiting.splice(0)) stream.write(text);
  }
}
