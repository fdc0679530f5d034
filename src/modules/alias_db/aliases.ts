import { textOf } from '../../base/dbValues.ts';
import type { DbCondition } from '../../base/ports.ts';
import type { VariableRef } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { Host } from '../../module/host.ts';
import { TableReader } from '../../module/tableReader.ts';
import { makeTarget } from '../../proxy/target.ts';
import { SipUri } from '../../sip/uri.ts';
import type { AliasConfig } from './params.ts';

/** How to look an alias up: letters of the flags argument. */
const flagLetters = 'dru';

/** An error text for flags that nobody knows. */
export function checkFlags(flags: string): string | undefined {
  const unknown = [...flags].find((letter) => !flagLetters.includes(letter));
  return unknown === undefined ? undefined : `'${unknown}' is none of the flags d, r and u`;
}

/** Aliases of users in a database; nothing is kept. */
export class Aliases {
  readonly #host: Host;
  readonly #config: AliasConfig;
  readonly #reader: TableReader;

  constructor(host: Host, config: AliasConfig) {
    this.#host = host;
    this.#config = config;
    this.#reader = new TableReader(host);
  }

  async start(): Promise<void> {
    await this.#reader.open(this.#config.db_url);
  }

  /** Replaces the Request-URI by the URI behind it; -1 when there is none. */
  async lookup(context: ScriptContext, table: string, flags: string): Promise<number> {
    const [first, ...others] = await this.#urisFor(context.target.requestUri, table, flags);
    if (first === undefined) return -1;
    context.target.requestUri = first;
    context.uriChanged = true;
    if (this.#config.append_branches === 0) return 1;
    const room = Math.max(0, this.#host.settings.maxBranches - 1 - context.branches.length);
    for (const uri of others.slice(0, room)) context.branches.push(makeTarget(uri));
    return 1;
  }

  /** Writes the URI behind another into a variable; with `append_branches` the last one, as Kamailio does. */
  async find(
    context: ScriptContext,
    table: string,
    uri: string,
    destination: VariableRef,
    flags: string,
  ): Promise<number> {
    const found = await this.#urisFor(uri, table, flags);
    const chosen = this.#config.append_branches === 0 ? found[0] : found.at(-1);
    if (chosen === undefined) return -1;
    destination.set(context, chosen);
    return 1;
  }

  async #urisFor(uriText: string, table: string, flags: string): Promise<string[]> {
    const uri = SipUri.parse(uriText);
    if (uri === undefined) this.#host.log.error(`no alias without a URI: '${uriText}'`);
    if (uri === undefined || uri.user === '' || table === '') return [];
    const { user_column, domain_column, alias_user_column, alias_domain_column } = this.#config;
    const names = [alias_user_column, alias_domain_column];
    const users = [user_column, domain_column];
    const isReverse = flags.includes('r');
    const [from, to] = isReverse ? [users, names] : [names, users];
    const where: DbCondition[] = [{ column: from[0] ?? '', op: '=', value: uri.user }];
    if (this.#usesDomain(flags))
      where.push({ column: from[1] ?? '', op: '=', value: this.#withoutPrefix(uri.host) });
    const rows = await this.#reader.rows({ table, columns: to, where });
    return (rows ?? []).map(([user, domain]) => `sip:${textOf(user)}@${textOf(domain)}`);
  }

  /** The later one of contradicting flags holds. */
  #usesDomain(flags: string): boolean {
    const [without, using] = [flags.lastIndexOf('d'), flags.lastIndexOf('u')];
    if (without < 0 && using < 0) return this.#config.use_domain !== 0;
    return using > without;
  }

  #withoutPrefix(domain: string): string {
    const { domain_prefix } = this.#config;
    return domain.startsWith(domain_prefix) ? domain.slice(domain_prefix.length) : domain;
  }
}
