import type { DbResult, DbValue } from '../../base/ports.ts';
import type { Value } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';

const ownResults = Symbol('results of the run');
const ownRows = Symbol('affected rows of the run');

/** A database value as scripts have it: whole numbers stay numbers, all others are text. */
export function scriptValue(value: DbValue | undefined): Value {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : String(value);
  if (typeof value === 'string') return value;
  return typeof value === 'bigint' ? String(value) : Buffer.from(value).toString('latin1');
}

/** Rows of a query, kept for `$dbr`. A result without rows has no columns either, as in Kamailio. */
export class QueryResult {
  readonly #columns: readonly string[];
  readonly #rows: readonly (readonly DbValue[])[];

  constructor({ columns, rows }: Pick<DbResult, 'columns' | 'rows'>) {
    this.#columns = rows.length === 0 ? [] : columns;
    this.#rows = rows;
  }

  get rowCount(): number {
    return this.#rows.length;
  }
  get columnCount(): number {
    return this.#columns.length;
  }
  columnName(index: number): Value {
    return this.#columns[index] ?? null;
  }
  cell(row: number, column: number): Value {
    return scriptValue(this.#rows[row]?.[column]);
  }
}

/**
 * Results and numbers of changed rows by name. A run of a script sees what it asked itself; one that has asked nothing
 * sees what was asked last, so that a result can be made once and used often.
 */
export class Results {
  readonly #last = new Map<string, QueryResult>();
  readonly #lastRows = new Map<string, number>();

  /** Undefined when there is none. */
  find(context: ScriptContext, name: string): QueryResult | undefined {
    const own = context.scratch.get(ownResults) as Map<string, QueryResult | undefined> | undefined;
    return own?.has(name) === true ? own.get(name) : this.#last.get(name);
  }

  /** Names are constants of the config: they are few. */
  put(context: ScriptContext, name: string, result: QueryResult): void {
    ofRun<QueryResult | undefined>(context, ownResults).set(name, result);
    this.#last.set(name, result);
  }

  free(context: ScriptContext, name: string): void {
    const own = ofRun<QueryResult | undefined>(context, ownResults);
    if (!own.has(name) || own.get(name) === this.#last.get(name)) this.#last.delete(name);
    own.set(name, undefined);
  }

  /** Rows that the last query of this connection changed. */
  affected(context: ScriptContext, connection: string): number {
    const own = context.scratch.get(ownRows) as Map<string, number> | undefined;
    return own?.get(connection) ?? this.#lastRows.get(connection) ?? 0;
  }

  setAffected(context: ScriptContext, connection: string, rows: number): void {
    ofRun<number>(context, ownRows).set(connection, rows);
    this.#lastRows.set(connection, rows);
  }
}

function ofRun<T>(context: ScriptContext, key: symbol): Map<string, T> {
  const known = context.scratch.get(key) as Map<string, T> | undefined;
  if (known !== undefined) return known;
  const made = new Map<string, T>();
  context.scratch.set(key, made);
  return made;
}
