import { numberOf, textOf } from '../../base/dbValues.ts';
import type { Database, DbCondition } from '../../base/ports.ts';
import type { Host } from '../../module/host.ts';
import { checkTableVersion } from '../../module/tableVersion.ts';
import { BindingState } from './binding.ts';
import type { MemoryDomain } from './memoryDomain.ts';
import type { UsrlocConfig } from './params.ts';
import { addAttribute, attributeColumns, attributeTable, type LocationRow, type RowMapper } from './rows.ts';

/** Version of the table that kamdbctl makes. */
const tableVersion = 9;

/** Reads a table into memory in pages of `fetch_rows`, so that no other work waits for long. */
export class Loader {
  readonly #host: Host;
  readonly #config: UsrlocConfig;
  readonly #database: Database;
  readonly #rows: RowMapper;

  constructor(host: Host, config: UsrlocConfig, database: Database, rows: RowMapper) {
    this.#host = host;
    this.#config = config;
    this.#database = database;
    this.#rows = rows;
  }

  /** Refuses a table that another version of the scripts has made. */
  async checkVersion(table: string): Promise<void> {
    if (this.#config.version_table === 0) return;
    await checkTableVersion(this.#database, table, tableVersion);
  }

  async load(domain: MemoryDomain): Promise<void> {
    const table = domain.name;
    const stale: string[] = [];
    await this.#pages(table, this.#rows.columns, this.#serverCondition(), (row) => {
      const read = this.#rows.read(row);
      if (this.#config.db_clean_tcp !== 0 && isStream(read)) stale.push(read.ruid);
      else if (domain.getByRuid(read.ruid) === undefined)
        // connections of before the restart are gone
        domain.place(read.aor, read.ruid, { ...read.data, connectionId: 0 }, BindingState.sync);
    });
    await this.#deleteRows(table, stale);
    if (this.#config.xavp_contact !== '') await this.#loadAttributes(domain);
  }

  #serverCondition(): DbCondition[] {
    if (this.#config.server_id_filter === 0) return [];
    const value = Number(this.#host.settings.get('server_id') ?? 0);
    return [{ column: this.#config.server_id_column, op: '=', value }];
  }

  async #deleteRows(table: string, ruids: readonly string[]): Promise<void> {
    for (let at = 0; at < ruids.length; at += this.#config.fetch_rows) {
      const page = ruids.slice(at, at + this.#config.fetch_rows);
      await this.#database.batch(
        page.map((ruid) => ({ kind: 'delete' as const, table, where: this.#rows.ofRuid(ruid) })),
      );
    }
  }

  async #loadAttributes(domain: MemoryDomain): Promise<void> {
    await this.#pages(attributeTable(domain.name), attributeColumns, [], (row) => {
      const binding = domain.table.byRuid(textOf(row[1]));
      if (binding !== undefined) binding.attributes = addAttribute(binding.attributes, row);
    });
  }

  /** Walks over a table by its `id`, which is the first of the columns. */
  async #pages(
    table: string,
    columns: readonly string[],
    where: readonly DbCondition[],
    take: (row: readonly (string | number | bigint | Uint8Array | null)[]) => void,
  ): Promise<void> {
    const limit = this.#config.fetch_rows;
    for (let after = -1; ; ) {
      const page = await this.#database.query({
        table,
        columns,
        where: [{ column: 'id', op: '>', value: after }, ...where],
        orderBy: 'id',
        limit,
      });
      for (const row of page.rows) take(row);
      const last = page.rows[page.rows.length - 1];
      if (last === undefined || page.rows.length < limit) return;
      after = numberOf(last[0], after);
    }
  }
}

/** Registered over a connection-oriented transport? */
function isStream(row: LocationRow): boolean {
  const { socketText, contact } = row.data;
  if (/^(tcp|tls|ws|wss):/.test(socketText)) return true;
  return /;transport=(tcp|tls|ws|wss)\b/i.test(contact);
}
