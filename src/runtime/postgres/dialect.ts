import type { DbStatement, DbValue } from '../../base/ports.ts';
import type { TableColumns } from '../sql/catalog.ts';
import {
  ansi,
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

/** SQL as PostgreSQL has it. */
export const postgresDialect: Dialect = {
  quote: '"',
  mark: (position) => `$${position}`,
  cell: (column) => quoted(column),
};

export function postgresWrite(statement: DbStatement, columns: TableColumns): readonly Sql[] {
  const { table } = statement;
  switch (statement.kind) {
    case 'insert':
      return [insertSql(postgresDialect, table, statement.row)];
    case 'update':
      return [updateNumbered(table, statement.set, statement.where)];
    case 'delete':
      return [deleteSql(postgresDialect, table, statement.where)];
    case 'upsert':
      return [upsertSql(table, statement.keys, statement.row, columns)];
  }
}

function updateNumbered(
  ...args: [string, Readonly<Record<string, DbValue>>, Parameters<typeof deleteSql>[2]]
): Sql {
  return updateSql(postgresDialect, ...args);
}

/**
 * One statement: an update whose success keeps the insert from happening. The keys need no unique index, as with
 * Kamailio's `replace` and `insert_update`.
 */
function upsertSql(
  table: string,
  keys: readonly string[],
  row: Readonly<Record<string, DbValue>>,
  columns: TableColumns,
): Sql {
  const { where, rest } = splitKeys(keys, row);
  const values: Bound[] = [];
  const mark = (column: string, value: DbValue): string => {
    values.push({ column, value });
    return `$${values.length}`;
  };
  const set = Object.entries(Object.keys(rest).length > 0 ? rest : row)
    .map(([column, value]) => `${quoted(column)} = ${mark(column, value)}`)
    .join(', ');
  const condition = whereSql(postgresDialect, where, values);
  const names = Object.keys(row).map((column) => quoted(column));
  // in a SELECT the server cannot see what type a value is to have
  const cells = Object.entries(row).map(([column, value]) => {
    const type = columns.get(column)?.sqlType;
    return type === undefined ? mark(column, value) : `CAST(${mark(column, value)} AS ${type})`;
  });
  const text =
    `WITH met AS (UPDATE ${quoted(table, ansi)} SET ${set}${condition} RETURNING 1) ` +
    `INSERT INTO ${quoted(table, ansi)} (${names.join(', ')}) ` +
    `SELECT ${cells.join(', ')} WHERE NOT EXISTS (SELECT 1 FROM met)`;
  return { text, values };
}
