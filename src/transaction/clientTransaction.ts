import type { Timer, TimerQueue } from '../base/timerQueue.ts';
import type { SipMessage } from '../sip/message.ts';
import { fireEnd, fireRetransmission, fireTimeout } from './expiry.ts';
import { type InviteClientEvent, type InviteClientState, inviteClient } from './inviteClient.ts';
import type { ClientEffect } from './machine.ts';
import { type NonInviteClientEvent, type NonInviteClientState, nonInviteClient } from './nonInviteClient.ts';
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

export abstract class ClientTransaction {
  readonly user: ClientUser;
  readonly branch: string;
  readonly reliable: boolean;
  /** The request as sent; '' once nothing can be made of it any more. */
  request: string;
  readonly isBounded: boolean;
  timers: TimerTable;
  /** The CANCEL of this INVITE goes under the same branch (§9.1). */
  cancel: ClientTransaction | undefined = undefined;
  readonly queue: TimerQueue;
  #ack = '';
  #retransmission: Timer | undefined;
  #timeout: Timer | undefined;
  #end: Timer | undefined;
  #intervalMs = 0;

  constructor(user: ClientUser, queue: TimerQueue, options: ClientOptions) {
    this.user = user;
    this.queue = queue;
    this.branch = options.branch;
    this.reliable = options.reliable;
    this.request = options.request;
    this.isBounded = options.isBounded;
    this.timers = options.timers;
  }

  abstract readonly isInvite: boolean;
  abstract readonly isTerminated: boolean;
  /** No response at all has come yet. */
  abstract readonly isUnanswered: boolean;
  /** No final response has come yet. */
  abstract readonly isPending: boolean;
  abstract onResponse(response: SipMessage): void | Promise<void>;
  abstract onTransportError(): void;
  abstract onRetransmissionTimer(): void;
  abstract onTimeoutTimer(): void;
  abstract onEndTimer(): void;
  protected abstract get timeoutMs(): number;
  protected abstract get endMs(): number;
  protected abstract get retransmissionMaxMs(): number;
  protected abstract enterTerminated(): void;

  /** Sends the request. A failure comes back as a transport error before this returns. */
  start(): void {
    if (!this.reliable) {
      this.#intervalMs = this.timers.t1Ms;
      this.#retransmission = this.queue.schedule(this.#intervalMs, fireRetransmission, this);
    }
    this.#timeout = this.queue.schedule(this.timeoutMs, fireTimeout, this);
    if (!this.user.transmitRequest(this, this.request)) this.onTransportError();
  }

  /** Stops repeating the request; the transaction waits on for responses. */
  stopRetransmission(): void {
    this.#retransmission = this.#stop(this.#retransmission);
  }

  /** Sets timer B or F anew, if it is running. */
  restartTimeout(): void {
    if (this.#timeout === undefined) return;
    this.queue.cancel(this.#timeout);
    this.#timeout = this.queue.schedule(this.timeoutMs, fireTimeout, this);
  }

  /** Begins the retransmission intervals anew with those of `timers`, at the next repetition. */
  resetIntervals(): void {
    const { t1Ms, t2Ms } = this.timers;
    this.#intervalMs = this.#intervalMs >= this.retransmissionMaxMs ? t2Ms / 2 : t1Ms / 2;
  }

  /** Ends at once without telling the user. */
  destroy(): void {
    this.enterTerminated();
    this.#stopAll();
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
        this.#intervalMs = Math.min(this.#intervalMs * 2, this.retransmissionMaxMs);
        this.#startRetransmission();
        return;
      case 'slow retransmission':
        this.stopRetransmission();
        this.#intervalMs = this.timers.t2Ms;
        this.#startRetransmission();
        return;
      case 'stop retransmission':
        this.stopRetransmission();
        return;
      case 'stop timeout':
        this.#timeout = this.#stop(this.#timeout);
        return;
      case 'start end':
        if (!this.isBounded) this.#end = this.queue.schedule(this.endMs, fireEnd, this);
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
        this.#stopAll();
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

  #startRetransmission(): void {
    if (!this.reliable)
      this.#retransmission = this.queue.schedule(this.#intervalMs, fireRetransmission, this);
  }

  #stop(timer: Timer | undefined): undefined {
    if (timer !== undefined) this.queue.cancel(timer);
  }

  #stopAll(): void {
    this.#retransmission = this.#stop(this.#retransmission);
    this.#timeout = this.#stop(this.#timeout);
    this.#end = this.#stop(this.#end);
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
  protected enterTerminated(): void {
    this.#state = 'terminated';
  }

  #step(event: NonInviteClientEvent, response?: SipMessage): void | Promise<void> {
    const { next, effects } = nonInviteClient[this.#state][event];
    this.#state = next;
    return this.apply(effects, response);
  }
}
