import { VariableStores } from '../../module/variables.ts';
import { ClientBranch } from '../../proxy/clientBranch.ts';
import type { ProxyCore } from '../../proxy/proxyCore.ts';
import { backTo } from '../../proxy/responseWay.ts';
import type { Target } from '../../proxy/target.ts';
import type { SipMessage } from '../../sip/message.ts';
import type { ServerTransaction } from '../../transaction/serverTransaction.ts';
import type { TransactionObserver } from './api.ts';
import type { TmCounters } from './counters.ts';
import { TransactionPlan } from './plan.ts';
import { RestingScript, type RestKeeper } from './restingScript.ts';
import { Transaction, type TransactionKeeper } from './transaction.ts';
import { newServer, type TransactionStore } from './transactionStore.ts';

export interface RestParts extends TransactionKeeper {
  readonly core: ProxyCore;
  readonly counters: TmCounters;
  /** Hears of all transactions. */
  readonly observers: readonly TransactionObserver[];
  readonly transactions: TransactionStore;
}

/** Answered transactions on their way into rest, and out of it. */
export class Rests implements RestKeeper {
  readonly #parts: RestParts;

  constructor(parts: RestParts) {
    this.#parts = parts;
  }

  /** undefined when somebody needs the whole transaction until its end. */
  rest(transaction: Transaction): RestingScript | undefined {
    const { server } = transaction.proxy;
    if (server === undefined || this.#parts.observers.some(needsAll)) return undefined;
    const { observers } = transaction;
    if (observers === undefined) return new RestingScript(this, transaction, server, undefined);
    const left = restOf(observers, transaction);
    if (left === undefined) return undefined;
    return new RestingScript(this, transaction, server, left.length === 0 ? undefined : left);
  }

  all(): Iterable<RestingScript> {
    return this.#parts.core.resting.all() as Iterable<RestingScript>; // only such come from here
  }

  wake(resting: RestingScript): ServerTransaction {
    const { core } = this.#parts;
    const transaction = this.#transactionOf(resting);
    const { proxy } = transaction;
    const server = newServer(transaction, core);
    proxy.server = server;
    server.resume(resting.lastStatus, resting.lastResponse, Math.max(0, resting.dueMs - core.timers.nowMs));
    core.servers.replace(resting, server);
    resting.isAwake = true;
    if (resting.target !== undefined) {
      core.clients.remove(resting);
      resumeBranch(transaction, resting, resting.target);
    }
    for (const observer of this.#parts.observers) observer.onWake?.(transaction, resting.lastResponse);
    return server;
  }

  onLateResponse(resting: RestingScript, response: SipMessage): void | Promise<void> {
    this.wake(resting);
    return this.#parts.core.clients.find(response)?.onResponse(response);
  }

  onRestOver(resting: RestingScript): void {
    const { core, counters } = this.#parts;
    if (resting.branch !== '') core.clients.remove(resting);
    if (resting.isAwake) return;
    core.servers.remove(resting);
    counters.inUse--;
  }

  #transactionOf(resting: RestingScript): Transaction {
    const { core, transactions } = this.#parts;
    const { id, request, flow, flags, variables, responseDestination, forceRport, replyRoute } = resting;
    const plan = replyRoute === '' ? transactions.noPlan : planWith(replyRoute);
    const transaction = new Transaction(this.#parts, {
      id,
      request,
      flow,
      flags,
      variables: variables ?? new VariableStores(),
      plan,
      timers: transactions.timersFor(plan),
      responseDestination: responseDestination ?? backTo(flow, flow.address, flow.port),
      isLocal: false,
      core,
      forwarding: { flow, forceRport, addLocalRport: false, advertisedHost: '', advertisedPort: 0 },
    });
    transaction.lastStatus = resting.lastStatus;
    transaction.isCounted = true;
    transaction.observers = resting.observers;
    transaction.proxy.finalStatus = resting.lastStatus;
    transaction.proxy.isCancelled = resting.isCancelled;
    transaction.proxy.hasRested = true;
    return transaction;
  }
}

function resumeBranch(transaction: Transaction, resting: RestingScript, target: Target): void {
  const { proxy, flow } = transaction;
  // nothing is sent there any more but the ACK to a failure
  const destination = resting.destination ?? backTo(flow, flow.address, flow.port);
  const branch = new ClientBranch(
    proxy,
    { target, addresses: [], edits: undefined, body: undefined },
    { index: 0, step: 0, viaBranch: resting.branch, destination, addressAt: 0 },
  );
  branch.replyRoute = resting.branchReplyRoute;
  proxy.resumeBranch(branch, resting.branchStatus, resting.ack);
  transaction.currentBranch = branch;
}

function needsAll(observer: TransactionObserver): boolean {
  return observer.onDestroy !== undefined || observer.onEndToEndAck !== undefined;
}

/** Those who hear on; undefined when one of them cannot let go. */
function restOf(
  observers: readonly TransactionObserver[],
  transaction: Transaction,
): TransactionObserver[] | undefined {
  const left: TransactionObserver[] = [];
  for (const observer of observers) {
    const next = observer.onRest === undefined ? false : observer.onRest(transaction);
    if (next === false) return undefined;
    if (next !== undefined) left.push(next);
  }
  return left;
}

function planWith(replyRoute: string): TransactionPlan {
  const plan = new TransactionPlan();
  plan.replyRoute = replyRoute;
  return plan;
}
