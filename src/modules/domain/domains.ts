import { errorText, ServerError } from '../../base/errors.ts';
import type { Database } from '../../base/ports.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { Host } from '../../module/host.ts';
import { RpcFault, type RpcReply, RpcStruct } from '../../module/rpc.ts';
import { checkTableVersion } from '../../module/tableVersion.ts';
import { SipUri } from '../../sip/uri.ts';
import type { DomainApi } from './api.ts';
import { DomainTable, readDomainTable } from './domainTable.ts';
import type { DomainConfig } from './params.ts';

/** The local domains, kept in memory; a reload replaces them all at once, or leaves them as they are. */
export class Domains implements DomainApi {
  readonly #host: Host;
  readonly #config: DomainConfig;
  #database: Database | undefined;
  #table = new DomainTable(new Map(), new Map());
  #reloading: Promise<RpcReply> | undefined;

  constructor(host: Host, config: DomainConfig) {
    this.#host = host;
    this.#config = config;
  }

  async start(): Promise<void> {
    const { db_url, domain_table, domain_attrs_table, register_myself } = this.#config;
    this.#database = await this.#host.database(db_url);
    await checkTableVersion(this.#database, domain_table, 2);
    await checkTableVersion(this.#database, domain_attrs_table, 1);
    this.#table = await readDomainTable(this.#database, this.#config);
    if (register_myself === 0) return;
    const { names } = this.#host.transport;
    if (names === undefined)
      throw new ServerError('DOMAIN_MYSELF', 'register_myself: the transport takes no names');
    names.addCheck((host) => this.isLocal(host));
  }

  isLocal(domain: string): boolean {
    return this.#table.find(domain) !== undefined;
  }

  /** Is the host of a URI a local domain? False for what is no URI. */
  isUriLocal(uri: string): boolean {
    const parsed = SipUri.parse(uri);
    return parsed !== undefined && this.isLocal(parsed.host);
  }

  /** Request-URI, or in a branch route that of the branch. */
  isRequestUriLocal(context: ScriptContext): boolean {
    return this.isUriLocal(context.target.requestUri);
  }

  /** Hands id and attributes of a domain over as AVPs, `prefix` before their names. */
  lookup({ variables }: ScriptContext, domain: string, prefix: string): number {
    const found = this.#table.find(domain);
    if (found === undefined) return -1;
    variables.avps.push(`${prefix}did`, found.did);
    for (const { name, value } of this.#table.attributes.get(found.did) ?? [])
      variables.avps.push(prefix + name, value);
    return 1;
  }

  /** One reload at a time: who asks meanwhile gets the outcome of the one that runs. */
  reload(): Promise<RpcReply> {
    this.#reloading ??= this.#reload().finally(() => {
      this.#reloading = undefined;
    });
    return this.#reloading;
  }

  async #reload(): Promise<RpcReply> {
    try {
      if (this.#database !== undefined) this.#table = await readDomainTable(this.#database, this.#config);
      return [];
    } catch (error) {
      this.#host.log.error(`cannot reload the domains: ${errorText(error)}`);
      return new RpcFault(400, 'Reload of domain tables failed');
    }
  }

  dump(): RpcReply {
    const domains = [...this.#table.domains.values()].map(
      ({ name, did }) => new RpcStruct({ domain: name, did }),
    );
    const attributes = [...this.#table.attributes].map(
      ([did, list]) => new RpcStruct({ did, attrs: list.map(({ name }) => name) }),
    );
    return [new RpcStruct({ domains, attributes })];
  }
}
