import type { Entropy } from '../../base/ports.ts';
import type { ScriptContext } from '../../module/context.ts';
import { XavpNode, type XavpValue } from '../../module/variables.ts';
import type { ClientBranch } from '../../proxy/clientBranch.ts';
import { makeTarget, type Target } from '../../proxy/target.ts';
import type { Transport } from '../../proxy/transport.ts';

/** Names of the XAVPs, '' where the parameter is not set. */
export interface ContactStores {
  readonly contacts: string;
  readonly flows: string;
  /** Attributes that usrloc keeps for each contact, in the order of the target set. */
  readonly attributes: string;
}

/**
 * Serial forking by q (t_load_contacts and its relatives). The target set waits in an XAVP, the best group on
 * top; the last of each group is marked by `q_flag`.
 */
export class Contacts {
  readonly #stores: ContactStores;
  readonly #entropy: Entropy;
  readonly #transport: Transport;

  constructor(stores: ContactStores, entropy: Entropy, transport: Transport) {
    this.#stores = stores;
    this.#entropy = entropy;
    this.#transport = transport;
  }

  /** 1 loaded, or there is nothing to sort; -1 without the parameter. */
  load(context: ScriptContext, isWeighted: boolean): number {
    const { contacts } = this.#stores;
    if (contacts === '' || this.#stores.flows === '') return -1;
    if (context.branches.length === 0) return 1;
    const targets = [context.target, ...context.branches].map((target, at) => ({ target, at }));
    const sorted = isWeighted ? this.#drawn(targets) : targets.sort(byQ);
    const attributes = this.#takeAttributes(context, targets.length);
    context.branches.length = 0;
    for (let i = sorted.length - 1; i >= 0; i--) {
      const { target, at } = sorted[i] as Placed;
      const next = sorted[i + 1];
      const node = nodeOf(target, isWeighted || next === undefined || next.target.q !== target.q);
      const own = attributes[at];
      if (own instanceof XavpNode) node.push('xavp', own);
      context.variables.xavps.push(contacts, node);
    }
    return 1;
  }

  /** The attributes of the targets, in their order; they travel with the contacts from here on. */
  #takeAttributes({ variables }: ScriptContext, count: number): XavpValue[] {
    const name = this.#stores.attributes;
    const all: XavpValue[] = [];
    if (name === '') return all;
    for (let i = 0; i < count && variables.xavps.count(name) > 0; i++) {
      all.push(variables.xavps.get(name));
      variables.xavps.remove(name);
    }
    return all;
  }

  /** Puts the attributes of the chosen contacts back, the first target's on top. */
  #restoreAttributes({ variables }: ScriptContext, nodes: readonly XavpNode[]): void {
    const name = this.#stores.attributes;
    if (name === '') return;
    variables.xavps.removeAll(name);
    for (let i = nodes.length - 1; i >= 0; i--) {
      const own = nodes[i]?.get('xavp') ?? null;
      if (own instanceof XavpNode) variables.xavps.push(name, own);
    }
  }

  /** 1: the next group is the target set; -2: none left; -1 without the parameter. */
  next(context: ScriptContext): number {
    const { contacts, flows } = this.#stores;
    if (contacts === '' || flows === '') return -1;
    const { xavps } = context.variables;
    const instances = new Set<string>();
    const chosen: Target[] = [];
    const chosenNodes: XavpNode[] = [];
    for (let isLast = false; !isLast; ) {
      const node = xavps.get(contacts);
      if (!(node instanceof XavpNode)) break;
      xavps.remove(contacts);
      isLast = node.get('q_flag') === 1;
      const target = targetOf(node, this.#transport);
      if (target.instance !== '' && instances.has(target.instance)) xavps.push(flows, node);
      else {
        chosen.push(target);
        chosenNodes.push(node);
      }
      if (target.instance !== '') instances.add(target.instance);
    }
    const [first, ...rest] = chosen;
    if (first === undefined) return -2;
    this.#restoreAttributes(context, chosenNodes);
    context.target = first;
    context.uriChanged = true;
    context.branches.length = 0;
    context.branches.push(...rest);
    return 1;
  }

  /** 1: another flow of the failed branch's instance is the target; -2: there is none. */
  nextFlow(context: ScriptContext, failed: ClientBranch | undefined): number {
    const { flows } = this.#stores;
    if (flows === '') return -1;
    const { xavps } = context.variables;
    for (let i = 0; i < xavps.count(flows); i++) {
      const node = xavps.get(flows, i);
      if (!(node instanceof XavpNode) || textOf(node.get('instance')) !== failed?.target.instance) continue;
      xavps.remove(flows, i);
      this.#restoreAttributes(context, [node]);
      context.target = targetOf(node, this.#transport);
      context.uriChanged = true;
      return 1;
    }
    return -2;
  }

  /** The higher q, the better the odds to come first; those without q last. */
  #drawn(targets: readonly Placed[]): Placed[] {
    const left = targets.filter(({ target }) => target.q > 0);
    const drawn: Placed[] = [];
    while (left.length > 0) {
      let rest = (this.#entropy.uint32() / 2 ** 32) * left.reduce((sum, { target }) => sum + target.q, 0);
      let at = 0;
      while (at < left.length - 1 && rest >= (left[at] as Placed).target.q)
        rest -= (left[at++] as Placed).target.q;
      drawn.push(...left.splice(at, 1));
    }
    return [...drawn, ...targets.filter(({ target }) => target.q <= 0)];
  }
}

interface Placed {
  readonly target: Target;
  readonly at: number;
}

function byQ(a: Placed, b: Placed): number {
  return b.target.q - a.target.q || a.at - b.at;
}

function nodeOf(target: Target, isLast: boolean): XavpNode {
  const node = new XavpNode();
  node.push('uri', target.requestUri);
  if (target.nextHop !== '') node.push('dst_uri', target.nextHop);
  if (target.path !== '') node.push('path', target.path);
  if (target.socket !== undefined) node.push('sock', target.socket.text);
  if (target.instance !== '') node.push('instance', target.instance);
  if (target.ruid !== '') node.push('ruid', target.ruid);
  if (target.userAgent !== '') node.push('user_agent', target.userAgent);
  if (target.locationUser !== '') node.push('location_user', target.locationUser);
  node.push('q', target.q);
  node.push('branch_flags', target.branchFlags);
  node.push('reg_id', target.regId);
  node.push('tcpconn_id', target.connectionId);
  node.push('q_flag', isLast ? 1 : 0);
  return node;
}

function targetOf(node: XavpNode, transport: Transport): Target {
  const socket = textOf(node.get('sock'));
  return {
    ...makeTarget(textOf(node.get('uri'))),
    nextHop: textOf(node.get('dst_uri')),
    path: textOf(node.get('path')),
    socket: socket === '' ? undefined : transport.findSocket(socket),
    instance: textOf(node.get('instance')),
    ruid: textOf(node.get('ruid')),
    userAgent: textOf(node.get('user_agent')),
    locationUser: textOf(node.get('location_user')),
    q: numberOf(node.get('q')),
    branchFlags: numberOf(node.get('branch_flags')),
    regId: numberOf(node.get('reg_id')),
    connectionId: numberOf(node.get('tcpconn_id')),
  };
}

function textOf(value: XavpValue): string {
  return typeof value === 'string' ? value : '';
}

function numberOf(value: XavpValue): number {
  return typeof value === 'number' ? value : 0;
}
