import type { ScriptContext, TransactionScope } from '../../module/context.ts';
import type { ClientBranch } from '../../proxy/clientBranch.ts';
import type { Target } from '../../proxy/target.ts';
import type { Flow, ListenSocket } from '../../proxy/transport.ts';
import type { SipMessage } from '../../sip/message.ts';

/** A transaction as other modules see it. */
export interface TmTransaction extends TransactionScope {
  readonly request: SipMessage;
  readonly flow: Flow;
  /** The target as it was when the request was relayed. */
  readonly relayedTarget: Target | undefined;
  readonly isInvite: boolean;
  /** An own request, without a client behind it. */
  readonly isLocal: boolean;
  readonly isCancelled: boolean;
  readonly isExpired: boolean;
  /** To tag of own responses; '' before the first. */
  readonly toTag: string;
  /** Status of the last response sent upstream; 0 before the first. */
  readonly lastStatus: number;
  readonly branches: readonly ClientBranch[];
  /** The branch that the running route is about: the winner in a failure route, the answering one in onreply_route. */
  readonly currentBranch: ClientBranch | undefined;
  /** Takes the message flags of a context over. */
  takeFlags(context: ScriptContext): void;
  /** Watches this transaction only. */
  observe(observer: TransactionObserver): void;
}

/** What modules may hear of transactions. All methods are optional; they must not throw. */
export interface TransactionObserver {
  /** A transaction has been made for a received request. */
  onRequest?(transaction: TmTransaction, context: ScriptContext): void;
  /** A branch is about to be sent. */
  onBranchSend?(transaction: TmTransaction, branch: ClientBranch): void;
  /** A response of a branch, before its onreply_route. */
  onResponseIn?(transaction: TmTransaction, branch: ClientBranch, response: SipMessage): void;
  /** A response has gone upstream; `response` is undefined for one made here. */
  onResponseOut?(transaction: TmTransaction, status: number, response: SipMessage | undefined): void;
  /** All branches have failed, before the failure route. */
  onFailure?(transaction: TmTransaction, branch: ClientBranch): void;
  /** The ACK to a failure response sent upstream. */
  onAck?(transaction: TmTransaction, ack: SipMessage): void;
  /** An ACK to a 2xx passes by. */
  onEndToEndAck?(transaction: TmTransaction, ack: ScriptContext): void;
  /** The client has cancelled. */
  onCancel?(transaction: TmTransaction, cancel: ScriptContext): void;
  /**
   * The transaction is answered and from now on absorbs repetitions: who shall hear of those in place of this observer;
   * undefined for nobody, false when it needs the whole transaction until its end. They will come with another object
   * of the same `id`. Without this method, and with `onDestroy` or `onEndToEndAck` for all transactions, the whole
   * transaction stays in memory, which is dear. So is what is kept: better observe again in `onWake`.
   */
  onRest?(transaction: TmTransaction): TransactionObserver | undefined | false;
  /** A transaction that rested has been made whole again, because of a repetition. `lastResponse` is what it sent. */
  onWake?(transaction: TmTransaction, lastResponse: string): void;
  /** Gone from memory. */
  onDestroy?(transaction: TmTransaction): void;
}

export interface ReplyOptions {
  /** Full header lines, each with CRLF, besides those that the script has appended. */
  readonly headers?: string;
  readonly body?: string;
  readonly contentType?: string;
  readonly toTag?: string;
}

/** An own request. */
export interface LocalRequest {
  readonly method: string;
  readonly requestUri: string;
  /** Where to send it instead of the Request-URI; '' for none. */
  readonly nextHop?: string;
  readonly socket?: ListenSocket | undefined;
  /** Values with display name, brackets and tag. */
  readonly from: string;
  readonly to: string;
  /** Default: a new one. */
  readonly callId?: string;
  /** Default 10. */
  readonly cseq?: number;
  readonly routes?: readonly string[];
  /** Default 70; 0 when `headers` has the line. */
  readonly maxForwards?: number;
  /** Full header lines, each with CRLF. */
  readonly headers?: string;
  readonly body?: string;
  readonly contentType?: string;
}

/** How an own request ended; `response` is undefined when the status was made here (408, 477 ...). */
export interface LocalResult {
  readonly status: number;
  readonly reason: string;
  readonly response: SipMessage | undefined;
}

export interface LocalRequestHandle {
  readonly callId: string;
  readonly cseq: number;
  /** Sends CANCEL, when the request is an INVITE without final response. */
  cancel(): void;
}

/** A transaction that waits for something outside; it can be resumed once. */
export interface Suspension {
  readonly index: number;
  readonly label: number;
}

/** Since the start, where not said otherwise. */
export interface TmCounts {
  readonly created: number;
  readonly createdLocal: number;
  /** In memory now. */
  readonly inUse: number;
  /** In memory now, of own requests. */
  readonly inUseLocal: number;
  readonly responsesIn: number;
  readonly responsesRelayed: number;
  readonly responsesGenerated: number;
  /** Final responses sent, at their class. */
  readonly finals: readonly number[];
}

/** `host.api<TmApi>('tm')`. */
export interface TmApi {
  /** Hears of all transactions. */
  observe(observer: TransactionObserver): void;
  /** The transaction of a context: made or looked up there before. */
  transactionOf(context: ScriptContext): TmTransaction | undefined;
  /** Makes one: 1 made, 0 the request is a repetition and was dealt with, negative for an error. */
  newTransaction(context: ScriptContext): number;
  /** Answers statefully; true when there is a transaction that could be answered. */
  reply(context: ScriptContext, status: number, reason: string, options?: ReplyOptions): boolean;
  /** Answers any transaction, out of the blue. */
  replyTo(transaction: TmTransaction, status: number, reason: string, options?: ReplyOptions): boolean;
  /** As t_relay. */
  relay(context: ScriptContext): number | Promise<number>;
  /** Cancels the pending branches; `reasonHeaders` are full lines for the CANCELs. */
  cancelBranches(
    transaction: TmTransaction,
    reasonHeaders: string,
    only?: (branch: ClientBranch) => boolean,
  ): void;
  /** The Via branch that the next copy of this request will have. */
  nextViaBranch(context: ScriptContext): string;
  findByCallId(callId: string, cseq: number): TmTransaction | undefined;
  /** Sends an own request; `done` hears of its final result, and of provisional ones when the parameter says so. */
  request(request: LocalRequest, done?: (result: LocalResult) => void): LocalRequestHandle | undefined;
  /** Own requests get their Call-IDs from here from now on. */
  useCallIds(make: () => string): void;
  /** Holds the decision on the request of the context; makes the transaction when there is none yet. */
  suspend(context: ScriptContext): Suspension | undefined;
  /** Goes on with a route, which runs as a failure route does; false when there is nothing suspended so. */
  resume(suspension: Suspension, routeName: string): boolean | Promise<boolean>;
  /** Does the route of this context run as the continuation of a suspended request? */
  isResumed(context: ScriptContext): boolean;
  /** Does this request repeat one that is suspended? */
  isHeld(message: SipMessage): boolean;
  findCancelled(cancel: SipMessage): TmTransaction | undefined;
  /** Ends a transaction without an answer; the status is only noted. */
  drop(transaction: TmTransaction, status: number): void;
  readonly counters: TmCounts;
  /** Transactions without a final response. */
  activeCount(): number;
  /** The status and text that the last failed t_relay of the context would be answered with. */
  errorOf(context: ScriptContext): { readonly status: number; readonly reason: string } | undefined;
  /** The To tag of own responses in the transaction of a context, also before the first; undefined without one. */
  toTagOf(context: ScriptContext): string | undefined;
}
