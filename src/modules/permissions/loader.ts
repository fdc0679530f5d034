import { textOf } from '../../base/dbValues.ts';
import { ServerError } from '../../base/errors.ts';
import type { Database, DbRow, DbValue } from '../../base/ports.ts';
import type { Host } from '../../module/host.ts';
import { type AddressRecord, AddressTables, parseAddressFile, recordProblem } from './addressTables.ts';
import type { PermissionsConfig } from './params.ts';
import { makePeer, type TrustedPeer } from './trustedPeers.ts';

/** undefined for NULL. */
function text(value: DbValue | undefined): string | undefined {
  return value === null || value === undefined ? undefined : textOf(value);
}

function invalid(reason: string): ServerError {
  return new ServerError('PERMISSIONS_RECORD', reason);
}

/** Reads addresses and trusted peers; throws when a single record is no good, so that nothing is loaded in part. */
export class Loader {
  readonly #host: Host;
  readonly #config: PermissionsConfig;

  constructor(host: Host, config: PermissionsConfig) {
    this.#host = host;
    this.#config = config;
  }

  database(): Promise<Database> {
    return this.#host.database(this.#config.db_url);
  }

  /** From the file when there is one, else from the database. */
  async addresses(filePath: string | undefined): Promise<AddressTables> {
    const records = filePath === undefined ? await this.#addressRows() : await this.#addressLines(filePath);
    const tables = new AddressTables(records);
    const { max_subnets } = this.#config;
    if (tables.subnets.length > max_subnets)
      throw invalid(`${tables.subnets.length} networks, and max_subnets is ${max_subnets}`);
    return tables;
  }

  async #addressLines(path: string): Promise<AddressRecord[]> {
    const records = parseAddressFile((await this.#host.files.read(path)).toString('latin1'));
    if (typeof records === 'string') throw invalid(`${path}: ${records}`);
    return records;
  }

  async #addressRows(): Promise<AddressRecord[]> {
    const { address_table, grp_col, ip_addr_col, mask_col, port_col, tag_col } = this.#config;
    const columns = [grp_col, ip_addr_col, mask_col, port_col, tag_col];
    const { rows } = await (await this.database()).query({ table: address_table, columns });
    return rows.map(([group, host, mask, port, tag]) => {
      const record = {
        group: Number(group),
        host: (text(host) ?? '').trim(),
        mask: Number(mask ?? 0),
        port: Number(port ?? 0),
        tag: text(tag) || undefined,
      };
      const problem = recordProblem(record);
      if (problem !== undefined) throw invalid(`table ${address_table}: ${problem}`);
      return record;
    });
  }

  async trusted(): Promise<TrustedPeer[]> {
    const { trusted_table } = this.#config;
    const { rows } = await (await this.database()).query({
      table: trusted_table,
      columns: this.#trustedColumns(),
    });
    return this.#peers(rows);
  }

  /** Those of one source, asked now. */
  async trustedFrom(source: string): Promise<TrustedPeer[]> {
    const { trusted_table, source_col, priority_col } = this.#config;
    const { rows } = await (await this.database()).query({
      table: trusted_table,
      columns: this.#trustedColumns(),
      where: [{ column: source_col, op: '=', value: source }],
      orderBy: priority_col,
    });
    return this.#peers(rows);
  }

  #trustedColumns(): string[] {
    const { source_col, proto_col, from_col, ruri_col, tag_col, priority_col } = this.#config;
    return [source_col, proto_col, from_col, ruri_col, tag_col, priority_col];
  }

  #peers(rows: readonly DbRow[]): TrustedPeer[] {
    const peers: TrustedPeer[] = [];
    for (const [source, proto, from, uri, tag, priority] of rows) {
      const peer = makePeer({
        source: (text(source) ?? '').trim(),
        proto: text(proto) ?? '',
        fromPattern: text(from),
        uriPattern: text(uri),
        tag: text(tag),
        priority: Number(priority ?? 0),
      });
      if (typeof peer === 'string') throw invalid(`table ${this.#config.trusted_table}: ${peer}`);
      if (peer !== undefined) peers.push(peer);
    }
    return peers;
  }
}
