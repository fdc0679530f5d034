import type { TransportProtocol } from '../../base/ports.ts';
import { type Soon, soon } from '../../base/soon.ts';
import type { ScriptContext } from '../../module/context.ts';
import { type BranchRequest, ClientBranch } from '../../proxy/clientBranch.ts';
import type { ServerAddress, ServerLocation } from '../../proxy/location.ts';
import { type NextHop, nextHopOf } from '../../proxy/nextHop.ts';
import { copyWithinMtu, socketTo } from '../../proxy/requestForwarder.ts';
import { copyTarget, type Target } from '../../proxy/target.ts';
import { isReliable, type Transport } from '../../proxy/transport.ts';
import type { EditList } from '../../sip/editList.ts';
import type { SipMessage } from '../../sip/message.ts';
import { noSocket, tooManyBranches, unresolvable, unsent } from './failureReason.ts';
import type { BranchCopy, ScriptRoutes } from './scriptRoutes.ts';
import type { Transaction } from './transaction.ts';

/** Where a relay goes when the script names it. */
export interface RelayWay {
  /** Instead of where the target leads. */
  readonly hop?: NextHop | undefined;
  /** Instead of the transport that the target asks for. */
  readonly proto?: TransportProtocol | undefined;
}

export const wherever: RelayWay = {};

export interface RelayParts {
  readonly transport: Transport;
  readonly location: ServerLocation;
  readonly routes: ScriptRoutes;
  readonly maxBranches: () => number;
  /** Is this destination off limits for the method now? */
  readonly isBlocked: (method: string, address: ServerAddress) => boolean;
}

interface BranchStart {
  readonly branch: ClientBranch;
  readonly text: string;
}

/** Sends a request on: one branch for each target of the script (RFC 3261 §16.5, §16.6). */
export class Relay {
  readonly #parts: RelayParts;

  constructor(parts: RelayParts) {
    this.#parts = parts;
  }

  /** 1 when some branch is on its way; negative when none is, with `transaction.failure` telling why. */
  relay(transaction: Transaction, context: ScriptContext, way: RelayWay): number | Promise<number> {
    const { proxy } = transaction;
    if (!proxy.isOpen || proxy.isCancelled) return -1;
    const targets = takeTargets(transaction, context);
    if (targets.length === 0) return -1;
    this.remember(transaction, context);
    transaction.takeFlags(context);
    proxy.step++;
    proxy.holds++;
    const starts: BranchStart[] = [];
    const added = this.#addFrom(0, targets, starts, transaction, context, way);
    if (added === undefined) return this.#launch(transaction, starts);
    return added.then(() => this.#launch(transaction, starts));
  }

  /** What failure routes and continuations begin with: the request as it is now, unless it was kept before. */
  remember(transaction: Transaction, context: ScriptContext): void {
    transaction.relayed ??= {
      target: transaction.usedTarget ?? copyTarget(context.target),
      edits: transaction.savedEdits ?? editsOf(context.message),
      body: context.newBody,
    };
  }

  #addFrom(
    first: number,
    targets: readonly Target[],
    starts: BranchStart[],
    transaction: Transaction,
    context: ScriptContext,
    way: RelayWay,
  ): undefined | Promise<undefined> {
    for (let i = first; i < targets.length; i++) {
      const added = this.#addOne(targets[i] as Target, starts, transaction, context, way);
      if (added instanceof Promise)
        return added.then(() => this.#addFrom(i + 1, targets, starts, transaction, context, way));
    }
    return undefined;
  }

  #addOne(
    target: Target,
    starts: BranchStart[],
    transaction: Transaction,
    context: ScriptContext,
    way: RelayWay,
  ): Soon<void> {
    const index = transaction.proxy.branches.length;
    if (index >= this.#parts.maxBranches()) {
      transaction.failure = tooManyBranches;
      return;
    }
    const copy = this.#parts.routes.branch(transaction, context, target, index);
    if (copy instanceof Promise) return copy.then((made) => this.#locate(made, starts, transaction, way));
    return this.#locate(copy, starts, transaction, way);
  }

  #locate(
    copy: BranchCopy | undefined,
    starts: BranchStart[],
    transaction: Transaction,
    way: RelayWay,
  ): Soon<void> {
    if (copy === undefined) return;
    const { target } = copy;
    const found = way.hop ?? nextHopOf(target.nextHop === '' ? target.requestUri : target.nextHop);
    if (found === undefined) {
      transaction.failure = unresolvable;
      return;
    }
    const hop = way.proto === undefined ? found : { ...found, proto: way.proto };
    return soon(this.#parts.location.locate(hop), (addresses) =>
      this.#add(copy, addresses, starts, transaction),
    );
  }

  #add(
    copy: BranchCopy,
    addresses: readonly ServerAddress[],
    starts: BranchStart[],
    transaction: Transaction,
  ): void {
    // failover needs the edits of this copy again; the message itself may be edited on meanwhile
    const edits = copy.edits ?? (addresses.length > 1 ? transaction.relayed?.edits : undefined);
    const request = { target: copy.target, addresses, edits, body: copy.body };
    const start = this.#create(transaction, request, 0, copy.replyRoute);
    if (start !== undefined) starts.push(start);
    else transaction.failure = addresses.length === 0 ? unresolvable : noSocket;
  }

  /** A branch to the first address that can be sent to; undefined when there is none. */
  #create(
    transaction: Transaction,
    request: BranchRequest,
    first: number,
    replyRoute: string,
  ): BranchStart | undefined {
    const { proxy, forwarding } = transaction;
    const { transport } = this.#parts;
    const { addresses } = request;
    for (let i = first; i < addresses.length; i++) {
      const address = addresses[i] as ServerAddress;
      const socket = socketTo(transport, request.target, address, forwarding.flow?.socket);
      if (socket === undefined || this.#parts.isBlocked(transaction.method, address)) continue;
      const viaBranch = proxy.nextViaBranch();
      const { edits, body, target } = request;
      const copy = copyWithinMtu(transport, proxy.request, target, address, socket, forwarding, {
        viaBranch,
        edits,
        body,
      });
      if (forwarding.mayLeave?.(copy) === false) return undefined;
      const branch = new ClientBranch(proxy, request, {
        index: proxy.branches.length,
        step: proxy.step,
        viaBranch,
        destination: copy.destination,
        addressAt: i,
      });
      branch.replyRoute = replyRoute;
      proxy.branches.push(branch);
      return { branch, text: copy.text };
    }
    return undefined;
  }

  #launch(transaction: Transaction, starts: readonly BranchStart[]): number {
    const { proxy } = transaction;
    let isOnItsWay = false;
    // a branch_route is good for one t_relay only, as in Kamailio
    if (transaction.plan.branchRoute !== '') transaction.plan.branchRoute = '';
    for (let i = 0; i < starts.length; i++) this.#start(transaction, starts[i] as BranchStart);
    proxy.holds--;
    for (let i = 0; i < starts.length; i++) {
      if (!(starts[i] as BranchStart).branch.isFinal || proxy.hasPending) isOnItsWay = true;
    }
    if (isOnItsWay) {
      transaction.failure = undefined;
      forgetEarlierSteps(transaction);
      return 1;
    }
    transaction.failure ??= starts.length === 0 ? unresolvable : unsent;
    if (starts.length === 0 || transaction.keeper.config.failure_exec_mode === 0)
      return transaction.failure.code;
    void proxy.conclude();
    return 1;
  }

  #start(transaction: Transaction, { branch, text }: BranchStart): void {
    transaction.tell('onBranchSend', branch);
    transaction.proxy.start(branch, text, isReliable(branch.destination.proto));
  }

  /** The next address of a branch that came to nothing, as a branch of its own (RFC 3263 §4.3). */
  failOver(transaction: Transaction, branch: ClientBranch): boolean {
    const request = failoverRequest(transaction, branch);
    const start = this.#create(transaction, request, branch.addressAt + 1, branch.replyRoute);
    if (start === undefined) return false;
    this.#start(transaction, start);
    return true;
  }
}

/** The same copy again; by parameter from the socket that the request came in on. */
function failoverRequest(transaction: Transaction, { request }: ClientBranch): BranchRequest {
  const { target } = request;
  if (transaction.keeper.config.dns_reuse_rcv_socket === 0 || target.socket !== undefined) return request;
  const { addresses, edits, body } = request;
  return { target: { ...copyTarget(target), socket: transaction.flow.socket }, addresses, edits, body };
}

/** A copy of the edits; the common case of none costs nothing. */
function editsOf(message: SipMessage): EditList | undefined {
  return message.edits.size === 0 ? undefined : message.edits.clone();
}

/** The script's target unless it was used already, and its branches, which it loses by that. */
function takeTargets(transaction: Transaction, context: ScriptContext): Target[] {
  const { target, branches } = context;
  const used = transaction.usedTarget;
  const isNew =
    used === undefined ||
    context.uriChanged ||
    used.requestUri !== target.requestUri ||
    (target.nextHop !== '' && used.nextHop !== target.nextHop);
  const targets = branches.length > 0 ? branches.slice() : [];
  branches.length = 0;
  context.uriChanged = false;
  if (isNew) {
    // the script may go on changing its own
    transaction.usedTarget = copyTarget(target);
    targets.unshift(transaction.usedTarget);
  }
  return targets;
}

/** A new serial step may make the responses of earlier ones forgotten (failure_reply_mode, t_drop_replies). */
function forgetEarlierSteps(transaction: Transaction): void {
  const { proxy, plan, keeper } = transaction;
  const mode = keeper.config.failure_reply_mode;
  const drop = plan.dropReplies || (mode === 0 ? 'n' : mode === 2 ? 'l' : 'a');
  if (plan.dropReplies !== '') plan.dropReplies = '';
  if (drop === 'n') return;
  for (const branch of proxy.branches) {
    const isLast = branch.step === proxy.step - 1;
    if (branch.step < proxy.step && branch.isFinal && (drop === 'a' || isLast)) branch.isDiscarded = true;
  }
}
