import type { ScriptContext } from '../../module/context.ts';
import type { Host } from '../../module/host.ts';
import type { ClientBranch } from '../../proxy/clientBranch.ts';
import type { NextHop } from '../../proxy/nextHop.ts';
import { ProxyCore } from '../../proxy/proxyCore.ts';
import type { SipMessage } from '../../sip/message.ts';
import type { ReplyOptions, TransactionObserver } from './api.ts';
import { bareName } from './avpNames.ts';
import { Cancels } from './cancels.ts';
import { Contacts } from './contacts.ts';
import { TmCounters } from './counters.ts';
import { Destinations } from './destinations.ts';
import type { RelayFailure } from './failureReason.ts';
import { LocalRequests } from './localRequests.ts';
import type { TmConfig } from './parameters.ts';
import { Relay, type RelayWay, wherever } from './relay.ts';
import { Replies } from './replies.ts';
import { Responses } from './responses.ts';
import type { RestingScript } from './restingScript.ts';
import { Rests } from './rests.ts';
import { ScriptRoutes } from './scriptRoutes.ts';
import type { TmServices } from './services.ts';
import { failsOver } from './settings.ts';
import { Suspensions } from './suspensions.ts';
import type { Transaction, TransactionKeeper } from './transaction.ts';
import { TransactionStore, transactionBehind } from './transactionStore.ts';

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
  readonly destinations: Destinations;
  readonly transactions: TransactionStore;
  readonly responses: Responses;
  readonly rests: Rests;
  readonly relaying: Relay;
  readonly suspensions: Suspensions;
  readonly cancels: Cancels;
  readonly localRequests: LocalRequests;
  readonly contacts: Contacts;

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
    this.destinations = new Destinations(host, config);
    this.transactions = new TransactionStore({
      host,
      config,
      core: this.core,
      counters: this.counters,
      observers: this.observers,
      keeper: this,
    });
    this.rests = new Rests(this);
    this.responses = new Responses(this);
    this.relaying = new Relay({
      transport: host.transport,
      location: host.location,
      routes: this.routes,
      maxBranches: () => host.settings.maxBranches,
      isBlocked: (method, address) => this.destinations.isBlocked(method, address),
    });
    this.suspensions = new Suspensions(this);
    this.cancels = new Cancels(this, this.suspensions);
    this.localRequests = new LocalRequests(this);
    const stores = {
      contacts: bareName(config.contacts_avp),
      flows: bareName(config.contact_flows_avp),
      attributes: bareName(config.xavp_contact),
    };
    this.contacts = new Contacts(stores, host.entropy, host.transport);
    host.hooks.onResponse((response, context) => this.responses.take(response, context));
    host.hooks.afterRequest((context) => this.#afterRequest(context));
    host.hooks.onUnreachable((...place) => this.destinations.onUnreachable(this.core, ...place));
  }

  /** What the configuration asks for and nobody can give yet. */
  start(): void {
    const { event_callback: request, event_callback_lres_sent: response } = this.config;
    for (const name of [request, response]) {
      if (name !== '')
        this.host.log.warn(
          `event callback (${name}) needs a scripting engine, which Olelo does not have yet`,
        );
    }
  }

  // ---- relaying

  /** t_relay: makes the transaction when there is none, answers 100, and sends the request on. */
  relay(context: ScriptContext, way: RelayWay = wherever): number | Promise<number> {
    const { message } = context;
    let transaction = this.transactions.transactionOf(context);
    if (transaction === undefined) {
      const made = this.transactions.newTransaction(context);
      if (made <= 0) return made;
      if (message.method === 'ACK') return this.#forwardAck(context, way);
      transaction = this.transactions.transactionOf(context) as Transaction;
      if (message.method === 'CANCEL') {
        const cancelled = this.cancels.relay(transaction, context);
        if (cancelled !== undefined) return cancelled;
      }
    }
    transaction.takeReplyExtras(context);
    this.sayTrying(transaction);
    return this.relaying.relay(transaction, context, way);
  }

  /** The 100 to an INVITE that has had no response yet, unless the script will not have it. */
  sayTrying(transaction: Transaction): void {
    if (!transaction.isInvite || transaction.lastStatus !== 0 || transaction.isLocal) return;
    if (transaction.plan.auto100 ?? this.config.auto_inv_100 !== 0)
      this.answer(transaction, 100, this.config.auto_inv_100_reason);
  }

  answerFailure(transaction: Transaction, failure: RelayFailure): void {
    this.answer(transaction, failure.status, failure.reason);
  }

  /** An answer of the server's own making. */
  answer(transaction: Transaction, status: number, reason: string): void {
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

  /** A fresh tag for own requests. */
  newTag(): string {
    const { entropy } = this.host;
    return entropy.uint32().toString(16).padStart(8, '0') + entropy.uint32().toString(16).padStart(8, '0');
  }

  /** Notes why relaying failed before there was a transaction that could. */
  fail(context: ScriptContext, failure: RelayFailure): void {
    const transaction = this.transactions.transactionOf(context);
    if (transaction === undefined) context.scratch.set(failureKey, failure);
    else transaction.failure = failure;
  }

  /** t_replicate: a copy of its own, whose responses are heard by nobody. */
  replicate(context: ScriptContext, hop: NextHop): number | Promise<number> {
    if (context.message.method === 'ACK') return this.forwardStateless(context, hop);
    const copy = this.transactions.detached(context, context.flow);
    return this.relaying.relay(copy, context, { hop });
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
      this.transactions.transactionOf(context)?.failure ??
      (context.scratch.get(failureKey) as RelayFailure | undefined)
    );
  }

  /** The request script has ended: a transaction that nobody cares for must not stay. */
  #afterRequest(context: ScriptContext): void {
    const transaction = this.transactions.transactionOf(context);
    if (transaction === undefined || transaction.request !== context.message) return;
    const { proxy } = transaction;
    if (!proxy.isOpen || transaction.suspensions > 0 || proxy.hasPending) return;
    const { failure } = transaction;
    if (failure !== undefined && !transaction.plan.disableInternalReply)
      this.answer(transaction, failure.status, failure.reason);
    else this.release(transaction);
  }

  /** t_release: stays a while to absorb repetitions, then goes. */
  release(transaction: Transaction): void {
    if (transaction.proxy.isOpen) transaction.proxy.server?.abandon();
  }

  // ---- TransactionKeeper

  onResponse(
    transaction: Transaction,
    branch: ClientBranch,
    response: SipMessage,
  ): boolean | Promise<boolean> {
    return this.responses.onResponse(transaction, branch, response);
  }
  onBranchFailure(transaction: Transaction, branch: ClientBranch): void | Promise<void> {
    if (branch.status === 503 && !branch.isLocal) this.destinations.on503(branch);
    return this.responses.onBranchFailure(transaction, branch);
  }
  onFailure(transaction: Transaction, best: ClientBranch): void | Promise<void> {
    return this.responses.onFailure(transaction, best);
  }
  composeFinal(
    transaction: Transaction,
    best: ClientBranch,
  ): { readonly status: number; readonly text: string } | undefined {
    return this.replies.composeFinal(transaction, best);
  }
  onResponseSent(transaction: Transaction, status: number, branch: ClientBranch | undefined): void {
    if (transaction.isLocal) this.localRequests.onResult(transaction, status, branch);
    this.responses.onResponseSent(transaction, status, branch);
  }

  rest(transaction: Transaction): RestingScript | undefined {
    return this.rests.rest(transaction);
  }

  onExpired(transaction: Transaction): void {
    transaction.suspensions = 0;
    this.answer(transaction, 408, 'Request Timeout');
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

  failOver(transaction: Transaction, branch: ClientBranch): boolean {
    if (branch.hasTimedOut) this.destinations.onTimeout(transaction.method, branch);
    if (transaction.plan.disableFailover || !failsOver(this.host.settings)) return false;
    return this.relaying.failOver(transaction, branch);
  }
}
