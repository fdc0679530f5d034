import type { TransportProtocol } from '../../base/ports.ts';
import { canonicalHost } from './addresses.ts';

/** One name or address of ours. Port 0 and no protocol match all. */
interface OwnName {
  readonly port: number;
  readonly proto: TransportProtocol | undefined;
  /** Asked each time (virtual addresses, which come and go). */
  readonly holds: (() => boolean) | undefined;
}

export interface OwnNameEntry {
  readonly host: string;
  readonly port: number;
  readonly proto: TransportProtocol | undefined;
}

/** A further opinion on what is ours (corex: aliases with their subdomains; the domain module). */
export type OwnNameCheck = (host: string, port: number, proto: TransportProtocol | undefined) => boolean;

/** What `myself` means: sockets, advertised names, aliases. Asked several times for each message. */
export class OwnNames {
  readonly #names = new Map<string, OwnName[]>();
  readonly #aliases: OwnNameEntry[] = [];
  readonly #checks: OwnNameCheck[] = [];

  add(host: string, port: number, proto: TransportProtocol | undefined, holds?: () => boolean): void {
    const key = canonicalHost(host);
    const known = this.#names.get(key);
    if (known === undefined) this.#names.set(key, [{ port, proto, holds }]);
    else known.push({ port, proto, holds });
  }

  addAlias(host: string, port: number, proto: TransportProtocol | undefined): void {
    this.#aliases.push({ host, port, proto });
    this.add(host, port, proto);
  }

  addCheck(check: OwnNameCheck): void {
    this.#checks.push(check);
  }

  /** For `core.aliases_list`. */
  get aliases(): readonly OwnNameEntry[] {
    return this.#aliases;
  }

  get checks(): number {
    return this.#checks.length;
  }

  has(host: string, port: number, proto: TransportProtocol | undefined): boolean {
    const names = this.#names.get(host) ?? this.#names.get(canonicalHost(host));
    if (names !== undefined) {
      for (const name of names) {
        const fits =
          (port === 0 || name.port === 0 || name.port === port) &&
          (proto === undefined || name.proto === undefined || name.proto === proto);
        if (fits && (name.holds === undefined || name.holds())) return true;
      }
    }
    for (const check of this.#checks) if (check(host, port, proto)) return true;
    return false;
  }
}
