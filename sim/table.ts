import { DatabaseError } from '../src/base/errors.ts';
import type { DbCondition, DbQuery, DbRow, DbValue } from '../src/base/ports.ts';
import type { ColumnDefinition, TableDefinition } from '../src/base/tables.ts';

type Row = Map<string, DbValue>;
type Given = Readonly<Record<string, DbValue>>;

/** One table in memory, with the rules of its definition: types, defaults, NOT NULL, unique keys. */
export class SimTable {
  readonly definition: TableDefinition;
  #rows: Row[] = [];
  #lastId = 0;

  constructor(definition: TableDefinition) {
    this.definition = definition;
  }

  get size(): number {
    return this.#rows.length;
  }

  /** For undoing a batch. */
  snapshot(): () => void {
    const rows = this.#rows.map((row) => new Map(row));
    const lastId = this.#lastId;
    return () => {
      this.#rows = rows;
      this.#lastId = lastId;
    };
  }

  select(query: DbQuery): { columns: readonly string[]; rows: readonly DbRow[] } {
    const columns =
      query.columns.length > 0 ? query.columns : this.definition.columns.map(({ name }) => name);
    for (const column of columns) this.#column(column);
    const found = this.#matching(query.where ?? []);
    if (query.orderBy) this.#sort(found, query.orderBy);
    const limited = query.limit === undefined ? found : found.slice(0, query.limit);
    return { columns, rows: limited.map((row) => columns.map((column) => row.get(column) ?? null)) };
  }

  insert(given: Given): void {
    for (const name of Object.keys(given)) this.#column(name);
    const row: Row = new Map();
    for (const column of this.definition.columns) row.set(column.name, this.#initial(column, given));
    this.#check(row, undefined);
    this.#rows.push(row);
  }

  update(set: Given, where: readonly DbCondition[]): number {
    const changes = Object.entries(set).map(([name, value]) => ({ column: this.#column(name), value }));
    const found = this.#matching(where);
    for (const row of found) {
      const changed = new Map(row);
      for (const { column, value } of changes) changed.set(column.name, coerce(column, value));
      this.#check(changed, row);
      for (const [name, value] of changed) row.set(name, value);
    }
    return found.length;
  }

  delete(where: readonly DbCondition[]): number {
    const gone = new Set(this.#matching(where));
    this.#rows = this.#rows.filter((row) => !gone.has(row));
    return gone.size;
  }

  upsert(keys: readonly string[], given: Given): void {
    if (keys.length === 0)
      throw new DatabaseError('DB_KEYS', 'an upsert without keys would change every row');
    const where = keys.map((column): DbCondition => ({ column, op: '=', value: given[column] ?? null }));
    if (this.update(given, where) === 0) this.insert(given);
  }

  #column(name: string): ColumnDefinition {
    checkName(name);
    const found = this.definition.columns.find((column) => column.name === name);
    if (found !== undefined) return found;
    throw new DatabaseError('DB_NO_COLUMN', `table ${this.definition.name} has no column ${name}`);
  }

  #initial(column: ColumnDefinition, given: Given): DbValue {
    const value = given[column.name];
    if (column.primaryKey && (value === undefined || value === null)) return ++this.#lastId;
    if (column.primaryKey && typeof value === 'number') this.#lastId = Math.max(this.#lastId, value);
    return coerce(column, value === undefined ? (column.default ?? null) : value);
  }

  #check(row: Row, except: Row | undefined): void {
    for (const { name, notNull } of this.definition.columns) {
      if (notNull && row.get(name) === null) {
        throw new DatabaseError('DB_CONSTRAINT', `${this.definition.name}.${name} must not be NULL`);
      }
    }
    const keys = [
      ...this.definition.columns.filter(({ primaryKey }) => primaryKey).map(({ name }) => [name]),
    ];
    for (const columns of [...keys, ...(this.definition.unique ?? []).map((index) => index.columns)]) {
      const same = (other: Row) =>
        other !== except &&
        columns.every((column) => row.get(column) !== null && row.get(column) === other.get(column));
      if (this.#rows.some(same)) {
        throw new DatabaseError(
          'DB_DUPLICATE',
          `${this.definition.name}: ${columns.join(', ')} exist already`,
        );
      }
    }
  }

  #matching(where: readonly DbCondition[]): Row[] {
    const tests = where.map((condition) => ({ ...condition, definition: this.#column(condition.column) }));
    return this.#rows.filter((row) =>
      tests.every(({ column, op, value, definition }) =>
        holds(row.get(column) ?? null, op, value === null ? null : coerce(definition, value)),
      ),
    );
  }

  #sort(rows: Row[], orderBy: string): void {
    const keys = orderBy.split(',').map((part) => {
      const [name = '', direction = '', ...more] = part.trim().split(/\s+/);
      if (more.length > 0 || !/^(|asc|desc)$/i.test(direction)) {
        throw new DatabaseError('DB_NAME', `'${orderBy}' is no order of columns`);
      }
      return { name: this.#column(name).name, sign: /desc/i.test(direction) ? -1 : 1 };
    });
    rows.sort((one, other) => {
      for (const { name, sign } of keys) {
        const order = compare(one.get(name) ?? null, other.get(name) ?? null);
        if (order !== 0) return order * sign;
      }
      return 0;
    });
  }
}

export function checkName(name: string): void {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    throw new DatabaseError('DB_NAME', `'${name}' is no name of a table or column`);
  }
}

/** As SQLite's column affinities do it; times are seconds. */
function coerce(column: ColumnDefinition, value: DbValue): DbValue {
  if (value === null || value instanceof Uint8Array) return value;
  if (typeof value === 'string' && value.includes('\0')) {
    throw new DatabaseError('DB_VALUE', 'text with a NUL character');
  }
  const { type } = column;
  if (/^(TIMESTAMP|DATE)/.test(type)) {
    return typeof value === 'string' ? Date.parse(`${value.replace(' ', 'T')}Z`) / 1000 : value;
  }
  if (/CHAR|TEXT/.test(type)) return String(value);
  if (
    typeof value === 'string' &&
    /INT|REAL/.test(type) &&
    value.trim() !== '' &&
    !Number.isNaN(Number(value))
  ) {
    return Number(value);
  }
  return value;
}

function holds(cell: DbValue, op: DbCondition['op'], value: DbValue): boolean {
  if (value === null) return op === '=' ? cell === null : op === '!=' && cell !== null;
  if (cell === null) return false;
  const order = compare(cell, value);
  switch (op) {
    case '=':
      return order === 0;
    case '!=':
      return order !== 0;
    case '<':
      return order < 0;
    case '>':
      return order > 0;
    case '<=':
      return order <= 0;
    case '>=':
      return order >= 0;
  }
}

/** NULL first, then numbers, then text. */
function compare(one: DbValue, other: DbValue): number {
  const rank = (value: DbValue) => (value === null ? 0 : typeof value === 'string' ? 2 : 1);
  if (rank(one) !== rank(other)) return rank(one) - rank(other);
  if (one === null || other === null || one === other) return 0;
  return one < other ? -1 : one > other ? 1 : 0;
}
