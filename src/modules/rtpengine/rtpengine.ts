/** The module's instance: commands to nodes for the message that a route is about. */
import { ServerError } from '../../base/errors.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { Host } from '../../module/host.ts';
import { CallTable } from '../../module/mediaNodes/callTable.ts';
import { CommandClient } from '../../module/mediaNodes/commandClient.ts';
import { callHash } from '../../module/mediaNodes/nodeHash.ts';
import { NodePool, type PoolRules, type Session } from '../../module/mediaNodes/nodePool.ts';
import { type MediaNode, parseNodeList } from '../../module/mediaNodes/nodes.ts';
import type { SipMessage } from '../../sip/message.ts';
import { sdpBodyOf } from '../../sip/sdpBody.ts';
import { branchOfVia } from '../../sip/viaBranch.ts';
import { type Dictionary, textOf } from './bencode.ts';
import { type Identity, identityOf, makeCommand, type Operation } from './command.ts';
import { askNode, isAlive } from './conversation.ts';
import { DtmfEvents } from './dtmfEvents.ts';
import { FlagCache, type Flags, isViaBranch, resolveAuto, type ViaBranch } from './flags.ts';
import { similarFlag, unknownFlags } from './knownFlags.ts';
import { NodeDatabase } from './nodeDatabase.ts';
import { parameterNames, type RtpengineConfig } from './params.ts';
import { ScriptVariables } from './scriptVariables.ts';
import { fillQualities } from './statistics.ts';

const setsKey = Symbol('rtpengine sets');
const replyKey = Symbol('rtpengine reply');
/** What is asked of tm, which need not be loaded. */
interface Transactions {
  transactionOf(context: ScriptContext): { readonly request: SipMessage } | undefined;
  nextViaBranch(context: ScriptContext): string;
}

/** What a function asks for. */
export interface Request {
  readonly operation: Operation;
  readonly flags: string;
  /** The second argument: with it rtpengine takes the flags apart itself. */
  readonly viaBranch?: string | undefined;
  readonly sdp?: string | undefined;
  readonly isFragment?: boolean;
}

/** A request with all that stays the same from node to node. */
interface Prepared {
  readonly request: Request;
  readonly flags: Flags;
  readonly identity: Identity;
  readonly viaBranch: string;
}

export class Rtpengine {
  readonly host: Host;
  readonly config: RtpengineConfig;
  readonly variables = new ScriptVariables();
  readonly client: CommandClient;
  readonly calls: CallTable;
  readonly pool: NodePool;
  readonly database: NodeDatabase;
  readonly #dtmf: DtmfEvents;
  readonly #flags = new FlagCache();
  /** Requests whose SDP `rtpengine_manage` offered: what answers them is an answer. */
  readonly offered = new WeakSet<SipMessage>();
  #tm: Transactions | undefined;
  /** Commands that ended with `ok`, and all others. */
  succeeded = 0;
  failed = 0;
  /** The config reads `$rtpestat` somewhere: requests within a call ask for it as they come in. */
  wantsPackets = false;
  /** Monotonic time of the last `rtpengine.reload`. */
  reloadedMs = Number.NEGATIVE_INFINITY;

  constructor(host: Host, config: RtpengineConfig) {
    this.host = host;
    this.config = config;
    this.client = new CommandClient(host);
    this.calls = new CallTable(host.clock, () => config.hash_table_tout);
    const rules: PoolRules = {
      restSec: () => config.rtpengine_disable_tout,
      redetects: () => config.aggressive_redetection !== 0,
      allowOp: () => config.rtpengine_allow_op,
      probeHoldMs: () => config.rtpengine_tout_ms,
      hash: (callId) => callHash(callId, config.hash_algo),
      isAlive: (node) => isAlive(this.client, config, node),
    };
    this.pool = new NodePool(host, rules, this.client, this.calls);
    this.database = new NodeDatabase(host, config, this.pool);
    this.#dtmf = new DtmfEvents(host, config, this.variables);
    for (const text of config.rtpengine_sock) this.#addNodes(text);
  }

  get tm(): Transactions | undefined {
    return this.#tm;
  }

  async start(): Promise<void> {
    this.variables.bind(this.host, this.config, parameterNames);
    this.#tm = this.host.api<Transactions>('tm');
    await this.database.start();
    await this.openSockets();
    await this.#dtmf.start();
    if (this.config.ping_mode !== 0) void this.pool.probeAll();
    else for (const node of this.pool.table.all()) void this.pool.resolve(node);
    const { ping_interval: seconds } = this.config;
    if (seconds > 0) this.host.timers.every(seconds * 1000, () => this.pool.probeAll());
  }

  stop(): void {
    this.#dtmf.stop();
    this.client.close();
  }

  openSockets(): Promise<void> {
    const families = new Set(
      [...this.pool.table.all()].map(({ at, address }) => familyOf(address, at.family)),
    );
    return this.client.open(families, this.config.force_send_interface);
  }

  /** Tells of flags that rtpengine does not document, when the config is loaded. */
  checkFlags(text: string): void {
    const flags = this.#flags.get(text);
    if (flags.error !== undefined) this.host.log.error(`flags '${text}': ${flags.error}`);
    for (const flag of unknownFlags(flags)) {
      const similar = similarFlag(flag);
      const hint = similar === undefined || similar === flag ? '' : `, did you mean '${similar}'?`;
      this.host.log.warn(`flags '${text}': rtpengine does not know '${flag}'${hint}`);
    }
  }

  /** `set_rtpengine_set`: 1, or -1 when there is no such set. */
  useSets(context: ScriptContext, sets: readonly number[]): number {
    if (sets.some((id) => !this.pool.table.sets.has(id)) || sets[0] === sets[1]) {
      this.host.log.error(`there is no set ${sets.join(' or ')}, or both are the same`);
      return -1;
    }
    context.scratch.set(setsKey, sets);
    return 1;
  }

  /**
   * Sends a command to the node that has the call, or a new one, and to a second one where two sets are chained.
   * The last reply, or undefined when there is none that says `ok`.
   */
  async command(context: ScriptContext, request: Request): Promise<Dictionary | undefined> {
    const prepared = this.#prepare(context, request);
    if (prepared === undefined) return undefined;
    let reply: Dictionary | undefined;
    for (const setId of this.#setsOf(context)) {
      const sdp = reply === undefined ? request.sdp : (textOf(reply, 'sdp') ?? request.sdp);
      reply = await this.#commandSet(context, prepared, setId, sdp);
      if (reply === undefined) break;
    }
    if (reply === undefined) this.failed++;
    else this.#take(context, request.operation, reply);
    return reply;
  }

  keepReply(context: ScriptContext, reply: Dictionary): void {
    context.scratch.set(replyKey, reply);
  }

  /** The last reply to `query` or `delete` in this run. */
  lastReply(context: ScriptContext): Dictionary | undefined {
    return context.scratch.get(replyKey) as Dictionary | undefined;
  }

  /** The SDP to send: from the variable of `read_sdp_pv`, else from the body. */
  sdpOf(context: ScriptContext): { readonly text: string; readonly isFragment: boolean } | undefined {
    const body = sdpBodyOf(context.message);
    if (!this.variables.has('read_sdp_pv')) return body;
    const text = this.variables.get('read_sdp_pv', context);
    return { text: text === null ? '' : String(text), isFragment: false };
  }

  #addNodes(text: string): void {
    const specs = parseNodeList(text, this.config.setid_default);
    if (typeof specs === 'string') throw new ServerError('RTPENGINE_NODE', specs);
    for (const spec of specs) this.pool.table.add(spec);
  }

  #prepare(context: ScriptContext, request: Request): Prepared | undefined {
    const parsed = this.#flags.get(request.flags);
    const flags = request.viaBranch === undefined ? parsed : rawFlagsOf(parsed);
    const isAnswer = request.operation === 'offer' && flags.forceAnswer;
    const operation: Operation = isAnswer ? 'answer' : request.operation;
    const identity = identityOf(context.message, operation, flags);
    const viaBranch = this.#viaBranch(context, request.viaBranch ?? flags.viaBranch);
    const problem =
      flags.error ??
      (identity.callId === '' && flags.callId === undefined ? 'there is no Call-ID' : undefined) ??
      (operation === 'answer' && context.message.toTag === '' ? 'an answer needs a To tag' : undefined) ??
      (viaBranch === undefined ? 'there is no such via-branch' : undefined);
    if (problem !== undefined || viaBranch === undefined) {
      this.host.log.error(`${request.operation}: ${problem}`);
      return undefined;
    }
    return { request: { ...request, operation }, flags, identity, viaBranch };
  }

  /** undefined when the Via or the variable is missing. */
  #viaBranch(context: ScriptContext, which: string): string | undefined {
    if (!isViaBranch(which)) return undefined;
    const { message } = context;
    const found = this.#branchText(context, resolveAuto(which, message.isRequest));
    return which === 'none' ? '' : found === '' ? undefined : found;
  }

  #branchText(context: ScriptContext, which: ViaBranch): string {
    switch (which) {
      case '1':
        return branchOfVia(context.message, 1);
      case '2':
        return branchOfVia(context.message, 2);
      case 'next':
        return this.#tm?.nextViaBranch(context) ?? '';
      case 'extra':
        return this.variables.has('extra_id_pv')
          ? String(this.variables.get('extra_id_pv', context) ?? '<null>')
          : '';
      default:
        return '';
    }
  }

  #setsOf(context: ScriptContext): readonly number[] {
    const chosen = context.scratch.get(setsKey) as readonly number[] | undefined;
    const byVariable = this.variables.get('setid_avp', context);
    if (byVariable !== null) return [Number(byVariable)];
    return chosen ?? [this.config.setid_default];
  }

  /** One set: nodes are tried until one answers. */
  async #commandSet(
    context: ScriptContext,
    { request, flags, identity, viaBranch }: Prepared,
    setId: number,
    sdp: string | undefined,
  ): Promise<Dictionary | undefined> {
    const { callId } = identity;
    const session: Session = { callId, viaBranch, setId };
    const rawFlags = request.viaBranch === undefined ? undefined : request.flags;
    const { operation, isFragment = false } = request;
    const command = makeCommand(context, {
      operation,
      flags,
      identity,
      viaBranch,
      sdp,
      isFragment,
      rawFlags,
    });
    const tried: MediaNode[] = [];
    let node = this.pool.nodeOf(session) ?? (await this.pool.choose(session, tried));
    while (node !== undefined) {
      this.variables.set('rtp_inst_pvar', context, node.url);
      this.calls.insert(callId, viaBranch, node);
      const { queried_nodes_limit } = this.config;
      const reply = await askNode(this.client, this.config, node, command);
      if (reply === 'timeout') this.pool.fail(node);
      else if (typeof reply !== 'string' && textOf(reply, 'result') !== 'load limit') {
        if (operation === 'delete') this.calls.remove(callId, viaBranch, setId);
        return this.#checked(operation, node, reply);
      }
      tried.push(node);
      // only an offer makes a call; another node could do nothing else for this one
      const mayMove = operation === 'offer' && tried.length < queried_nodes_limit;
      node = mayMove ? await this.pool.choose(session, tried) : undefined;
    }
    this.host.log.error(`${operation}: no node of set ${setId} can be used`);
    return undefined;
  }

  #checked(operation: Operation, node: MediaNode, reply: Dictionary): Dictionary | undefined {
    const warning = textOf(reply, 'warning');
    if (warning !== undefined) this.host.log.notice(`${operation}: ${node.url} says: ${warning}`);
    if (textOf(reply, 'result') === 'ok') return reply;
    const reason = textOf(reply, 'error-reason') ?? 'no reason given';
    this.host.log.error(`${operation}: ${node.url} refuses: ${reason}`);
    return undefined;
  }

  #take(context: ScriptContext, operation: Operation, reply: Dictionary): void {
    this.succeeded++;
    if (operation !== 'query' && operation !== 'delete') return;
    this.keepReply(context, reply);
    fillQualities(context, reply, this.variables);
  }
}

function familyOf(address: string, wanted: 4 | 6): 4 | 6 {
  if (address === '') return wanted;
  return address.includes(':') ? 6 : 4;
}

/** What stays ours when rtpengine takes the flags apart: which call, and who. */
function rawFlagsOf(flags: Flags): Flags {
  return { ...flags, error: undefined };
}
