import type { RouteKind } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { Host } from '../../module/host.ts';
import type { ReplyBody } from '../../module/replyExtras.ts';
import { scriptFlags, setScriptFlags } from '../../module/scriptFlags.ts';
import type { ClientBranch } from '../../proxy/clientBranch.ts';
import { copyTarget, type Target } from '../../proxy/target.ts';
import type { EditList } from '../../sip/editList.ts';
import type { SipMessage } from '../../sip/message.ts';
import type { Transaction } from './transaction.ts';

/** What a branch_route has made of one copy; undefined when it dropped it. */
export interface BranchCopy {
  readonly target: Target;
  readonly edits: EditList | undefined;
  readonly body: string | undefined;
  /** onreply_route for this branch alone, set inside its branch_route; '' for none. */
  readonly replyRoute: string;
}

/** Runs the blocks that a transaction has been given, each in the context that Kamailio would give it. */
export class ScriptRoutes {
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  /** branch_route: sees its own target and branch index; its edits touch this copy only. */
  branch(
    transaction: Transaction,
    context: ScriptContext,
    target: Target,
    index: number,
  ): BranchCopy | undefined | Promise<BranchCopy | undefined> {
    const { plan } = transaction;
    const name = plan.branchRoute;
    if (name === '' || !this.#host.routes.has('branch', name))
      return { target, edits: undefined, body: context.newBody, replyRoute: '' };
    const saved = saveRun(context);
    const flags = scriptFlags(context);
    if (flags !== 0) setScriptFlags(context, 0); // they belong to the run of one block
    const replyRoute = plan.replyRoute;
    context.target = copyTarget(target);
    context.branchIndex = index;
    const result = this.#host.routes.run('branch', name, context);
    const finish = (): BranchCopy | undefined => {
      const copy = {
        target: context.target,
        edits: context.message.edits.clone(),
        body: context.newBody,
        replyRoute: plan.replyRoute === replyRoute ? '' : plan.replyRoute,
      };
      const dropped = context.dropped;
      if (flags !== 0) setScriptFlags(context, flags);
      restoreRun(context, saved);
      return dropped ? undefined : copy;
    };
    return typeof result === 'number' ? finish() : result.then(finish);
  }

  /** onreply_route; false when it drops the response. */
  onReply(
    transaction: Transaction,
    branch: ClientBranch,
    response: SipMessage,
    context: ScriptContext,
  ): boolean | Promise<boolean> {
    const name = branch.replyRoute === '' ? transaction.plan.replyRoute : branch.replyRoute;
    if (name === '' || !this.#host.routes.has('onreply', name)) return true;
    this.#enter(transaction, context);
    context.message = response;
    context.response = response;
    context.branchIndex = branch.index;
    context.target.branchFlags = branch.target.branchFlags;
    transaction.currentBranch = branch;
    const result = this.#host.routes.run('onreply', name, context);
    return typeof result === 'number'
      ? this.#leave(transaction, context, branch)
      : result.then(() => this.#leave(transaction, context, branch));
  }

  #leave(transaction: Transaction, context: ScriptContext, branch: ClientBranch): boolean {
    transaction.takeFlags(context);
    branch.target.branchFlags = context.target.branchFlags;
    return !context.dropped;
  }

  /** failure_route: the request as it was when it was first relayed, with the flags of the chosen branch. */
  failure(
    kind: RouteKind,
    name: string,
    transaction: Transaction,
    branch: ClientBranch | undefined,
  ): number | Promise<number> {
    const context = this.failureContext(transaction, branch);
    if (kind === 'branch_failure') context.branchIndex = branch?.index ?? -1;
    const result = this.#host.routes.run(kind, name, context);
    if (typeof result !== 'number')
      return result.then((code) => {
        transaction.takeFlags(context);
        return code;
      });
    transaction.takeFlags(context);
    return result;
  }

  failureContext(transaction: Transaction, branch: ClientBranch | undefined): ScriptContext {
    const { request, relayed } = transaction;
    const context = this.#host.routes.contextFor(request, transaction.flow);
    this.#enter(transaction, context);
    if (relayed?.edits === undefined) request.edits.clear();
    else request.edits.assign(relayed.edits);
    context.newBody = relayed?.body;
    context.forceRport = transaction.forwarding.forceRport;
    context.addLocalRport = transaction.forwarding.addLocalRport;
    context.advertisedHost = transaction.forwarding.advertisedHost;
    context.advertisedPort = transaction.forwarding.advertisedPort;
    context.response = branch?.response;
    context.replyHeaders = transaction.replyExtras?.replyHeaders ?? '';
    context.replyBody = transaction.replyExtras?.replyBody;
    if (relayed !== undefined)
      context.target = {
        ...relayed.target,
        branchFlags: branch?.target.branchFlags ?? relayed.target.branchFlags,
      };
    transaction.currentBranch = branch;
    transaction.usedTarget = copyTarget(context.target);
    return context;
  }

  #enter(transaction: Transaction, context: ScriptContext): void {
    context.transaction = transaction;
    context.variables = transaction.variables;
    context.flags = transaction.flags;
  }
}

interface SavedRun {
  readonly returnCode: number;
  readonly exited: boolean;
  readonly dropped: boolean;
  readonly depth: number;
  readonly target: Target;
  readonly branchIndex: number;
  readonly newBody: string | undefined;
  readonly uriChanged: boolean;
  readonly edits: EditList;
  readonly replyHeaders: string;
  readonly replyBody: ReplyBody | undefined;
}

/** A branch_route runs inside another route, on the same context. */
function saveRun(context: ScriptContext): SavedRun {
  const { returnCode, exited, dropped, depth, target, branchIndex, newBody, uriChanged } = context;
  const { replyHeaders, replyBody } = context;
  const edits = context.message.edits.clone();
  return {
    ...{ returnCode, exited, dropped, depth, target, branchIndex, newBody, uriChanged },
    ...{ edits, replyHeaders, replyBody },
  };
}

function restoreRun(context: ScriptContext, saved: SavedRun): void {
  context.returnCode = saved.returnCode;
  context.exited = saved.exited;
  context.dropped = saved.dropped;
  context.depth = saved.depth;
  context.target = saved.target;
  context.branchIndex = saved.branchIndex;
  context.newBody = saved.newBody;
  context.uriChanged = saved.uriChanged;
  context.replyHeaders = saved.replyHeaders;
  context.replyBody = saved.replyBody;
  context.message.edits.assign(saved.edits);
}
