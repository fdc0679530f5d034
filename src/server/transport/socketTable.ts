import type { TransportProtocol } from '../../base/ports.ts';
import type { ListenSocket } from '../../proxy/transport.ts';
import { bracketed, canonicalHost, familyOf, isLoopback } from './addresses.ts';
import type { PlannedSocket } from './listenPlan.ts';
import type { TransportOptions } from './options.ts';

/** A listen socket with what RPC lists of it beyond what the others need. */
export interface LocalSocket extends ListenSocket {
  /** The host as the config wrote it, when it was a name; else the address. */
  readonly writtenHost: string;
  /** `advertise` as written; '' and 0 when there is none. */
  readonly advertisedHost: string;
  readonly advertisedPort: number;
}

export function makeSocket(
  index: number,
  plan: PlannedSocket,
  boundPort: number,
  options: Pick<TransportOptions, 'advertisedAddress' | 'advertisedPort'>,
): LocalSocket {
  const advertised = plan.advertisedHost !== '';
  const shownHost = plan.advertisedHost || options.advertisedAddress || plan.address;
  const advertisedPort = advertised ? plan.advertisedPort : options.advertisedPort;
  return {
    index,
    proto: plan.proto,
    address: plan.address,
    port: boundPort,
    family: familyOf(plan.address),
    sentByHost: bracketed(shownHost),
    sentByPort: advertisedPort || boundPort,
    advertised,
    name: plan.name,
    virtual: plan.virtual,
    text: `${plan.proto}:${bracketed(plan.address)}:${boundPort}`,
    writtenHost: plan.hostName || plan.address,
    advertisedHost: plan.advertisedHost,
    advertisedPort: plan.advertisedPort,
  };
}

/** The socket as one of another protocol that is spoken over it; its text stays, as location rows have it. */
export function layeredSocket(socket: LocalSocket, proto: TransportProtocol): LocalSocket {
  return { ...socket, proto };
}

/** Finds local sockets. All questions of the hot path are one map lookup. */
export class SocketTable {
  readonly sockets: readonly LocalSocket[];
  readonly #byText = new Map<string, LocalSocket>();
  readonly #layered = new Map<string, LocalSocket>();
  /** The socket to send from, by protocol and family. */
  readonly #default = new Map<string, LocalSocket>();
  /** By protocol and bound address; wildcard sockets under their family's wildcard. */
  readonly #byAddress = new Map<string, LocalSocket>();

  /** @param layered the same sockets again, for protocols that are spoken over theirs (WebSocket) */
  constructor(sockets: readonly LocalSocket[], layered: readonly LocalSocket[] = []) {
    this.sockets = sockets;
    for (const socket of layered) {
      this.#layered.set(`${socket.proto} ${socket.text}`, socket);
      this.#addDefault(socket);
      this.#addAddress(socket);
    }
    for (const socket of sockets) {
      this.#addText(socket.text, socket);
      if (socket.name !== '') this.#addText(socket.name, socket);
      if (socket.advertised) {
        this.#addText(`${socket.proto}:${socket.sentByHost.toLowerCase()}:${socket.sentByPort}`, socket);
      }
      if (socket.writtenHost !== socket.address) {
        this.#addText(`${socket.proto}:${socket.writtenHost.toLowerCase()}:${socket.port}`, socket);
      }
      this.#addDefault(socket);
      this.#addAddress(socket);
    }
  }

  /** The one to send from when nothing else decides: the first, but rather none of loopback. */
  defaultFor(proto: TransportProtocol, family: 4 | 6): LocalSocket | undefined {
    const found = this.#default.get(family === 4 ? proto : `${proto}6`);
    return found ?? (proto === 'ws' ? this.#default.get(family === 4 ? 'wss' : 'wss6') : undefined);
  }

  /** The socket itself, or the one that stands for another protocol over it. */
  layered(socket: LocalSocket, proto: TransportProtocol): LocalSocket {
    if (socket.proto === proto) return socket;
    return this.#layered.get(`${proto} ${socket.text}`) ?? socket;
  }

  /** The socket bound to a local address, or to all of them. */
  byAddress(proto: TransportProtocol, address: string): LocalSocket | undefined {
    return (
      this.#byAddress.get(`${proto}:${address}`) ??
      this.#byAddress.get(familyOf(address) === 4 ? `${proto}:0.0.0.0` : `${proto}:::`)
    );
  }

  /** By name, or by `proto:host:port`; without a port the protocol's default, without a protocol the first that fits. */
  find(text: string): LocalSocket | undefined {
    return this.#byText.get(text) ?? this.#byText.get(text.toLowerCase()) ?? this.#findLoosely(text);
  }

  #findLoosely(text: string): LocalSocket | undefined {
    const match = /^(?:([a-z]+):)?(\[[^\]]+\]|[^:[\]]+)(?::(\d+))?$/i.exec(text);
    if (match === null) return undefined;
    const [, proto, host = '', port] = match;
    const wanted = canonicalHost(host);
    return this.sockets.find(
      (socket) =>
        (proto === undefined || socket.proto === proto.toLowerCase()) &&
        (port === undefined || socket.port === Number(port)) &&
        (socket.address === wanted ||
          socket.writtenHost.toLowerCase() === wanted ||
          canonicalHost(socket.sentByHost) === wanted),
    );
  }

  #addAddress(socket: LocalSocket): void {
    const key = `${socket.proto}:${socket.address}`;
    if (!this.#byAddress.has(key)) this.#byAddress.set(key, socket);
  }

  /** Of equal names the first counts. */
  #addText(text: string, socket: LocalSocket): void {
    if (!this.#byText.has(text)) this.#byText.set(text, socket);
  }

  #addDefault(socket: LocalSocket): void {
    const key = socket.family === 4 ? socket.proto : `${socket.proto}6`;
    const known = this.#default.get(key);
    if (known === undefined || (isLoopback(known.address) && !isLoopback(socket.address))) {
      this.#default.set(key, socket);
    }
  }
}
