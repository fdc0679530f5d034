import { randomBytes, randomFillSync } from 'node:crypto';
import type { Entropy } from '../base/ports.ts';

const poolBytes = 8192;

/** Cryptographic randomness, drawn from the system in pools: one call of 8 kB instead of 2,048 of 4 bytes. */
export class NodeEntropy implements Entropy {
  readonly #pool = Buffer.allocUnsafeSlow(poolBytes);
  #used = poolBytes;

  uint32(): number {
    const at = this.#take(4);
    const value = this.#pool.readUInt32LE(at);
    this.#pool.writeUInt32LE(0, at); // what was given out is not kept
    return value;
  }

  bytes(length: number): Uint8Array {
    if (length > poolBytes / 4) return new Uint8Array(randomBytes(length));
    const at = this.#take(length);
    const value = new Uint8Array(length);
    value.set(this.#pool.subarray(at, at + length));
    this.#pool.fill(0, at, at + length);
    return value;
  }

  /** Offset of `length` fresh bytes in the pool. */
  #take(length: number): number {
    if (this.#used + length > poolBytes) {
      randomFillSync(this.#pool);
      this.#used = 0;
    }
    const at = this.#used;
    this.#used += length;
    return at;
  }
}
