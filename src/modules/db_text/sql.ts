import { DatabaseError } from '../../base/errors.ts';
import type { DbCondition, DbValue } from '../../base/ports.ts';

/** The few statements that a table of text understands. */
export type TextStatement =
  | {
      readonly kind: 'select';
      readonly table: string;
      readonly columns: readonly string[];
      readonly where: readonly DbCondition[];
      readonly orderBy: string | undefined;
      readonly limit: number | undefined;
    }
  | { readonly kind: 'insert'; readonly table: string; readonly row: Readonly<Record<string, DbValue>> }
  | {
      readonly kind: 'update';
      readonly table: string;
      readonly set: Readonly<Record<string, DbValue>>;
      readonly where: readonly DbCondition[];
    }
  | { readonly kind: 'delete'; readonly table: string; readonly where: readonly DbCondition[] };

const tokenShape =
  /\s*(?:("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|([A-Za-z_]\w*)|(-?\d+(?:\.\d+)?)|(<>|!=|<=|>=|[=<>(),*;]))/;

type Token = { readonly kind: 'text' | 'word' | 'number' | 'sign'; readonly value: string };

/** Reads a statement; throws `DatabaseError` DB_ERROR that says what was not understood. */
export function readStatement(sql: string): TextStatement {
  const reader = new Reader(sql);
  const statement = reader.statement();
  reader.end();
  return statement;
}

class Reader {
  readonly #sql: string;
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(sql: string) {
    this.#sql = sql;
    this.#tokens = tokensOf(sql);
  }

  statement(): TextStatement {
    const verb = this.#word().toLowerCase();
    if (verb === 'select') return this.#select();
    if (verb === 'delete') {
      this.#keyword('from');
      return { kind: 'delete', table: this.#word(), where: this.#where() };
    }
    if (verb === 'update') return this.#update();
    if (verb === 'insert') return this.#insert();
    throw this.#refused(`'${verb}'`);
  }

  end(): void {
    if (this.#peek()?.value === ';') this.#at++;
    const left = this.#peek();
    if (left !== undefined) throw this.#refused(`'${left.value}'`);
  }

  #select(): TextStatement {
    const columns: string[] = [];
    if (this.#peek()?.value === '*') this.#at++;
    else columns.push(...this.#list(() => this.#word()));
    this.#keyword('from');
    const table = this.#word();
    const where = this.#where();
    const orderBy = this.#orderBy();
    const limit = this.#takes('limit') ? Number(this.#value()) : undefined;
    return { kind: 'select', table, columns, where, orderBy, limit };
  }

  #orderBy(): string | undefined {
    if (!this.#takes('order')) return undefined;
    this.#keyword('by');
    const parts = this.#list(() => {
      const name = this.#word();
      if (this.#takes('desc')) return `${name} desc`;
      this.#takes('asc');
      return name;
    });
    return parts.join(', ');
  }

  #update(): TextStatement {
    const table = this.#word();
    this.#keyword('set');
    const entries = this.#list(() => {
      const name = this.#word();
      this.#sign('=');
      return [name, this.#value()] as const;
    });
    return { kind: 'update', table, set: Object.fromEntries(entries), where: this.#where() };
  }

  #insert(): TextStatement {
    this.#keyword('into');
    const table = this.#word();
    this.#sign('(');
    const names = this.#list(() => this.#word());
    this.#sign(')');
    this.#keyword('values');
    this.#sign('(');
    const values = this.#list(() => this.#value());
    this.#sign(')');
    if (names.length !== values.length) throw this.#refused('as many values as columns are missing');
    return {
      kind: 'insert',
      table,
      row: Object.fromEntries(names.map((name, i) => [name, values[i] ?? null])),
    };
  }

  #where(): DbCondition[] {
    if (!this.#takes('where')) return [];
    const conditions: DbCondition[] = [];
    do conditions.push(this.#condition());
    while (this.#takes('and'));
    return conditions;
  }

  #condition(): DbCondition {
    const column = this.#word();
    if (this.#takes('is')) {
      const op = this.#takes('not') ? '!=' : '=';
      this.#keyword('null');
      return { column, op, value: null };
    }
    const sign = this.#next();
    const op = sign.value === '<>' ? '!=' : sign.value;
    if (!['=', '!=', '<', '<=', '>', '>='].includes(op)) throw this.#refused(`'${sign.value}'`);
    return { column, op: op as DbCondition['op'], value: this.#value() };
  }

  #list<T>(one: () => T): T[] {
    const items = [one()];
    while (this.#peek()?.value === ',' && this.#peek()?.kind === 'sign') {
      this.#at++;
      items.push(one());
    }
    return items;
  }

  #value(): DbValue {
    const { kind, value } = this.#next();
    if (kind === 'number') return Number(value);
    if (kind === 'text') return value.slice(1, -1).replace(/\\(.)/gs, '$1');
    if (kind === 'word') return value.toLowerCase() === 'null' ? null : value;
    throw this.#refused(`'${value}'`);
  }

  #word(): string {
    const { kind, value } = this.#next();
    if (kind !== 'word') throw this.#refused(`'${value}'`);
    return value;
  }

  #keyword(wanted: string): void {
    if (!this.#takes(wanted)) throw this.#refused(`'${wanted}' is missing`);
  }

  #takes(wanted: string): boolean {
    const next = this.#peek();
    if (next?.kind !== 'word' || next.value.toLowerCase() !== wanted) return false;
    this.#at++;
    return true;
  }

  #sign(wanted: string): void {
    if (this.#next().value !== wanted) throw this.#refused(`'${wanted}' is missing`);
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#at];
  }

  #next(): Token {
    const next = this.#tokens[this.#at++];
    if (next === undefined) throw this.#refused('its end');
    return next;
  }

  #refused(what: string): DatabaseError {
    return new DatabaseError('DB_ERROR', `db_text does not understand ${what} in [${this.#sql}]`);
  }
}

function tokensOf(sql: string): Token[] {
  const tokens: Token[] = [];
  const token = new RegExp(tokenShape, 'y');
  for (let at = 0; sql.slice(at).trim() !== ''; at = token.lastIndex) {
    token.lastIndex = at;
    const match = token.exec(sql);
    if (match === null) throw new DatabaseError('DB_ERROR', `db_text does not understand [${sql.slice(at)}]`);
    const [, text, word, number, sign = ''] = match;
    if (text !== undefined) tokens.push({ kind: 'text', value: text });
    else if (word !== undefined) tokens.push({ kind: 'word', value: word });
    else if (number !== undefined) tokens.push({ kind: 'number', value: number });
    else tokens.push({ kind: 'sign', value: sign });
  }
  return tokens;
}
