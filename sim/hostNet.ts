import { TransportError } from '../src/base/errors.ts';
import type {
  DatagramHandler,
  DatagramSocket,
  InterfaceAddress,
  Net,
  StreamConnection,
  StreamConnectOptions,
  StreamListener,
} from '../src/base/ports.ts';
import type { SimNetwork } from './network.ts';
import { noTls } from './noTls.ts';
import { SimStream } from './streams.ts';

type OnConnection = (connection: StreamConnection) => void;
type OnUnixDatagram = (data: Buffer, from: string) => void;

/** Listeners of all hosts, by `address:port`: connecting looks here. */
export class SimListeners {
  readonly byPlace = new Map<string, OnConnection>();
  readonly streams = new Set<SimStream>();
}

/** The network as one host sees it: its own addresses, and its own unix sockets and FIFOs. */
export class SimNet implements Net {
  readonly tls = noTls;

  httpCodec(): never {
    throw new TransportError('SIM_NO_HTTP', 'the simulator carries no HTTP');
  }

  readonly #network: SimNetwork;
  readonly #listeners: SimListeners;
  readonly #addresses: string[];
  readonly #unixStreams = new Map<string, OnConnection>();
  readonly #unixDatagrams = new Map<string, OnUnixDatagram>();
  readonly #fifos = new Map<string, (data: Buffer) => void>();

  constructor(network: SimNetwork, listeners: SimListeners, addresses: readonly string[]) {
    this.#network = network;
    this.#listeners = listeners;
    this.#addresses = [...addresses];
    for (const address of addresses) network.addAddress(address);
  }

  /** A floating address comes to this host. */
  addAddress(address: string): void {
    this.#network.addAddress(address);
    this.#addresses.push(address);
  }

  async bindDatagram(address: string, port: number, handler: DatagramHandler): Promise<DatagramSocket> {
    const network = this.#network;
    const places = this.#places('udp', address, port);
    const actualPort = port === 0 ? network.freePort() : port;
    const end = {
      deliver: (bytes: Buffer, from: string, fromPort: number) => handler.onDatagram(bytes, from, fromPort),
    };
    for (const place of places) {
      if (!network.bindDatagram(place, actualPort, end)) throw inUse('binding udp', place, actualPort);
    }
    let open = true;
    const sendBytes = (bytes: Uint8Array, to: string, toPort: number) => {
      const source = places.find((place) => familyOf(place) === familyOf(to));
      if (open && source !== undefined) {
        network.sendDatagram(Buffer.from(bytes), source, actualPort, to, toPort);
      }
    };
    return {
      local: { address, port: actualPort },
      send: (text, to, toPort) => sendBytes(Buffer.from(text, 'latin1'), to, toPort),
      sendBytes,
      close: () => {
        if (open) for (const place of places) network.unbindDatagram(place, actualPort);
        open = false;
      },
    };
  }

  async listenStream(address: string, port: number, onConnection: OnConnection): Promise<StreamListener> {
    const places = this.#places('tcp', address, port);
    const actualPort = port === 0 ? this.#network.freePort() : port;
    const keys = places.map((place) => `${place}:${actualPort}`);
    for (const key of keys) {
      if (this.#listeners.byPlace.has(key)) throw inUse('listening on tcp', address, actualPort);
    }
    for (const key of keys) this.#listeners.byPlace.set(key, onConnection);
    return {
      local: { address, port: actualPort },
      close: () => {
        for (const key of keys) this.#listeners.byPlace.delete(key);
      },
    };
  }

  connectStream(address: string, port: number, options: StreamConnectOptions): Promise<StreamConnection> {
    const network = this.#network;
    const from = options.localAddress ?? this.#sourceFor(address);
    const local = { address: from, port: options.localPort ?? network.freePort() };
    const remote = { address, port };
    const link = network.linkBetween(from, address);
    const route = { from: `${from}:${local.port}`, to: `${address}:${port}`, bytes: Buffer.alloc(0) };
    return new Promise((resolve, reject) => {
      const fail = (code: string, delayMs: number) =>
        network.clock.after(delayMs, () => {
          network.note('refused', 'tcp', route);
          reject(new TransportError(code, `connecting to ${address}:${port}: ${code}`, { address, port }));
        });
      const roundTripMs = network.delayOf(link) + network.delayOf(link);
      if (link.partitioned || !network.hasAddress(address)) {
        fail('ETIMEDOUT', options.timeoutMs);
        return;
      }
      network.clock.after(roundTripMs, () => {
        const accept = this.#listeners.byPlace.get(route.to);
        if (accept === undefined) {
          fail('ECONNREFUSED', 0);
          return;
        }
        network.note('connected', 'tcp', route);
        const [client, server] = SimStream.pair(network, local, remote);
        this.#listeners.streams.add(client);
        accept(server);
        resolve(client);
      });
    });
  }

  interfaces(): readonly InterfaceAddress[] {
    return this.#addresses.map((address, index) => ({
      name: `sim${index}`,
      address,
      family: familyOf(address),
      netmask: familyOf(address) === 4 ? '255.255.255.0' : 'ffff:ffff:ffff:ffff::',
      internal: false,
    }));
  }

  async sourceAddressFor(address: string): Promise<string> {
    return this.#sourceFor(address);
  }

  // ---- unix sockets and FIFOs of this host

  async listenUnix(path: string, onConnection: OnConnection): Promise<{ close(): void }> {
    return register(this.#unixStreams, path, onConnection);
  }

  /** Connects as a local program would. */
  connectUnix(path: string): StreamConnection {
    const accept = this.#unixStreams.get(path);
    if (accept === undefined) throw new TransportError('ENOENT', `connecting to ${path}: nobody listens`);
    const nowhere = { address: '', port: 0 };
    const [client, server] = SimStream.pair(this.#network, nowhere, nowhere);
    accept(server);
    return client;
  }

  async bindUnixDatagram(
    path: string,
    onDatagram: OnUnixDatagram,
  ): Promise<{ send(data: Uint8Array, to: string): void; close(): void }> {
    const bound = register(this.#unixDatagrams, path, onDatagram);
    return {
      send: (data, to) => {
        const bytes = Buffer.from(data);
        this.#network.clock.after(0, () => this.#unixDatagrams.get(to)?.(bytes, path));
      },
      close: bound.close,
    };
  }

  async openFifo(path: string, onData: (data: Buffer) => void): Promise<{ close(): void }> {
    return register(this.#fifos, path, onData);
  }

  async writeFifo(path: string, data: Uint8Array): Promise<void> {
    const reader = this.#fifos.get(path);
    if (reader === undefined) throw new TransportError('ENXIO', `writing FIFO ${path}: nobody reads it`);
    const bytes = Buffer.from(data);
    this.#network.clock.after(0, () => reader(bytes));
  }

  /** The addresses that a bind stands for. */
  #places(proto: string, address: string, port: number): readonly string[] {
    if (address === '0.0.0.0') return this.#addresses.filter((own) => familyOf(own) === 4);
    if (address === '::') return this.#addresses.filter((own) => familyOf(own) === 6);
    if (this.#addresses.includes(address)) return [address];
    const text = `binding ${proto} ${address}:${port}: this host has no such address`;
    throw new TransportError('EADDRNOTAVAIL', text, { address, port });
  }

  #sourceFor(address: string): string {
    const source = this.#addresses.find((own) => familyOf(own) === familyOf(address));
    if (source !== undefined) return source;
    throw new TransportError('ENETUNREACH', `no route to ${address}`, { address });
  }
}

function register<T>(map: Map<string, T>, path: string, value: T): { close(): void } {
  if (map.has(path)) throw new TransportError('EADDRINUSE', `${path}: in use`);
  map.set(path, value);
  return { close: () => map.delete(path) };
}

function inUse(action: string, address: string, port: number): TransportError {
  return new TransportError('EADDRINUSE', `${action} ${address}:${port}: in use`, { address, port });
}

function familyOf(address: string): 4 | 6 {
  return address.includes(':') ? 6 : 4;
}
