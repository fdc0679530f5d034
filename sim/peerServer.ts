import type { Clock, TimerHandle } from '../src/base/ports.ts';
import type { SipMessage } from '../src/sip/message.ts';
import { reasonPhraseOf } from '../src/sip/reasonPhrases.ts';
import { buildResponse, type ResponseOptions } from '../src/sip/response.ts';
import { contactOf, type PeerWire } from './peerWire.ts';

const t1Ms = 500;
const t2Ms = 4000;

/** One request that a peer has received, with the answers to it (RFC 3261 §17.2, §13.3.1.4). */
export class PeerInvitation {
  readonly request: SipMessage;
  readonly toTag: string;
  /** The final response has its ACK, or needs none. */
  ended = false;
  acknowledged = false;
  readonly #clock: Clock;
  readonly #wire: PeerWire;
  #last = '';
  #lastStatus = 0;
  #repeat: TimerHandle | undefined;
  #deadline: TimerHandle | undefined;

  constructor(clock: Clock, wire: PeerWire, request: SipMessage, toTag: string) {
    this.#clock = clock;
    this.#wire = wire;
    this.request = request;
    this.toTag = toTag;
  }

  get status(): number {
    return this.#lastStatus;
  }

  get hasFinal(): boolean {
    return this.#lastStatus >= 200;
  }

  /** Answers; nothing happens behind a final answer. */
  respond(status: number, options: ResponseOptions = {}): void {
    if (this.hasFinal) return;
    this.#lastStatus = status;
    this.#last = buildResponse(this.request, status, reasonPhraseOf(status), {
      toTag: status === 100 ? undefined : this.toTag,
      contact: contactOf(this.#wire),
      ...options,
    });
    this.#wire.send(this.#last);
    if (status < 200) return;
    if (this.request.method === 'INVITE') this.#untilAcknowledged();
    else this.ended = true;
  }

  /** The request came again. */
  repeat(): void {
    if (this.#last !== '') this.#wire.send(this.#last);
  }

  acknowledge(): void {
    this.acknowledged = true;
    this.#end();
  }

  #untilAcknowledged(): void {
    this.#repeatAfter(t1Ms);
    this.#deadline = this.#clock.after(64 * t1Ms, () => this.#end());
  }

  #repeatAfter(delayMs: number): void {
    this.#repeat = this.#clock.after(delayMs, () => {
      this.#wire.send(this.#last);
      this.#repeatAfter(Math.min(delayMs * 2, t2Ms));
    });
  }

  #end(): void {
    this.ended = true;
    this.#repeat?.cancel();
    this.#deadline?.cancel();
  }
}
