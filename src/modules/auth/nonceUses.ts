import type { AuthConfig } from './params.ts';

/** What came of the use of a tracked nonce: too old to be remembered (or counted wrongly), or used before. */
export type NonceUse = 'first' | 'stale' | 'reused';

/** The greatest nonce count that is remembered. */
const maxCount = 255;

/**
 * What is remembered of issued nonces: one byte each for the greatest nonce count seen, one bit for the use of a one-time
 * nonce. Both are rings: a new nonce takes the place of the oldest.
 */
export class NonceUses {
  readonly #counts: Uint8Array;
  readonly #used: Uint8Array;
  readonly #usedSize: number;
  #nextId: number;
  #issued = 0;

  /** `firstId` is random, so that nonces of an earlier start do not pass as new ones. */
  constructor(config: AuthConfig, firstId: number) {
    const { nc_array_order, nc_array_size, otn_in_flight_order, otn_in_flight_no } = config;
    const countSize = config.nonce_count === 0 ? 0 : powerOfTwo(nc_array_order, nc_array_size);
    this.#usedSize = config.one_time_nonce === 0 ? 0 : powerOfTwo(otn_in_flight_order, otn_in_flight_no);
    this.#counts = new Uint8Array(countSize);
    this.#used = new Uint8Array(Math.ceil(this.#usedSize / 8));
    this.#nextId = firstId >>> 0;
  }

  /** A number for a new nonce, 32 bits. */
  issue(): number {
    const id = this.#nextId;
    this.#nextId = (id + 1) >>> 0;
    this.#issued++;
    if (this.#counts.length > 0) this.#counts[id & (this.#counts.length - 1)] = 0;
    if (this.#usedSize > 0) this.#setUsed(id & (this.#usedSize - 1), false);
    return id;
  }

  /** RFC 7616 §3.4 nc: it must grow with each use. Greater numbers than 255 ask for a new nonce. `onlyLook`: it stays free. */
  count(id: number, count: number, onlyLook = false): NonceUse {
    const size = this.#counts.length;
    if (!this.#isRemembered(id, size) || count > maxCount) return 'stale';
    const at = id & (size - 1);
    if (count <= (this.#counts[at] ?? maxCount)) return 'stale';
    if (!onlyLook) this.#counts[at] = count;
    return 'first';
  }

  /** Takes a one-time nonce. */
  take(id: number): NonceUse {
    const size = this.#usedSize;
    if (!this.#isRemembered(id, size)) return 'stale';
    const at = id & (size - 1);
    if (((this.#used[at >> 3] ?? 0) & (1 << (at & 7))) !== 0) return 'reused';
    this.#setUsed(at, true);
    return 'first';
  }

  #isRemembered(id: number, size: number): boolean {
    const age = (this.#nextId - id) >>> 0;
    return age >= 1 && age <= Math.min(size, this.#issued);
  }

  #setUsed(at: number, isUsed: boolean): void {
    const byte = this.#used[at >> 3] ?? 0;
    const bit = 1 << (at & 7);
    this.#used[at >> 3] = isUsed ? byte | bit : byte & ~bit;
  }
}

/** The size by its binary logarithm where that is given; else the greatest power of two that is not above it. */
function powerOfTwo(order: number, size: number): number {
  return order > 0 ? 2 ** order : 2 ** Math.floor(Math.log2(size));
}
