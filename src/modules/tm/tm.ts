import { errorText } from '../../base/errors.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { Host } from '../../module/host.ts';
import { onsendCheck } from '../../module/onsend.ts';
import { replyDestination } from '../../module/sendFlags.ts';
import { Blocklist } from '../../proxy/blocklist.ts';
import type { ClientBranch } from '../../proxy/clientBranch.ts';
import type { ServerAddress } from '../../proxy/location.ts';
import type { NextHop } from '../../proxy/nextHop.ts';
import { ProxyCore } from '../../proxy/proxyCore.ts';
import { responseDestination } from '../../proxy/responseWay.ts';
import { type Flow, isReliable } from '../../proxy/transport.ts';
import { HeaderKind } from '../../sip/headerKind.ts';
import type { SipMessage } from '../../sip/message.ts';
import {
  InviteServerTransaction,
  NonInviteServerTransaction,
  type ServerTransaction,
} from '../../transaction/serverTransaction.ts';
import type { TimerTable } from '../../transaction/timers.ts';
import type { ReplyOptions, TransactionObserver } from './api.ts';
import { Contacts } from './contacts.ts';
import { TmCounters } from './counters.ts';
import type { RelayFailure } from './failureReason.ts';
import { LocalRequests } from './localRequests.ts';
import type { TmConfig } from './parameters.ts';
import { noPlan, TransactionPlan } from './plan.ts';
import { Relay, type RelayWay, wherever } from './relay.ts';
import { Replies } from './replies.ts';
import { ScriptRoutes } from './scriptRoutes.ts';
import type { TmServices } from './services.ts';
import { failsOver, usesBlocklist } from './settings.ts';
import { Suspensions } from './suspensions.ts';
import { Transaction, type TransactionKeeper } from './transaction.ts';

const planKey = Symbol('tm plan');
const failureKey = Symbol('tm failure');

/** The transaction user: RFC 3261 §16 and §17 under Kamailio's words. */
export class Tm implements TransactionKeeper, TmServices {
  readonly host: Host;
  readonly config: TmConfig;
  readonly core: ProxyCore;
  readonly observers: TransactionObserver[] = [];
  readonly counters = new TmCounters();
  readonly replies: Replies;
  readonly routes: ScriptRoutes;
  readonly blocklist: Blocklist;
  readonly relaying: Relay;
  readonly suspensions: Suspensions;
  readonly localRequests: LocalRequests;
  readonly contacts: Contacts;
  #nextId = 1;
  #timers: TimerTable | undefined;
  /** The response that is being handled, with its context. */
  #incoming: ScriptContext | undefined;

  constructor(host: Host, config: TmConfig) {
    this.host = host;
    this.config = config;
    this.core = new ProxyCore(host, {
      get requestUri() {
        return config.ruri_matching !== 0;
      },
      get topmostVia() {
        return config.via1_matching !== 0;
      },
      get callIdAndCseqOnly() {
        return config.callid_cseq_matching !== 0;
      },
    });
    this.replies = new Replies(host);
    this.routes = new ScriptRoutes(host);
    this.blocklist = new Blocklist(() => host.timers.nowMs);
    this.relaying = new Relay({
      transport: host.transport,
      location: host.location,
      blocklist: this.blocklist,
      routes: this.routes,
      maxBranches: () => host.settings.maxBranches,
      isBlocked: (method, address) => this.#isBlocked(method, address),
    });
    this.suspensions = new Suspensions(this);
    this.localRequests = new LocalRequests(this);
    const stores = { contacts: bareName(config.contacts_avp), flows: bareName(config.contact_flows_avp) };
    this.contacts = new Contacts(stores, host.entropy, host.transport);
    host.hooks.onResponse((response, context) => this.#onResponseIn(response, context));
    host.hooks.afterRequest((context) => this.#afterRequest(context));
    host.hooks.onUnreachable((address, port, proto) => this.#onUnreachable(address, port, proto));
  }

  // ---- finding and making transactions

  transactionOf(context: ScriptContext): Transaction | undefined {
    return context.transaction as Transaction | undefined;
  }

  /** Arrangements of the script, which a transaction takes over when it is made. */
  planOf(context: ScriptContext): TransactionPlan {
    const transaction = this.transactionOf(context);
    if (transaction !== undefined) {
      if (transaction.plan === noPlan) transaction.plan = new TransactionPlan();
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
    return (context.scratch.get(planKey) as TransactionPlan | undefined) ?? noPlan;
  }

  /** The transaction that this request repeats, or (ACK) acknowledges. */
  find(message: SipMessage): Transaction | undefined {
    const server =
      message.method === 'ACK'
        ? this.core.servers.findInvite(message)
        : this.core.servers.findRepeated(message);
    return transactionBehind(server);
  }

  findCancelled(cancel: SipMessage): Transaction | undefined {
    return transactionBehind(this.core.servers.findCancelled(cancel));
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
    this.counters.retransmissionsIn++;
    repeated.proxy.server?.onRequest();
    return 0;
  }

  /** An ACK to a failure response ends here; 1 for one that goes end to end. */
  #takeAck(context: ScriptContext): number {
    const { message } = context;
    const invite = this.core.servers.findInvite(message);
    // a client that gives the ACK of a 2xx the branch of its INVITE still means it end to end
    if (invite === undefined || (invite.lastStatus >= 200 && invite.lastStatus < 300)) return 1;
    invite.onAck(message);
    return 0;
  }

  #create(context: ScriptContext): Transaction | undefined {
    const { message, flow } = context;
    const plan = this.#arrangedPlan(context);
    const transaction = new Transaction(this, {
      id: this.#nextId++,
      context,
      plan,
      timers: this.timersFor(plan),
      responseDestination: replyDestination(context, responseDestination(message, flow, context.forceRport)),
      isLocal: false,
      source: flow,
      core: this.core,
      mayLeave: onsendCheck(this.host, context),
    });
    this.#takeTimersFromAvps(transaction, context);
    const Server = transaction.isInvite ? InviteServerTransaction : NonInviteServerTransaction;
    const server = new Server(message, transaction.proxy, this.core.timers, {
      reliable: isReliable(flow.proto),
      timers: transaction.proxy.timers,
    });
    if (!this.core.servers.add(server)) return undefined;
    transaction.proxy.server = server;
    transaction.proxy.limitLifetime(this.lifetimeOf(transaction));
    context.transaction = transaction;
    this.counters.created++;
    this.counters.inUse++;
    transaction.tell('onRequest', context);
    return transaction;
  }

  /** fr_timer_avp and fr_inv_timer_avp: in seconds, weaker than t_set_fr. */
  #takeTimersFromAvps(transaction: Transaction, context: ScriptContext): void {
    const { fr_timer_avp: other, fr_inv_timer_avp: invite } = this.config;
    if (other === '' && invite === '') return;
    if (transaction.plan === noPlan) transaction.plan = new TransactionPlan();
    const { plan } = transaction;
    if (other !== '' && plan.frMs === 0) plan.frMs = secondsOf(context, other) * 1000;
    if (invite !== '' && plan.frInvMs === 0) plan.frInvMs = secondsOf(context, invite) * 1000;
    transaction.proxy.timers = this.timersFor(plan);
  }

  lifetimeOf(transaction: Transaction): number {
    const { plan } = transaction;
    return transaction.isInvite
      ? plan.inviteLifetimeMs || this.config.max_inv_lifetime
      : plan.otherLifetimeMs || this.config.max_noninv_lifetime;
  }

  /** Timers by the parameters and what the script has set; the common table is shared. */
  timersFor(plan: TransactionPlan): TimerTable {
    const { config } = this;
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

  // ---- relaying

  /** t_relay: makes the transaction when there is none, answers 100, and sends the request on. */
  relay(context: ScriptContext, way: RelayWay = wherever): number | Promise<number> {
    const { message } = context;
    let transaction = this.transactionOf(context);
    if (transaction === undefined) {
      const made = this.newTransaction(context);
      if (made <= 0) return made;
      if (message.method === 'ACK') return this.#forwardAck(context, way);
      transaction = this.transactionOf(context) as Transaction;
      if (message.method === 'CANCEL') {
        const cancelled = this.#relayCancel(transaction, context);
        if (cancelled !== undefined) return cancelled;
      }
    }
    this.sayTrying(transaction);
    return this.relaying.relay(transaction, context, way);
  }

  /** The 100 to an INVITE that has had no response yet, unless the script will not have it. */
  sayTrying(transaction: Transaction): void {
    if (!transaction.isInvite || transaction.lastStatus !== 0 || transaction.isLocal) return;
    if (transaction.plan.auto100 ?? this.config.auto_inv_100 !== 0)
      this.#respond(transaction, 100, this.config.auto_inv_100_reason);
  }

  answerFailure(transaction: Transaction, failure: RelayFailure): void {
    this.#respond(transaction, failure.status, failure.reason);
  }

  #respond(transaction: Transaction, status: number, reason: string): void {
    transaction.proxy.respond(status, this.replies.build(transaction, status, reason));
  }

  #forwardAck(context: ScriptContext, way: RelayWay): number | Promise<number> {
    const invite = transactionBehind(this.core.servers.findAcceptedInvite(context.message));
    invite?.tell('onEndToEndAck', context);
    return this.forwardStateless(context, way.hop);
  }

  /** `isOwn`: the request has no client behind it. */
  forwardStateless(context: ScriptContext, hop?: NextHop, isOwn = false): number | Promise<number> {
    const sent = this.host.stateless.forwardRequest({
      request: context.message,
      target: context.target,
      settings: {
        flow: isOwn ? undefined : context.flow,
        forceRport: context.forceRport,
        addLocalRport: context.addLocalRport,
        advertisedHost: context.advertisedHost,
        advertisedPort: context.advertisedPort,
      },
      body: context.newBody,
      nextHop: hop,
    });
    if (sent instanceof Promise) return sent.then((ok) => (ok ? 1 : -1));
    return sent ? 1 : -1;
  }

  /** RFC 3261 §16.10; undefined when there is no INVITE to cancel and the CANCEL is to be relayed like others. */
  #relayCancel(transaction: Transaction, context: ScriptContext): number | Promise<number> | undefined {
    const invite = this.findCancelled(context.message);
    if (invite !== undefined) {
      this.cancelByClient(invite, transaction, context);
      return 1;
    }
    const mode = this.config.unmatched_cancel;
    if (mode === 0) return undefined;
    this.forget(transaction, context);
    return mode === 1 ? this.forwardStateless(context) : 1;
  }

  /** Answers a CANCEL and cancels the branches of its INVITE. */
  cancelByClient(invite: Transaction, cancel: Transaction, context: ScriptContext): void {
    this.#respond(cancel, 200, 'canceling');
    invite.tell('onCancel', context);
    const copies = !(invite.plan.noCancelReason ?? this.config.e2e_cancel_reason === 0);
    invite.proxy.cancel(copies ? linesOf(context.message, HeaderKind.reason) : '');
    this.suspensions.drop(invite);
    if (invite.proxy.isOpen && invite.isInvite && !invite.proxy.hasPending)
      this.#respond(invite, 487, 'Request canceled');
  }

  /** t_relay_cancel: 0 done, 1 no such INVITE. */
  relayCancel(context: ScriptContext): number {
    if (context.message.method !== 'CANCEL') return 1;
    const invite = this.findCancelled(context.message);
    if (invite === undefined) return 1;
    const made = this.newTransaction(context);
    if (made < 0) return -1;
    if (made > 0) this.cancelByClient(invite, this.transactionOf(context) as Transaction, context);
    return 0;
  }

  /** A fresh tag for own requests. */
  newTag(): string {
    const { entropy } = this.host;
    return entropy.uint32().toString(16).padStart(8, '0') + entropy.uint32().toString(16).padStart(8, '0');
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
    if (!message.isRequest) return this.core.clients.find(message) === undefined ? -1 : 1;
    if (message.method === 'CANCEL') return this.lookupCancel(context, false);
    if (message.method === 'ACK') {
      if (this.#takeAck(context) === 0) return 0;
      const invite = transactionBehind(this.core.servers.findAcceptedInvite(message));
      // as in Kamailio, an end-to-end ACK has a transaction only for those who asked to hear of it
      return invite !== undefined && this.#hearsOfAcks(invite) ? 1 : -1;
    }
    if (context.transaction !== undefined) return 1;
    const repeated = this.find(message);
    if (repeated === undefined) return -1;
    this.counters.retransmissionsIn++;
    repeated.proxy.server?.onRequest();
    return 0;
  }

  #hearsOfAcks(invite: Transaction): boolean {
    const listens = (observer: TransactionObserver): boolean => observer.onEndToEndAck !== undefined;
    return this.observers.some(listens) || invite.observers?.some(listens) === true;
  }

  /** Notes why relaying failed before there was a transaction that could. */
  fail(context: ScriptContext, failure: RelayFailure): void {
    const transaction = this.transactionOf(context);
    if (transaction === undefined) context.scratch.set(failureKey, failure);
    else transaction.failure = failure;
  }

  /** t_replicate: a copy of its own, whose responses are heard by nobody. */
  replicate(context: ScriptContext, hop: NextHop): number | Promise<number> {
    if (context.message.method === 'ACK') return this.forwardStateless(context, hop);
    const copy = this.detached(context, context.flow);
    return this.relaying.relay(copy, context, { hop });
  }

  /** A transaction without a client behind it: own requests (no source) and replicas. */
  detached(context: ScriptContext, source: Flow | undefined): Transaction {
    const plan = this.#arrangedPlan(context);
    const transaction = new Transaction(this, {
      id: this.#nextId++,
      context,
      plan,
      timers: this.timersFor(plan),
      responseDestination: undefined,
      isLocal: true,
      source,
      core: this.core,
    });
    transaction.proxy.limitLifetime(this.lifetimeOf(transaction));
    this.counters.createdLocal++;
    this.counters.inUse++;
    this.counters.inUseLocal++;
    return transaction;
  }

  /** t_drop: no answer, and nobody waits for one. */
  drop(transaction: Transaction, status: number): void {
    const { proxy } = transaction;
    if (!proxy.isOpen) return;
    proxy.finalStatus = status;
    transaction.lastStatus = status;
    if (proxy.server === undefined) proxy.end();
    else proxy.server.abandon();
  }

  activeCount(): number {
    let count = 0;
    for (const server of this.core.servers.all())
      if (transactionBehind(server)?.proxy.isOpen === true) count++;
    return count;
  }

  /** t_clean: ends what is older than any timer allows. */
  clean(): number {
    let ended = 0;
    for (const server of [...this.core.servers.all()]) {
      const transaction = transactionBehind(server);
      if (transaction === undefined || transaction.proxy.isOpen || transaction.proxy.hasPending) continue;
      if (server.isTerminated) {
        transaction.proxy.end();
        ended++;
      }
    }
    return ended;
  }

  /** Takes a transaction back as if it had never been. */
  forget(transaction: Transaction, context: ScriptContext): void {
    transaction.proxy.end();
    context.transaction = undefined;
  }

  // ---- answering

  /** t_reply: false when there is nothing to answer any more. */
  reply(
    transaction: Transaction,
    context: ScriptContext,
    status: number,
    reason: string,
    options?: ReplyOptions,
  ): boolean {
    if (!transaction.proxy.isOpen || transaction.isLocal) return false;
    const text = this.replies.ofScript(transaction, context, status, reason, options);
    transaction.failure = undefined;
    transaction.proxy.respond(status, text);
    return true;
  }

  /** Answers a transaction out of the blue (RPC, timers of modules). */
  replyTo(transaction: Transaction, status: number, reason: string, options?: ReplyOptions): boolean {
    if (!transaction.proxy.isOpen || transaction.isLocal) return false;
    transaction.proxy.respond(status, this.replies.build(transaction, status, reason, options));
    return true;
  }

  /** What the last relay failed of, until it is answered. */
  failureOf(context: ScriptContext): RelayFailure | undefined {
    return (
      this.transactionOf(context)?.failure ?? (context.scratch.get(failureKey) as RelayFailure | undefined)
    );
  }

  /** The request script has ended: a transaction that nobody cares for must not stay. */
  #afterRequest(context: ScriptContext): void {
    const transaction = this.transactionOf(context);
    if (transaction === undefined || transaction.request !== context.message) return;
    const { proxy } = transaction;
    if (!proxy.isOpen || transaction.suspensions > 0 || proxy.hasPending) return;
    const { failure } = transaction;
    if (failure !== undefined && !transaction.plan.disableInternalReply)
      this.#respond(transaction, failure.status, failure.reason);
    else this.release(transaction);
  }

  /** t_release: stays a while to absorb repetitions, then goes. */
  release(transaction: Transaction): void {
    if (transaction.proxy.isOpen) transaction.proxy.server?.abandon();
  }

  // ---- responses

  #onResponseIn(response: SipMessage, context: ScriptContext): boolean | Promise<boolean> {
    const client = this.core.clients.find(response);
    if (client === undefined) return this.#strayResponse(context);
    this.counters.responsesIn++;
    this.#incoming = context;
    const work = client.onResponse(response);
    this.#incoming = undefined;
    return work === undefined ? true : work.then(() => true);
  }

  #strayResponse(context: ScriptContext): boolean | Promise<boolean> {
    const name = this.config.on_sl_reply;
    if (name === '' || !this.host.routes.has('onreply', name)) return false;
    const result = this.host.routes.run('onreply', name, context);
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
    const observers = this.observers;
    for (let i = 0; i < observers.length; i++) observers[i]?.onResponseIn?.(transaction, branch, response);
    if (transaction.observers !== undefined)
      for (const observer of transaction.observers) observer.onResponseIn?.(transaction, branch, response);
    if (branch.replyRoute === '' && transaction.plan.replyRoute === '') return true;
    const context =
      incoming?.message === response ? incoming : this.host.routes.contextFor(response, transaction.flow);
    return this.routes.onReply(transaction, branch, response, context);
  }

  onBranchFailure(transaction: Transaction, branch: ClientBranch): void | Promise<void> {
    if (branch.status === 503 && !branch.isLocal) this.#block503(branch);
    const name = transaction.plan.branchFailureRoute;
    if (name === '' || transaction.isCancelled) return undefined;
    const event = `tm:branch-failure:${name}`;
    if (!this.host.routes.has('event', event)) return undefined;
    const result = this.routes.failure('event', event, transaction, branch);
    return typeof result === 'number' ? undefined : result.then(nothing);
  }

  onFailure(transaction: Transaction, best: ClientBranch): void | Promise<void> {
    transaction.currentBranch = best;
    transaction.tell('onFailure', best);
    const name = transaction.plan.failureRoute;
    if (name === '' || (transaction.isLocal && this.config.enable_uac_fr === 0)) return undefined;
    if (name !== '') transaction.plan.failureRoute = '';
    if (!this.host.routes.has('failure', name)) return undefined;
    const result = this.routes.failure('failure', name, transaction, best);
    return typeof result === 'number' ? undefined : result.then(nothing);
  }

  composeFinal(
    transaction: Transaction,
    best: ClientBranch,
  ): { readonly status: number; readonly text: string } | undefined {
    return this.replies.composeFinal(transaction, best);
  }

  onResponseSent(transaction: Transaction, status: number, branch: ClientBranch | undefined): void {
    if (transaction.isLocal) this.localRequests.onResult(transaction, status, branch);
    this.counters.countResponse(status, branch !== undefined);
    const response = branch?.response;
    const observers = this.observers;
    for (let i = 0; i < observers.length; i++) observers[i]?.onResponseOut?.(transaction, status, response);
    if (transaction.observers !== undefined)
      for (const observer of transaction.observers) observer.onResponseOut?.(transaction, status, response);
    if (branch === undefined && !transaction.isLocal) this.#localResponseEvent(transaction);
  }

  #localResponseEvent(transaction: Transaction): void {
    if (!this.host.routes.has('event', 'tm:local-response')) return;
    const context = this.host.routes.contextFor(transaction.request, transaction.flow);
    context.transaction = transaction;
    context.variables = transaction.variables;
    context.flags = transaction.flags;
    const result = this.host.routes.run('event', 'tm:local-response', context);
    if (typeof result !== 'number')
      result.catch((error) => this.host.log.error(`tm:local-response: ${errorText(error)}`));
  }

  onExpired(transaction: Transaction): void {
    transaction.suspensions = 0;
    this.#respond(transaction, 408, 'Request Timeout');
  }

  onEnded(transaction: Transaction): void {
    this.counters.inUse--;
    if (transaction.suspensions > 0) this.suspensions.drop(transaction);
    if (transaction.isLocal) {
      this.counters.inUseLocal--;
      this.localRequests.onEnded(transaction);
    }
    transaction.tell('onDestroy');
  }

  // ---- destinations that fail

  failOver(transaction: Transaction, branch: ClientBranch): boolean {
    if (branch.hasTimedOut) this.#blockTimedOut(transaction, branch);
    if (transaction.plan.disableFailover || !failsOver(this.host.settings)) return false;
    return this.relaying.failOver(transaction, branch);
  }

  #isBlocked(method: string, address: ServerAddress): boolean {
    if (!usesBlocklist(this.host.settings)) return false;
    return (this.config.blst_methods_lookup & methodBit(method)) !== 0 && this.blocklist.isBlocked(address);
  }

  #blockTimedOut(transaction: Transaction, branch: ClientBranch): void {
    if (!usesBlocklist(this.host.settings)) return;
    if ((this.config.blst_methods_add & methodBit(transaction.method)) === 0) return;
    const seconds = Number(this.host.settings.get('dst_blacklist_expire') ?? 60);
    this.blocklist.block(branch.destination, 'timeout', seconds * 1000);
  }

  #block503(branch: ClientBranch): void {
    const { config } = this;
    if (config.blst_503 === 0 || !usesBlocklist(this.host.settings)) return;
    const asked = Number.parseInt(branch.response?.value(HeaderKind.retryAfter) ?? '', 10);
    const seconds = Number.isNaN(asked)
      ? config.blst_503_def_timeout
      : Math.min(Math.max(asked, config.blst_503_min_timeout), config.blst_503_max_timeout);
    if (seconds > 0) this.blocklist.block(branch.destination, '503', seconds * 1000);
  }

  /** A connection broke or was refused: branches without any response there need not wait for their timers. */
  #onUnreachable(address: string, port: number, proto: string): void {
    if (proto === 'udp') return;
    for (const client of [...this.core.clients.all()]) {
      if (!client.isUnanswered || !(client.user instanceof Object) || !('destination' in client.user))
        continue;
      const { destination } = client.user as ClientBranch;
      if (destination.address === address && destination.port === port && destination.proto === proto)
        client.onTransportError();
    }
  }
}

function nothing(): void {}

/** The number in an AVP, 0 for none. */
function secondsOf(context: ScriptContext, avp: string): number {
  const value = Number(context.variables.avps.get(bareName(avp)));
  return Number.isNaN(value) ? 0 : Math.max(0, value);
}

/** `$xavp(name)`, `$avp(name)` or just the name. */
function bareName(text: string): string {
  const open = text.indexOf('(');
  const name = open < 0 ? text : text.slice(open + 1, -1);
  return name === 'NULL' ? '' : name;
}

/** The transaction whose server side this is. */
export function transactionBehind(server: ServerTransaction | undefined): Transaction | undefined {
  if (server === undefined) return undefined;
  return (server.user as Transaction['proxy']).user as Transaction;
}

/** Kamailio's timers in the terms of the RFC: everything after the end takes wt_timer. */
function tmTimers(frMs: number, t1Ms: number, t2Ms: number, wtMs: number): TimerTable {
  return {
    t1Ms,
    t2Ms,
    timerAMaxMs: t2Ms,
    timerBMs: frMs,
    timerDMs: Math.max(32_000, wtMs),
    timerFMs: frMs,
    timerHMs: frMs,
    timerIMs: wtMs,
    timerJMs: wtMs,
    timerKMs: wtMs,
    timerLMs: wtMs,
    timerMMs: Math.max(32_000, wtMs),
  };
}

/** All lines of a header kind, each with CRLF. */
function linesOf(message: SipMessage, kind: HeaderKind): string {
  let out = '';
  for (let i = message.find(kind); i >= 0; i = message.find(kind, i + 1))
    out += message.text.slice(message.headerStart(i), message.headerEnd(i));
  return out;
}

/** Bits of blst_methods_*. */
function methodBit(method: string): number {
  return methodBits[method] ?? 256;
}

const methodBits: Readonly<Record<string, number>> = {
  INVITE: 1,
  CANCEL: 2,
  ACK: 4,
  BYE: 8,
  INFO: 16,
  REGISTER: 32,
  SUBSCRIBE: 64,
  NOTIFY: 128,
};
