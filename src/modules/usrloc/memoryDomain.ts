import { LoopSlices } from '../../base/loopSlices.ts';
import type { Host } from '../../module/host.ts';
import type { ListenSocket } from '../../proxy/transport.ts';
import {
  type Binding,
  type BindingData,
  type LocationDomain,
  type LocationEvent,
  type LocationRecord,
  type Match,
  type MatchKey,
  type Maybe,
  then,
  type WriteOptions,
} from './api.ts';
import { BindingState, isValidAt, StoredBinding } from './binding.ts';
import { matchInRecord } from './matching.ts';
import type { UsrlocConfig } from './params.ts';
import { RecordTable } from './recordTable.ts';
import type { RuidMaker } from './ruid.ts';
import { detached, StringPool } from './strings.ts';
import type { WriteQueue } from './writeQueue.ts';

/** What a domain shares with the service that owns it. */
export interface DomainContext {
  readonly host: Host;
  readonly config: UsrlocConfig;
  readonly ruids: RuidMaker;
  readonly emit: (event: LocationEvent, binding: Binding, domain: LocationDomain) => void;
}

/** `through`: a write is finished when the row is; `back`: the timer brings it. */
export type Persistence =
  | { readonly kind: 'none' }
  | { readonly kind: 'through' | 'back'; readonly queue: WriteQueue };

/** Rows that wait to be deleted before a sweep lets them be. */
const rowsPerFlush = 2000;

/** A location table whose bindings are all in memory (db_mode 0, 1, 2 and 4). */
export class MemoryDomain implements LocationDomain {
  readonly name: string;
  readonly table: RecordTable;
  readonly #context: DomainContext;
  readonly #persistence: Persistence;
  readonly #strings = new StringPool();
  expiredCount = 0;
  #isSweeping = false;

  constructor(name: string, context: DomainContext, persistence: Persistence) {
    this.name = name;
    this.#context = context;
    this.#persistence = persistence;
    this.table = new RecordTable({
      newestFirst: context.config.desc_time_order !== 0,
      indexConnections: context.config.handle_lost_tcp !== 0,
    });
  }

  get userCount(): number {
    return this.table.records.size;
  }

  get contactCount(): number {
    return this.table.contactCount;
  }

  getRecord(aor: string): LocationRecord | undefined {
    return this.table.records.get(aor);
  }

  getByRuid(ruid: string): Binding | undefined {
    return this.table.byRuid(ruid);
  }

  /** Reading and changing memory is one step anyway. */
  exclusively<T>(_aor: string, work: () => Maybe<T>): Maybe<T> {
    return work();
  }

  isValid(binding: Binding, nowSec: number): boolean {
    return isValidAt(binding, nowSec);
  }

  match(record: LocationRecord | undefined, key: MatchKey): Match {
    return matchInRecord(record, key, this.#context.config, this.nowSec());
  }

  insert(aor: string, data: BindingData, options?: WriteOptions): Maybe<Binding> {
    return this.#insert(aor, this.#context.ruids.next(), data, options);
  }

  /** Adds a contact of an operator (`ul.add`). */
  add(aor: string, data: BindingData): Maybe<Binding> {
    return this.#insert(aor, this.#context.ruids.next('ulcx'), data);
  }

  /** Puts a binding into memory; `state` says whether its row is there. */
  place(aor: string, ruid: string, data: BindingData, state: StoredBinding['dbState']): StoredBinding {
    const binding = new StoredBinding(this.table.records.get(aor)?.aor ?? detached(aor), ruid);
    binding.assign(data, this.#strings);
    binding.dbState = state;
    binding.lastKeepaliveSec = this.nowSec();
    this.table.add(binding);
    return binding;
  }

  update(binding: Binding, data: BindingData, options?: WriteOptions): Maybe<void> {
    const stored = this.#own(binding);
    if (stored === undefined) return;
    this.table.change(stored, () => stored.assign(data, this.#strings));
    stored.lastKeepaliveSec = this.nowSec();
    if (stored.dbState === BindingState.sync && this.#persistence.kind !== 'none')
      stored.dbState = BindingState.dirty;
    this.#context.emit('update', stored, this);
    return this.#persist(stored, options);
  }

  remove(binding: Binding, options?: WriteOptions): Maybe<void> {
    const stored = this.#own(binding);
    if (stored === undefined) return;
    this.table.remove(stored);
    this.#context.emit('delete', stored, this);
    return this.#persist(stored, options);
  }

  removeRecord(record: LocationRecord, options?: WriteOptions): Maybe<void> {
    const writes = record.bindings.slice().map((binding) => this.remove(binding, options));
    const waits = writes.filter((write) => write instanceof Promise);
    return waits.length === 0 ? undefined : Promise.all(waits).then(() => undefined);
  }

  removeByRuid(ruid: string): Maybe<boolean> {
    const binding = this.table.byRuid(ruid);
    return binding === undefined ? false : then(this.remove(binding), () => true);
  }

  /**
   * Gives loaded bindings their sockets, once those are open. Bindings of other servers' sockets stay without one,
   * or are left out (`skip_remote_socket`).
   */
  adoptSockets(): void {
    const { host, config } = this.#context;
    const found = new Map<string, ListenSocket | undefined>();
    const foreign: StoredBinding[] = [];
    for (const record of this.table.records.values())
      for (const binding of record.bindings) {
        if (binding.socketText === '' || binding.socket !== undefined) continue;
        if (!found.has(binding.socketText))
          found.set(binding.socketText, host.transport.findSocket(binding.socketText));
        binding.socket = found.get(binding.socketText);
        if (binding.socket === undefined) foreign.push(binding);
      }
    const [first] = foreign;
    if (first === undefined) return;
    const leftOut = config.skip_remote_socket === 0 ? '' : ', left out';
    host.log.warn(
      `${foreign.length} contact(s) of ${this.name} have a socket of another server, e.g. ${first.socketText}${leftOut}`,
    );
    if (config.skip_remote_socket !== 0) for (const binding of foreign) this.table.remove(binding);
  }

  /** The keepalive sent to this binding was answered. */
  noteKeepalive(ruid: string, roundTripMicros: number): boolean {
    const binding = this.table.byRuid(ruid);
    if (binding === undefined) return false;
    binding.lastKeepaliveSec = this.nowSec();
    binding.roundTripMicros = roundTripMicros;
    return true;
  }

  /** Removes the contacts of a connection that is gone (`handle_lost_tcp`). */
  loseConnection(id: number): void {
    for (const binding of this.table.byConnection(id)) this.#expire(binding);
  }

  async forEach(visit: (binding: StoredBinding) => void): Promise<void> {
    const slices = new LoopSlices(this.#context.host);
    for (const record of this.table.records.values()) {
      for (const binding of record.bindings.slice()) visit(binding);
      const pause = slices.step();
      if (pause !== undefined) await pause;
    }
  }

  /** Removes what has expired, in slices; a sweep that is still going on is not joined by a second one. */
  async sweep(): Promise<void> {
    if (this.#isSweeping) return;
    this.#isSweeping = true;
    try {
      await this.#sweepAll();
    } finally {
      this.#isSweeping = false;
    }
  }

  async #sweepAll(): Promise<void> {
    const slices = new LoopSlices(this.#context.host);
    let nowSec = this.nowSec();
    for (const record of this.table.records.values()) {
      for (let i = record.bindings.length - 1; i >= 0; i--) {
        const binding = record.bindings[i] as StoredBinding;
        if (this.#isDue(binding, nowSec)) this.#expire(binding);
      }
      const pause = slices.step();
      if (pause === undefined) continue;
      await pause;
      await this.#deleteRows();
      nowSec = this.nowSec();
    }
  }

  /** Not all at the end of a sweep: the rows of very many contacts would wait in memory. */
  async #deleteRows(): Promise<void> {
    const persistence = this.#persistence;
    if (persistence.kind !== 'none' && persistence.queue.pending >= rowsPerFlush)
      await persistence.queue.run();
  }

  nowSec(): number {
    return Math.floor(this.#context.host.clock.wallMs() / 1000);
  }

  #insert(aor: string, ruid: string, data: BindingData, options?: WriteOptions): Maybe<Binding> {
    const binding = this.place(aor, ruid, data, BindingState.new);
    this.#context.emit('insert', binding, this);
    return then(this.#persist(binding, options), () => binding);
  }

  #isDue(binding: StoredBinding, nowSec: number): boolean {
    if (!isValidAt(binding, nowSec)) return true;
    const { ka_mode, ka_timeout } = this.#context.config;
    return ka_mode !== 0 && ka_timeout > 0 && binding.lastKeepaliveSec + ka_timeout < nowSec;
  }

  #expire(binding: StoredBinding): void {
    this.expiredCount++;
    this.#context.emit('expire', binding, this);
    if (this.#context.config.close_expired_tcp !== 0 && binding.connectionId > 0)
      this.#context.host.transport.closeConnection(binding.connectionId);
    this.table.remove(binding);
    if (this.#persistence.kind !== 'none') this.#persistence.queue.add(binding);
  }

  #persist(binding: StoredBinding, options?: WriteOptions): Maybe<void> {
    const persistence = this.#persistence;
    if (persistence.kind === 'none' || options?.memoryOnly === true) return;
    if (persistence.kind === 'through') return persistence.queue.write(binding);
    persistence.queue.add(binding);
  }

  #own(binding: Binding): StoredBinding | undefined {
    return this.table.byRuid(binding.ruid);
  }
}
