import { HeaderKind } from '../sip/headerKind.ts';
import type { SipMessage } from '../sip/message.ts';
import { equalsIgnoreCase } from '../sip/scan.ts';
import type { Via } from '../sip/via.ts';
import type { ServerTransaction } from './serverTransaction.ts';

/** RFC 3261 §8.1.1.7: a branch that begins with it is unique. */
export const magicCookie = 'z9hG4bK';

/** How requests without the magic cookie are compared, where broken clients need it laxer than the RFC. */
export interface MatchingOptions {
  /** Compare the Request-URI (§17.2.3). */
  readonly requestUri: boolean;
  /** Compare the topmost Via (§17.2.3). */
  readonly topmostVia: boolean;
  /** Match by Call-ID and CSeq alone, also with a magic cookie. Not what the RFC says. */
  readonly callIdAndCseqOnly: boolean;
}

export const rfcMatching: MatchingOptions = {
  requestUri: true,
  topmostVia: true,
  callIdAndCseqOnly: false,
};

/** Transactions of one Call-ID: more can only be an attack on the list that is walked for each message. */
const maxPerCall = 500;

/**
 * Server transactions by Call-ID, which all requests of one transaction share; within a call the few
 * candidates are told apart as RFC 3261 §17.2.3 says.
 */
export class ServerTransactionIndex {
  readonly #calls = new Map<string, ServerTransaction>();
  readonly #options: MatchingOptions;
  #size = 0;

  /** `options` may be a live view of settings. */
  constructor(options: MatchingOptions = rfcMatching) {
    this.#options = options;
  }

  get size(): number {
    return this.#size;
  }

  /** False when its call has too many already. */
  add(transaction: ServerTransaction): boolean {
    const callId = transaction.request.callId;
    const first = this.#calls.get(callId);
    if (first !== undefined && lengthOf(first) >= maxPerCall) return false;
    transaction.nextOfCall = first;
    this.#calls.set(callId, transaction);
    this.#size++;
    return true;
  }

  remove(transaction: ServerTransaction): void {
    const callId = transaction.request.callId;
    const first = this.#calls.get(callId);
    if (first === transaction) {
      if (transaction.nextOfCall === undefined) this.#calls.delete(callId);
      else this.#calls.set(callId, transaction.nextOfCall);
    } else if (!unlinkBehind(first, transaction)) return;
    transaction.nextOfCall = undefined;
    this.#size--;
  }

  /** The transaction that `request` repeats. */
  findRepeated(request: SipMessage): ServerTransaction | undefined {
    return this.#find(request, request.method);
  }

  /** The INVITE that an ACK for a failure response, or a CANCEL, belongs to. */
  findInvite(request: SipMessage): ServerTransaction | undefined {
    return this.#find(request, 'INVITE');
  }

  /** The transaction that a CANCEL is meant for: any but ACK and CANCEL (§9.2). */
  findCancelled(cancel: SipMessage): ServerTransaction | undefined {
    const via = cancel.topmostVia;
    if (via === undefined) return undefined;
    for (let t = this.#calls.get(cancel.callId); t !== undefined; t = t.nextOfCall) {
      if (t.request.method !== 'CANCEL' && this.#matches(cancel, via, t.request)) return t;
    }
    return undefined;
  }

  /** The accepted INVITE of the dialog that an end-to-end ACK belongs to (§13.2.2.4). */
  findAcceptedInvite(ack: SipMessage): ServerTransaction | undefined {
    for (let t = this.#calls.get(ack.callId); t !== undefined; t = t.nextOfCall) {
      if (!t.isInvite || t.lastStatus < 200 || t.lastStatus > 299) continue;
      if (t.request.cseq?.number === ack.cseq?.number && t.request.fromTag === ack.fromTag) return t;
    }
    return undefined;
  }

  /** Newest first. */
  *ofCall(callId: string): Generator<ServerTransaction> {
    for (let t = this.#calls.get(callId); t !== undefined; t = t.nextOfCall) yield t;
  }

  *all(): Generator<ServerTransaction> {
    for (const first of this.#calls.values()) {
      for (let t: ServerTransaction | undefined = first; t !== undefined; t = t.nextOfCall) yield t;
    }
  }

  #find(request: SipMessage, method: string): ServerTransaction | undefined {
    let candidate = this.#calls.get(request.callId);
    if (candidate === undefined) return undefined;
    const via = request.topmostVia;
    if (via === undefined) return undefined;
    for (; candidate !== undefined; candidate = candidate.nextOfCall) {
      if (candidate.request.method === method && this.#matches(request, via, candidate.request))
        return candidate;
    }
    return undefined;
  }

  #matches(request: SipMessage, via: Via, other: SipMessage): boolean {
    const otherVia = other.topmostVia;
    if (otherVia === undefined) return false;
    if (this.#options.callIdAndCseqOnly) return request.cseq?.number === other.cseq?.number;
    if (via.branch.startsWith(magicCookie) && via.branch.length > magicCookie.length)
      return via.branch === otherVia.branch && isSameSentBy(via, otherVia);
    return this.#matchesRfc2543(request, via, other, otherVia);
  }

  /** §17.2.3, second half. The To tag of an ACK is not compared: clients get it wrong, and it decides nothing. */
  #matchesRfc2543(request: SipMessage, via: Via, other: SipMessage, otherVia: Via): boolean {
    return (
      request.cseq?.number === other.cseq?.number &&
      request.fromTag === other.fromTag &&
      (!this.#options.requestUri || request.requestUri === other.requestUri) &&
      (!this.#options.topmostVia || isSameVia(request, via, other, otherVia)) &&
      (request.method === 'ACK' || request.toTag === other.toTag) &&
      request.value(HeaderKind.callId) === other.value(HeaderKind.callId)
    );
  }
}

function isSameSentBy(a: Via, b: Via): boolean {
  return (a.port || 5060) === (b.port || 5060) && equalsIgnoreCase(a.host, b.host);
}

function isSameVia(request: SipMessage, via: Via, other: SipMessage, otherVia: Via): boolean {
  return request.text.slice(via.start, via.end) === other.text.slice(otherVia.start, otherVia.end);
}

function lengthOf(first: ServerTransaction): number {
  let length = 0;
  for (let t: ServerTransaction | undefined = first; t !== undefined; t = t.nextOfCall) length++;
  return length;
}

function unlinkBehind(first: ServerTransaction | undefined, transaction: ServerTransaction): boolean {
  for (let t = first; t !== undefined; t = t.nextOfCall) {
    if (t.nextOfCall !== transaction) continue;
    t.nextOfCall = transaction.nextOfCall;
    return true;
  }
  return false;
}
