import { errorText, isOutage, ServerError } from '../../base/errors.ts';
import type { DbResult } from '../../base/ports.ts';
import type { Value, VariableRef } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { Config, ParamDeclarations } from '../../module/define.ts';
import type { Host } from '../../module/host.ts';
import { XavpNode } from '../../module/variables.ts';
import { Connections, NotConnected } from './connections.ts';
import { literalOf, type Quoting, quotingFor } from './literals.ts';
import type { params } from './params.ts';
import { QueryResult, Results, scriptValue } from './results.ts';
import { isAvp, splitVariables } from './variableList.ts';

export type SqlOpsConfig = Config<typeof params & ParamDeclarations>;

const failed = -1;
/** There is no connection at all. */
const notConnected = -2;
const withRows = 1;
const withoutRows = 2;
const rowsIgnored = 3;

interface Target {
  readonly variable: VariableRef;
  readonly isAvp: boolean;
}

/** SQL from scripts. */
export class SqlOps {
  readonly connections: Connections;
  readonly results = new Results();
  readonly #host: Host;
  readonly #config: SqlOpsConfig;
  readonly #quoting: Quoting;
  readonly #resultNames = new Set<string>();
  readonly #targets = new Map<string, readonly Target[]>();

  constructor(host: Host, config: SqlOpsConfig) {
    this.#host = host;
    this.#config = config;
    this.connections = new Connections(host, config.sqlcon);
    this.#quoting = quotingFor(this.connections.urls);
    for (const name of config.sqlres) {
      const problem = this.addResult(name);
      if (problem !== undefined) throw new ServerError('SQLOPS_RES', problem);
    }
  }

  async start(): Promise<void> {
    for (const text of this.#targets.keys()) this.#targets.set(text, this.#compile(text));
    await this.connections.open(this.#config.connect_mode !== 0);
  }

  /** Load-time checks of what the config names; an error text refuses it. */
  checkConnection(name: Value): string | undefined {
    return this.connections.has(String(name)) ? undefined : `there is no sqlcon '${name}'`;
  }
  addResult(name: Value): string | undefined {
    if (name === null || name === '') return undefined;
    this.#resultNames.add(String(name));
    const max = this.#config.results_maxsize;
    return this.#resultNames.size > max ? `more than ${max} results (results_maxsize)` : undefined;
  }
  addTargets(text: Value): string | undefined {
    this.#targets.set(String(text), []);
    return splitVariables(String(text)).length === 0 ? 'expected variables: $var(a);$avp(b)' : undefined;
  }

  async query(context: ScriptContext, connection: string, sql: string, name: string): Promise<number> {
    const result = await this.#ask(context, connection, sql);
    const isFailure = typeof result === 'number';
    if (name !== '') {
      const kept = isFailure ? { columns: [], rows: [] } : result;
      this.results.put(context, name, new QueryResult(kept));
    }
    if (isFailure) return result;
    if (result.rows.length === 0) return withoutRows;
    return name === '' ? rowsIgnored : withRows;
  }

  /** Each row becomes a `$xavp(name)`, the first one on top of what was there. */
  async queryToXavp(context: ScriptContext, connection: string, sql: string, name: string): Promise<number> {
    const result = await this.#ask(context, connection, sql);
    if (typeof result === 'number') return result;
    if (result.rows.length === 0) return withoutRows;
    for (const row of [...result.rows].reverse()) {
      const node = new XavpNode();
      for (let i = row.length - 1; i >= 0; i--) node.push(result.columns[i] ?? '', scriptValue(row[i]));
      context.variables.xavps.push(name, node);
    }
    return withRows;
  }

  /** Rows from the last to the first, so that the first one is what plain variables keep and what AVPs have on top. */
  async queryToVariables(
    context: ScriptContext,
    connection: string,
    sql: string,
    list: string,
  ): Promise<number> {
    const result = await this.#ask(context, connection, sql);
    if (typeof result === 'number') return result;
    if (result.rows.length === 0) return withoutRows;
    const targets = this.#targetsOf(list);
    for (const row of [...result.rows].reverse()) {
      for (const [i, cell] of row.entries()) {
        const target = targets[i];
        if (target === undefined) {
          this.#host.log.error(`sql_pvquery: no variable for column ${i + 1} of [${this.#shortened(sql)}]`);
          return failed;
        }
        const value = scriptValue(cell);
        if (value !== null || !target.isAvp) target.variable.set(context, value);
      }
    }
    return withRows;
  }

  /** Nobody waits; a failure is logged. */
  queryInBackground(connection: string, sql: string): number {
    void this.#run(connection, sql);
    return withRows;
  }

  /** `{sql.val}` and its like; null where the text would not fit in `tr_buf_size`. */
  literal(value: Value, ofNull: string): Value {
    const literal = literalOf(value, ofNull, this.#quoting);
    if (literal.length < this.#config.tr_buf_size) return literal;
    this.#host.log.error(`an SQL literal of ${literal.length} characters: tr_buf_size is too small`);
    return null;
  }

  async #ask(context: ScriptContext, connection: string, sql: string): Promise<DbResult | number> {
    const result = await this.#run(connection, sql);
    this.results.setAffected(context, connection, typeof result === 'number' ? -1 : result.affected);
    return result;
  }

  /** A return code when it failed, which has been logged then. */
  async #run(connection: string, sql: string): Promise<DbResult | number> {
    try {
      if (sql.trim() === '') throw new ServerError('SQLOPS_QUERY', 'the query is empty');
      const database = await this.connections.get(connection);
      return await database.raw(sql);
    } catch (error) {
      if (error instanceof NotConnected) return notConnected;
      // an outage is told once, by the database
      if (!isOutage(error)) {
        this.#host.log.error(`cannot do the query [${this.#shortened(sql)}]: ${errorText(error)}`);
      }
      return failed;
    }
  }

  #shortened(sql: string): string {
    const size = this.#config.log_buf_size;
    return sql.length > size ? `${sql.slice(0, size)}...` : sql;
  }

  #targetsOf(list: string): readonly Target[] {
    const known = this.#targets.get(list);
    if (known !== undefined && known.length > 0) return known;
    const made = this.#compile(list);
    if (known !== undefined) this.#targets.set(list, made);
    return made;
  }

  #compile(list: string): readonly Target[] {
    return splitVariables(list).map((text) => {
      const variable = this.#host.formats.variable(text);
      if (!variable.writable) throw new ServerError('SQLOPS_PV', `sql_pvquery: ${text} cannot be written`);
      return { variable, isAvp: isAvp(text) };
    });
  }
}
