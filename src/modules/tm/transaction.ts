import type { ScriptContext } from '../../module/context.ts';
import { extrasOf, type ReplyExtras } from '../../module/replyExtras.ts';
import type { VariableStores } from '../../module/variables.ts';
import type { ClientBranch } from '../../proxy/clientBranch.ts';
import type { ForwardSettings } from '../../proxy/requestForwarder.ts';
import { ResponseContext } from '../../proxy/responseContext.ts';
import type { ProxyPolicy, ResponseContextUser } from '../../proxy/responseContextUser.ts';
import type { Target } from '../../proxy/target.ts';
import type { Destination, Flow } from '../../proxy/transport.ts';
import type { EditList } from '../../sip/editList.ts';
import type { SipMessage } from '../../sip/message.ts';
import type { RestingTransaction } from '../../transaction/restingTransaction.ts';
import type { TimerTable } from '../../transaction/timers.ts';
import type { TmTransaction, TransactionObserver } from './api.ts';
import type { RelayFailure } from './failureReason.ts';
import type { TmConfig } from './parameters.ts';
import type { TransactionPlan } from './plan.ts';

/** What a transaction asks of the module that it lives in. */
export interface TransactionKeeper {
  readonly config: TmConfig;
  readonly observers: readonly TransactionObserver[];
  /** Runs the onreply_route of a branch; false when it drops a provisional response. */
  onResponse(
    transaction: Transaction,
    branch: ClientBranch,
    response: SipMessage,
  ): boolean | Promise<boolean>;
  onBranchFailure(transaction: Transaction, branch: ClientBranch): void | Promise<void>;
  onFailure(transaction: Transaction, best: ClientBranch): void | Promise<void>;
  composeFinal(
    transaction: Transaction,
    best: ClientBranch,
  ): { readonly status: number; readonly text: string } | undefined;
  failOver(transaction: Transaction, branch: ClientBranch): boolean | Promise<boolean>;
  onResponseSent(transaction: Transaction, status: number, branch: ClientBranch | undefined): void;
  rest(transaction: Transaction): RestingTransaction | undefined;
  onExpired(transaction: Transaction): void;
  onEnded(transaction: Transaction): void;
}

/** What the script had made of the request when it was relayed; what failure routes begin with. */
export interface RelayedRequest {
  readonly target: Target;
  /** undefined for none. */
  readonly edits: EditList | undefined;
  readonly body: string | undefined;
}

/** One transaction as scripts know it: the response context of the proxy core with its script state. */
export class Transaction implements TmTransaction, ResponseContextUser, ProxyPolicy {
  readonly keeper: TransactionKeeper;
  readonly id: number;
  readonly request: SipMessage;
  readonly flow: Flow;
  readonly proxy: ResponseContext;
  plan: TransactionPlan;
  readonly forwarding: ForwardSettings;
  readonly isLocal: boolean;
  flags: number;
  variables: VariableStores;
  toTag = '';
  relayed: RelayedRequest | undefined = undefined;
  /** The script's own target as it was last used; only another one is worth a further branch. */
  usedTarget: Target | undefined = undefined;
  failure: RelayFailure | undefined = undefined;
  currentBranch: ClientBranch | undefined = undefined;
  lastStatus = 0;
  hasRunFailureRoute = false;
  /** Its final response is in the statistics. */
  isCounted = false;
  /** Times that somebody holds the decision on the request. */
  suspensions = 0;
  /** Times that an onreply_route waits. */
  suspendedResponses = 0;
  /** Edits that failure routes begin with, when they are not those at the time of relaying. */
  savedEdits: EditList | undefined = undefined;
  observers: TransactionObserver[] | undefined = undefined;
  /** What the script had prepared for own responses when it sent the request on; they all carry it. */
  replyExtras: ReplyExtras | undefined = undefined;

  constructor(
    keeper: TransactionKeeper,
    start: {
      readonly id: number;
      readonly request: SipMessage;
      readonly flow: Flow;
      readonly flags: number;
      readonly variables: VariableStores;
      plan: TransactionPlan;
      readonly timers: TimerTable;
      readonly responseDestination: Destination | undefined;
      readonly isLocal: boolean;
      readonly core: ResponseContext['core'];
      readonly forwarding: ForwardSettings;
    },
  ) {
    this.keeper = keeper;
    this.id = start.id;
    this.request = start.request;
    this.flow = start.flow;
    this.plan = start.plan;
    this.isLocal = start.isLocal;
    this.flags = start.flags;
    this.variables = start.variables;
    this.forwarding = start.forwarding;
    this.proxy = new ResponseContext(
      start.core,
      start.request,
      this,
      start.timers,
      start.responseDestination,
    );
  }

  get relayedTarget(): Target | undefined {
    return this.relayed?.target;
  }
  get method(): string {
    return this.request.method;
  }
  get isInvite(): boolean {
    return this.proxy.isInvite;
  }
  get isCancelled(): boolean {
    return this.proxy.isCancelled;
  }
  get isExpired(): boolean {
    return this.proxy.isExpired;
  }
  get branches(): readonly ClientBranch[] {
    return this.proxy.branches;
  }

  /** Takes the flags of a route's run over. */
  takeFlags(context: ScriptContext): void {
    this.flags = context.flags;
  }

  /** Keeps what the script has prepared for own responses, unless the request has been sent on before. */
  takeReplyExtras(context: ScriptContext): void {
    if (this.relayed === undefined && !this.isLocal) this.replyExtras = extrasOf(context);
  }

  observe(observer: TransactionObserver): void {
    this.observers ??= [];
    this.observers.push(observer);
  }

  // ---- ProxyPolicy, read anew at each decision

  get policy(): ProxyPolicy {
    return this;
  }
  get globalFailureEndsForking(): boolean {
    return !(this.plan.disable6xx ?? this.keeper.config.disable_6xx_block !== 0);
  }
  get timerCMs(): number {
    return this.plan.frInvMs || this.keeper.config.fr_inv_timer;
  }
  get restartTimerC(): boolean {
    return this.keeper.config.restart_fr_on_each_reply !== 0;
  }
  get unansweredCancel(): 'wait' | 'give up' | 'send' {
    const mode = this.keeper.config.cancel_b_method;
    return mode === 0 ? 'give up' : mode === 1 ? 'wait' : 'send';
  }
  get localPenalty(): number {
    return this.keeper.config.faked_reply_prio;
  }
  get cancelReason(): boolean {
    return this.keeper.config.local_cancel_reason !== 0;
  }
  get relay100(): boolean {
    return this.keeper.config.relay_100 !== 0;
  }
  get extraHeaderPrefix(): string {
    return this.keeper.config.ac_extra_hdrs;
  }

  // ---- ResponseContextUser

  onResponse(branch: ClientBranch, response: SipMessage): boolean | Promise<boolean> {
    return this.keeper.onResponse(this, branch, response);
  }
  onBranchFailure(branch: ClientBranch): void | Promise<void> {
    return this.keeper.onBranchFailure(this, branch);
  }
  onFailure(best: ClientBranch): void | Promise<void> {
    return this.keeper.onFailure(this, best);
  }
  composeFinal(best: ClientBranch): { readonly status: number; readonly text: string } | undefined {
    return this.keeper.composeFinal(this, best);
  }
  failOver(branch: ClientBranch): boolean | Promise<boolean> {
    return this.keeper.failOver(this, branch);
  }
  onResponseSent(status: number, branch: ClientBranch | undefined): void {
    this.lastStatus = status;
    this.keeper.onResponseSent(this, status, branch);
  }
  onAck(ack: SipMessage): void {
    this.tell('onAck', ack);
  }
  onSettled(): void {
    this.relayed = undefined;
    this.usedTarget = undefined;
    this.replyExtras = undefined;
    this.request.rest();
  }
  rest(): RestingTransaction | undefined {
    return this.suspensions > 0 || this.suspendedResponses > 0 ? undefined : this.keeper.rest(this);
  }
  onExpired(): void {
    this.keeper.onExpired(this);
  }
  onEnded(): void {
    this.keeper.onEnded(this);
  }

  /** Calls one method of all observers, of the module's first. */
  tell<
    E extends
      | 'onAck'
      | 'onEndToEndAck'
      | 'onCancel'
      | 'onDestroy'
      | 'onBranchSend'
      | 'onFailure'
      | 'onRequest',
  >(event: E, detail?: unknown): void {
    const all = this.keeper.observers;
    for (let i = 0; i < all.length; i++) call(all[i] as TransactionObserver, event, this, detail);
    const own = this.observers;
    if (own !== undefined) for (const observer of own) call(observer, event, this, detail);
  }
}

function call(
  observer: TransactionObserver,
  event: keyof TransactionObserver,
  transaction: TmTransaction,
  detail: unknown,
): void {
  const method = observer[event] as ((transaction: TmTransaction, detail: unknown) => void) | undefined;
  method?.call(observer, transaction, detail);
}
