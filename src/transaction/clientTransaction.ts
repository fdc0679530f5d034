import type { TimerQueue } from '../base/timerQueue.ts';
import type { SipMessage } from '../sip/message.ts';
import { type InviteClientEvent, type InviteClientState, inviteClient } from './inviteClient.ts';
import type { ClientEffect } from './machine.ts';
import { type NonInviteClientEvent, type NonInviteClientState, nonInviteClient } from './nonInviteClient.ts';
import { TimedTransaction } from './timedTransaction.ts';
import type { TimerTable } from './timers.ts';

/** The transaction user of RFC 3261 §17.1, and how requests leave. */
export interface ClientUser {
  /** Puts a request on the wire; false when it is known at once that it could not be sent. */
  transmitRequest(transaction: ClientTransaction, text: string): boolean;
  /** The ACK to a failure response (§17.1.1.3); undefined when none can be made. */
  makeAck(transaction: ClientTransaction, response: SipMessage): string | undefined;
  /** A promise when the user has to wait for something before it is done with the response. */
  onResponse(transaction: ClientTransaction, response: SipMessage): void | Promise<void>;
  /** Timer B or F. */
  onTimeout(transaction: ClientTransaction): void;
  onTransportError(transaction: ClientTransaction): void;
  onClientTerminated(transaction: ClientTransaction): void;
}

export interface ClientOptions {
  readonly reliable: boolean;
  readonly timers: TimerTable;
  /** Our own: the key under which responses come back. */
  readonly branch: string;
  /** The request as it leaves. */
  readonly request: string;
  /** The user destroys it in time (with its server transaction), so that timers D, K and M need not run. */
  readonly isBounded: boolean;
}

/** What `ClientTransactionIndex` holds: transactions, and those that rest. */
export interface ClientEntry {
  readonly branch: string;
  /** Hash and link of the index. */
  branchHash: number;
  nextClient: ClientEntry | undefined;
  readonly cancel: ClientEntry | undefined;
  onResponse(response: SipMessage): void | Promise<void>;
}

export abstract class ClientTransaction extends TimedTransaction implements ClientEntry {
  readonly user: ClientUser;
  readonly branch: string;
  /** The request as sent; '' once nothing can be made of it any more. */
  request: string;
  readonly isBounded: boolean;
  /** The CANCEL of this INVITE goes under the same branch (§9.1). */
  cancel: ClientTransaction | undefined = undefined;
  branchHash = 0;
  nextClient: ClientEntry | undefined = undefined;
  #ack = '';

  constructor(user: ClientUser, queue: TimerQueue, options: ClientOptions) {
    super(queue, options.reliable, options.timers);
    this.user = user;
    this.branch = options.branch;
    this.request = options.request;
    this.isBounded = options.isBounded;
  }

  abstract readonly isInvite: boolean;
  abstract readonly isTerminated: boolean;
  /** No response at all has come yet. */
  abstract readonly isUnanswered: boolean;
  /** No final response has come yet. */
  abstract readonly isPending: boolean;
  abstract onResponse(response: SipMessage): void | Promise<void>;
  abstract onTransportError(): void;
  protected abstract get timeoutMs(): number;
  protected abstract get endMs(): number;
  protected abstract get retransmissionMaxMs(): number;
  protected abstract enterAnswered(status: number): void;

  /** Sends the request. A failure comes back as a transport error before this returns. */
  start(): void {
    this.startRetransmission(this.timers.t1Ms);
    this.startTimeout(this.timeoutMs);
    if (!this.user.transmitRequest(this, this.request)) this.onTransportError();
  }

  /** The ACK that was sent for a failure response; '' for none. */
  get ack(): string {
    return this.#ack;
  }

  /** Takes up where a resting transaction was left: answered. `ack` is what a failure was acknowledged with. */
  resume(status: number, ack: string): void {
    this.#ack = ack;
    this.enterAnswered(status);
  }

  /** Sets timer B or F anew, if it is running. */
  restartTimeout(): void {
    if (!this.hasTimeout) return;
    this.stopTimeout();
    this.startTimeout(this.timeoutMs);
  }

  /** Begins the retransmission intervals anew with those of `timers`, at the next repetition. */
  resetIntervals(): void {
    const { t1Ms, t2Ms } = this.timers;
    this.intervalMs = this.intervalMs >= this.retransmissionMaxMs ? t2Ms / 2 : t1Ms / 2;
  }

  /** What the user gave back, when the effects end with telling it. */
  protected apply(effects: readonly ClientEffect[], response?: SipMessage): void | Promise<void> {
    const last = effects.length - 1;
    for (let i = 0; i < last; i++) void this.#applyOne(effects[i] as ClientEffect, response);
    return last < 0 ? undefined : this.#applyOne(effects[last] as ClientEffect, response);
  }

  #applyOne(effect: ClientEffect, response: SipMessage | undefined): void | Promise<void> {
    switch (effect) {
      case 'retransmit':
        this.user.transmitRequest(this, this.request);
        return;
      case 'restart retransmission':
        this.doubleInterval(this.retransmissionMaxMs);
        return;
      case 'slow retransmission':
        this.stopRetransmission();
        this.startRetransmission(this.timers.t2Ms);
        return;
      case 'stop retransmission':
        this.stopRetransmission();
        return;
      case 'stop timeout':
        this.stopTimeout();
        return;
      case 'start end':
        if (!this.isBounded) this.startEnd(this.endMs);
        return;
      case 'acknowledge':
        this.#ack = (response && this.user.makeAck(this, response)) ?? '';
        this.#sendAck();
        return;
      case 'acknowledge again':
        if (this.#ack === '') this.#ack = (response && this.user.makeAck(this, response)) ?? '';
        this.#sendAck();
        return;
      case 'terminate':
        this.stopAll();
        this.user.onClientTerminated(this);
        return;
      case 'tell response':
        return response === undefined ? undefined : this.user.onResponse(this, response);
      case 'tell timeout':
        this.user.onTimeout(this);
        return;
      case 'tell transport error':
        this.user.onTransportError(this);
        return;
    }
  }

  #sendAck(): void {
    if (this.#ack !== '') this.user.transmitRequest(this, this.#ack);
  }
}

export class InviteClientTransaction extends ClientTransaction {
  readonly isInvite = true;
  #state: InviteClientState = 'calling';

  get state(): InviteClientState {
    return this.#state;
  }
  get isTerminated(): boolean {
    return this.#state === 'terminated';
  }
  get isUnanswered(): boolean {
    return this.#state === 'calling';
  }
  get isPending(): boolean {
    return this.#state === 'calling' || this.#state === 'proceeding';
  }

  onResponse(response: SipMessage): void | Promise<void> {
    const status = response.statusCode;
    return this.#step(status < 200 ? 'provisional' : status < 300 ? 'success' : 'failure', response);
  }
  onTransportError(): void {
    this.#step('transportError');
  }
  onRetransmissionTimer(): void {
    this.#step('timerA');
  }
  onTimeoutTimer(): void {
    this.#step('timerB');
  }
  onEndTimer(): void {
    this.#step(this.#state === 'accepted' ? 'timerM' : 'timerD');
  }

  protected get timeoutMs(): number {
    return this.timers.timerBMs;
  }
  protected get endMs(): number {
    return this.#state === 'accepted' ? this.timers.timerMMs : this.timers.timerDMs;
  }
  protected get retransmissionMaxMs(): number {
    return this.timers.timerAMaxMs;
  }
  protected enterAnswered(status: number): void {
    this.#state = status < 300 ? 'accepted' : 'completed';
  }
  protected enterTerminated(): void {
    this.#state = 'terminated';
  }

  #step(event: InviteClientEvent, response?: SipMessage): void | Promise<void> {
    const { next, effects } = inviteClient[this.#state][event];
    this.#state = next;
    return this.apply(effects, response);
  }
}

export class NonInviteClientTransaction extends ClientTransaction {
  readonly isInvite = false;
  #state: NonInviteClientState = 'trying';

  get state(): NonInviteClientState {
    return this.#state;
  }
  get isTerminated(): boolean {
    return this.#state === 'terminated';
  }
  get isUnanswered(): boolean {
    return this.#state === 'trying';
  }
  get isPending(): boolean {
    return this.#state === 'trying' || this.#state === 'proceeding';
  }

  onResponse(response: SipMessage): void | Promise<void> {
    return this.#step(response.statusCode < 200 ? 'provisional' : 'final', response);
  }
  onTransportError(): void {
    this.#step('transportError');
  }
  onRetransmissionTimer(): void {
    this.#step('timerE');
  }
  onTimeoutTimer(): void {
    this.#step('timerF');
  }
  onEndTimer(): void {
    this.#step('timerK');
  }

  protected get timeoutMs(): number {
    return this.timers.timerFMs;
  }
  protected get endMs(): number {
    return this.timers.timerKMs;
  }
  protected get retransmissionMaxMs(): number {
    return this.timers.t2Ms;
  }
  protected enterAnswered(): void {
    this.#state = 'completed';
  }
  protected enterTerminated(): void {
    this.#state = 'terminated';
  }

  #step(event: NonInviteClientEvent, response?: SipMessage): void | Promise<void> {
    const { next, effects } = nonInviteClient[this.#state][event];
    this.#state = next;
    return this.apply(effects, response);
  }
}
