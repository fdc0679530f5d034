/** Which nodes can be used, which of them takes a call, and how they come back after a failure. */
import type { Host } from '../host.ts';
import type { CallTable } from './callTable.ts';
import type { CommandClient } from './commandClient.ts';
import { weightedIndex } from './nodeHash.ts';
import { type MediaNode, NodeTable } from './nodes.ts';

/** What a command is about. */
export interface Session {
  readonly callId: string;
  readonly viaBranch: string;
  readonly setId: number;
}

/** How a module wants its nodes treated; asked each time, as parameters may change. */
export interface PoolRules {
  /** Seconds for which a node that does not answer rests. */
  restSec(): number;
  /** Probe all nodes of a set when none can be used? */
  redetects(): boolean;
  /** Calls that a disabled node has: 0 it gets nothing more, 1 they may end, 2 only when it was disabled by hand. */
  allowOp(): number;
  /** Milliseconds for which a failed probe counts. */
  probeHoldMs(): number;
  hash(callId: string): number;
  /** Does the node answer as it should? */
  isAlive(node: MediaNode): Promise<boolean>;
}

export class NodePool {
  readonly table = new NodeTable();
  readonly #host: Host;
  readonly #rules: PoolRules;
  readonly #client: CommandClient;
  readonly #calls: CallTable;
  readonly #probes = new Map<MediaNode, Promise<boolean>>();
  readonly #failedProbes = new Map<MediaNode, number>();

  constructor(host: Host, rules: PoolRules, client: CommandClient, calls: CallTable) {
    this.#host = host;
    this.#rules = rules;
    this.#client = client;
    this.#calls = calls;
  }

  /** The node that has this call already, if it may still be asked. */
  nodeOf(session: Session): MediaNode | undefined {
    const node = this.#calls.find(session.callId, session.viaBranch, session.setId);
    if (node === undefined || this.#mayFinish(node)) return node;
    return undefined;
  }

  /** A node for a new call that is not among the `tried` ones; a promise where only a probe can tell. */
  choose(
    session: Session,
    tried: readonly MediaNode[],
  ): MediaNode | undefined | Promise<MediaNode | undefined> {
    const nodes = this.table.sets.get(session.setId)?.nodes;
    if (nodes === undefined) return undefined;
    this.#probeDue(nodes);
    const chosen = this.#pick(nodes, session, tried);
    if (chosen !== undefined || !this.#rules.redetects()) return chosen;
    const silent = nodes.filter((node) => !node.enabled && !node.permanent && !tried.includes(node));
    if (silent.length === 0) return undefined;
    return Promise.all(silent.map((node) => this.probe(node))).then(() => this.#pick(nodes, session, tried));
  }

  /** The node has not answered: no call gets it for a while, and those that wait for it wait no longer. */
  fail(node: MediaNode): void {
    if (node.enabled) {
      node.failures++;
      this.#host.log.error(`${node.url} does not answer, disabled for ${this.#rules.restSec()} s`);
    }
    this.#rest(node);
    this.#client.abandon(node);
  }

  /**
   * Asks a node whether it lives, and believes it; those who ask meanwhile share the answer, and no answer counts
   * for as long as one would have been waited for once.
   */
  probe(node: MediaNode): Promise<boolean> {
    const running = this.#probes.get(node);
    if (running !== undefined) return running;
    const failedMs = this.#failedProbes.get(node);
    if (failedMs !== undefined && this.#host.timers.nowMs - failedMs < this.#rules.probeHoldMs())
      return Promise.resolve(false);
    const probe = this.#check(node);
    this.#probes.set(node, probe);
    return probe.finally(() => this.#probes.delete(node));
  }

  /** Probes even if that has just failed: somebody asks by hand. */
  probeNow(node: MediaNode): Promise<boolean> {
    this.#failedProbes.delete(node);
    return this.probe(node);
  }

  /** Probes all nodes that were not disabled by hand. */
  async probeAll(): Promise<void> {
    const nodes = [...this.table.all()].filter((node) => !node.permanent);
    await Promise.all(nodes.map((node) => this.probe(node)));
  }

  /** By RPC. An enabled node must answer first; a permanently disabled one is at least tried again soon. */
  async enable(node: MediaNode): Promise<boolean> {
    node.permanent = false;
    const alive = await this.probeNow(node);
    if (!alive) this.#rest(node);
    return alive;
  }

  disable(node: MediaNode): void {
    node.enabled = false;
    node.permanent = true;
  }

  /** Addresses of the nodes that are given by name; unknown ones stay disabled until a later probe finds them. */
  async resolve(node: MediaNode): Promise<void> {
    if (node.address !== '') return;
    const { resolver } = this.#host;
    try {
      const records = await (node.at.family === 6 ? resolver.aaaa(node.at.host) : resolver.a(node.at.host));
      node.address = records[0]?.address ?? '';
    } catch {
      // nobody could tell: the next probe asks again
    }
    if (node.address === '') this.#host.log.error(`${node.url}: the name has no address`);
  }

  #pick(
    nodes: readonly MediaNode[],
    { callId }: Session,
    tried: readonly MediaNode[],
  ): MediaNode | undefined {
    const usable = nodes.filter((node) => node.isUsable && !tried.includes(node));
    if (usable.length <= 1) return usable[0];
    const weights = usable.map((node) => node.weight);
    return usable[weightedIndex(weights, this.#rules.hash(callId))];
  }

  /** Calls that a disabled node has may end there. */
  #mayFinish(node: MediaNode): boolean {
    if (node.enabled) return true;
    const allowed = this.#rules.allowOp();
    return allowed === 1 || (allowed === 2 && node.permanent);
  }

  #rest(node: MediaNode): void {
    node.enabled = false;
    node.retryAtMs = this.#host.timers.nowMs + this.#rules.restSec() * 1000;
  }

  /** Nodes whose rest is over are probed in the background; no call waits for that. */
  #probeDue(nodes: readonly MediaNode[]): void {
    const now = this.#host.timers.nowMs;
    for (const node of nodes)
      if (!node.enabled && !node.permanent && node.retryAtMs <= now) void this.probe(node);
  }

  async #check(node: MediaNode): Promise<boolean> {
    await this.resolve(node);
    const alive = node.address !== '' && (await this.#rules.isAlive(node));
    if (alive) this.#failedProbes.delete(node);
    else this.#failedProbes.set(node, this.#host.timers.nowMs);
    if (node.permanent) return alive;
    if (!alive) this.fail(node);
    else if (!node.enabled) {
      node.enabled = true;
      this.#host.log.notice(`${node.url} answers again`);
    }
    return alive;
  }
}
