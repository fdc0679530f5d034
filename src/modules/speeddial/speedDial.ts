import { textOf } from '../../base/dbValues.ts';
import type { DbCondition } from '../../base/ports.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { Host } from '../../module/host.ts';
import { TableReader } from '../../module/tableReader.ts';
import { SipUri, schemeOf } from '../../sip/uri.ts';
import type { SpeedDialConfig } from './params.ts';

const schemes: ReadonlySet<string> = new Set(['sip', 'sips', 'tel', 'urn']);

/** Short numbers of users in a database; nothing is kept. */
export class SpeedDial {
  readonly #host: Host;
  readonly #config: SpeedDialConfig;
  readonly #reader: TableReader;

  constructor(host: Host, config: SpeedDialConfig) {
    this.#host = host;
    this.#config = config;
    this.#reader = new TableReader(host);
  }

  async start(): Promise<void> {
    await this.#reader.open(this.#config.db_url);
  }

  /** Replaces the Request-URI by what its user part stands for with the owner; -1 when it stands for nothing. */
  async lookup(context: ScriptContext, table: string, ownerUri: string): Promise<number> {
    const owner = SipUri.parse(ownerUri);
    const short = SipUri.parse(context.target.requestUri);
    if (owner === undefined || short === undefined || table === '') {
      this.#host.log.error(`sd_lookup: malformed owner '${ownerUri}' or Request-URI, or no table`);
      return -1;
    }
    if (owner.user === '' || short.user === '') return -1;
    const columns = [this.#config.new_uri_column];
    const rows = await this.#reader.rows({ table, columns, where: this.#where(owner, short) });
    const uri = textOf(rows?.[0]?.[0]);
    if (uri === '') return -1;
    context.target.requestUri = schemes.has(schemeOf(uri)) ? uri : `sip:${uri}`;
    context.uriChanged = true;
    return 1;
  }

  #where(owner: SipUri, short: SipUri): DbCondition[] {
    const { user_column, domain_column, sd_user_column, sd_domain_column, use_domain } = this.#config;
    const equals = (column: string, value: string): DbCondition => ({ column, op: '=', value });
    const where = [equals(user_column, owner.user), equals(sd_user_column, short.user)];
    if (use_domain >= 1) where.push(equals(domain_column, this.#withoutPrefix(owner.host)));
    if (use_domain >= 2) where.push(equals(sd_domain_column, this.#withoutPrefix(short.host)));
    return where;
  }

  #withoutPrefix(domain: string): string {
    const { domain_prefix } = this.#config;
    return domain.startsWith(domain_prefix) ? domain.slice(domain_prefix.length) : domain;
  }
}
