import type { ColumnDefinition, IndexDefinition, TableDefinition } from '../../base/tables.ts';

/** Shorthand for the tables of this folder. Columns are NOT NULL unless made by `maybe`. */

/** Tables by the module (of kamdbctl) that they belong to. */
export type ModuleTables = Readonly<Record<string, readonly TableDefinition[]>>;

type Default = string | number | null;
type Keys = Readonly<Record<string, readonly string[]>>;

export function table(
  name: string,
  version: number,
  columns: readonly ColumnDefinition[],
  keys: { readonly unique?: Keys; readonly indexes?: Keys } = {},
): TableDefinition {
  return { name, version, columns, unique: indexList(keys.unique), indexes: indexList(keys.indexes) };
}

function indexList(keys: Keys = {}): readonly IndexDefinition[] {
  return Object.entries(keys).map(([name, columns]) => ({ name, columns }));
}

/** A column that counts up by itself. */
export function serial(name: string): ColumnDefinition {
  return { name, type: 'INTEGER', primaryKey: true, notNull: true };
}

export const id = serial('id');

/** Makers of columns, all NOT NULL or all nullable. Without a value there is no DEFAULT clause. */
function makers(notNull: boolean) {
  const column = (name: string, type: string, value: Default | undefined): ColumnDefinition => ({
    name,
    type,
    notNull,
    ...(value !== undefined && { default: value }),
  });
  return {
    int: (name: string, value?: Default) => column(name, 'INTEGER', value),
    smallint: (name: string, value?: Default) => column(name, 'SMALLINT', value),
    bigint: (name: string, value?: Default) => column(name, 'BIGINT', value),
    real: (name: string, value?: Default) => column(name, 'REAL', value),
    text: (name: string, value?: Default) => column(name, 'TEXT', value),
    blob: (name: string, value?: Default) => column(name, 'BLOB', value),
    /** Stored as a Julian day in SQLite; the Database port shows seconds since the epoch. */
    time: (name: string, value?: Default) => column(name, 'TIMESTAMP WITHOUT TIME ZONE', value),
    varchar: (name: string, length: number, value?: Default) => column(name, `VARCHAR(${length})`, value),
  };
}

export const { int, smallint, bigint, real, text, blob, time, varchar } = makers(true);
export const maybe = makers(false);
