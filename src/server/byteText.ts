import { isUtf8 } from 'node:buffer';
import type {
  Database,
  DatabaseStatus,
  DbCondition,
  DbQuery,
  DbResult,
  DbRow,
  DbStatement,
  DbValue,
  SqlDialect,
} from '../base/ports.ts';

type Row = Readonly<Record<string, DbValue>>;

/**
 * A database as modules see it. Texts of messages have a character for each byte; databases hold characters. Here the
 * ones become the others, so that a table shows the name that the phone sent, and a message gets it back byte for byte.
 */
export class ByteTextDatabase implements Database {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async query(query: DbQuery): Promise<DbResult> {
    const where = query.where === undefined ? query : { ...query, where: conditions(query.where) };
    return resultOf(await this.#database.query(where));
  }
  insert(table: string, row: Row): Promise<void> {
    return this.#database.insert(table, rowOf(row));
  }
  upsert(table: string, keys: readonly string[], row: Row): Promise<void> {
    return this.#database.upsert(table, keys, rowOf(row));
  }
  update(table: string, set: Row, where: readonly DbCondition[]): Promise<number> {
    return this.#database.update(table, rowOf(set), conditions(where));
  }
  delete(table: string, where: readonly DbCondition[]): Promise<number> {
    return this.#database.delete(table, conditions(where));
  }
  async raw(sql: string, parameters?: readonly DbValue[]): Promise<DbResult> {
    return resultOf(await this.#database.raw(characters(sql), parameters?.map(cellOf)));
  }
  batch(statements: readonly DbStatement[]): Promise<void> {
    return this.#database.batch(statements.map(statementOf));
  }
  close(): Promise<void> {
    return this.#database.close();
  }
  get dialect(): SqlDialect | undefined {
    return this.#database.dialect;
  }
  status(): DatabaseStatus | undefined {
    return this.#database.status?.();
  }
}

function statementOf(statement: DbStatement): DbStatement {
  switch (statement.kind) {
    case 'insert':
    case 'upsert':
      return { ...statement, row: rowOf(statement.row) };
    case 'update':
      return { ...statement, set: rowOf(statement.set), where: conditions(statement.where) };
    case 'delete':
      return { ...statement, where: conditions(statement.where) };
  }
}

function conditions(where: readonly DbCondition[]): readonly DbCondition[] {
  const isPlain = ({ value }: DbCondition) => typeof value !== 'string' || isAscii(value);
  if (where.every(isPlain)) return where;
  return where.map((condition) => ({ ...condition, value: cellOf(condition.value) }));
}

/** The row itself when there is nothing to change, which is the rule. */
function rowOf(row: Row): Row {
  for (const name in row) {
    const value = row[name];
    if (typeof value === 'string' && !isAscii(value)) {
      return Object.fromEntries(Object.entries(row).map(([key, cell]) => [key, cellOf(cell)]));
    }
  }
  return row;
}

function cellOf(value: DbValue): DbValue {
  return typeof value === 'string' ? characters(value) : value;
}

/** Bytes that are UTF-8 become its characters; others stay what they are. */
function characters(text: string): string {
  if (isAscii(text)) return text;
  const bytes = Buffer.from(text, 'latin1');
  // text above 255 is not made of bytes: somebody has characters already
  const isBytes = bytes.toString('latin1') === text;
  return isBytes && isUtf8(bytes) ? bytes.toString('utf8') : text;
}

function resultOf(result: DbResult): DbResult {
  for (const row of result.rows as DbValue[][]) {
    for (let i = 0; i < row.length; i++) {
      const value = row[i];
      if (typeof value === 'string' && !isAscii(value)) {
        return { ...result, rows: result.rows.map(bytesOfRow) };
      }
    }
  }
  return result;
}

function bytesOfRow(row: DbRow): DbRow {
  return row.map((value) =>
    typeof value === 'string' ? Buffer.from(value, 'utf8').toString('latin1') : value,
  );
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false;
  return true;
}
