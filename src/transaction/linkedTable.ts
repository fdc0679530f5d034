const firstBuckets = 1024;

/**
 * A hash table whose entries carry its links themselves. Not a `Map`, because V8 chains the outgrown backing stores of a
 * `Map` to their successors: a dead one in the old generation keeps the next alive and all that it holds, so that of a
 * map in which everything comes and goes nothing dies young, and each entry is copied twice for nothing.
 */
export abstract class LinkedTable<E> {
  #buckets: (E | undefined)[] = emptyBuckets(firstBuckets);
  #mask = firstBuckets - 1;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  protected abstract hashOf(entry: E): number;
  protected abstract next(entry: E): E | undefined;
  protected abstract link(entry: E, next: E | undefined): void;

  /** The newest entry that may have this hash; `next` leads on. */
  protected first(hash: number): E | undefined {
    return this.#buckets[hash & this.#mask];
  }

  protected insert(entry: E): void {
    if (this.#size > this.#mask) this.#grow();
    const at = this.hashOf(entry) & this.#mask;
    this.link(entry, this.#buckets[at]);
    this.#buckets[at] = entry;
    this.#size++;
  }

  /** False when it is not there. */
  protected unlink(entry: E): boolean {
    const next = this.next(entry);
    if (!this.#relink(entry, next)) return false;
    this.link(entry, undefined); // the dead must not keep the living of its row alive
    this.#size--;
    return true;
  }

  /** Puts an entry of the same hash in the place of another; false when that is not there. */
  protected exchange(old: E, entry: E): boolean {
    const next = this.next(old);
    if (!this.#relink(old, entry)) return false;
    this.link(old, undefined);
    this.link(entry, next);
    return true;
  }

  /** Lets whatever leads to `entry` lead to `target`. */
  #relink(entry: E, target: E | undefined): boolean {
    const at = this.hashOf(entry) & this.#mask;
    let before = this.#buckets[at];
    if (before === entry) {
      this.#buckets[at] = target;
      return true;
    }
    while (before !== undefined) {
      const next = this.next(before);
      if (next === entry) {
        this.link(before, target);
        return true;
      }
      before = next;
    }
    return false;
  }

  /** Those that are there when it begins, and still when their bucket's turn comes. */
  *entries(): Generator<E> {
    for (const first of this.#buckets.slice()) {
      for (let entry = first; entry !== undefined; ) {
        const next = this.next(entry);
        yield entry;
        entry = next;
      }
    }
  }

  #grow(): void {
    const old = this.#buckets;
    this.#buckets = emptyBuckets(old.length * 2);
    this.#mask = old.length * 2 - 1;
    for (const first of old) {
      let reversed: E | undefined;
      for (let entry = first; entry !== undefined; ) {
        const next = this.next(entry);
        this.link(entry, reversed);
        reversed = entry;
        entry = next;
      }
      // the oldest first, so that the newest is in front again
      for (let entry = reversed; entry !== undefined; ) {
        const next = this.next(entry);
        const at = this.hashOf(entry) & this.#mask;
        this.link(entry, this.#buckets[at]);
        this.#buckets[at] = entry;
        entry = next;
      }
    }
  }
}

function emptyBuckets<E>(count: number): (E | undefined)[] {
  return new Array<E | undefined>(count).fill(undefined);
}

/** A hash of 32 bits; `seed` keeps others from choosing texts that collide. */
export function hashText(text: string, seed: number): number {
  let hash = seed;
  for (let i = 0; i < text.length; i++)
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x5bd1e995) ^ (hash >>> 15);
  hash = Math.imul(hash ^ (hash >>> 13), 0x85ebca6b);
  return hash ^ (hash >>> 16);
}
