import type { ScriptContext } from '../../module/context.ts';
import { forwardSettings } from '../../module/forwardSettings.ts';
import type { Host } from '../../module/host.ts';
import { replyDestination } from '../../module/sendFlags.ts';
import type { ProxyCore } from '../../proxy/proxyCore.ts';
import { responseDestination } from '../../proxy/responseWay.ts';
import { type Flow, isReliable } from '../../proxy/transport.ts';
import type { SipMessage } from '../../sip/message.ts';
import {
  InviteServerTransaction,
  NonInviteServerTransaction,
  type ServerTransaction,
} from '../../transaction/serverTransaction.ts';
import type { TimerTable } from '../../transaction/timers.ts';
import type { TransactionObserver } from './api.ts';
import { secondsInAvp } from './avpNames.ts';
import { reservedBranchBase } from './branchNames.ts';
import type { TmCounters } from './counters.ts';
import type { TmConfig } from './parameters.ts';
import { TransactionPlan } from './plan.ts';
import { tmTimers } from './timers.ts';
import { Transaction, type TransactionKeeper } from './transaction.ts';

const planKey = Symbol('tm plan');

export interface StoreParts {
  readonly host: Host;
  readonly config: TmConfig;
  readonly core: ProxyCore;
  readonly counters: TmCounters;
  /** Hears of all transactions. */
  readonly observers: readonly TransactionObserver[];
  /** Decides for the transactions that are made here. */
  readonly keeper: TransactionKeeper;
}

/** Transactions: finding the one that a message belongs to, and making new ones. */
export class TransactionStore {
  readonly #parts: StoreParts;
  /** Of transactions for which the script has arranged nothing. Never changed: `planOf` makes a new one first. */
  readonly noPlan = Object.freeze(new TransactionPlan());
  #nextId = 1;
  #timers: TimerTable | undefined;

  constructor(parts: StoreParts) {
    this.#parts = parts;
  }

  transactionOf(context: ScriptContext): Transaction | undefined {
    return context.transaction as Transaction | undefined;
  }

  /** Arrangements of the script, which a transaction takes over when it is made. */
  planOf(context: ScriptContext): TransactionPlan {
    const transaction = this.transactionOf(context);
    if (transaction !== undefined) {
      if (transaction.plan === this.noPlan) transaction.plan = new TransactionPlan();
      return transaction.plan;
    }
    let plan = context.scratch.get(planKey) as TransactionPlan | undefined;
    if (plan === undefined) {
      plan = new TransactionPlan();
      context.scratch.set(planKey, plan);
    }
    return plan;
  }

  #arrangedPlan(context: ScriptContext): TransactionPlan {
    return (context.scratch.get(planKey) as TransactionPlan | undefined) ?? this.noPlan;
  }

  /** The transaction that this request repeats, or (ACK) acknowledges. */
  find(message: SipMessage): Transaction | undefined {
    const server =
      message.method === 'ACK'
        ? this.#parts.core.servers.findInvite(message)
        : this.#parts.core.servers.findRepeated(message);
    return transactionBehind(server);
  }

  findCancelled(cancel: SipMessage): Transaction | undefined {
    return transactionBehind(this.#parts.core.servers.findCancelled(cancel));
  }

  /**
   * 1: a transaction was made, or (ACK) there is nothing to make. 0: the message belongs to a transaction that
   * is there and was dealt with. Negative: an error.
   */
  newTransaction(context: ScriptContext): number {
    const { message } = context;
    if (!message.isRequest) return -1;
    if (context.transaction !== undefined) return -1;
    if (message.method === 'ACK') return this.#takeAck(context);
    const repeated = this.find(message);
    if (repeated === undefined) return this.#create(context) === undefined ? -1 : 1;
    this.#parts.counters.retransmissionsIn++;
    repeated.proxy.server?.onRequest();
    return 0;
  }

  /** An ACK to a failure response ends here; 1 for one that goes end to end. */
  #takeAck(context: ScriptContext): number {
    const { message } = context;
    const invite = this.#parts.core.servers.findInvite(message);
    // a client that gives the ACK of a 2xx the branch of its INVITE still means it end to end
    if (invite === undefined || (invite.lastStatus >= 200 && invite.lastStatus < 300)) return 1;
    invite.onAck(message);
    return 0;
  }

  #create(context: ScriptContext): Transaction | undefined {
    const { message, flow } = context;
    const plan = this.#arrangedPlan(context);
    const toVia = this.#parts.host.settings.get('reply_to_via') === 1;
    const way = responseDestination(message, flow, context.forceRport, toVia);
    const transaction = new Transaction(this.#parts.keeper, {
      id: this.#nextId++,
      request: message,
      flow,
      flags: context.flags,
      variables: context.variables,
      plan,
      timers: this.timersFor(plan),
      responseDestination: replyDestination(context, way),
      isLocal: false,
      forwarding: forwardSettings(this.#parts.host, context, flow),
      core: this.#parts.core,
    });
    transaction.proxy.branchBase = reservedBranchBase(context) ?? transaction.proxy.branchBase;
    this.#takeTimersFromAvps(transaction, context);
    const server = newServer(transaction, this.#parts.core);
    if (!this.#parts.core.servers.add(server)) return undefined;
    transaction.proxy.server = server;
    transaction.proxy.limitLifetime(this.lifetimeOf(transaction));
    context.transaction = transaction;
    this.#parts.counters.created++;
    this.#parts.counters.inUse++;
    transaction.tell('onRequest', context);
    return transaction;
  }

  /** fr_timer_avp and fr_inv_timer_avp: in seconds, weaker than t_set_fr. */
  #takeTimersFromAvps(transaction: Transaction, context: ScriptContext): void {
    const { fr_timer_avp: other, fr_inv_timer_avp: invite } = this.#parts.config;
    if (other === '' && invite === '') return;
    if (transaction.plan === this.noPlan) transaction.plan = new TransactionPlan();
    const { plan } = transaction;
    if (other !== '' && plan.frMs === 0) plan.frMs = secondsInAvp(context, other) * 1000;
    if (invite !== '' && plan.frInvMs === 0) plan.frInvMs = secondsInAvp(context, invite) * 1000;
    transaction.proxy.timers = this.timersFor(plan);
  }

  lifetimeOf(transaction: Transaction): number {
    const { plan } = transaction;
    return transaction.isInvite
      ? plan.inviteLifetimeMs || this.#parts.config.max_inv_lifetime
      : plan.otherLifetimeMs || this.#parts.config.max_noninv_lifetime;
  }

  /** Timers by the parameters and what the script has set; the common table is shared. */
  timersFor(plan: TransactionPlan): TimerTable {
    const { config } = this.#parts;
    const frMs = plan.frMs || config.fr_timer;
    const t1Ms = plan.t1Ms || config.retr_timer1;
    const t2Ms = plan.t2Ms || config.retr_timer2;
    const wtMs = config.wt_timer;
    const last = this.#timers;
    if (
      last !== undefined &&
      last.timerBMs === frMs &&
      last.t1Ms === t1Ms &&
      last.t2Ms === t2Ms &&
      last.timerJMs === wtMs
    )
      return last;
    this.#timers = tmTimers(frMs, t1Ms, t2Ms, wtMs);
    return this.#timers;
  }

  lookupRequest(context: ScriptContext): number {
    if (context.transaction !== undefined) return 1;
    const found = this.find(context.message);
    if (found === undefined) return -1;
    context.transaction = found;
    return 1;
  }

  lookupCancel(context: ScriptContext, takesFlags: boolean): number {
    if (context.message.method !== 'CANCEL') return -1;
    const invite = this.findCancelled(context.message);
    if (invite === undefined) return -1;
    if (takesFlags) context.flags = invite.flags;
    return 1;
  }

  /** t_check_trans, by the kind of message. */
  checkTransaction(context: ScriptContext): number {
    const { message } = context;
    if (!message.isRequest) return this.#parts.core.clients.find(message) === undefined ? -1 : 1;
    if (message.method === 'CANCEL') return this.lookupCancel(context, false);
    if (message.method === 'ACK') {
      if (this.#takeAck(context) === 0) return 0;
      const invite = transactionBehind(this.#parts.core.servers.findAcceptedInvite(message));
      // as in Kamailio, an end-to-end ACK has a transaction only for those who asked to hear of it
      return invite !== undefined && this.#hearsOfAcks(invite) ? 1 : -1;
    }
    if (context.transaction !== undefined) return 1;
    const repeated = this.find(message);
    if (repeated === undefined) return -1;
    this.#parts.counters.retransmissionsIn++;
    repeated.proxy.server?.onRequest();
    return 0;
  }

  #hearsOfAcks(invite: Transaction): boolean {
    const listens = (observer: TransactionObserver): boolean => observer.onEndToEndAck !== undefined;
    return this.#parts.observers.some(listens) || invite.observers?.some(listens) === true;
  }

  /** A transaction without a client behind it: own requests (no source) and replicas. */
  detached(context: ScriptContext, source: Flow | undefined): Transaction {
    const plan = this.#arrangedPlan(context);
    const transaction = new Transaction(this.#parts.keeper, {
      id: this.#nextId++,
      request: context.message,
      flow: context.flow,
      flags: context.flags,
      variables: context.variables,
      plan,
      timers: this.timersFor(plan),
      responseDestination: undefined,
      isLocal: true,
      forwarding: forwardSettings(this.#parts.host, context, source),
      core: this.#parts.core,
    });
    transaction.proxy.limitLifetime(this.lifetimeOf(transaction));
    this.#parts.counters.createdLocal++;
    this.#parts.counters.inUse++;
    this.#parts.counters.inUseLocal++;
    return transaction;
  }

  activeCount(): number {
    let count = 0;
    for (const server of this.#parts.core.servers.all())
      if (transactionBehind(server)?.proxy.isOpen === true) count++;
    return count;
  }

  /** t_clean: ends what is older than any timer allows. */
  clean(): number {
    let ended = 0;
    for (const server of [...this.#parts.core.servers.all()]) {
      const transaction = transactionBehind(server);
      if (transaction === undefined || transaction.proxy.isOpen || transaction.proxy.hasPending) continue;
      if (server.isTerminated) {
        transaction.proxy.end();
        ended++;
      }
    }
    return ended;
  }
}

export function newServer(transaction: Transaction, core: ProxyCore): ServerTransaction {
  const Server = transaction.isInvite ? InviteServerTransaction : NonInviteServerTransaction;
  return new Server(transaction.request, transaction.proxy, core.timers, {
    reliable: isReliable(transaction.flow.proto),
    timers: transaction.proxy.timers,
  });
}

/** The transaction whose server side this is. */
export function transactionBehind(server: ServerTransaction | undefined): Transaction | undefined {
  if (server === undefined) return undefined;
  return (server.user as Transaction['proxy']).user as Transaction;
}
