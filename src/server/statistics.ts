import type { Statistics } from '../module/host.ts';

interface Entry {
  readonly group: string;
  readonly name: string;
  readonly read: () => number;
  readonly reset: (() => void) | undefined;
}

/** The registry behind `stats.*` and `$stat(name)`; names are unique within their group. */
export class StatisticsRegistry implements Statistics {
  readonly #groups = new Map<string, Map<string, Entry>>();

  register(group: string, name: string, read: () => number, reset?: () => void): void {
    let entries = this.#groups.get(group);
    if (entries === undefined) {
      entries = new Map();
      this.#groups.set(group, entries);
    }
    entries.set(name, { group, name, read, reset });
  }

  unregister(group: string, name: string): void {
    const entries = this.#groups.get(group);
    entries?.delete(name);
    if (entries?.size === 0) this.#groups.delete(group);
  }

  read(name: string, group?: string): number | undefined {
    return this.#find(name, group)?.read();
  }

  reset(name: string, group?: string): boolean {
    const entry = this.#find(name, group);
    if (entry?.reset === undefined) return false;
    entry.reset();
    return true;
  }

  list(group?: string): readonly { readonly group: string; readonly name: string; readonly value: number }[] {
    const groups =
      group === undefined
        ? [...this.#groups.values()]
        : [this.#groups.get(group) ?? new Map<string, Entry>()];
    return groups.flatMap((entries) =>
      [...entries.values()].map((entry) => ({ group: entry.group, name: entry.name, value: entry.read() })),
    );
  }

  #find(name: string, group: string | undefined): Entry | undefined {
    if (group !== undefined) return this.#groups.get(group)?.get(name);
    for (const entries of this.#groups.values()) {
      const entry = entries.get(name);
      if (entry !== undefined) return entry;
    }
    return undefined;
  }
}
