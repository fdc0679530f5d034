import { coreHash } from '../../base/coreHash.ts';
import type { TableDefinition } from './definition.ts';

export type ItemValue = string | number;

/** What is stored under a key. */
export interface Item {
  readonly key: string;
  readonly hash: number;
  value: ItemValue;
  /** On the monotonic clock, ms; `Infinity` for never. */
  expiresMs: number;
  /** It is in the table no more: somebody walking over it must step on. */
  gone: boolean;
}

/** Items that one table holds at most; a set beyond it fails. */
const defaultLimit = 4_000_000;

/**
 * One table: found by key, walked over in Kamailio's order (slots by the lower bits of the hash, in each by hash).
 * Items whose time is over are not found any more; they leave with the next sweep, which tells of them.
 */
export class HashTable {
  readonly definition: TableDefinition;
  readonly slots: readonly Item[][];
  readonly #items = new Map<string, Item>();
  readonly #nowMs: () => number;
  readonly #limit: number;

  constructor(definition: TableDefinition, nowMs: () => number, limit = defaultLimit) {
    this.#limit = limit;
    this.definition = definition;
    this.slots = Array.from({ length: 2 ** definition.size }, () => []);
    this.#nowMs = nowMs;
  }

  get name(): string {
    return this.definition.name;
  }

  /** With those that wait for the sweep. */
  get size(): number {
    return this.#items.size;
  }

  #isOver(item: Item): boolean {
    return item.expiresMs <= this.#nowMs();
  }

  find(key: string): Item | undefined {
    const item = this.#items.get(key);
    return item === undefined || this.#isOver(item) ? undefined : item;
  }

  /** The value of a key, or what the table gives for keys that are not there. */
  get(key: string): ItemValue | null {
    return this.find(key)?.value ?? this.definition.initialValue ?? null;
  }

  /** Sets or adds; false when the table is full. */
  set(key: string, value: ItemValue): boolean {
    const item = this.#items.get(key);
    if (item === undefined) return this.#add(key, value);
    if (this.definition.updateRenews || this.#isOver(item)) item.expiresMs = this.#newExpiryMs();
    item.value = value;
    return true;
  }

  #newExpiryMs(): number {
    const { autoExpireSec } = this.definition;
    return autoExpireSec === 0 ? Number.POSITIVE_INFINITY : this.#nowMs() + autoExpireSec * 1000;
  }

  #add(key: string, value: ItemValue): boolean {
    if (this.#items.size >= this.#limit) return false;
    const item: Item = { key, hash: coreHash(key), value, expiresMs: this.#newExpiryMs(), gone: false };
    this.#items.set(key, item);
    const slot = this.#slotOf(item.hash);
    let at = slot.length;
    while (at > 0 && (slot[at - 1] as Item).hash > item.hash) at--;
    slot.splice(at, 0, item);
    return true;
  }

  #slotOf(hash: number): Item[] {
    return this.slots[hash % this.slots.length] as Item[];
  }

  /** Adds to a number, in one step; null when the item is a text, or not there and the table has no `initval`. */
  increment(key: string, by: number): number | null {
    const before = this.get(key);
    if (typeof before !== 'number') return null;
    return this.set(key, before + by) ? before + by : null;
  }

  /** Only where the table has `autoexpire`; 0 s or less for never. False when there is no such item. */
  expireIn(key: string, seconds: number): boolean {
    const item = this.find(key);
    if (item === undefined) return false;
    this.renew(item, seconds);
    return true;
  }

  renew(item: Item, seconds: number): void {
    if (this.definition.autoExpireSec === 0) return;
    item.expiresMs = seconds <= 0 ? Number.POSITIVE_INFINITY : this.#nowMs() + seconds * 1000;
  }

  /** Seconds of life that are left; 0 for an item that is not there or stays for ever. */
  secondsLeft(key: string): number {
    const expiresMs = this.find(key)?.expiresMs ?? Number.POSITIVE_INFINITY;
    return expiresMs === Number.POSITIVE_INFINITY ? 0 : Math.ceil((expiresMs - this.#nowMs()) / 1000);
  }

  delete(key: string): boolean {
    const item = this.#items.get(key);
    if (item === undefined) return false;
    this.remove(item);
    return true;
  }

  remove(item: Item): void {
    if (item.gone) return;
    item.gone = true;
    this.#items.delete(item.key);
    const slot = this.#slotOf(item.hash);
    slot.splice(slot.indexOf(item), 1);
  }

  clear(): void {
    for (const item of this.#items.values()) item.gone = true;
    this.#items.clear();
    for (const slot of this.slots) slot.length = 0;
  }

  /** All that are alive, in order. */
  items(): Item[] {
    return this.slots.flatMap((slot) => slot.filter((item) => !this.#isOver(item)));
  }

  /** Removes what is over in a slot, and gives it back. */
  sweepSlot(index: number): readonly Item[] {
    const slot = this.slots[index] ?? [];
    const over = slot.filter((item) => this.#isOver(item));
    for (const item of over) this.remove(item);
    return over;
  }

  removeWhere(matches: (item: Item) => boolean): number {
    const found = this.items().filter(matches);
    for (const item of found) this.remove(item);
    return found.length;
  }

  some(matches: (item: Item) => boolean): boolean {
    for (const item of this.#items.values()) if (!this.#isOver(item) && matches(item)) return true;
    return false;
  }

  count(matches: (item: Item) => boolean): number {
    let count = 0;
    for (const item of this.#items.values()) if (!this.#isOver(item) && matches(item)) count++;
    return count;
  }
}
