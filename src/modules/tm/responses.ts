import { errorText } from '../../base/errors.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { Host } from '../../module/host.ts';
import type { ClientBranch } from '../../proxy/clientBranch.ts';
import type { ProxyCore } from '../../proxy/proxyCore.ts';
import type { SipMessage } from '../../sip/message.ts';
import type { TransactionObserver } from './api.ts';
import type { TmCounters } from './counters.ts';
import type { TmConfig } from './parameters.ts';
import type { ScriptRoutes } from './scriptRoutes.ts';
import type { Transaction } from './transaction.ts';

export interface ResponseParts {
  readonly host: Host;
  readonly config: TmConfig;
  readonly core: ProxyCore;
  readonly counters: TmCounters;
  readonly observers: readonly TransactionObserver[];
  readonly routes: ScriptRoutes;
}

/** The way of a response through the routes of its transaction. */
export class Responses {
  readonly #parts: ResponseParts;
  /** The response that is being handled, with its context. */
  #incoming: ScriptContext | undefined;

  constructor(parts: ResponseParts) {
    this.#parts = parts;
  }

  /** True when it belongs to a transaction (or its script keeps it from going on). */
  take(response: SipMessage, context: ScriptContext): boolean | Promise<boolean> {
    const client = this.#parts.core.clients.find(response);
    if (client === undefined) return this.#strayResponse(context);
    this.#parts.counters.responsesIn++;
    this.#incoming = context;
    const work = client.onResponse(response);
    this.#incoming = undefined;
    return work === undefined ? true : work.then(() => true);
  }

  #strayResponse(context: ScriptContext): boolean | Promise<boolean> {
    const name = this.#parts.config.on_sl_reply;
    if (name === '' || !this.#parts.host.routes.has('onreply', name)) return false;
    const result = this.#parts.host.routes.run('onreply', name, context);
    if (typeof result === 'number') return result === 0 || context.dropped;
    return result.then((code) => code === 0 || context.dropped);
  }

  onResponse(
    transaction: Transaction,
    branch: ClientBranch,
    response: SipMessage,
  ): boolean | Promise<boolean> {
    const incoming = this.#incoming;
    branch.responseFlow = incoming?.message === response ? incoming.flow : undefined;
    const observers = this.#parts.observers;
    for (let i = 0; i < observers.length; i++) observers[i]?.onResponseIn?.(transaction, branch, response);
    if (transaction.observers !== undefined)
      for (const observer of transaction.observers) observer.onResponseIn?.(transaction, branch, response);
    if (branch.replyRoute === '' && transaction.plan.replyRoute === '') return true;
    const context =
      incoming?.message === response
        ? incoming
        : this.#parts.host.routes.contextFor(response, transaction.flow);
    const passes = this.#parts.routes.onReply(transaction, branch, response, context);
    if (typeof passes === 'boolean') return passes;
    transaction.suspendedResponses++;
    return passes.finally(() => {
      transaction.suspendedResponses--;
    });
  }

  onBranchFailure(transaction: Transaction, branch: ClientBranch): void | Promise<void> {
    const name = transaction.plan.branchFailureRoute;
    if (name === '' || transaction.isCancelled) return undefined;
    if (!this.#parts.host.routes.has('branch_failure', name)) return undefined;
    const result = this.#parts.routes.failure('branch_failure', name, transaction, branch);
    return typeof result === 'number' ? undefined : result.then(nothing);
  }

  onFailure(transaction: Transaction, best: ClientBranch): void | Promise<void> {
    transaction.currentBranch = best;
    transaction.tell('onFailure', best);
    const name = transaction.plan.failureRoute;
    if (name === '' || (transaction.isLocal && this.#parts.config.enable_uac_fr === 0)) return undefined;
    if (name !== '') transaction.plan.failureRoute = '';
    if (!this.#parts.host.routes.has('failure', name)) return undefined;
    transaction.hasRunFailureRoute = true;
    const result = this.#parts.routes.failure('failure', name, transaction, best);
    return typeof result === 'number' ? undefined : result.then(nothing);
  }

  onResponseSent(transaction: Transaction, status: number, branch: ClientBranch | undefined): void {
    const ends = status >= 200 && !transaction.isCounted;
    if (ends) transaction.isCounted = true;
    this.#parts.counters.countResponse(status, branch !== undefined, ends);
    const response = branch?.response;
    const observers = this.#parts.observers;
    for (let i = 0; i < observers.length; i++) observers[i]?.onResponseOut?.(transaction, status, response);
    if (transaction.observers !== undefined)
      for (const observer of transaction.observers) observer.onResponseOut?.(transaction, status, response);
    if (branch === undefined && !transaction.isLocal) this.#localResponseEvent(transaction);
  }

  #localResponseEvent(transaction: Transaction): void {
    if (!this.#parts.host.routes.has('event', 'tm:local-response')) return;
    const context = this.#parts.host.routes.contextFor(transaction.request, transaction.flow);
    context.transaction = transaction;
    context.variables = transaction.variables;
    context.flags = transaction.flags;
    const result = this.#parts.host.routes.run('event', 'tm:local-response', context);
    if (typeof result !== 'number')
      result.catch((error) => this.#parts.host.log.error(`tm:local-response: ${errorText(error)}`));
  }
}

function nothing(): void {}
