import { errorText, ServerError } from '../../base/errors.ts';
import type { VariableRef } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { Host } from '../../module/host.ts';
import { CallTable } from '../../module/mediaNodes/callTable.ts';
import { CommandClient, type NoReply, type Reply } from '../../module/mediaNodes/commandClient.ts';
import { NodePool } from '../../module/mediaNodes/nodePool.ts';
import { type MediaNode, parseNodeList } from '../../module/mediaNodes/nodes.ts';
import type { SipMessage } from '../../sip/message.ts';
import type { RtpproxyConfig } from './params.ts';

const setKey = Symbol('rtpproxy set');
const statisticsKey = Symbol('rtpproxy statistics');

/** The version of the protocol, and the one feature without which nothing works. */
const version = '20040107';
const requiredFeature = '20050322';
/** Features that are asked for: repacketizing, and lists of codecs. */
const optionalFeatures = { repacketize: '20071116', codecs: '20081102' } as const;

/** What is asked of tm, which need not be loaded. */
interface Transactions {
  transactionOf(context: ScriptContext): { readonly request: SipMessage } | undefined;
}

export class Rtpproxy {
  readonly host: Host;
  readonly config: RtpproxyConfig;
  readonly client: CommandClient;
  readonly pool: NodePool;
  /** Requests whose SDP `rtpproxy_manage` offered: what answers them is an answer. */
  readonly offered = new WeakSet<SipMessage>();
  readonly #features = new Map<MediaNode, ReadonlySet<string>>();
  #variables: { extraId?: VariableRef; ice?: VariableRef; node?: VariableRef } = {};
  #tm: Transactions | undefined;
  /** The config reads `$rtppstat` somewhere: requests within a call ask for it as they come in. */
  wantsStatistics = false;
  succeeded = 0;
  failed = 0;

  constructor(host: Host, config: RtpproxyConfig) {
    this.host = host;
    this.config = config;
    this.client = new CommandClient(host);
    this.pool = new NodePool(
      host,
      {
        restSec: () => config.rtpproxy_disable_tout,
        redetects: () => true,
        allowOp: () => 1,
        probeHoldMs: () => config.rtpproxy_tout * 1000,
        hash: callSum,
        isAlive: (node) => this.#isAlive(node),
      },
      this.client,
      new CallTable(host.clock, () => 0),
    );
    if (config.db_url === '') for (const text of config.rtpproxy_sock) this.#addNodes(text);
  }

  get tm(): Transactions | undefined {
    return this.#tm;
  }

  async start(): Promise<void> {
    const { extra_id_pv, ice_candidate_priority_avp, rtp_inst_pvar, db_url } = this.config;
    const { formats } = this.host;
    if (extra_id_pv !== '') this.#variables.extraId = formats.variable(extra_id_pv);
    if (ice_candidate_priority_avp !== '') this.#variables.ice = formats.variable(ice_candidate_priority_avp);
    if (rtp_inst_pvar !== '') this.#variables.node = formats.variable(rtp_inst_pvar);
    this.#tm = this.host.api<Transactions>('tm');
    if (db_url !== '') await this.#load(db_url);
    await this.client.open(new Set([...this.pool.table.all()].map(({ at }) => at.family)), '');
    void this.pool.probeAll();
  }

  stop(): void {
    this.client.close();
  }

  /** `set_rtp_proxy_set`. */
  useSet(context: ScriptContext, id: number): number {
    if (!this.pool.table.sets.has(id)) {
      this.host.log.error(`there is no set ${id}`);
      return -1;
    }
    context.scratch.set(setKey, id);
    return 1;
  }

  /**
   * Sends a command to a node of the chosen set: the same for a call as long as it answers, then another.
   * `make` writes the command for what a node is able to do. undefined when no node gives a reply.
   */
  async ask(
    context: ScriptContext,
    callId: string,
    make: (features: Features) => string | undefined,
  ): Promise<string | undefined> {
    const setId = (context.scratch.get(setKey) as number | undefined) ?? 0;
    const session = { callId, viaBranch: '', setId };
    const tried: MediaNode[] = [];
    for (let node = await this.pool.choose(session, tried); node !== undefined; ) {
      this.#variables.node?.set(context, node.url);
      const command = make(await this.#featuresOf(node));
      if (command === undefined) break;
      const reply = await this.#send(node, command);
      if (typeof reply !== 'string') return this.#checked(node, command, reply.text.trim());
      if (reply === 'timeout') this.pool.fail(node);
      tried.push(node);
      node = await this.pool.choose(session, tried);
    }
    this.failed++;
    this.host.log.error(`no node of set ${setId} can be used`);
    return undefined;
  }

  /** `;value` of extra_id_pv, or '' when there is none. */
  extraId(context: ScriptContext): string {
    const value = this.#variables.extraId?.get(context);
    return value === undefined || value === null || value === '' ? '' : String(value);
  }

  /** Type preference of candidates to add (RFC 8445 §5.1.2.2); undefined for none. */
  candidatePreference(context: ScriptContext): number | undefined {
    const priority = this.#variables.ice?.get(context);
    if (priority === undefined || priority === null || Number(priority) === 0) return undefined;
    return Number(priority) === 1 ? 130 : 0;
  }

  keepStatistics(context: ScriptContext, text: string): void {
    context.scratch.set(statisticsKey, text);
  }

  statistics(context: ScriptContext): string | null {
    return (context.scratch.get(statisticsKey) as string | undefined) ?? null;
  }

  #addNodes(text: string): void {
    if (text.trim() === '') return;
    const specs = parseNodeList(text, 0);
    if (typeof specs === 'string') throw new ServerError('RTPPROXY_NODE', specs);
    for (const spec of specs) this.pool.table.add(spec);
  }

  async #load(url: string): Promise<void> {
    const { table_name: table, setid_col, url_col, weight_col } = this.config;
    try {
      const database = await this.host.database(url);
      const { rows } = await database.query({ table, columns: [setid_col, url_col, weight_col] });
      for (const [setId, node, weight] of rows) this.#addNodes(`${setId} == ${node}=${weight ?? 1}`);
    } catch (error) {
      throw new ServerError('RTPPROXY_DATABASE', `table ${table}: ${errorText(error)}`);
    }
  }

  #send(node: MediaNode, command: string): Promise<Reply | NoReply> {
    const { rtpproxy_tout, rtpproxy_retr: tries } = this.config;
    return this.client.ask(node, command, { timeoutMs: rtpproxy_tout * 1000, tries });
  }

  #checked(node: MediaNode, command: string, reply: string): string | undefined {
    if (/^E\d*/i.test(reply)) {
      this.failed++;
      this.host.log.error(`${node.url} refuses ${command.slice(0, 1)}: ${reply}`);
      return undefined;
    }
    this.succeeded++;
    return reply;
  }

  async #isAlive(node: MediaNode): Promise<boolean> {
    if ((await this.#text(node, 'V')) !== version) return false;
    if ((await this.#text(node, `VF ${requiredFeature}`)) !== '1') {
      this.host.log.error(`${node.url} speaks a version of the protocol that is too old`);
      return false;
    }
    this.#features.delete(node);
    await this.#featuresOf(node);
    return true;
  }

  async #featuresOf(node: MediaNode): Promise<Features> {
    const known = this.#features.get(node);
    const features = known ?? new Set<string>();
    if (known === undefined) {
      for (const feature of Object.values(optionalFeatures))
        if ((await this.#text(node, `VF ${feature}`)) === '1') (features as Set<string>).add(feature);
      this.#features.set(node, features);
    }
    return {
      canRepacketize: features.has(optionalFeatures.repacketize),
      takesCodecs: features.has(optionalFeatures.codecs),
    };
  }

  async #text(node: MediaNode, command: string): Promise<string> {
    const reply = await this.#send(node, command);
    return typeof reply === 'string' ? '' : reply.text.trim();
  }
}

export interface Features {
  readonly canRepacketize: boolean;
  readonly takesCodecs: boolean;
}

/** The bytes of the Call-ID added up, of which the lowest eight bits count. */
function callSum(callId: string): number {
  let sum = 0;
  for (let i = 0; i < callId.length; i++) sum += callId.charCodeAt(i);
  return sum & 0xff;
}
