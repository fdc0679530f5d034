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
    const targets = [context.target, ...context.branches];
    const sorted = isWeighted
      ? this.#drawn(targets)
      : targets
          .map((target, at) => ({ target, at }))
          .sort(byQ)
          .map(({ target }) => target);
    context.branches.length = 0;
    for (let i = sorted.length - 1; i >= 0; i--) {
      const next = sorted[i + 1];
      const isLast = isWeighted || next === undefined || next.q !== (sorted[i] as Target).q;
      context.variables.xavps.push(contacts, nodeOf(sorted[i] as Target, isLast));
    }
    return 1;
  }

  /** 1: the next group is the target set; -2: none left; -1 without the parameter. */
  next(context: ScriptContext): number {
    const { contacts, flows } = this.#stores;
    if (contacts === '' || flows === '') return -1;
    const { xavps } = context.variables;
    const instances = new Set<string>();
    const chosen: Target[] = [];
    for (let isLast = false; !isLast; ) {
      const node = xavps.get(contacts);
      if (!(node instanceof XavpNode)) break;
      xavps.remove(contacts);
      isLast = node.get('q_flag') === 1;
      const target = targetOf(node, this.#transport);
      if (target.instance !== '' && instances.has(target.instance)) xavps.push(flows, node);
      else chosen.push(target);
      if (target.instance !== '') instances.add(target.instance);
    }
    const [first, ...rest] = chosen;
    if (first === undefined) return -2;
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
      context.target = targetOf(node, this.#transport);
      context.uriChanged = true;
      return 1;
    }
    return -2;
  }

  /** The higher q, the better the odds to come first; those without q last. */
  #drawn(targets: readonly Target[]): Target[] {
    const left = targets.filter(({ q }) => q > 0);
    const drawn: Target[] = [];
    while (left.length > 0) {
      let rest = (this.#entropy.uint32() / 2 ** 32) * left.reduce((sum, { q }) => sum + q, 0);
      let at = 0;
      while (at < left.length - 1 && rest >= (left[at] as Target).q) rest -= (left[at++] as Target).q;
      drawn.push(...left.splice(at, 1));
    }
    return [...drawn, ...targets.filter(({ q }) => q <= 0)];
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
