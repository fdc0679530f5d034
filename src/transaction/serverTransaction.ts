import type { TimerQueue } from '../base/timerQueue.ts';
import type { SipMessage } from '../sip/message.ts';
import { equalsIgnoreCase } from '../sip/scan.ts';
import type { Via } from '../sip/via.ts';
import { type InviteServerEvent, type InviteServerState, inviteServer } from './inviteServer.ts';
import type { ServerEffect } from './machine.ts';
import { type NonInviteServerEvent, type NonInviteServerState, nonInviteServer } from './nonInviteServer.ts';
import { TimedTransaction } from './timedTransaction.ts';
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

/** What `ServerTransactionIndex` holds: transactions, and those that rest. */
export interface ServerEntry {
  readonly method: string;
  readonly isInvite: boolean;
  readonly lastStatus: number;
  readonly request: SipMessage;
  /** Hash and link of `ServerTransactionIndex`. */
  callHash: number;
  nextServer: ServerEntry | undefined;
  isOfCall(callId: string): boolean;
  /** Do branch and sent-by of the topmost Via agree (RFC 3261 §17.2.3)? */
  hasBranchOf(via: Via): boolean;
  awake(): ServerTransaction;
}

export abstract class ServerTransaction extends TimedTransaction implements ServerEntry {
  readonly request: SipMessage;
  readonly user: ServerUser;
  /** The last response but what passed by; '' before the first. */
  lastResponse = '';
  /** Its status; 0 before the first. */
  lastStatus = 0;
  callHash = 0;
  nextServer: ServerEntry | undefined = undefined;

  constructor(request: SipMessage, user: ServerUser, queue: TimerQueue, options: ServerOptions) {
    super(queue, options.reliable, options.timers);
    this.request = request;
    this.user = user;
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
  /** A final response has been sent, and acknowledged where it has to be: only repetitions can come. */
  abstract readonly isAnswered: boolean;
  /** How long repetitions are absorbed from then on. */
  abstract get endMs(): number;
  protected abstract enterAnswered(): void;

  get method(): string {
    return this.request.method;
  }

  get callId(): string {
    return this.request.callId;
  }

  isOfCall(callId: string): boolean {
    return this.request.callId === callId;
  }

  hasBranchOf({ branch, host, port }: Via): boolean {
    const own = this.request.topmostVia;
    if (own === undefined || own.branch !== branch) return false;
    return (own.port || 5060) === (port || 5060) && equalsIgnoreCase(own.host, host);
  }

  awake(): this {
    return this;
  }

  /** Takes up where a resting transaction was left: answered, with some of its time to go. */
  resume(status: number, text: string, restMs: number): void {
    this.lastStatus = status;
    this.lastResponse = text;
    this.enterAnswered();
    this.startEnd(restMs);
  }

  /** Sends the last response again, if there is one. */
  resend(): void {
    if (this.lastResponse !== '') this.user.transmitResponse(this, this.lastResponse);
  }

  /** Without a final response, waits like after one (absorbing repetitions), then terminates. */
  abandon(): void {
    this.startEnd(this.endMs);
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
        this.startRetransmission(this.timers.t1Ms);
        return;
      case 'restart retransmission': // §17.2.1: G doubles up to T2
        this.doubleInterval(this.timers.t2Ms);
        return;
      case 'stop retransmission':
        this.stopRetransmission();
        return;
      case 'start timeout':
        this.startTimeout(this.timers.timerHMs);
        return;
      case 'stop timeout':
        this.stopTimeout();
        return;
      case 'start end':
        this.startEnd(this.endMs);
        return;
      case 'terminate':
        this.stopAll();
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

  get isAnswered(): boolean {
    return this.#state === 'accepted' || this.#state === 'confirmed';
  }
  get endMs(): number {
    return this.#state === 'confirmed' ? this.timers.timerIMs : this.timers.timerLMs;
  }
  protected enterAnswered(): void {
    this.#state = this.lastStatus < 300 ? 'accepted' : 'confirmed';
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

  get isAnswered(): boolean {
    return this.#state === 'completed';
  }
  get endMs(): number {
    return this.timers.timerJMs;
  }
  protected enterAnswered(): void {
    this.#state = 'completed';
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
