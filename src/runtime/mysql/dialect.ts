import { DatabaseError } from '../../base/errors.ts';
import type { DbStatement, DbValue } from '../../base/ports.ts';
import type { TableColumns } from '../sql/catalog.ts';
import { sqlTime } from '../sql/localTime.ts';
import {
  type Bound,
  type Dialect,
  deleteSql,
  insertSql,
  quoted,
  type Sql,
  splitKeys,
  updateSql,
  whereSql,
} from '../sql/statements.ts';

/** MySQL's way of writing SQL for the columns of one table. */
export function mysqlDialect(columns: TableColumns, serverTimezone: boolean): Dialect {
  const isServerTime = (column: string): boolean => serverTimezone && columns.get(column)?.isTime === true;
  return {
    quote: '`',
    mark: (_position, column) => (isServerTime(column) ? 'FROM_UNIXTIME(?)' : '?'),
    cell: (column) => {
      const name = quoted(column, { quote: '`' });
      return isServerTime(column) ? `UNIX_TIMESTAMP(${name}) AS ${name}` : name;
    },
  };
}

export function mysqlWrite(dialect: Dialect, statement: DbStatement, delayed: boolean): readonly Sql[] {
  const { table } = statement;
  switch (statement.kind) {
    case 'insert': {
      const sql = insertSql(dialect, table, statement.row);
      return [delayed ? { ...sql, text: sql.text.replace(/^INSERT/, 'INSERT DELAYED') } : sql];
    }
    case 'update':
      return [updateSql(dialect, table, statement.set, statement.where)];
    case 'delete':
      return [deleteSql(dialect, table, statement.where)];
    case 'upsert':
      return upsertSql(dialect, table, statement.keys, statement.row);
  }
}

/** By hand: the keys need no unique index, as with Kamailio's `replace` and `insert_update`. */
function upsertSql(
  dialect: Dialect,
  table: string,
  keys: readonly string[],
  row: Readonly<Record<string, DbValue>>,
): readonly Sql[] {
  const { where, rest } = splitKeys(keys, row);
  const update = updateSql(dialect, table, Object.keys(rest).length > 0 ? rest : row, where);
  const insert = insertSql(dialect, table, row);
  const values: Bound[] = [...insert.values];
  const names = insert.text.slice(0, insert.text.indexOf(' VALUES ('));
  const marks = insert.text.slice(names.length + ' VALUES ('.length, -1);
  const none = `NOT EXISTS (SELECT 1 FROM ${quoted(table, dialect)}${whereSql(dialect, where, values)})`;
  return [update, { text: `${names} SELECT ${marks} FROM DUAL WHERE ${none}`, values }];
}

/** Numbers go as text: the server takes them for any type of column, and none gets a fraction. */
export function mysqlBind(
  value: DbValue,
  column: string,
  columns: TableColumns,
  serverTimezone: boolean,
): DbValue {
  if (typeof value === 'string' && value.includes('\0')) {
    throw new DatabaseError('DB_VALUE', 'text with a NUL character');
  }
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'number') return value ?? null;
  return columns.get(column)?.isTime === true && !serverTimezone ? sqlTime(value) : String(value);
}
