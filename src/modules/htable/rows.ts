import { textOf } from '../../base/dbValues.ts';
import type { Database, DbRow, DbStatement, DbValue } from '../../base/ports.ts';
import type { Host } from '../../module/host.ts';
import type { HtableConfig } from './params.ts';
import { HashTable, type ItemValue } from './table.ts';

const KeyType = { simple: 0, array: 1 } as const;
const ValueType = { text: 0, number: 1 } as const;

/** What stands for a column without value in a packed one. */
const noValue = '*';

/** Tables to rows and back. */
export class Rows {
  readonly #host: Host;
  readonly #config: HtableConfig;

  constructor(host: Host, config: HtableConfig) {
    this.#host = host;
    this.#config = config;
  }

  /** A new table with what the database has; the old one is left as it is. */
  async load(database: Database, old: HashTable): Promise<HashTable> {
    const { definition } = old;
    const table = new HashTable(definition, () => this.#host.timers.nowMs);
    const columns =
      definition.columns.length > 0 ? definition.columns : this.#columns(definition.autoExpireSec);
    const { rows } = await database.query({ table: definition.dbTable, columns, orderBy: columns[0] });
    if (definition.columns.length > 0) for (const row of rows) addPacked(table, row);
    else this.#addRows(table, rows);
    return table;
  }

  #storesExpiry(autoExpireSec: number): boolean {
    return this.#config.db_expires !== 0 && autoExpireSec > 0;
  }

  #columns(autoExpireSec: number): string[] {
    const { key_name_column, key_type_column, value_type_column, key_value_column, expires_column } =
      this.#config;
    const columns = [key_name_column, key_type_column, value_type_column, key_value_column];
    return this.#storesExpiry(autoExpireSec) ? [...columns, expires_column] : columns;
  }

  #addRows(table: HashTable, rows: readonly DbRow[]): void {
    const lengths = new Map<string, number>();
    const nowSec = this.#host.clock.wallMs() / 1000;
    for (const [name, keyType, valueType, value, expires] of rows) {
      const endSec = Number(expires ?? 0);
      if (endSec > 0 && endSec <= nowSec) continue;
      let key = textOf(name);
      if (Number(keyType) === KeyType.array) {
        const index = lengths.get(key) ?? 0;
        lengths.set(key, index + 1);
        key = `${key}[${index}]`;
      }
      table.set(key, itemValue(value, Number(valueType)));
      if (endSec > 0) table.expireIn(key, endSec - nowSec);
    }
    for (const [name, length] of lengths) table.set(name + this.#config.array_size_suffix, length);
  }

  /** Replaces all rows by what is in the table. */
  async store(database: Database, table: HashTable): Promise<void> {
    const { dbTable, autoExpireSec } = table.definition;
    const { key_name_column, key_type_column, value_type_column, key_value_column, expires_column } =
      this.#config;
    const offsetMs = this.#host.clock.wallMs() - this.#host.timers.nowMs;
    const inserts = table.items().map(({ key, value, expiresMs }): DbStatement => {
      const row: Record<string, DbValue> = {
        [key_name_column]: key,
        [key_type_column]: KeyType.simple,
        [value_type_column]: typeof value === 'number' ? ValueType.number : ValueType.text,
        [key_value_column]: String(value),
      };
      if (this.#storesExpiry(autoExpireSec))
        row[expires_column] =
          expiresMs === Number.POSITIVE_INFINITY ? 0 : Math.ceil((expiresMs + offsetMs) / 1000);
      return { kind: 'insert', table: dbTable, row };
    });
    await database.batch([{ kind: 'delete', table: dbTable, where: [] }, ...inserts]);
  }
}

function itemValue(value: DbValue | undefined, type: number): ItemValue {
  if (type !== ValueType.number) return textOf(value);
  const number = Number.parseInt(textOf(value), 10);
  return Number.isNaN(number) ? 0 : number;
}

/** The columns behind the key as one text. */
function addPacked(table: HashTable, [key, ...values]: DbRow): void {
  table.set(textOf(key), values.map((value) => (value === null ? noValue : textOf(value))).join(','));
}
