import { errorText } from '../../base/errors.ts';
import type { VariableRef } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { Host } from '../../module/host.ts';
import { contactsOf } from '../../sip/headerValues.ts';
import { splitUri } from '../../sip/uriParts.ts';
import type { AddressTables, Match } from './addressTables.ts';
import { Loader } from './loader.ts';
import type { PermissionsConfig } from './params.ts';
import { RuleFiles } from './ruleFiles.ts';
import {
  protocolNumber,
  type TrustedPeer,
  TrustedPeers,
  type TrustQuestion,
  trusts,
} from './trustedPeers.ts';

/** Bits of load_backends. */
const Load = { addresses: 1, trusted: 2 } as const;

/** Who may do what: rule files, groups of addresses, trusted peers. */
export class Permissions {
  readonly host: Host;
  readonly config: PermissionsConfig;
  readonly files: RuleFiles;
  readonly #loader: Loader;
  /** undefined when nothing is loaded. */
  addresses: AddressTables | undefined;
  trusted: TrustedPeers | undefined;
  #tagVariable: VariableRef | undefined;
  #lastReloadMs = Number.NEGATIVE_INFINITY;

  constructor(host: Host, config: PermissionsConfig) {
    this.host = host;
    this.config = config;
    this.files = new RuleFiles(host, config);
    this.#loader = new Loader(host, config);
    this.files.want(config.default_allow_file, 'allow');
    this.files.want(config.default_deny_file, 'deny');
  }

  get #hasDatabase(): boolean {
    return this.config.db_url !== '';
  }

  /** Answers of allow_trusted come from the database, not from memory. */
  get asksDatabase(): boolean {
    return this.config.db_mode === 0 && this.#hasDatabase;
  }

  async start(): Promise<void> {
    const { load_backends, db_mode, peer_tag_avp } = this.config;
    if (peer_tag_avp !== '') this.#tagVariable = this.host.formats.variable(peer_tag_avp);
    await this.files.start();
    if ((load_backends & Load.addresses) !== 0 && this.#hasAddresses) await this.loadAddresses();
    if ((load_backends & Load.trusted) !== 0 && this.#hasDatabase && db_mode !== 0) await this.loadTrusted();
  }

  get #hasAddresses(): boolean {
    return this.#hasDatabase || this.config.address_file !== '';
  }

  /** Puts new tables in place; what is there stays when this fails. */
  async loadAddresses(): Promise<void> {
    const { address_file } = this.config;
    const path = address_file === '' ? undefined : this.files.pathOf(address_file);
    this.addresses = await this.#loader.addresses(path);
  }

  async loadTrusted(): Promise<void> {
    this.trusted = new TrustedPeers(await this.#loader.trusted());
  }

  /** Reloads over RPC; an error text when it is too soon, or has failed. */
  async reload(what: 'addresses' | 'trusted'): Promise<string | undefined> {
    const { nowMs } = this.host.timers;
    if (nowMs < this.#lastReloadMs + this.config.reload_delta * 1000) return 'ongoing reload';
    this.#lastReloadMs = nowMs;
    const isPossible = what === 'addresses' ? this.#hasAddresses : this.#hasDatabase;
    if (!isPossible) {
      this.host.log.error(`there is nothing to load ${what} from: db_url is not set`);
      return 'Reload failed.';
    }
    try {
      await (what === 'addresses' ? this.loadAddresses() : this.loadTrusted());
      return undefined;
    } catch (error) {
      this.host.log.error(`${what} stay as they are: ${errorText(error)}`);
      return 'Reload failed.';
    }
  }

  // ---- addresses

  /** The match in one group, or in any; its tag goes into the AVP. */
  findAddress(
    context: ScriptContext,
    group: number | undefined,
    host: string,
    port: number,
  ): Match | undefined {
    const match = this.addresses?.find(group, host, port);
    if (match?.tag !== undefined) this.#tagVariable?.set(context, match.tag);
    return match;
  }

  // ---- trusted peers

  allowTrusted(
    context: ScriptContext,
    source = context.flow.address,
    proto: string = context.flow.proto,
    fromUri = context.message.from?.uri ?? '',
  ): number | Promise<number> {
    const protoNumber = protocolNumber(proto);
    if (protoNumber === undefined) {
      this.host.log.error(`unknown protocol ${proto}`);
      return -1;
    }
    // the Request-URI as it was received, whatever the script has made of it
    const question = { protoNumber, fromUri, requestUri: context.message.requestUri };
    if (this.asksDatabase) return this.#askDatabase(context, source, question);
    if (this.trusted === undefined) {
      this.host.log.error('allow_trusted: nothing is loaded; is db_url set?');
      return -1;
    }
    return this.#answer(context, this.trusted.of(source), question);
  }

  async #askDatabase(context: ScriptContext, source: string, question: TrustQuestion): Promise<number> {
    try {
      return this.#answer(context, await this.#loader.trustedFrom(source), question);
    } catch (error) {
      this.host.log.error(`allow_trusted: ${errorText(error)}`);
      return -1;
    }
  }

  #answer(context: ScriptContext, peers: readonly TrustedPeer[], question: TrustQuestion): number {
    const takesAll = this.config.peer_tag_mode === 1;
    let matches = 0;
    for (const peer of peers) {
      if (!trusts(peer, question)) continue;
      matches++;
      if (peer.tag !== undefined) this.#tagVariable?.set(context, peer.tag);
      if (!takesAll) break;
    }
    return matches > 0 ? matches : -1;
  }

  // ---- rule files

  /** From with the Request-URIs of the branches. */
  allowRouting(context: ScriptContext, allowName: string, denyName: string): boolean {
    const from = context.message.from?.uri;
    if (from === undefined) return false;
    const uris = [plainUri(context.target.requestUri)];
    if (this.config.check_all_branches !== 0)
      for (const { requestUri } of context.branches) uris.push(plainUri(requestUri));
    return this.files.allows(allowName, denyName, from, uris);
  }

  /** To with the Contacts. */
  allowRegister(context: ScriptContext, allowName: string, denyName: string): boolean {
    const to = context.message.to?.uri;
    const contacts = contactsOf(context.message);
    if (to === undefined || contacts === undefined) return false;
    if (contacts.star || contacts.list.length === 0) return true;
    return this.files.allows(
      allowName,
      denyName,
      to,
      contacts.list.map(({ uri }) => plainUri(uri)),
    );
  }

  allowUri(context: ScriptContext, base: string, uri: string): boolean {
    const from = context.message.from?.uri;
    return from !== undefined && this.allowPair(base, from, uri);
  }

  allowPair(base: string, left: string, right: string): boolean {
    return this.files.allows(this.files.allowName(base), this.files.denyName(base), left, [right]);
  }
}

/** What rules compare with: `sip:user@host`, whatever the scheme, port and parameters. */
export function plainUri(uri: string): string {
  const parts = splitUri(uri);
  return parts === undefined ? uri : `sip:${parts.user ?? ''}@${parts.host}`;
}
