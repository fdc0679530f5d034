/** Nodes from the table `rtpengine`, read at the start and by RPC. */
import { errorText, ServerError } from '../../base/errors.ts';
import type { Database, DbRow } from '../../base/ports.ts';
import type { Host } from '../../module/host.ts';
import type { NodePool } from '../../module/mediaNodes/nodePool.ts';
import { type MediaNode, parseNodeUrl } from '../../module/mediaNodes/nodes.ts';
import type { RtpengineConfig } from './params.ts';

export class NodeDatabase {
  readonly #host: Host;
  readonly #config: RtpengineConfig;
  readonly #pool: NodePool;
  #database: Database | undefined;

  constructor(host: Host, config: RtpengineConfig, pool: NodePool) {
    this.#host = host;
    this.#config = config;
    this.#pool = pool;
  }

  get isUsed(): boolean {
    return this.#config.db_url !== '';
  }

  async start(): Promise<void> {
    if (!this.isUsed) return;
    this.#database = await this.#host.database(this.#config.db_url);
    const problem = await this.load();
    if (problem !== undefined) throw new ServerError('RTPENGINE_DATABASE', problem);
  }

  /** Reads the table: nodes that are new come, those that are gone take no more calls. An error text when it fails. */
  async load(): Promise<string | undefined> {
    const { table_name: table, setid_col, url_col, weight_col, disabled_col } = this.#config;
    let rows: readonly DbRow[];
    try {
      const columns = [setid_col, url_col, weight_col, disabled_col];
      rows = (await (this.#database as Database).query({ table, columns })).rows;
    } catch (error) {
      return `table ${table}: ${errorText(error)}`;
    }
    const seen = new Set<MediaNode>();
    for (const row of rows) {
      const node = this.#takeRow(row);
      if (node !== undefined) seen.add(node);
    }
    for (const node of this.#pool.table.all()) {
      if (seen.has(node)) continue;
      node.hidden = true;
      this.#pool.disable(node);
    }
    return undefined;
  }

  #takeRow([setId, url, weight, disabled]: DbRow): MediaNode | undefined {
    const text = String(url ?? '');
    const at = parseNodeUrl(text);
    if (typeof at === 'string') {
      this.#host.log.error(`table ${this.#config.table_name}: ${at}`);
      return undefined;
    }
    const node = this.#pool.table.add({ setId: Number(setId), url: text, weight: Number(weight ?? 1) });
    node.hidden = false;
    if (Number(disabled) !== 0) this.#pool.disable(node);
    else if (node.permanent) {
      node.permanent = false;
      node.enabled = true;
    }
    return node;
  }
}
