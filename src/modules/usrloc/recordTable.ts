import { ShardedMap } from '../../base/shardedMap.ts';
import type { LocationRecord } from './api.ts';
import type { StoredBinding } from './binding.ts';

/** All bindings of one AoR in memory. */
export class StoredRecord implements LocationRecord {
  readonly aor: string;
  readonly bindings: StoredBinding[] = [];

  constructor(aor: string) {
    this.aor = aor;
  }
}

/** The bindings in memory with their indexes: by AoR, by record id, by connection when asked for. */
export class RecordTable {
  readonly records = new ShardedMap<StoredRecord>();
  readonly #byRuid = new ShardedMap<StoredBinding>();
  readonly #byConnection: Map<number, StoredBinding[]> | undefined;
  readonly #newestFirst: boolean;

  /** `newestFirst`: order by time instead of q (`desc_time_order`). */
  constructor(options: { newestFirst: boolean; indexConnections: boolean }) {
    this.#newestFirst = options.newestFirst;
    this.#byConnection = options.indexConnections ? new Map() : undefined;
  }

  get contactCount(): number {
    return this.#byRuid.size;
  }

  byRuid(ruid: string): StoredBinding | undefined {
    return this.#byRuid.get(ruid);
  }

  byConnection(id: number): readonly StoredBinding[] {
    return this.#byConnection?.get(id)?.slice() ?? [];
  }

  add(binding: StoredBinding): void {
    let record = this.records.get(binding.aor);
    if (record === undefined) {
      record = new StoredRecord(binding.aor);
      this.records.set(binding.aor, record);
    }
    insertOrdered(record.bindings, binding, this.#newestFirst);
    this.#byRuid.set(binding.ruid, binding);
    this.#indexConnection(binding);
  }

  /** `change` may alter what the order and the indexes depend on. */
  change(binding: StoredBinding, change: () => void): void {
    const { q, connectionId } = binding;
    if (this.#byConnection !== undefined) this.#unindexConnection(binding);
    change();
    if (connectionId !== binding.connectionId || this.#byConnection !== undefined)
      this.#indexConnection(binding);
    if (q === binding.q && !this.#newestFirst) return;
    const bindings = this.records.get(binding.aor)?.bindings;
    const at = bindings?.indexOf(binding) ?? -1;
    if (bindings === undefined || at < 0) return;
    if (!this.#newestFirst && fitsAt(bindings, at)) return;
    bindings.splice(at, 1);
    insertOrdered(bindings, binding, this.#newestFirst);
  }

  remove(binding: StoredBinding): void {
    binding.removed = true;
    this.#byRuid.delete(binding.ruid);
    this.#unindexConnection(binding);
    const record = this.records.get(binding.aor);
    const at = record?.bindings.indexOf(binding) ?? -1;
    if (record === undefined || at < 0) return;
    record.bindings.splice(at, 1);
    if (record.bindings.length === 0) this.records.delete(record.aor);
  }

  #indexConnection(binding: StoredBinding): void {
    if (this.#byConnection === undefined || binding.connectionId <= 0) return;
    const known = this.#byConnection.get(binding.connectionId);
    if (known === undefined) this.#byConnection.set(binding.connectionId, [binding]);
    else if (!known.includes(binding)) known.push(binding);
  }

  #unindexConnection(binding: StoredBinding): void {
    const known = this.#byConnection?.get(binding.connectionId);
    const at = known?.indexOf(binding) ?? -1;
    if (known === undefined || at < 0) return;
    known.splice(at, 1);
    if (known.length === 0) this.#byConnection?.delete(binding.connectionId);
  }
}

/** Is the binding at `at` in its place between its neighbours? Then it stays, also among equals. */
function fitsAt(bindings: readonly StoredBinding[], at: number): boolean {
  const { q } = bindings[at] as StoredBinding;
  return (bindings[at - 1]?.q ?? q) >= q && (bindings[at + 1]?.q ?? q) <= q;
}

/** Highest q first, equal ones in the order of their coming; or the newest first. */
export function insertOrdered(bindings: StoredBinding[], binding: StoredBinding, newestFirst: boolean): void {
  let at = 0;
  if (!newestFirst) {
    at = bindings.length;
    while (at > 0 && (bindings[at - 1] as StoredBinding).q < binding.q) at--;
  }
  bindings.splice(at, 0, binding);
}
