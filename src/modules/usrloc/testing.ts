import { DatabaseError } from '../../base/errors.ts';
import type { Database, DbCondition, DbQuery, DbResult, DbStatement, DbValue } from '../../base/ports.ts';

type Row = Record<string, DbValue>;

/** A database in memory for tests: tables with an `id`, failure and delay on demand. */
export class FakeDatabase implements Database {
  readonly tables = new Map<string, Row[]>();
  /** When set, everything is refused with this text. */
  failure: string | undefined;
  /** Columns that must be unique, by table. */
  readonly unique: Record<string, string> = { location: 'ruid' };
  batches = 0;
  /** Resolved before each answer; replace it to hold answers back. */
  gate: () => Promise<void> = () => Promise.resolve();
  #nextId = 1;

  table(name: string): Row[] {
    const rows = this.tables.get(name) ?? [];
    this.tables.set(name, rows);
    return rows;
  }

  async query(query: DbQuery): Promise<DbResult> {
    await this.#answer();
    let rows = this.table(query.table).filter((row) => matches(row, query.where ?? []));
    if (query.orderBy !== undefined) {
      const by = query.orderBy;
      rows = rows.slice().sort((a, b) => Number(a[by]) - Number(b[by]));
    }
    const found = rows.slice(0, query.limit ?? rows.length);
    return {
      columns: query.columns,
      rows: found.map((row) => query.columns.map((name) => row[name] ?? null)),
      affected: 0,
    };
  }

  async insert(table: string, row: Row): Promise<void> {
    await this.batch([{ kind: 'insert', table, row }]);
  }
  async upsert(table: string, keys: readonly string[], row: Row): Promise<void> {
    await this.batch([{ kind: 'upsert', table, keys, row }]);
  }
  async update(table: string, set: Row, where: readonly DbCondition[]): Promise<number> {
    await this.#answer();
    return this.#apply({ kind: 'update', table, set, where });
  }
  async delete(table: string, where: readonly DbCondition[]): Promise<number> {
    await this.#answer();
    return this.#apply({ kind: 'delete', table, where });
  }
  async raw(): Promise<DbResult> {
    throw new DatabaseError('FAKE', 'the fake knows no SQL');
  }
  async close(): Promise<void> {}

  async batch(statements: readonly DbStatement[]): Promise<void> {
    this.batches++;
    await this.#answer();
    const before = new Map([...this.tables].map(([name, rows]) => [name, rows.map((row) => ({ ...row }))]));
    try {
      for (const statement of statements) this.#apply(statement);
    } catch (error) {
      for (const [name, rows] of before) this.tables.set(name, rows);
      throw error;
    }
  }

  async #answer(): Promise<void> {
    await this.gate();
    if (this.failure !== undefined) throw new DatabaseError('FAKE', this.failure);
  }

  #apply(statement: DbStatement): number {
    const rows = this.table(statement.table);
    switch (statement.kind) {
      case 'insert':
        this.#insert(statement.table, statement.row);
        return 1;
      case 'upsert': {
        const same = rows.find((row) => statement.keys.every((key) => row[key] === statement.row[key]));
        if (same === undefined) this.#insert(statement.table, statement.row);
        else Object.assign(same, statement.row);
        return 1;
      }
      case 'update': {
        const found = rows.filter((row) => matches(row, statement.where));
        for (const row of found) Object.assign(row, statement.set);
        return found.length;
      }
      case 'delete': {
        const kept = rows.filter((row) => !matches(row, statement.where));
        this.tables.set(statement.table, kept);
        return rows.length - kept.length;
      }
    }
  }

  #insert(table: string, row: Row): void {
    const unique = this.unique[table];
    if (unique !== undefined && this.table(table).some((other) => other[unique] === row[unique]))
      throw new DatabaseError('FAKE', `UNIQUE constraint failed: ${table}.${unique}`);
    this.table(table).push({ id: this.#nextId++, ...row });
  }
}

function matches(row: Row, where: readonly DbCondition[]): boolean {
  return where.every((condition) => holds(row[condition.column] ?? null, condition));
}

function holds(own: DbValue, { op, value }: DbCondition): boolean {
  if (own === null || value === null) return op === '=' ? own === value : op === '!=' && own !== value;
  switch (op) {
    case '=':
      return own === value;
    case '!=':
      return own !== value;
    case '<':
      return own < value;
    case '>':
      return own > value;
    case '<=':
      return own <= value;
    case '>=':
      return own >= value;
  }
}
