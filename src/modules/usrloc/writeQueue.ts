import { errorText, isOutage } from '../../base/errors.ts';
import type { Database, DbStatement, Log } from '../../base/ports.ts';
import { BindingState, type StoredBinding } from './binding.ts';
import type { RowMapper } from './rows.ts';

/** Bindings written in one transaction. */
const groupSize = 200;
/** Removed bindings whose rows are still to be deleted; beyond that the rows are left to expire. */
const maxRemoved = 50_000;
/** After so many failures in a row the database is taken to be away until the next round. */
const maxFailuresInRow = 3;

interface Failure {
  readonly reason: unknown;
  /** Nothing could be written any more: do not try the rest now. */
  readonly isAway: boolean;
}

/**
 * Brings bindings to their table: at once (write-through) or when flushed (write-back). One group is under way
 * at a time, so that writes of one binding keep their order, and simultaneous ones share a transaction.
 * What could not be written is kept and tried again at the next flush.
 */
export class WriteQueue {
  readonly #database: Database;
  readonly #rows: RowMapper;
  readonly #table: string;
  readonly #log: Log;
  readonly #pending = new Set<StoredBinding>();
  readonly #failed = new Set<StoredBinding>();
  readonly #waiters = new Map<StoredBinding, (() => void)[]>();
  #running: Promise<void> | undefined;
  #removedCount = 0;
  /** Rows that nobody will delete. */
  #dropped = 0;

  constructor(database: Database, rows: RowMapper, table: string, log: Log) {
    this.#database = database;
    this.#rows = rows;
    this.#table = table;
    this.#log = log;
  }

  /** Those that no failure has put off. */
  get pending(): number {
    return this.#pending.size;
  }

  get size(): number {
    return this.#pending.size + this.#failed.size;
  }

  /** To be written at the next flush; what it is then counts, not what it is now. */
  add(binding: StoredBinding): void {
    const known = this.#pending.has(binding) || this.#failed.delete(binding);
    if (binding.removed && !known) {
      if (binding.dbState === BindingState.new && !this.#isUnderWay) return;
      if (this.#removedCount >= maxRemoved) {
        this.#dropped++;
        return;
      }
    }
    if (binding.removed) this.#removedCount++;
    this.#pending.add(binding);
  }

  /** Resolves when the binding is written, or could not be. */
  write(binding: StoredBinding): Promise<void> {
    this.add(binding);
    if (!this.#pending.has(binding)) return Promise.resolve();
    const done = new Promise<void>((resolve) => {
      const waiters = this.#waiters.get(binding);
      if (waiters === undefined) this.#waiters.set(binding, [resolve]);
      else waiters.push(resolve);
    });
    void this.run();
    return done;
  }

  /** Writes all that is waiting, failed ones included; resolves when tried. */
  flush(): Promise<void> {
    for (const binding of this.#failed) this.#pending.add(binding);
    this.#failed.clear();
    return this.run();
  }

  get #isUnderWay(): boolean {
    return this.#running !== undefined;
  }

  /** Writes what no failure has put off. */
  run(): Promise<void> {
    this.#running ??= this.#drain();
    return this.#running;
  }

  async #drain(): Promise<void> {
    let isAway = false;
    let reason: unknown = '';
    // gives simultaneous requests the chance to share the first transaction
    await Promise.resolve();
    while (this.#pending.size > 0) {
      const group = this.#takeGroup();
      if (isAway) {
        for (const binding of group) this.#keepForLater(binding);
      } else {
        const failure = await this.#writeGroup(group);
        reason = failure?.reason ?? reason;
        isAway = failure?.isAway === true;
      }
      this.#tellWaiters(group);
    }
    // in the same step as the last look at what is pending: who adds later starts anew
    this.#running = undefined;
    if (this.#dropped > 0)
      this.#log.error(`too many rows to delete from ${this.#table}: ${this.#dropped} are left to expire`);
    this.#dropped = 0;
    // an outage is told once, by the database
    if (this.#failed.size > 0 && !isOutage(reason))
      this.#log.error(
        `cannot write ${this.#failed.size} binding(s) to table ${this.#table}, trying again later: ${errorText(reason)}`,
      );
  }

  #takeGroup(): StoredBinding[] {
    const group: StoredBinding[] = [];
    for (const binding of this.#pending) {
      group.push(binding);
      this.#pending.delete(binding);
      if (binding.removed) this.#removedCount--;
      if (group.length >= groupSize) break;
    }
    return group;
  }

  #tellWaiters(group: readonly StoredBinding[]): void {
    for (const binding of group) {
      const waiters = this.#waiters.get(binding);
      if (waiters === undefined) continue;
      this.#waiters.delete(binding);
      for (const resolve of waiters) resolve();
    }
  }

  /** All in one transaction; when that fails one by one, so that a bad row does not keep the others out. */
  async #writeGroup(group: readonly StoredBinding[]): Promise<Failure | undefined> {
    if ((await this.#try(group, false)) === undefined) return undefined;
    let reason: unknown;
    let inRow = 0;
    for (const binding of group) {
      const skip = inRow >= maxFailuresInRow;
      const failure: unknown = skip ? reason : await this.#try([binding], true);
      if (failure === undefined) {
        inRow = 0;
        continue;
      }
      inRow++;
      reason = failure;
      this.#keepForLater(binding);
    }
    return reason === undefined
      ? undefined
      : { reason, isAway: inRow >= Math.min(maxFailuresInRow, group.length) };
  }

  #keepForLater(binding: StoredBinding): void {
    if (this.#pending.has(binding)) return;
    if (binding.removed && this.#removedCount >= maxRemoved) {
      this.#dropped++;
      return;
    }
    if (binding.removed) this.#removedCount++;
    this.#failed.add(binding);
  }

  async #try(group: readonly StoredBinding[], again: boolean): Promise<unknown> {
    const statements: DbStatement[] = [];
    const removed = group.map((binding) => binding.removed);
    for (const binding of group) statements.push(...this.#statementsFor(binding, again));
    try {
      if (statements.length > 0) await this.#database.batch(statements);
    } catch (error) {
      return error;
    }
    for (const [i, binding] of group.entries()) this.#noteWritten(binding, removed[i] === true);
    return undefined;
  }

  #noteWritten(binding: StoredBinding, wasRemoved: boolean): void {
    // changed while it was written: the row is there, but not up to date
    const changed = this.#pending.has(binding);
    if (!wasRemoved) binding.dbState = changed ? BindingState.dirty : BindingState.sync;
  }

  #statementsFor(binding: StoredBinding, again: boolean): readonly DbStatement[] {
    if (binding.removed) return this.#rows.delete(this.#table, binding);
    if (binding.dbState === BindingState.new) return this.#rows.insert(this.#table, binding, again);
    return this.#rows.update(this.#table, binding);
  }
}
