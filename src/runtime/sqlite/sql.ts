import { DatabaseError } from '../../base/errors.ts';
import type { DbCondition, DbQuery, DbValue } from '../../base/ports.ts';

/** SQL text with the values of its `?` in order, each with the column that it belongs to. */
export interface Sql {
  readonly text: string;
  readonly values: readonly { readonly column: string; readonly value: DbValue }[];
}

type Row = Readonly<Record<string, DbValue>>;
type Bound = { column: string; value: DbValue };

export function selectSql(query: DbQuery): Sql {
  const columns = query.columns.length === 0 ? '*' : query.columns.map(quoted).join(', ');
  const values: Bound[] = [];
  let text = `SELECT ${columns} FROM ${quoted(query.table)}${whereSql(query.where ?? [], values)}`;
  if (query.orderBy !== undefined && query.orderBy !== '') text += ` ORDER BY ${orderSql(query.orderBy)}`;
  if (query.limit !== undefined) text += ` LIMIT ${Math.max(0, Math.trunc(query.limit))}`;
  return { text, values };
}

export function insertSql(table: string, row: Row): Sql {
  const columns = Object.keys(row);
  const marks = columns.map(() => '?').join(', ');
  const text = `INSERT INTO ${quoted(table)} (${columns.map(quoted).join(', ')}) VALUES (${marks})`;
  return { text, values: columns.map((column) => ({ column, value: row[column] ?? null })) };
}

export function updateSql(table: string, set: Row, where: readonly DbCondition[]): Sql {
  const values: Bound[] = [];
  const assignments = Object.entries(set).map(([column, value]) => {
    values.push({ column, value });
    return `${quoted(column)} = ?`;
  });
  const text = `UPDATE ${quoted(table)} SET ${assignments.join(', ')}${whereSql(where, values)}`;
  return { text, values };
}

export function deleteSql(table: string, where: readonly DbCondition[]): Sql {
  const values: Bound[] = [];
  const text = `DELETE FROM ${quoted(table)}${whereSql(where, values)}`;
  return { text, values };
}

/** The keys of an upsert as conditions, and the rest of the row. */
export function splitKeys(keys: readonly string[], row: Row): { where: DbCondition[]; rest: Row } {
  if (keys.length === 0) throw new DatabaseError('DB_KEYS', 'an upsert without keys would change every row');
  const where = keys.map((column): DbCondition => ({ column, op: '=', value: row[column] ?? null }));
  const rest = Object.fromEntries(Object.entries(row).filter(([column]) => !keys.includes(column)));
  return { where, rest };
}

function whereSql(conditions: readonly DbCondition[], values: Bound[]): string {
  if (conditions.length === 0) return '';
  return ` WHERE ${conditions.map((condition) => conditionSql(condition, values)).join(' AND ')}`;
}

function conditionSql({ column, op, value }: DbCondition, values: Bound[]): string {
  if (value === null && op === '=') return `${quoted(column)} IS NULL`;
  if (value === null && op === '!=') return `${quoted(column)} IS NOT NULL`;
  values.push({ column, value });
  return `${quoted(column)} ${op} ?`;
}

const nameShape = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Names come from configs: what is no plain name is refused instead of escaped. */
export function quoted(name: string): string {
  if (!nameShape.test(name)) throw new DatabaseError('DB_NAME', `'${name}' is no name of a table or column`);
  return `"${name}"`;
}

/** `a, b DESC`. */
function orderSql(order: string): string {
  return order
    .split(',')
    .map((part) => {
      const [name = '', direction = '', ...more] = part.trim().split(/\s+/);
      if (more.length > 0 || !/^(|asc|desc)$/i.test(direction)) {
        throw new DatabaseError('DB_NAME', `'${order}' is no order of columns`);
      }
      return `${quoted(name)} ${direction}`.trimEnd();
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
