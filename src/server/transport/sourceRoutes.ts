import type { Clock, Net } from '../../base/ports.ts';
import { familyOf, inIpv4Network, isLoopback } from './addresses.ts';

const keepMs = 60_000;
const maxKept = 10_000;
/** Addresses of documentation networks (RFC 5737, RFC 3849): far away for everybody, so they show the default route. */
const farAway = { 4: '198.51.100.1', 6: '2001:db8::1' } as const;

/**
 * Which local address the system would send from (`mhomed`). Asking the system takes a turn of the loop, so the
 * first message to a new destination is decided by netmasks and the default route; the answer is kept for a minute.
 */
export class SourceRoutes {
  readonly #net: Pick<Net, 'sourceAddressFor' | 'interfaces'>;
  readonly #clock: Clock;
  readonly #known = new Map<string, { readonly source: string; readonly untilMs: number }>();
  readonly #defaults: Record<4 | 6, string> = { 4: '', 6: '' };
  readonly #asking = new Set<string>();

  constructor(net: Pick<Net, 'sourceAddressFor' | 'interfaces'>, clock: Clock) {
    this.#net = net;
    this.#clock = clock;
  }

  /** Learns the default routes. */
  async start(): Promise<void> {
    for (const family of [4, 6] as const) {
      this.#defaults[family] = await this.#net.sourceAddressFor(farAway[family]).catch(() => '');
    }
  }

  /** The source address for a destination; '' when nothing is known yet. */
  sourceFor(address: string): string {
    const known = this.#known.get(address);
    if (known !== undefined && known.untilMs > this.#clock.nowMs()) return known.source;
    this.#ask(address);
    return known?.source ?? this.#guess(address);
  }

  #guess(address: string): string {
    const family = familyOf(address);
    const interfaces = this.#net.interfaces().filter((candidate) => candidate.family === family);
    const near = interfaces.find((candidate) =>
      isLoopback(address)
        ? candidate.internal
        : family === 4 && inIpv4Network(address, candidate.address, candidate.netmask),
    );
    return near?.address ?? this.#defaults[family];
  }

  #ask(address: string): void {
    if (this.#asking.has(address) || this.#asking.size > 100) return;
    this.#asking.add(address);
    this.#net
      .sourceAddressFor(address)
      .catch(() => '')
      .then((source) => {
        this.#asking.delete(address);
        if (this.#known.size >= maxKept) this.#known.clear();
        this.#known.set(address, { source, untilMs: this.#clock.nowMs() + keepMs });
      });
  }
}
