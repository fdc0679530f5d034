import type { SipMessage } from '../sip/message.ts';
import type { RestingTransaction } from '../transaction/restingTransaction.ts';
import type { ClientBranch } from './clientBranch.ts';

/** What may differ from context to context. The user may hand over a live view of its settings. */
export interface ProxyPolicy {
  /** A 6xx cancels all other branches (RFC 3261 §16.7 step 5). */
  readonly globalFailureEndsForking: boolean;
  /** Timer C (§16.8), from the first provisional response on. */
  readonly timerCMs: number;
  /** Each provisional response starts timer C anew, not only the first and rising ones. */
  readonly restartTimerC: boolean;
  /** Cancelling a branch without any response: wait for one (§9.1), give it up at once, or cancel regardless. */
  readonly unansweredCancel: 'wait' | 'give up' | 'send';
  /** Added to the rank of responses made here. */
  readonly localPenalty: number;
  /** Tell in the CANCEL why (RFC 3326). */
  readonly cancelReason: boolean;
  /** Pass 100 on. */
  readonly relay100: boolean;
  /** Headers of the INVITE that also go into its ACK and CANCEL: those whose name begins so; '' for none. */
  readonly extraHeaderPrefix: string;
}

/** The transaction user above a response context. */
export interface ResponseContextUser {
  readonly policy: ProxyPolicy;
  /** Each response of a branch; false drops a provisional one. */
  onResponse(branch: ClientBranch, response: SipMessage): boolean | Promise<boolean>;
  /** A branch has failed; further branches may be added. */
  onBranchFailure(branch: ClientBranch): void | Promise<void>;
  /** All branches have failed and `best` would be passed on; branches may be added, or an answer given. */
  onFailure(best: ClientBranch): void | Promise<void>;
  /** The final decision: pass the response of this branch on. A text replaces what would be sent; '' is silence. */
  composeFinal(best: ClientBranch): { readonly status: number; readonly text: string } | undefined;
  /** A branch came to nothing before any response; true when another attempt was started for it. */
  failOver(branch: ClientBranch): boolean | Promise<boolean>;
  /** A response has gone upstream: of a branch, or (undefined) an own one. */
  onResponseSent(status: number, branch: ClientBranch | undefined): void;
  onAck(ack: SipMessage): void;
  /** The final response has gone and nothing is pending: what only routes needed can go. */
  onSettled(): void;
  /**
   * Only repetitions can come from now on: what shall take the place of the context for the rest of its time; undefined
   * when the user needs all of it.
   */
  rest(): RestingTransaction | undefined;
  /** The longest time is over and there is no branch that could fail: an answer is due. */
  onExpired(): void;
  /** The context is over: nothing of it is left in the indexes. */
  onEnded(): void;
}
