import type { SqlDialect } from './databasePort.ts';

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

/** The SQL that makes a table and its indexes, one statement each. */
export function createTableSql(table: TableDefinition, dialect: SqlDialect = 'sqlite'): readonly string[] {
  const quote = (name: string) => (dialect === 'mysql' ? `\`${name}\`` : name);
  const list = (columns: readonly string[]) => columns.map(quote).join(', ');
  const lines = [
    ...table.columns.map((column) => columnSql(column, dialect, quote)),
    ...(table.unique ?? []).map(({ name, columns }) => `CONSTRAINT ${name} UNIQUE (${list(columns)})`),
  ];
  const indexes = (table.indexes ?? []).map(
    ({ name, columns }) => `CREATE INDEX ${name} ON ${quote(table.name)} (${list(columns)})`,
  );
  return [`CREATE TABLE ${quote(table.name)} (\n  ${lines.join(',\n  ')}\n)`, ...indexes];
}

function columnSql(column: ColumnDefinition, dialect: SqlDialect, quote: (name: string) => string): string {
  let sql = `${quote(column.name)} ${typeIn(dialect, column)}`;
  if (column.primaryKey) sql += ' PRIMARY KEY';
  if (column.default !== undefined) sql += ` DEFAULT ${literal(column.default)}`;
  return column.notNull ? `${sql} NOT NULL` : sql;
}

/** A type and how it counts up, in the words of a database. */
function typeIn(dialect: SqlDialect, { type, primaryKey = false }: ColumnDefinition): string {
  if (dialect === 'mysql') {
    if (primaryKey && type === 'INTEGER') return 'INT(10) UNSIGNED AUTO_INCREMENT';
    if (type.startsWith('TIMESTAMP')) return 'DATETIME';
    if (type === 'TEXT') return 'MEDIUMTEXT';
    return type === 'BLOB' ? 'MEDIUMBLOB' : type;
  }
  if (dialect === 'postgres') {
    if (primaryKey && type === 'INTEGER') return 'SERIAL';
    return type === 'BLOB' ? 'BYTEA' : type;
  }
  return type;
}

function literal(value: string | number | null): string {
  if (value === null) return 'NULL';
  return typeof value === 'number' ? String(value) : `'${value.replaceAll("'", "''")}'`;
}
