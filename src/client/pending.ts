import type { SipMessage } from '../sip/message.ts';
import type { ClientTransaction } from '../transaction/clientTransaction.ts';
import type { ClientFailure } from './failure.ts';
import type { Way } from './link.ts';

/** The final response to a request. */
export interface Answer {
  readonly request: SipMessage;
  readonly response: SipMessage;
  readonly way: Way;
  /** From the first sending to the final response, ms. */
  readonly roundTripMs: number;
}

/** A request under way. */
export class PendingRequest {
  readonly request: SipMessage;
  readonly way: Way;
  readonly transaction: ClientTransaction;
  /** Rejects with a `ClientFailure`. */
  readonly answer: Promise<Answer>;
  /** Called for each provisional response. */
  onProvisional: ((response: SipMessage) => void) | undefined;
  /** Called for 2xx to an INVITE behind the first one: repeats, other forks. */
  onFurtherSuccess: ((response: SipMessage) => void) | undefined;
  /** Status of the last provisional response; 0 before. */
  lastProvisional = 0;
  readonly #startMs: number;
  #sendings = 0;
  #settled = false;
  #resolve: (answer: Answer) => void = () => undefined;
  #reject: (failure: ClientFailure) => void = () => undefined;

  constructor(request: SipMessage, way: Way, transaction: ClientTransaction, startMs: number) {
    this.request = request;
    this.way = way;
    this.transaction = transaction;
    this.#startMs = startMs;
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // who waits for it meets the failure; nobody waiting is no crash
    this.answer.catch(() => undefined);
  }

  get sendings(): number {
    return this.#sendings;
  }

  get isSettled(): boolean {
    return this.#settled;
  }

  countSending(): number {
    return ++this.#sendings;
  }

  tell(response: SipMessage, nowMs: number): void {
    if (response.statusCode < 200) {
      this.lastProvisional = response.statusCode;
      this.onProvisional?.(response);
    } else if (!this.#settled) {
      this.#settled = true;
      this.#resolve({ request: this.request, response, way: this.way, roundTripMs: nowMs - this.#startMs });
    } else if (response.statusCode < 300) this.onFurtherSuccess?.(response);
  }

  fail(failure: ClientFailure): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#reject(failure);
  }
}
