import type { Host } from '../../module/host.ts';
import { Blocklist } from '../../proxy/blocklist.ts';
import { ClientBranch } from '../../proxy/clientBranch.ts';
import type { ServerAddress } from '../../proxy/location.ts';
import type { ProxyCore } from '../../proxy/proxyCore.ts';
import { HeaderKind } from '../../sip/headerKind.ts';
import type { TmConfig } from './parameters.ts';
import { usesBlocklist } from './settings.ts';

/** Destinations that fail: the blocklist, and branches to a broken connection. */
export class Destinations {
  readonly blocklist: Blocklist;
  readonly #host: Host;
  readonly #config: TmConfig;

  constructor(host: Host, config: TmConfig) {
    this.#host = host;
    this.#config = config;
    this.blocklist = new Blocklist(() => host.timers.nowMs);
  }

  /** How long a destination stays blocked, s. */
  get blockingSec(): number {
    return Number(this.#host.settings.get('dst_blocklist_expire') ?? 60);
  }

  isBlocked(method: string, address: ServerAddress): boolean {
    if (!usesBlocklist(this.#host.settings)) return false;
    return (this.#config.blst_methods_lookup & methodBit(method)) !== 0 && this.blocklist.isBlocked(address);
  }

  onTimeout(method: string, branch: ClientBranch): void {
    if (!usesBlocklist(this.#host.settings)) return;
    if ((this.#config.blst_methods_add & methodBit(method)) === 0) return;
    this.blocklist.block(branch.destination, 'timeout', this.blockingSec * 1000);
  }

  on503(branch: ClientBranch): void {
    const config = this.#config;
    if (config.blst_503 === 0 || !usesBlocklist(this.#host.settings)) return;
    const asked = Number.parseInt(branch.response?.value(HeaderKind.retryAfter) ?? '', 10);
    const seconds = Number.isNaN(asked)
      ? config.blst_503_def_timeout
      : Math.min(Math.max(asked, config.blst_503_min_timeout), config.blst_503_max_timeout);
    if (seconds > 0) this.blocklist.block(branch.destination, '503', seconds * 1000);
  }

  /** A connection broke or was refused: branches without any response there need not wait for their timers. */
  onUnreachable(core: ProxyCore, address: string, port: number, proto: string): void {
    if (proto === 'udp') return;
    for (const client of [...core.clients.all()]) {
      if (!client.isUnanswered || !(client.user instanceof ClientBranch)) continue;
      const { destination } = client.user;
      if (destination.address === address && destination.port === port && destination.proto === proto)
        client.onTransportError();
    }
  }
}

/** Bits of blst_methods_*. */
function methodBit(method: string): number {
  return methodBits[method] ?? 256;
}

const methodBits: Readonly<Record<string, number>> = {
  INVITE: 1,
  CANCEL: 2,
  ACK: 4,
  BYE: 8,
  INFO: 16,
  REGISTER: 32,
  SUBSCRIBE: 64,
  NOTIFY: 128,
};
