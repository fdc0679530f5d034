import type { Clock, TimerHandle } from '../src/base/ports.ts';
import type { SipMessage } from '../src/sip/message.ts';
import { buildAck } from '../src/sip/request.ts';
import type { PeerWire } from './peerWire.ts';

/** RFC 3261 §17.1.1.1. */
const t1Ms = 500;
const t2Ms = 4000;
/** How long a peer waits for the final answer to a ringing INVITE. */
const patienceMs = 300_000;

/** One request of a peer with its retransmissions (RFC 3261 §17.1), until it has ended. */
export class PeerRequest {
  readonly text: string;
  readonly method: string;
  readonly branch: string;
  readonly responses: SipMessage[] = [];
  /** The final response; undefined when none came in time. */
  readonly final: Promise<SipMessage | undefined>;
  ended = false;
  /** Sees each response, also repeated ones. */
  onResponse: ((response: SipMessage) => void) | undefined;
  readonly #clock: Clock;
  readonly #wire: PeerWire;
  #finish: (response: SipMessage | undefined) => void = () => {};
  #retransmit: TimerHandle | undefined;
  #deadline: TimerHandle | undefined;
  #done = false;

  constructor(clock: Clock, wire: PeerWire, request: { text: string; method: string; branch: string }) {
    this.#clock = clock;
    this.#wire = wire;
    this.text = request.text;
    this.method = request.method;
    this.branch = request.branch;
    this.final = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  get status(): number {
    return this.responses.at(-1)?.statusCode ?? 0;
  }

  start(): void {
    this.#wire.send(this.text);
    if (!this.#wire.reliable) this.#repeatAfter(t1Ms);
    this.#deadline = this.#clock.after(64 * t1Ms, () => this.#end(undefined));
  }

  receive(response: SipMessage): void {
    this.responses.push(response);
    this.onResponse?.(response);
    const { statusCode } = response;
    if (statusCode < 200) {
      if (this.method === 'INVITE') this.#ringing();
      return;
    }
    if (this.method === 'INVITE' && statusCode >= 300) {
      const ack = buildAck(this.text, response);
      if (ack !== undefined) this.#wire.send(ack);
    }
    this.#end(response);
  }

  /** Gives up without an answer. */
  abandon(): void {
    this.#end(undefined);
  }

  #ringing(): void {
    this.#retransmit?.cancel();
    if (this.#done) return;
    this.#deadline?.cancel();
    this.#deadline = this.#clock.after(patienceMs, () => this.#end(undefined));
  }

  #repeatAfter(delayMs: number): void {
    this.#retransmit = this.#clock.after(delayMs, () => {
      this.#wire.send(this.text);
      const next = delayMs * 2;
      this.#repeatAfter(this.method === 'INVITE' ? next : Math.min(next, t2Ms));
    });
  }

  #end(response: SipMessage | undefined): void {
    if (this.#done) return;
    this.#done = true;
    this.ended = true;
    this.#retransmit?.cancel();
    this.#deadline?.cancel();
    this.#finish(response);
  }
}
