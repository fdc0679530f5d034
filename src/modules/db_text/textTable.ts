import { DatabaseError } from '../../base/errors.ts';
import type { DbCondition, DbQuery, DbRow, DbValue } from '../../base/ports.ts';
import { type Column, fitting, headerText, readHeader, readRow, rowText, type TextFormat } from './format.ts';

type Given = Readonly<Record<string, DbValue>>;

/** One table in memory. */
export class TextTable {
  readonly columns: readonly Column[];
  readonly #format: TextFormat;
  readonly #positions: ReadonlyMap<string, number>;
  #rows: DbValue[][];
  /** Is there something that the file does not have? */
  isChanged = false;

  /** Reads the text of a file. Throws `DatabaseError` DB_CORRUPT, which names the line. */
  constructor(text: string, format: TextFormat) {
    const [header = '', ...lines] = text.split(/\r?\n/);
    this.#format = format;
    this.columns = readHeader(header);
    this.#positions = new Map(this.columns.map(({ name }, i) => [name, i]));
    this.#rows = [];
    for (const [i, line] of lines.entries()) {
      if (line === '' || this.#rows.length >= format.maxRows) continue;
      try {
        this.#rows.push(readRow(line, this.columns, format));
      } catch (error) {
        throw new DatabaseError('DB_CORRUPT', `line ${i + 2}: ${(error as Error).message}`);
      }
    }
  }

  get size(): number {
    return this.#rows.length;
  }

  /** The whole table as its file has it. */
  text(): string {
    return this.linesOf(this.#rows, this.columns).join('\n').concat('\n');
  }

  /** Header and rows, for files and for people. */
  linesOf(rows: readonly DbRow[], columns: readonly Column[]): string[] {
    return [headerText(columns), ...rows.map((row) => rowText(row, columns, this.#format))];
  }

  /** For undoing what a batch has begun. */
  snapshot(): () => void {
    const rows = this.#rows.map((row) => [...row]);
    const { isChanged } = this;
    return () => {
      this.#rows = rows;
      this.isChanged = isChanged;
    };
  }

  columnsNamed(names: readonly string[]): readonly Column[] {
    return names.length === 0
      ? this.columns
      : names.map((name) => this.columns[this.#position(name)] as Column);
  }

  select(query: DbQuery): DbRow[] {
    const positions = this.columnsNamed(query.columns).map(({ name }) => this.#position(name));
    let found = this.#matching(query.where ?? []);
    if (query.orderBy !== undefined && query.orderBy !== '') found = this.#sorted(found, query.orderBy);
    if (query.limit !== undefined) found = found.slice(0, query.limit);
    return found.map((row) => positions.map((position) => row[position] ?? null));
  }

  /** Columns that are not named count up, or are null, 0 or empty: files have no other defaults. */
  insert(given: Given): void {
    for (const name of Object.keys(given)) this.#position(name);
    const row = this.columns.map((column, i) => {
      const value = given[column.name];
      if (column.isAuto && (value === undefined || value === null)) return this.#nextOf(i);
      if (value !== undefined) return fitting(value, column);
      if (column.isNullable) return null;
      return column.type === 'string' ? '' : 0;
    });
    this.#rows.push(row);
    this.isChanged = true;
  }

  update(set: Given, where: readonly DbCondition[]): number {
    const changes = Object.entries(set).map(([name, value]) => {
      const position = this.#position(name);
      return { position, value: fitting(value, this.columns[position] as Column) };
    });
    const found = this.#matching(where);
    for (const row of found) for (const { position, value } of changes) row[position] = value;
    if (found.length > 0) this.isChanged = true;
    return found.length;
  }

  delete(where: readonly DbCondition[]): number {
    const gone = new Set(this.#matching(where));
    if (gone.size === 0) return 0;
    this.#rows = this.#rows.filter((row) => !gone.has(row));
    this.isChanged = true;
    return gone.size;
  }

  #nextOf(position: number): number {
    let largest = 0;
    for (const row of this.#rows) largest = Math.max(largest, Number(row[position] ?? 0));
    return largest + 1;
  }

  #position(name: string): number {
    const position = this.#positions.get(name);
    if (position !== undefined) return position;
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      throw new DatabaseError('DB_NAME', `'${name}' is no name of a column`);
    }
    throw new DatabaseError('DB_NO_COLUMN', `there is no column ${name}`);
  }

  #matching(where: readonly DbCondition[]): DbValue[][] {
    const tests = where.map(({ column, op, value }) => {
      const position = this.#position(column);
      const { type } = this.columns[position] as Column;
      const wanted = value === null ? null : type === 'string' ? String(value) : Number(value);
      return { position, op, wanted };
    });
    return this.#rows.filter((row) =>
      tests.every(({ position, op, wanted }) => holds(row[position] ?? null, op, wanted)),
    );
  }

  #sorted(rows: readonly DbValue[][], orderBy: string): DbValue[][] {
    const keys = orderBy.split(',').map((part) => {
      const [name = '', direction = '', ...more] = part.trim().split(/\s+/);
      if (more.length > 0 || !/^(|asc|desc)$/i.test(direction)) {
        throw new DatabaseError('DB_NAME', `'${orderBy}' is no order of columns`);
      }
      return { position: this.#position(name), sign: /desc/i.test(direction) ? -1 : 1 };
    });
    return [...rows].sort((one, other) => {
      for (const { position, sign } of keys) {
        const order = compared(one[position] ?? null, other[position] ?? null);
        if (order !== 0) return order * sign;
      }
      return 0;
    });
  }
}

/** SQL's rules: null equals only null, and is in no order. */
function holds(cell: DbValue, op: DbCondition['op'], wanted: string | number | null): boolean {
  if (wanted === null) return op === '=' ? cell === null : op === '!=' ? cell !== null : false;
  if (cell === null) return false;
  const order = compared(cell, wanted);
  switch (op) {
    case '=':
      return order === 0;
    case '!=':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}

/** Null first; numbers by size, texts by code. */
function compared(one: DbValue, other: DbValue): number {
  if (one === null || other === null) return one === other ? 0 : one === null ? -1 : 1;
  return one < other ? -1 : one > other ? 1 : 0;
}
