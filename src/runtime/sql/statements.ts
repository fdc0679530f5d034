import { DatabaseError } from '../../base/errors.ts';
import type { DbCondition, DbQuery, DbValue } from '../../base/ports.ts';

/** How a database writes SQL. */
export interface Dialect {
  /** Around names. */
  readonly quote: '"' | '`';
  /** The place of a value; `position` counts from 1. */
  mark(position: number, column: string): string;
  /** The cell of a column among the results. */
  cell(column: string): string;
}

/** SQL text with its values in order, each with the column that it belongs to. */
export interface Sql {
  readonly text: string;
  readonly values: readonly { readonly column: string; readonly value: DbValue }[];
}

type Row = Readonly<Record<string, DbValue>>;
export type Bound = { column: string; value: DbValue };

export function selectSql(dialect: Dialect, query: DbQuery): Sql {
  const columns =
    query.columns.length === 0 ? '*' : query.columns.map((name) => dialect.cell(name)).join(', ');
  const values: Bound[] = [];
  let text = `SELECT ${columns} FROM ${quoted(query.table, dialect)}${whereSql(dialect, query.where ?? [], values)}`;
  if (query.orderBy !== undefined && query.orderBy !== '')
    text += ` ORDER BY ${orderSql(dialect, query.orderBy)}`;
  if (query.limit !== undefined) text += ` LIMIT ${Math.max(0, Math.trunc(query.limit))}`;
  return { text, values };
}

export function insertSql(dialect: Dialect, table: string, row: Row): Sql {
  const columns = Object.keys(row);
  const marks = columns.map((column, i) => dialect.mark(i + 1, column)).join(', ');
  const names = columns.map((column) => quoted(column, dialect)).join(', ');
  const text = `INSERT INTO ${quoted(table, dialect)} (${names}) VALUES (${marks})`;
  return { text, values: columns.map((column) => ({ column, value: row[column] ?? null })) };
}

export function updateSql(dialect: Dialect, table: string, set: Row, where: readonly DbCondition[]): Sql {
  const values: Bound[] = [];
  const assignments = Object.entries(set).map(([column, value]) => {
    values.push({ column, value });
    return `${quoted(column, dialect)} = ${dialect.mark(values.length, column)}`;
  });
  const text = `UPDATE ${quoted(table, dialect)} SET ${assignments.join(', ')}${whereSql(dialect, where, values)}`;
  return { text, values };
}

export function deleteSql(dialect: Dialect, table: string, where: readonly DbCondition[]): Sql {
  const values: Bound[] = [];
  const text = `DELETE FROM ${quoted(table, dialect)}${whereSql(dialect, where, values)}`;
  return { text, values };
}

/** The keys of an upsert as conditions, and the rest of the row. */
export function splitKeys(keys: readonly string[], row: Row): { where: DbCondition[]; rest: Row } {
  if (keys.length === 0) throw new DatabaseError('DB_KEYS', 'an upsert without keys would change every row');
  const where = keys.map((column): DbCondition => ({ column, op: '=', value: row[column] ?? null }));
  const rest = Object.fromEntries(Object.entries(row).filter(([column]) => !keys.includes(column)));
  return { where, rest };
}

export function whereSql(dialect: Dialect, conditions: readonly DbCondition[], values: Bound[]): string {
  if (conditions.length === 0) return '';
  return ` WHERE ${conditions.map((condition) => conditionSql(dialect, condition, values)).join(' AND ')}`;
}

function conditionSql(dialect: Dialect, { column, op, value }: DbCondition, values: Bound[]): string {
  const name = quoted(column, dialect);
  if (value === null && op === '=') return `${name} IS NULL`;
  if (value === null && op === '!=') return `${name} IS NOT NULL`;
  values.push({ column, value });
  return `${name} ${op} ${dialect.mark(values.length, column)}`;
}

/** SQL as SQLite has it. */
export const ansi: Dialect = {
  quote: '"',
  mark: () => '?',
  cell: (column) => quoted(column),
};

const nameShape = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Names come from configs: what is no plain name is refused instead of escaped. */
export function quoted(name: string, { quote }: Pick<Dialect, 'quote'> = ansi): string {
  if (!nameShape.test(name)) throw new DatabaseError('DB_NAME', `'${name}' is no name of a table or column`);
  return quote + name + quote;
}

/** `a, b DESC`. */
function orderSql(dialect: Dialect, order: string): string {
  return order
    .split(',')
    .map((part) => {
      const [name = '', direction = '', ...more] = part.trim().split(/\s+/);
      if (more.length > 0 || !/^(|asc|desc)$/i.test(direction)) {
        throw new DatabaseError('DB_NAME', `'${order}' is no order of columns`);
      }
      return `${quoted(name, dialect)} ${direction}`.trimEnd();
    })
    .join(', ');
}

/** Literals, quoted names and comments: a semicolon in them ends nothing. */
const opaque = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*.*?\*\//gs;

/** Does anything but white space and comments stand behind a semicolon? */
export function hasSeveralStatements(sql: string): boolean {
  const bare = sql.replace(opaque, ' ').trimEnd();
  const end = bare.indexOf(';');
  return end >= 0 && /[^;\s]/.test(bare.slice(end));
}
