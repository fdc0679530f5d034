import type { HostRecord, NaptrRecord, Resolver, SrvRecord } from '../base/ports.ts';
import type { Soon } from '../base/soon.ts';

export interface DnsCacheSettings {
  readonly enabled: boolean;
  readonly minTtlSec: number;
  readonly maxTtlSec: number;
  /** How long "there is no such name" and failed queries are remembered; 0 for never. */
  readonly negativeTtlSec: number;
  readonly maxEntries: number;
}

interface RecordOf {
  naptr: NaptrRecord;
  srv: SrvRecord;
  a: HostRecord;
  aaaa: HostRecord;
}
export type RecordKind = keyof RecordOf;

/** One answer: its records, and until when it may be used (monotonic ms). */
export interface CachedAnswer {
  readonly records: readonly { readonly ttlSec: number }[];
  readonly expiresMs: number;
}

/**
 * Answers of the resolver for as long as they may be used. Equal queries under way are one query; the oldest
 * entry leaves when the cache is full. A failed query counts as an empty answer.
 */
export class DnsCache {
  readonly #resolver: Resolver;
  readonly #settings: DnsCacheSettings;
  readonly #nowMs: () => number;
  readonly #entries = new Map<string, CachedAnswer>();
  readonly #pending = new Map<string, Promise<readonly { readonly ttlSec: number }[]>>();

  constructor(resolver: Resolver, settings: DnsCacheSettings, nowMs: () => number) {
    this.#resolver = resolver;
    this.#settings = settings;
    this.#nowMs = nowMs;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Forgets all answers but those that were put in for good. */
  clear(): void {
    for (const [key, entry] of this.#entries)
      if (entry.expiresMs !== Number.POSITIVE_INFINITY) this.#entries.delete(key);
  }

  /** Puts an answer in by hand, beside those of the same name. `permanent` ones never leave. */
  add<K extends RecordKind>(kind: K, name: string, record: RecordOf[K], permanent: boolean): void {
    const key = `${kind} ${name.toLowerCase()}`;
    const entry = this.#entries.get(key);
    const expiresMs = permanent ? Number.POSITIVE_INFINITY : this.#nowMs() + record.ttlSec * 1000;
    const known = entry !== undefined && entry.expiresMs > this.#nowMs() ? entry.records : [];
    this.#entries.set(key, { records: [...known, record], expiresMs });
  }

  /** Makes a name unresolvable. */
  block(kind: RecordKind, name: string, ttlSec: number, permanent: boolean): void {
    const expiresMs = permanent ? Number.POSITIVE_INFINITY : this.#nowMs() + ttlSec * 1000;
    this.#entries.set(`${kind} ${name.toLowerCase()}`, { records: [], expiresMs });
  }

  /** What is known now, oldest first. */
  list(): readonly { readonly kind: RecordKind; readonly name: string; readonly entry: CachedAnswer }[] {
    return [...this.#entries].map(([key, entry]) => {
      const space = key.indexOf(' ');
      return { kind: key.slice(0, space) as RecordKind, name: key.slice(space + 1), entry };
    });
  }

  delete(kind: RecordKind, name: string): boolean {
    return this.#entries.delete(`${kind} ${name.toLowerCase()}`);
  }

  find<K extends RecordKind>(kind: K, name: string): Soon<readonly RecordOf[K][]> {
    const key = `${kind} ${name.toLowerCase()}`;
    const entry = this.#entries.get(key);
    if (entry !== undefined) {
      if (entry.expiresMs > this.#nowMs()) return entry.records as readonly RecordOf[K][];
      this.#entries.delete(key);
    }
    const pending = this.#pending.get(key) ?? this.#query(key, kind, name);
    return pending as Promise<readonly RecordOf[K][]>;
  }

  #query(key: string, kind: RecordKind, name: string): Promise<readonly { readonly ttlSec: number }[]> {
    const query: Promise<readonly { readonly ttlSec: number }[]> = this.#resolver[kind](name)
      .catch(() => [])
      .then((records) => {
        this.#pending.delete(key);
        this.#keep(key, records);
        return records;
      });
    this.#pending.set(key, query);
    return query;
  }

  #keep(key: string, records: readonly { readonly ttlSec: number }[]): void {
    const { enabled, minTtlSec, maxTtlSec, negativeTtlSec, maxEntries } = this.#settings;
    if (!enabled) return;
    const shortest = records.reduce((least, { ttlSec }) => Math.min(least, ttlSec), maxTtlSec);
    const ttlSec = records.length === 0 ? negativeTtlSec : Math.max(minTtlSec, shortest);
    if (ttlSec <= 0) return;
    if (this.#entries.size >= maxEntries) {
      this.#dropOldest();
    }
    this.#entries.set(key, { records, expiresMs: this.#nowMs() + ttlSec * 1000 });
  }

  #dropOldest(): void {
    for (const [key, { expiresMs }] of this.#entries) {
      if (expiresMs === Number.POSITIVE_INFINITY) continue;
      this.#entries.delete(key);
      return;
    }
  }
}
