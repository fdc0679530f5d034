import { errorText, isOutage } from '../../base/errors.ts';
import type { Database, DbStatement, DbValue } from '../../base/ports.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { Host } from '../../module/host.ts';
import {
  bindExtras,
  bindLegs,
  type Extra,
  type ExtraValue,
  type LegAttribute,
  legsOf,
  valuesOf,
} from './extras.ts';
import type { AccConfig } from './params.ts';
import type { AccountRecord } from './record.ts';
import { dbTimes } from './times.ts';

/** Records on their way to the database; more are dropped and counted, so that a dead database costs no memory. */
const maxPending = 10_000;

type TextMaker = (context: ScriptContext) => string;

/** Accounting to a database: a row a record, or a row a leg. */
export class DbWriter {
  readonly #host: Host;
  readonly #config: AccConfig;
  #database: Database | undefined;
  #extras: readonly Extra[] = [];
  #legs: readonly LegAttribute[] = [];
  #accTable: TextMaker = () => '';
  #missedTable: TextMaker = () => '';
  #pending = 0;
  readonly #idle: (() => void)[] = [];
  droppedCount = 0;

  constructor(host: Host, config: AccConfig) {
    this.#host = host;
    this.#config = config;
  }

  get isOn(): boolean {
    return this.#database !== undefined;
  }

  async start(): Promise<void> {
    const { db_url, db_extra, multi_leg_info, acc_extra_size, db_table_acc, db_table_missed_calls } =
      this.#config;
    const { formats } = this.#host;
    this.#extras = bindExtras('db_extra', db_extra, acc_extra_size, formats);
    this.#legs = bindLegs(multi_leg_info, acc_extra_size, formats);
    this.#accTable = formats.text(db_table_acc);
    this.#missedTable = formats.text(db_table_missed_calls);
    if (db_url !== '') this.#database = await this.#host.database(db_url);
  }

  /** Into the table of transactions; nobody waits. */
  writeAnswered(record: AccountRecord): void {
    void this.write(this.#accTable(record.context), record);
  }

  /** Into the table of missed calls; nobody waits. */
  writeMissed(record: AccountRecord): void {
    void this.write(this.#missedTable(record.context), record);
  }

  /** True when the rows are there. Never rejects. */
  async write(table: string, record: AccountRecord): Promise<boolean> {
    if (this.#database === undefined) return false;
    if (this.#pending >= maxPending) {
      if (this.droppedCount++ % 1000 === 0)
        this.#host.log.error(`database too slow: ${this.droppedCount} accounting record(s) dropped`);
      return false;
    }
    const statements = this.#rows(record).map((row): DbStatement => ({ kind: 'insert', table, row }));
    this.#pending++;
    try {
      await this.#database.batch(statements);
      return true;
    } catch (error) {
      this.#failed(table, error);
      return false;
    } finally {
      this.#pending--;
      if (this.#pending === 0) for (const resolve of this.#idle.splice(0)) resolve();
    }
  }

  /** Resolves when nothing is on its way. */
  settled(): Promise<void> {
    if (this.#pending === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  /** An outage is told once, by the database. */
  #failed(table: string, error: unknown): void {
    if (!isOutage(error)) this.#host.log.error(`failed to insert into table ${table}: ${errorText(error)}`);
  }

  #rows(record: AccountRecord): Record<string, DbValue>[] {
    const c = this.#config;
    const row: Record<string, DbValue> = {
      [c.acc_method_column]: record.method,
      [c.acc_from_tag_column]: record.fromTag,
      [c.acc_to_tag_column]: record.toTag,
      [c.acc_callid_column]: record.callId,
      [c.acc_sip_code_column]: record.code,
      [c.acc_sip_reason_column]: record.reason,
      [c.acc_time_column]: Math.floor(record.timeMicros / 1_000_000),
    };
    for (const { name, value } of dbTimes(c, record.timeMicros)) row[name] = value;
    this.#put(row, valuesOf(this.#extras, record.context));
    const legs = legsOf(this.#legs, record.context.variables.avps);
    if (legs.length === 0) return [row];
    return legs.map((set) => this.#put({ ...row }, set));
  }

  #put(row: Record<string, DbValue>, values: readonly ExtraValue[]): Record<string, DbValue> {
    for (const { name, value } of values)
      row[name] = value ?? (this.#config.acc_extra_nullable === 0 ? '' : null);
    return row;
  }
}
