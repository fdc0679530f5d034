/** A table of the standard database, as data. */
export interface TableDefinition {
  readonly name: string;
  /** The row of the `version` table; 0 for none. */
  readonly version: number;
  readonly columns: readonly ColumnDefinition[];
  readonly unique?: readonly IndexDefinition[];
  readonly indexes?: readonly IndexDefinition[];
}

export interface ColumnDefinition {
  readonly name: string;
  /** As SQL has it: `INTEGER`, `VARCHAR(64)`, `TIMESTAMP WITHOUT TIME ZONE` ... */
  readonly type: string;
  readonly primaryKey?: boolean;
  readonly notNull?: boolean;
  /** undefined: no DEFAULT clause. */
  readonly default?: string | number | null;
}

export interface IndexDefinition {
  readonly name: string;
  readonly columns: readonly string[];
}

/** The SQL that makes a table and its indexes, one statement each (SQLite and PostgreSQL take it). */
export function createTableSql(table: TableDefinition): readonly string[] {
  const lines = [
    ...table.columns.map(columnSql),
    ...(table.unique ?? []).map(({ name, columns }) => `CONSTRAINT ${name} UNIQUE (${columns.join(', ')})`),
  ];
  const indexes = (table.indexes ?? []).map(
    ({ name, columns }) => `CREATE INDEX ${name} ON ${table.name} (${columns.join(', ')})`,
  );
  return [`CREATE TABLE ${table.name} (\n  ${lines.join(',\n  ')}\n)`, ...indexes];
}

function columnSql(column: ColumnDefinition): string {
  let sql = `${column.name} ${column.type}`;
  if (column.primaryKey) sql += ' PRIMARY KEY';
  if (column.default !== undefined) sql += ` DEFAULT ${literal(column.default)}`;
  return column.notNull ? `${sql} NOT NULL` : sql;
}

function literal(value: string | number | null): string {
  if (value === null) return 'NULL';
  return typeof value === 'number' ? String(value) : `'${value.replaceAll("'", "''")}'`;
}
