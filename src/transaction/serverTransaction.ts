import type { Timer, TimerQueue } from '../base/timerQueue.ts';
import type { SipMessage } from '../sip/message.ts';
import { fireEnd, fireRetransmission, fireTimeout } from './expiry.ts';
import { type InviteServerEvent, type InviteServerState, inviteServer } from './inviteServer.ts';
import type { ServerEffect } from './machine.ts';
import { type NonInviteServerEvent, type NonInviteServerState, nonInviteServer } from './nonInviteServer.ts';
import type { TimerTable } from './timers.ts';

/** The transaction user of RFC 3261 §17.2: what a server transaction tells, and how its responses leave. */
export interface ServerUser {
  /** Puts a response on the wire. A failure is not an event here: the client repeats its request. */
  transmitResponse(transaction: ServerTransaction, text: string): void;
  onAck(transaction: ServerTransaction, ack: SipMessage): void;
  /** Timer H: the ACK to a failure response never came. */
  onAckTimeout(transaction: ServerTransaction): void;
  onServerTerminated(transaction: ServerTransaction): void;
}

/** Reliable transports repeat nothing; delayed copies of messages are absorbed all the same. */
export interface ServerOptions {
  readonly reliable: boolean;
  readonly timers: TimerTable;
}

export abstract class ServerTransaction {
  readonly request: SipMessage;
  readonly user: ServerUser;
  readonly reliable: boolean;
  timers: TimerTable;
  /** The last response but what passed by; '' before the first. */
  lastResponse = '';
  /** Its status; 0 before the first. */
  lastStatus = 0;
  readonly queue: TimerQueue;
  /** Link of `ServerTransactionIndex`: the next transaction with the same Call-ID. */
  nextOfCall: ServerTransaction | undefined = undefined;
  #retransmission: Timer | undefined;
  #timeout: Timer | undefined;
  #end: Timer | undefined;
  #intervalMs = 0;

  constructor(request: SipMessage, user: ServerUser, queue: TimerQueue, options: ServerOptions) {
    this.request = request;
    this.user = user;
    this.queue = queue;
    this.reliable = options.reliable;
    this.timers = options.timers;
  }

  abstract readonly isInvite: boolean;
  abstract readonly isTerminated: boolean;
  /** No final response has been sent yet. */
  abstract readonly isOpen: boolean;
  /** The request came again. */
  abstract onRequest(): void;
  /** An ACK that belongs to this transaction. */
  abstract onAck(ack: SipMessage): void;
  /** The user answers; in states where the RFC has no use for the response, nothing happens. */
  abstract respond(status: number, text: string): void;
  abstract onRetransmissionTimer(): void;
  abstract onTimeoutTimer(): void;
  abstract onEndTimer(): void;
  protected abstract get endMs(): number;
  protected abstract enterTerminated(): void;

  /** Sends the last response again, if there is one. */
  resend(): void {
    if (this.lastResponse !== '') this.user.transmitResponse(this, this.lastResponse);
  }

  /** Ends at once without telling the user. */
  destroy(): void {
    this.enterTerminated();
    this.#stopAll();
  }

  /** Without a final response, waits like after one (absorbing repetitions), then terminates. */
  abandon(): void {
    this.#startEnd();
  }

  protected apply(effects: readonly ServerEffect[], status: number, text: string, ack?: SipMessage): void {
    for (let i = 0; i < effects.length; i++) this.#applyOne(effects[i] as ServerEffect, status, text, ack);
  }

  #applyOne(effect: ServerEffect, status: number, text: string, ack: SipMessage | undefined): void {
    switch (effect) {
      case 'send response':
        this.lastResponse = text;
        this.lastStatus = status;
        this.user.transmitResponse(this, text);
        return;
      case 'pass response':
        this.user.transmitResponse(this, text);
        return;
      case 'resend response':
        this.resend();
        return;
      case 'start retransmission':
        this.#intervalMs = this.timers.t1Ms;
        this.#startRetransmission();
        return;
      case 'restart retransmission': // §17.2.1: G doubles up to T2
        this.#intervalMs = Math.min(this.#intervalMs * 2, this.timers.t2Ms);
        this.#startRetransmission();
        return;
      case 'stop retransmission':
        this.#retransmission = this.#stop(this.#retransmission);
        return;
      case 'start timeout':
        this.#timeout = this.queue.schedule(this.timers.timerHMs, fireTimeout, this);
        return;
      case 'stop timeout':
        this.#timeout = this.#stop(this.#timeout);
        return;
      case 'start end':
        this.#startEnd();
        return;
      case 'terminate':
        this.#stopAll();
        this.user.onServerTerminated(this);
        return;
      case 'tell ack':
        if (ack !== undefined) this.user.onAck(this, ack);
        return;
      case 'tell timeout':
        this.user.onAckTimeout(this);
        return;
    }
  }

  #startRetransmission(): void {
    if (!this.reliable)
      this.#retransmission = this.queue.schedule(this.#intervalMs, fireRetransmission, this);
  }

  #startEnd(): void {
    this.#stop(this.#end);
    this.#end = this.queue.schedule(this.endMs, fireEnd, this);
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

export class InviteServerTransaction extends ServerTransaction {
  readonly isInvite = true;
  #state: InviteServerState = 'proceeding';

  get state(): InviteServerState {
    return this.#state;
  }
  get isTerminated(): boolean {
    return this.#state === 'terminated';
  }
  get isOpen(): boolean {
    return this.#state === 'proceeding';
  }

  onRequest(): void {
    this.#step('request');
  }
  onAck(ack: SipMessage): void {
    this.#step('ack', 0, '', ack);
  }
  respond(status: number, text: string): void {
    this.#step(status < 200 ? 'provisional' : status < 300 ? 'success' : 'failure', status, text);
  }
  onRetransmissionTimer(): void {
    this.#step('timerG');
  }
  onTimeoutTimer(): void {
    this.#step('timerH');
  }
  onEndTimer(): void {
    if (this.#state === 'proceeding') this.#abandoned();
    else this.#step(this.#state === 'accepted' ? 'timerL' : 'timerI');
  }

  protected get endMs(): number {
    return this.#state === 'confirmed' ? this.timers.timerIMs : this.timers.timerLMs;
  }
  protected enterTerminated(): void {
    this.#state = 'terminated';
  }

  /** The end of `abandon()`, which is a decision of the user, not of the machine. */
  #abandoned(): void {
    this.#state = 'terminated';
    this.apply(terminateOnly, 0, '');
  }

  #step(event: InviteServerEvent, status = 0, text = '', ack?: SipMessage): void {
    const { next, effects } = inviteServer[this.#state][event];
    this.#state = next;
    this.apply(effects, status, text, ack);
  }
}

const terminateOnly: readonly ServerEffect[] = ['terminate'];

export class NonInviteServerTransaction extends ServerTransaction {
  readonly isInvite = false;
  #state: NonInviteServerState = 'trying';

  get state(): NonInviteServerState {
    return this.#state;
  }
  get isTerminated(): boolean {
    return this.#state === 'terminated';
  }
  get isOpen(): boolean {
    return this.#state === 'trying' || this.#state === 'proceeding';
  }

  onRequest(): void {
    this.#step('request');
  }
  onAck(): void {} // §17.2.2: only an INVITE is acknowledged
  respond(status: number, text: string): void {
    this.#step(status < 200 ? 'provisional' : 'final', status, text);
  }
  onRetransmissionTimer(): void {}
  onTimeoutTimer(): void {}
  onEndTimer(): void {
    if (!this.isOpen) this.#step('timerJ');
    else this.#abandoned();
  }

  protected get endMs(): number {
    return this.timers.timerJMs;
  }
  protected enterTerminated(): void {
    this.#state = 'terminated';
  }

  #abandoned(): void {
    this.#state = 'terminated';
    this.apply(terminateOnly, 0, '');
  }

  #step(event: NonInviteServerEvent, status = 0, text = ''): void {
    const { next, effects } = nonInviteServer[this.#state][event];
    this.#state = next;
    this.apply(effects, status, text);
  }
}
