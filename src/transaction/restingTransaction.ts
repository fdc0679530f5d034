import { assert } from '../base/errors.ts';
import type { Timer, TimerQueue } from '../base/timerQueue.ts';
import { isWireError, parseMessage, type SipMessage } from '../sip/message.ts';
import type { Via } from '../sip/via.ts';
import { isSameSentBy } from './sentBy.ts';
import type { ServerEntry, ServerTransaction } from './serverTransaction.ts';

/**
 * An answered transaction for the rest of its time (timers I, J, K, L): what tells repetitions apart, and what is
 * needed to make the whole again when one comes. Most transactions of a server are in this state, and each object that
 * they keep is copied and marked by the garbage collector, so this is one object and two texts.
 */
export abstract class RestingTransaction implements ServerEntry {
  readonly method: string;
  readonly isInvite: boolean;
  readonly callId: string;
  readonly lastResponse: string;
  readonly lastStatus: number;
  /** Our own branch, under which responses come; '' when the request was sent to nobody. */
  readonly branch: string;
  /** Link of `ServerTransactionIndex`. */
  nextOfCall: ServerEntry | undefined = undefined;
  /** Link of `RestingQueue`. */
  nextToEnd: RestingTransaction | undefined = undefined;
  /** On the clock of the timers. */
  dueMs = 0;
  /** It has been made whole again. */
  isAwake = false;
  readonly #text: string;
  readonly #clientBranch: string;
  readonly #host: string;
  readonly #port: number;

  constructor(server: ServerTransaction, branch: string) {
    const { request } = server;
    const via = request.topmostVia;
    this.method = request.method;
    this.isInvite = server.isInvite;
    this.callId = request.callId;
    this.lastResponse = server.lastResponse;
    this.lastStatus = server.lastStatus;
    this.branch = branch;
    this.#text = request.text;
    this.#clientBranch = via?.branch ?? '';
    this.#host = via?.host ?? '';
    this.#port = via?.port ?? 0;
  }

  /** Parsed anew each time. */
  get request(): SipMessage {
    const request = parseMessage(this.#text);
    assert(!isWireError(request), 'what was a message is one');
    return request;
  }

  hasBranchOf(via: Via): boolean {
    return via.branch === this.#clientBranch && isSameSentBy(via.host, via.port, this.#host, this.#port);
  }

  get cancel(): undefined {
    return undefined;
  }

  /** Makes it whole again, in all indexes, for the rest of its time. */
  abstract awake(): ServerTransaction;
  /** A response under our branch. */
  abstract onResponse(response: SipMessage): void | Promise<void>;
  /** Its time is over. */
  abstract onOver(): void;
}

/**
 * Resting transactions in the order in which they end. They all rest equally long, so a queue does and none of them
 * needs a timer; where that time was changed meanwhile, one behind a longer one ends with it.
 */
export class RestingQueue {
  readonly #timers: TimerQueue;
  #first: RestingTransaction | undefined;
  #last: RestingTransaction | undefined;
  #timer: Timer | undefined;

  constructor(timers: TimerQueue) {
    this.#timers = timers;
  }

  add(resting: RestingTransaction, restMs: number): void {
    resting.dueMs = this.#timers.nowMs + restMs;
    if (this.#last === undefined) this.#first = resting;
    else this.#last.nextToEnd = resting;
    this.#last = resting;
    if (this.#timer === undefined) this.#schedule(restMs);
  }

  #schedule(delayMs: number): void {
    this.#timer = this.#timers.schedule(delayMs, endDue, this);
  }

  endDue(): void {
    this.#timer = undefined;
    const nowMs = this.#timers.nowMs;
    let resting = this.#first;
    for (; resting !== undefined && resting.dueMs <= nowMs; resting = resting.nextToEnd) resting.onOver();
    this.#first = resting;
    if (resting === undefined) this.#last = undefined;
    else this.#schedule(resting.dueMs - nowMs);
  }

  /** Those that nobody has woken. */
  *all(): Generator<RestingTransaction> {
    for (let resting = this.#first; resting !== undefined; resting = resting.nextToEnd)
      if (!resting.isAwake) yield resting;
  }
}

function endDue(queue: RestingQueue): void {
  queue.endDue();
}
