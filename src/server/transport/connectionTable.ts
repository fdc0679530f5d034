import type { Destination, ListenSocket } from '../../proxy/transport.ts';
import { isWildcard } from './addresses.ts';
import { type Connection, keyOfDestination, peerKey } from './connection.ts';

/** Connections by id, by peer address and port (aliases too), and counted by peer address. */
export class ConnectionTable {
  readonly #byId = new Map<number, Connection>();
  readonly #byPeer = new Map<string, Connection[]>();
  readonly #inboundOfAddress = new Map<string, number>();
  #secure = 0;

  get size(): number {
    return this.#byId.size;
  }

  /** Those over TLS. */
  get secure(): number {
    return this.#secure;
  }

  all(): IterableIterator<Connection> {
    return this.#byId.values();
  }

  get(id: number): Connection | undefined {
    return this.#byId.get(id);
  }

  inboundFrom(address: string): number {
    return this.#inboundOfAddress.get(address) ?? 0;
  }

  add(connection: Connection): void {
    this.#byId.set(connection.connectionId, connection);
    if (isSecure(connection.proto)) this.#secure++;
    if (connection.inbound) {
      this.#inboundOfAddress.set(connection.address, this.inboundFrom(connection.address) + 1);
    }
    this.addKey(connection, connection.port);
  }

  /**
   * Makes the connection reachable under another port of its peer (RFC 5923, `force_tcp_alias`).
   * False when it is already.
   */
  addKey(connection: Connection, port: number): boolean {
    const key = peerKey(connection.proto, connection.address, port);
    if (connection.keys.includes(key)) return false;
    connection.keys.push(key);
    const known = this.#byPeer.get(key);
    if (known === undefined) this.#byPeer.set(key, [connection]);
    else known.push(connection);
    return true;
  }

  remove(connection: Connection): void {
    if (this.#byId.delete(connection.connectionId) && isSecure(connection.proto)) this.#secure--;
    for (const key of connection.keys) this.#removeKey(key, connection);
    if (!connection.inbound) return;
    const left = this.inboundFrom(connection.address) - 1;
    if (left > 0) this.#inboundOfAddress.set(connection.address, left);
    else this.#inboundOfAddress.delete(connection.address);
  }

  /** Puts it under the keys of its new protocol, aliases too. */
  change(connection: Connection, become: () => void): void {
    const before = connection.keys.splice(0);
    for (const key of before) this.#removeKey(key, connection);
    become();
    for (const key of before) this.addKey(connection, Number(key.slice(key.lastIndexOf(':') + 1)));
  }

  hasPeer(proto: string, address: string, port: number): boolean {
    return this.#byPeer.has(peerKey(proto, address, port));
  }

  /**
   * The connection to reuse for a destination (RFC 3261 §18.1.1): the newest with that peer, from the asked
   * socket's address; with `strict` from its very port.
   */
  forDestination(destination: Destination, strict: boolean): Connection | undefined {
    const candidates = this.#candidates(destination);
    if (candidates === undefined) return undefined;
    for (let i = candidates.length - 1; i >= 0; i--) {
      const candidate = candidates[i] as Connection;
      const usable = candidate.state !== 'closed' && !candidate.ending;
      if (usable && fits(candidate.socket, destination.socket, strict)) return candidate;
    }
    return undefined;
  }

  /** A URI says `;transport=ws` for secured WebSockets, too. */
  #candidates(destination: Destination): readonly Connection[] | undefined {
    const { proto, address, port } = destination;
    const found = this.#byPeer.get(keyOfDestination(destination));
    return found ?? (proto === 'ws' ? this.#byPeer.get(peerKey('wss', address, port)) : undefined);
  }

  #removeKey(key: string, connection: Connection): void {
    const left = this.#byPeer.get(key)?.filter((candidate) => candidate !== connection) ?? [];
    if (left.length > 0) this.#byPeer.set(key, left);
    else this.#byPeer.delete(key);
  }
}

/** Is it over TLS? */
export function isSecure(proto: string): boolean {
  return proto === 'tls' || proto === 'wss';
}

/** `;transport=ws` means a WebSocket, whether secured or not: only the client knows how it has connected. */
export function serves(own: string, asked: string): boolean {
  return own === asked || (asked === 'ws' && own === 'wss');
}

function fits(own: ListenSocket, asked: ListenSocket | undefined, strict: boolean): boolean {
  if (asked === undefined || own === asked) return true;
  if (strict) return own.address === asked.address && own.port === asked.port;
  return own.address === asked.address || isWildcard(own.address) || isWildcard(asked.address);
}
