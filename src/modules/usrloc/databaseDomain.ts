import { errorText, isOutage } from '../../base/errors.ts';
import type { Database, DbCondition, DbResult, DbStatement } from '../../base/ports.ts';
import type { XavpNode } from '../../module/variables.ts';
import type {
  Binding,
  BindingData,
  LocationDomain,
  LocationRecord,
  Match,
  MatchKey,
  Maybe,
  WriteOptions,
} from './api.ts';
import { BindingState, isValidAt, StoredBinding } from './binding.ts';
import { matchInRecord } from './matching.ts';
import type { DomainContext } from './memoryDomain.ts';
import { insertOrdered } from './recordTable.ts';
import { addAttribute, attributeColumns, attributeTable, type LocationRow, type RowMapper } from './rows.ts';
import { StringPool } from './strings.ts';

/** Rows of one AoR that are read at most: more is no registration but a mistake. */
const maxRowsOfAor = 1000;
/** Expired rows announced in one sweep. */
const maxExpiredRows = 2000;

/**
 * A location table without a copy in memory (db_mode 3): each question and each change is a query, and rejects
 * with a `DatabaseError` when the database fails.
 */
export class DatabaseDomain implements LocationDomain {
  readonly name: string;
  /** Not known without asking the database: 0, as Kamailio tells in this mode. */
  readonly userCount = 0;
  readonly contactCount = 0;
  expiredCount = 0;
  readonly #context: DomainContext;
  readonly #database: Database;
  /** The last work on each AoR that is being changed. */
  readonly #turns = new Map<string, Promise<void>>();
  readonly #rows: RowMapper;
  /** Rows come fresh from the driver and live as long as their request: nothing is worth sharing. */
  readonly #strings = new StringPool(0);

  constructor(name: string, context: DomainContext, database: Database, rows: RowMapper) {
    this.name = name;
    this.#context = context;
    this.#database = database;
    this.#rows = rows;
  }

  async getRecord(aor: string): Promise<LocationRecord | undefined> {
    const bindings = await this.#find(this.#rows.ofAor(aor), maxRowsOfAor);
    return bindings.length === 0 ? undefined : { aor, bindings };
  }

  async getByRuid(ruid: string): Promise<Binding | undefined> {
    return (await this.#find(this.#rows.ofRuid(ruid), 1))[0];
  }

  async exclusively<T>(aor: string, work: () => Maybe<T>): Promise<T> {
    const before = this.#turns.get(aor);
    const turn = (async () => {
      await before;
      return work();
    })();
    // the next in the row waits for the end, however it comes
    const ended = turn.then(nothing, nothing);
    this.#turns.set(aor, ended);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(aor) === ended) this.#turns.delete(aor);
    }
  }

  isValid(binding: Binding, nowSec: number): boolean {
    return isValidAt(binding, nowSec);
  }

  match(record: LocationRecord | undefined, key: MatchKey): Match {
    return matchInRecord(record, key, this.#context.config, this.nowSec());
  }

  async insert(aor: string, data: BindingData): Promise<Binding> {
    return this.#insert(aor, this.#context.ruids.next(), data);
  }

  async add(aor: string, data: BindingData): Promise<Binding> {
    return this.#insert(aor, this.#context.ruids.next('ulcx'), data);
  }

  async update(binding: Binding, data: BindingData, _options?: WriteOptions): Promise<void> {
    const changed = this.#make(binding.aor, binding.ruid, data);
    await this.#write(this.#rows.update(this.name, changed));
    this.#context.emit('update', changed, this);
  }

  async remove(binding: Binding): Promise<void> {
    await this.#write(this.#rows.delete(this.name, binding));
    this.#context.emit('delete', binding, this);
  }

  async removeRecord(record: LocationRecord): Promise<void> {
    const statements = record.bindings.flatMap((binding) => this.#rows.delete(this.name, binding));
    await this.#write(statements);
    for (const binding of record.bindings) this.#context.emit('delete', binding, this);
  }

  async removeByRuid(ruid: string): Promise<boolean> {
    const binding = await this.getByRuid(ruid);
    if (binding === undefined) return false;
    await this.remove(binding);
    return true;
  }

  /** Nobody keeps track in the table. */
  noteKeepalive(): boolean {
    return false;
  }

  async forEach(visit: (binding: Binding) => void): Promise<void> {
    const page = this.#context.config.fetch_rows;
    for (let after = -1; ; ) {
      const result = await this.#query([{ column: 'id', op: '>', value: after }], page, 'id');
      for (const row of result.rows) {
        const read = this.#rows.read(row);
        after = read.id;
        visit(this.#bindingOf(read));
      }
      if (result.rows.length < page) return;
    }
  }

  /** Announces and deletes rows that have expired `rm_expired_delay` seconds ago. */
  async sweep(): Promise<void> {
    try {
      for (const binding of await this.#find(this.#expiredConditions(), maxExpiredRows)) {
        this.expiredCount++;
        this.#context.emit('expire', binding, this);
        await this.#write(this.#rows.delete(this.name, binding));
      }
    } catch (error) {
      if (isOutage(error)) return; // told once, by the database
      this.#context.host.log.error(`cannot clean table ${this.name}: ${errorText(error)}`);
    }
  }

  nowSec(): number {
    return Math.floor(this.#context.host.clock.wallMs() / 1000);
  }

  #expiredConditions(): DbCondition[] {
    const { config, host } = this.#context;
    const where: DbCondition[] = [
      { column: config.expires_column, op: '>', value: 0 },
      { column: config.expires_column, op: '<', value: this.nowSec() - config.rm_expired_delay },
    ];
    if (config.server_id_filter !== 0)
      where.push({
        column: config.server_id_column,
        op: '=',
        value: Number(host.settings.get('server_id') ?? 0),
      });
    return where;
  }

  async #insert(aor: string, ruid: string, data: BindingData): Promise<Binding> {
    const binding = this.#make(aor, ruid, data);
    await this.#write(this.#rows.insert(this.name, binding, false));
    this.#context.emit('insert', binding, this);
    return binding;
  }

  #make(aor: string, ruid: string, data: BindingData): StoredBinding {
    const binding = new StoredBinding(aor, ruid);
    binding.assign(data, this.#strings);
    binding.dbState = BindingState.sync;
    return binding;
  }

  #bindingOf(row: LocationRow): StoredBinding {
    const binding = this.#make(row.aor, row.ruid, row.data);
    // another server's connection, or one from before the restart
    if (!this.#context.ruids.isOwn(row.ruid)) binding.connectionId = 0;
    return binding;
  }

  async #find(where: readonly DbCondition[], limit: number): Promise<StoredBinding[]> {
    const result = await this.#query(where, limit, 'id');
    const bindings: StoredBinding[] = [];
    const newestFirst = this.#context.config.desc_time_order !== 0;
    for (const row of result.rows)
      insertOrdered(bindings, this.#bindingOf(this.#rows.read(row)), newestFirst);
    if (this.#context.config.xavp_contact !== '')
      for (const binding of bindings) binding.attributes = await this.#attributesOf(binding.ruid);
    return bindings;
  }

  async #attributesOf(ruid: string): Promise<XavpNode | undefined> {
    const query = {
      table: attributeTable(this.name),
      columns: attributeColumns,
      where: [{ column: 'ruid', op: '=', value: ruid }] as const,
      orderBy: 'id',
    };
    let node: XavpNode | undefined;
    for (const row of (await this.#database.query(query)).rows) node = addAttribute(node, row);
    return node;
  }

  #query(where: readonly DbCondition[], limit: number, orderBy: string): Promise<DbResult> {
    const columns = this.#rows.columns;
    return this.#database.query({ table: this.name, columns, where, limit, orderBy });
  }

  #write(statements: readonly DbStatement[]): Promise<void> {
    return this.#database.batch(statements);
  }
}

function nothing(): void {}
