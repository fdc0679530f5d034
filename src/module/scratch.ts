/** Per-run data of modules, under their own symbols; a `Map` will do, too. */
export interface Scratch {
  readonly size: number;
  get(key: symbol): unknown;
  has(key: symbol): boolean;
  set(key: symbol, value: unknown): unknown;
  delete(key: symbol): boolean;
}

/** A scratch for a handful of entries: most messages have none, and a `Map` for each would be dear. */
export class SmallScratch implements Scratch {
  #keys: symbol[] | undefined = undefined;
  #values: unknown[] | undefined = undefined;

  get size(): number {
    return this.#keys === undefined ? 0 : this.#keys.length;
  }

  get(key: symbol): unknown {
    const at = this.#find(key);
    return at < 0 ? undefined : this.#values?.[at];
  }

  has(key: symbol): boolean {
    return this.#find(key) >= 0;
  }

  set(key: symbol, value: unknown): void {
    const at = this.#find(key);
    if (this.#keys === undefined || this.#values === undefined) {
      this.#keys = [key];
      this.#values = [value];
    } else if (at >= 0) this.#values[at] = value;
    else {
      this.#keys.push(key);
      this.#values.push(value);
    }
  }

  delete(key: symbol): boolean {
    const at = this.#find(key);
    if (at < 0) return false;
    this.#keys?.splice(at, 1);
    this.#values?.splice(at, 1);
    return true;
  }

  #find(key: symbol): number {
    return this.#keys === undefined ? -1 : this.#keys.indexOf(key);
  }
}
