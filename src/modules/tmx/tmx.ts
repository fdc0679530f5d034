import type { ScriptContext } from '../../module/context.ts';
import type { Host } from '../../module/host.ts';
import { copyTarget } from '../../proxy/target.ts';
import { reasonPhraseOf } from '../../sip/reasonPhrases.ts';
import type { TmApi, TmTransaction } from '../tm/api.ts';

/** Set by tm in contexts of resumed requests, which count as failure routes. */
export type RouteTest = 'failure' | 'branch' | 'reply' | 'request';

/** More of tm for scripts. */
export class Tmx {
  readonly #host: Host;
  #tm: TmApi | undefined;

  constructor(host: Host) {
    this.#host = host;
  }

  get tm(): TmApi {
    this.#tm ??= this.#host.api<TmApi>('tm');
    if (this.#tm === undefined) throw new Error('tmx: tm is not loaded');
    return this.#tm;
  }

  transactionOf(context: ScriptContext): TmTransaction | undefined {
    return this.tm.transactionOf(context);
  }

  reasonOf(status: number): string {
    return reasonPhraseOf(status);
  }

  isRoute(test: RouteTest, context: ScriptContext): boolean {
    switch (test) {
      case 'failure':
        return context.routeKind === 'failure' || this.tm.isResumed(context);
      case 'branch':
        return context.routeKind === 'branch';
      case 'reply':
        return context.routeKind === 'onreply' || context.routeKind === 'reply';
      case 'request':
        return context.routeKind === 'request';
    }
  }

  /** 'all', 'others' (than the branch of the response), 'this'. */
  cancelBranches(context: ScriptContext, which: string): number {
    const transaction = this.transactionOf(context);
    if (transaction === undefined) return -1;
    const { currentBranch } = transaction;
    if (which !== 'all' && currentBranch === undefined) return -1;
    this.tm.cancelBranches(transaction, '', (branch) =>
      which === 'all' ? true : (branch === currentBranch) === (which === 'this'),
    );
    return 1;
  }

  cancelCallId(callId: string, cseq: number, flag: number, status: number): number {
    const transaction = this.tm.findByCallId(callId, cseq);
    if (transaction === undefined || !transaction.isInvite) return -1;
    if (flag > 0 && flag < 32) transaction.flags |= 1 << flag;
    this.tm.cancelBranches(transaction, status >= 200 ? `Reason: SIP;cause=${status}\r\n` : '');
    return 1;
  }

  replyCallId(callId: string, cseq: number, status: number, reason: string): number {
    const transaction = this.tm.findByCallId(callId, cseq);
    return transaction !== undefined && this.tm.replyTo(transaction, status, reason) ? 1 : -1;
  }

  flushFlags(context: ScriptContext): number {
    const transaction = this.transactionOf(context);
    if (transaction === undefined) return -1;
    transaction.takeFlags(context);
    return 1;
  }

  reuseBranch(context: ScriptContext): number {
    const branch = this.transactionOf(context)?.currentBranch;
    if (branch === undefined) return -1;
    context.target = copyTarget(branch.target);
    context.uriChanged = true;
    return 1;
  }

  // ---- other messages of the transaction, as contexts

  requestView(context: ScriptContext): ScriptContext | undefined {
    const transaction = this.transactionOf(context);
    if (transaction === undefined) return undefined;
    return this.#view(transaction, transaction.request, transaction.flow);
  }

  responseView(context: ScriptContext): ScriptContext | undefined {
    const transaction = this.transactionOf(context);
    const branch = transaction?.currentBranch;
    if (transaction === undefined || branch?.response === undefined) return undefined;
    return this.#view(transaction, branch.response, branch.responseFlow ?? transaction.flow);
  }

  inviteView(context: ScriptContext): ScriptContext | undefined {
    if (context.message.method !== 'CANCEL') return undefined;
    const invite = this.tm.findCancelled(context.message);
    return invite === undefined ? undefined : this.#view(invite, invite.request, invite.flow);
  }

  #view(
    transaction: TmTransaction,
    message: ScriptContext['message'],
    flow: ScriptContext['flow'],
  ): ScriptContext {
    const view = this.#host.routes.contextFor(message, flow);
    view.transaction = transaction;
    view.variables = transaction.variables;
    view.flags = transaction.flags;
    if (!message.isRequest) view.response = message;
    else if (transaction.relayedTarget !== undefined) view.target = copyTarget(transaction.relayedTarget);
    return view;
  }
}
