/** What must be known of a column before a value can go there. */
export interface ColumnType {
  /** Holds a time: epoch seconds outside. */
  readonly isTime: boolean;
  /** Holds bytes, not text. */
  readonly isBytes: boolean;
  /** The type as SQL names it, for casts. */
  readonly sqlType: string;
}

export type TableColumns = ReadonlyMap<string, ColumnType>;

const maxTables = 1000;

/** Columns of the tables in use, asked once each. */
export class Catalog {
  readonly #load: (table: string) => Promise<TableColumns>;
  readonly #known = new Map<string, TableColumns>();
  readonly #coming = new Map<string, Promise<TableColumns>>();

  /** @param load asks the database; an empty map when there is no such table */
  constructor(load: (table: string) => Promise<TableColumns>) {
    this.#load = load;
  }

  /** At once when they are known. */
  columnsOf(table: string): TableColumns | Promise<TableColumns> {
    return this.#known.get(table) ?? this.#ask(table);
  }

  /** Behind changes of the schema. */
  forget(): void {
    this.#known.clear();
  }

  #ask(table: string): Promise<TableColumns> {
    const coming = this.#coming.get(table);
    if (coming !== undefined) return coming;
    const asked = this.#load(table)
      .then((columns) => {
        if (this.#known.size >= maxTables) this.#known.clear();
        if (columns.size > 0) this.#known.set(table, columns);
        return columns;
      })
      .finally(() => this.#coming.delete(table));
    this.#coming.set(table, asked);
    return asked;
  }
}
