import type { ServerAddress } from './location.ts';

/** Why a destination is blocked; shown to operators. */
export type BlockReason = 'timeout' | 'send error' | '503' | 'connect error' | 'admin';

export interface BlockedDestination {
  readonly address: ServerAddress;
  readonly reason: BlockReason;
  /** `Infinity`: until it is taken off. */
  readonly untilMs: number;
}

/**
 * Destinations that are known to be dead for a while, by address, so that requests do not wait for them
 * (RFC 3263 §4.3). Bounded: the oldest entry leaves.
 */
export class Blocklist {
  readonly #entries = new Map<string, BlockedDestination>();
  readonly #nowMs: () => number;
  readonly maxEntries: number;

  constructor(nowMs: () => number, maxEntries = 10_000) {
    this.#nowMs = nowMs;
    this.maxEntries = maxEntries;
  }

  get size(): number {
    return this.#entries.size;
  }

  block(address: ServerAddress, reason: BlockReason, durationMs: number): void {
    const key = keyOf(address);
    this.#entries.delete(key);
    if (this.#entries.size >= this.maxEntries) {
      const oldest = this.#entries.keys().next().value;
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    this.#entries.set(key, { address, reason, untilMs: this.#nowMs() + durationMs });
  }

  unblock(address: ServerAddress): boolean {
    return this.#entries.delete(keyOf(address));
  }

  /** Forgets all but those that were blocked for good. */
  clear(): void {
    for (const [key, { untilMs }] of this.#entries)
      if (untilMs !== Number.POSITIVE_INFINITY) this.#entries.delete(key);
  }

  isBlocked(address: ServerAddress): boolean {
    if (this.#entries.size === 0) return false;
    const key = keyOf(address);
    const entry = this.#entries.get(key);
    if (entry === undefined) return false;
    if (entry.untilMs > this.#nowMs()) return true;
    this.#entries.delete(key);
    return false;
  }

  /** All that are in force, for RPC. */
  list(): readonly BlockedDestination[] {
    const nowMs = this.#nowMs();
    return [...this.#entries.values()].filter(({ untilMs }) => untilMs > nowMs);
  }
}

function keyOf({ proto, address, port }: ServerAddress): string {
  return `${proto}:${address}:${port}`;
}
