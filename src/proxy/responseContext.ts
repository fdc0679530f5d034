import type { Timer } from '../base/timerQueue.ts';
import type { SipMessage } from '../sip/message.ts';
import { renderResponse } from '../sip/render.ts';
import { buildAck } from '../sip/request.ts';
import type { ClientOptions } from '../transaction/clientTransaction.ts';
import type { ServerTransaction, ServerUser } from '../transaction/serverTransaction.ts';
import type { TimerTable } from '../transaction/timers.ts';
import { extraHeaders, sendCancel } from './cancellation.ts';
import type { BranchOwner, ClientBranch } from './clientBranch.ts';
import { letRest } from './letRest.ts';
import type { ProxyCore } from './proxyCore.ts';
import { bestOutcome } from './responseChoice.ts';
import type { ResponseContextUser } from './responseContextUser.ts';
import { hopTo } from './responseWay.ts';
import { type Destination, isReliable } from './transport.ts';

/**
 * The response context of RFC 3261 §16: a server transaction (none for own requests) and the branches its
 * request was sent on.
 */
export class ResponseContext implements BranchOwner, ServerUser {
  readonly core: ProxyCore;
  readonly request: SipMessage;
  readonly user: ResponseContextUser;
  readonly branches: ClientBranch[] = [];
  readonly isInvite: boolean;
  server: ServerTransaction | undefined = undefined;
  /** Where responses go. */
  readonly responseDestination: Destination | undefined;
  timers: TimerTable;
  /** The client has cancelled the request. */
  isCancelled = false;
  /** The longest time that the request may stay open has passed. */
  isExpired = false;
  /** A final response has gone upstream (or, for an own request, come). */
  finalStatus = 0;
  isEnded = false;
  /** Counts up with each set of branches that is started together. */
  step = 0;
  branchBase: string;
  /** It has rested and was woken: it stays whole for the rest of its time. */
  hasRested = false;
  /** Somebody still has to decide: no automatic answer before (suspended requests). */
  holds = 0;
  #lifetime: Timer | undefined;
  #work: Promise<void> | undefined;

  constructor(
    core: ProxyCore,
    request: SipMessage,
    user: ResponseContextUser,
    timers: TimerTable,
    responseDestination: Destination | undefined,
  ) {
    this.core = core;
    this.request = request;
    this.user = user;
    this.timers = timers;
    this.responseDestination = responseDestination;
    this.isInvite = request.method === 'INVITE';
    this.branchBase = core.newBranchBase();
  }

  /** A final response has not been sent yet. */
  get isOpen(): boolean {
    return this.finalStatus === 0 && !this.isEnded;
  }

  /** Nobody is deciding. */
  get isIdle(): boolean {
    return this.#work === undefined && this.holds === 0;
  }

  get hasPending(): boolean {
    for (let i = 0; i < this.branches.length; i++) {
      if (!(this.branches[i] as ClientBranch).isFinal) return true;
    }
    return false;
  }

  /** The branch ids of all copies, also of failed ones, differ in the last part only. */
  nextViaBranch(): string {
    return `${this.branchBase}.${this.branches.length}`;
  }

  /** Sends a branch that was added. */
  start(branch: ClientBranch, text: string, reliable: boolean): void {
    branch.makeClient(this.isInvite, this.#clientOptions(branch, text, reliable)).start();
  }

  /** Takes up a branch that was left by a resting transaction. `ack` is what a failure was acknowledged with. */
  resumeBranch(branch: ClientBranch, status: number, ack: string): void {
    branch.status = status;
    this.branches.push(branch);
    const reliable = isReliable(branch.destination.proto);
    branch.makeClient(this.isInvite, this.#clientOptions(branch, '', reliable)).resume(status, ack);
  }

  #clientOptions(branch: ClientBranch, request: string, reliable: boolean): ClientOptions {
    const isBounded = this.server !== undefined;
    return { reliable, timers: this.timers, branch: branch.viaBranch, request, isBounded };
  }

  /** The request may not stay open longer than this from now (§16.8, and a bound on failover). */
  limitLifetime(lifetimeMs: number): void {
    this.#stopLifetime();
    this.#lifetime = this.core.timers.schedule(lifetimeMs, fireLifetime, this);
  }

  // ---- responses of branches

  onBranchResponse(branch: ClientBranch, response: SipMessage): void | Promise<void> {
    const work = this.#work;
    if (work !== undefined) return work.then(() => this.#takeResponse(branch, response));
    return this.#takeResponse(branch, response);
  }

  #takeResponse(branch: ClientBranch, response: SipMessage): void | Promise<void> {
    const passes = this.user.onResponse(branch, response);
    if (typeof passes === 'boolean') return this.#settleResponse(branch, response, passes);
    return this.#during(passes.then((answer) => this.#settleResponse(branch, response, answer)));
  }

  #settleResponse(branch: ClientBranch, response: SipMessage, passes: boolean): void | Promise<void> {
    branch.responseCount++;
    const status = response.statusCode;
    if (status < 200) return this.#provisional(branch, response, passes);
    const isSuccess = status < 300;
    if (branch.isFinal && !(isSuccess && this.isInvite)) return;
    this.#stopTimerC(branch);
    branch.status = status;
    branch.isLocal = false;
    branch.response = response;
    if (isSuccess) this.#success(branch, response);
    else return this.#failure(branch);
  }

  #provisional(branch: ClientBranch, response: SipMessage, passes: boolean): void {
    if (branch.isFinal) return;
    const status = response.statusCode;
    const rises = status > branch.status && (branch.status === 0 || status >= 180);
    if (this.isInvite && (rises || this.user.policy.restartTimerC)) this.#startTimerC(branch);
    branch.status = status;
    branch.response = response;
    if (branch.cancelHeaders !== undefined) this.#cancelNow(branch, branch.cancelHeaders);
    if (passes && this.isOpen && (status > 100 || this.user.policy.relay100)) this.#forward(branch, response);
  }

  /** §16.7 step 5: a 2xx to an INVITE goes on at once, and each one does. */
  #success(branch: ClientBranch, response: SipMessage): void {
    const isFirst = this.finalStatus === 0;
    if (!isFirst && !this.isInvite) return;
    this.finalStatus ||= response.statusCode;
    if (isFirst && this.isInvite) this.cancelPending(response.statusCode, ';text="Call completed elsewhere"');
    this.#forward(branch, response);
    this.#settle();
  }

  #failure(branch: ClientBranch): void | Promise<void> {
    if (!this.isOpen) return this.#settle();
    if (branch.status >= 600 && this.user.policy.globalFailureEndsForking) this.cancelPending(branch.status);
    const work = this.user.onBranchFailure(branch);
    if (work === undefined) return this.conclude();
    return this.#during(work.then(() => this.conclude()));
  }

  /** When nothing is pending any more: the user has the last word, then the best response goes upstream. */
  conclude(): void | Promise<void> {
    if (!this.isOpen || this.holds > 0 || this.hasPending) return;
    const best = bestOutcome(this.branches, this.user.policy.localPenalty) ?? this.branches.at(-1);
    if (best === undefined) return;
    const work = this.user.onFailure(best);
    if (work === undefined) return this.#finish();
    return this.#during(work.then(() => this.#finish()));
  }

  #finish(): void {
    if (!this.isOpen || this.holds > 0 || this.hasPending) return;
    const best = bestOutcome(this.branches, this.user.policy.localPenalty) ?? this.branches.at(-1);
    if (best === undefined) return;
    this.finalStatus = best.status;
    const composed = this.user.composeFinal(best);
    if (composed !== undefined) {
      this.finalStatus = composed.status;
      if (composed.text === '') this.server?.abandon();
      else this.server?.respond(composed.status, composed.text);
      this.user.onResponseSent(composed.status, best.isLocal ? undefined : best);
    } else if (best.response !== undefined) this.#forward(best, best.response);
    this.#settle();
  }

  /** After a final response: lets go of all that is not needed to absorb late messages. */
  #settle(): void {
    if (this.hasPending) return;
    this.#stopLifetime();
    if (letRest(this)) return;
    for (let i = 0; i < this.branches.length; i++) (this.branches[i] as ClientBranch).settle();
    this.branchBase = '';
    this.user.onSettled();
    if (this.server === undefined) this.#endIfSettled();
  }

  #stopLifetime(): void {
    if (this.#lifetime !== undefined) this.core.timers.cancel(this.#lifetime);
    this.#lifetime = undefined;
  }

  #forward(branch: ClientBranch, response: SipMessage): void {
    if (this.server !== undefined) {
      const needsHop = response.edits.size > 0 || this.server.reliable;
      const hop = needsHop ? hopTo(this.responseDestination) : undefined;
      this.server.respond(response.statusCode, renderResponse(response, { removeTopmostVia: true, hop }));
    }
    this.user.onResponseSent(response.statusCode, branch);
  }

  /** An own response. A final one ends all branches that are still pending. */
  respond(status: number, text: string): void {
    if (status >= 200) {
      if (this.finalStatus !== 0) return;
      this.finalStatus = status;
      this.cancelPending(status);
    }
    this.server?.respond(status, text);
    this.user.onResponseSent(status, undefined);
    if (status >= 200) this.#settle();
  }

  // ---- failures of branches

  onBranchTimeout(branch: ClientBranch): void {
    this.#whenIdle(branch, giveUpUnanswered);
  }

  onBranchTransportError(branch: ClientBranch): void {
    this.#whenIdle(branch, giveUpUnsent);
  }

  /** Ends a branch with a status made here. */
  fail(branch: ClientBranch, status: number): void | Promise<void> {
    if (branch.isFinal) return;
    this.#stopTimerC(branch);
    branch.status = status;
    branch.isLocal = true;
    branch.response = undefined;
    return this.#failure(branch);
  }

  /** Tries the next address, else fails the branch. */
  giveUp(branch: ClientBranch, status: number): void | Promise<void> {
    if (branch.isFinal) return;
    if (!this.isOpen || this.isCancelled || branch.cancelHeaders !== undefined)
      return this.fail(branch, this.isCancelled ? 487 : status);
    const tried = this.user.failOver(branch);
    if (typeof tried === 'boolean') return this.#afterFailOver(branch, status, tried);
    return this.#during(tried.then((again) => this.#afterFailOver(branch, status, again)));
  }

  #afterFailOver(branch: ClientBranch, status: number, again: boolean): void | Promise<void> {
    if (!again) return this.fail(branch, status);
    branch.status = status;
    branch.isLocal = true;
    branch.isDiscarded = true;
  }

  onTimerC(branch: ClientBranch): void {
    branch.timerC = undefined;
    this.#whenIdle(branch, giveUpRinging);
  }

  /** §16.8: a branch that rings too long is cancelled, and counts as timed out. */
  giveUpRinging(branch: ClientBranch): void | Promise<void> {
    if (branch.isFinal) return;
    branch.hasTimedOut = true;
    this.#cancelNow(branch, '');
    return this.fail(branch, this.isCancelled ? 487 : 408);
  }

  #startTimerC(branch: ClientBranch): void {
    this.#stopTimerC(branch);
    branch.timerC = this.core.timers.schedule(this.user.policy.timerCMs, fireTimerC, branch);
  }

  /** Sets the running timers C anew, after the policy changed. */
  restartTimers(): void {
    for (const branch of this.branches) {
      if (branch.client !== undefined) branch.client.timers = this.timers;
      branch.client?.restartTimeout();
      branch.client?.resetIntervals();
      if (branch.timerC !== undefined) this.#startTimerC(branch);
    }
  }

  #stopTimerC(branch: ClientBranch): void {
    if (branch.timerC !== undefined) this.core.timers.cancel(branch.timerC);
    branch.timerC = undefined;
  }

  // ---- CANCEL

  /** The client's CANCEL (§16.10); `headers` go into ours. With nothing left to wait for, answers 487 itself. */
  cancel(headers: string): void {
    this.isCancelled = true;
    for (const branch of this.branches) this.cancelBranch(branch, headers, headers);
  }

  /** Cancels what is pending because of a final response; `text` is added to the reason where it goes out at once. */
  cancelPending(status: number, text = ''): void {
    if (!this.isInvite) return;
    const reason = this.user.policy.cancelReason ? `Reason: SIP;cause=${status}` : '';
    const now = reason === '' ? '' : `${reason}${status === 200 ? text : ''}\r\n`;
    const later = reason === '' ? '' : `${reason}\r\n`;
    for (let i = 0; i < this.branches.length; i++)
      this.cancelBranch(this.branches[i] as ClientBranch, now, later);
  }

  cancelBranch(branch: ClientBranch, headersNow: string, headersLater = headersNow): void {
    if (branch.isFinal || branch.isCancelled || !this.isInvite) return;
    if (branch.client === undefined) void this.fail(branch, 487);
    else if (branch.status >= 100 || this.user.policy.unansweredCancel === 'send') {
      branch.client?.stopRetransmission();
      this.#cancelNow(branch, headersNow);
    } else if (this.user.policy.unansweredCancel === 'wait') branch.cancelHeaders = headersLater;
    else {
      branch.client?.stopRetransmission();
      void this.fail(branch, 487);
    }
  }

  #cancelNow(branch: ClientBranch, headers: string): void {
    sendCancel(branch, headers, this.user.policy.extraHeaderPrefix, this.timers);
  }

  makeAck(inviteAsSent: string, response: SipMessage): string | undefined {
    return buildAck(inviteAsSent, response, extraHeaders(inviteAsSent, this.user.policy.extraHeaderPrefix));
  }

  // ---- ServerUser

  transmitResponse(_transaction: ServerTransaction, text: string): void {
    if (this.responseDestination !== undefined) this.core.transport.send(text, this.responseDestination);
  }

  onAck(_transaction: ServerTransaction, ack: SipMessage): void {
    this.user.onAck(ack);
    if (this.finalStatus >= 300) letRest(this);
  }

  /** Nobody acknowledges: the machine has ended, which is all there is to do. */
  onAckTimeout(): void {}

  onServerTerminated(transaction: ServerTransaction): void {
    this.core.servers.remove(transaction);
    this.end();
  }

  // ---- the end

  onLifetimeOver(): void {
    this.#lifetime = undefined;
    this.isExpired = true;
    this.holds = 0;
    if (this.isOpen && this.branches.length === 0) this.user.onExpired();
    for (const branch of this.branches.slice()) {
      if (branch.isFinal) continue;
      if (branch.status > 0) this.#whenIdle(branch, giveUpRinging);
      else this.#whenIdle(branch, failUnanswered);
    }
  }

  /** Own requests have no server transaction that would bound them. */
  #endIfSettled(): void {
    // late responses and their retransmissions are the business of the client transactions
    if (this.branches.every((branch) => branch.client?.isTerminated !== false)) this.end();
    else this.core.timers.schedule(this.timers.timerKMs, fireEnd, this);
  }

  /** Takes all that is left out of the indexes. */
  end(): void {
    if (this.isEnded) return;
    this.isEnded = true;
    this.#stopLifetime();
    for (const branch of this.branches) {
      this.#stopTimerC(branch);
      const client = branch.client;
      if (client === undefined) continue;
      client.cancel?.destroy();
      client.destroy();
      this.core.clients.remove(client);
    }
    if (this.server !== undefined && !this.server.isTerminated) {
      this.server.destroy();
      this.core.servers.remove(this.server);
    }
    this.user.onEnded();
  }

  // ---- order of work that waits

  /** Remembers that a decision is being made, so that timers and responses queue up behind it. */
  #during(work: Promise<void>): Promise<void> {
    const guarded: Promise<void> = work.finally(() => {
      if (this.#work === guarded) this.#work = undefined;
    });
    this.#work = guarded;
    return guarded;
  }

  #whenIdle(branch: ClientBranch, step: Step): void {
    if (this.#work === undefined) void step(this, branch);
    else void this.#work.then(() => step(this, branch));
  }
}

type Step = (context: ResponseContext, branch: ClientBranch) => void | Promise<void>;

const giveUpUnanswered: Step = (context, branch) => {
  branch.hasTimedOut = true;
  return context.giveUp(branch, 408);
};
const giveUpUnsent: Step = (context, branch) => context.giveUp(branch, 477);
const giveUpRinging: Step = (context, branch) => context.giveUpRinging(branch);

function failUnanswered(context: ResponseContext, branch: ClientBranch): void | Promise<void> {
  branch.hasTimedOut = true;
  branch.client?.destroy();
  if (branch.client !== undefined) context.core.clients.remove(branch.client);
  return context.fail(branch, context.isCancelled ? 487 : 408);
}

function fireTimerC(branch: ClientBranch): void {
  (branch.context as ResponseContext).onTimerC(branch);
}

function fireLifetime(context: ResponseContext): void {
  context.onLifetimeOver();
}

function fireEnd(context: ResponseContext): void {
  context.end();
}
