import { HeaderKind } from '../sip/headerKind.ts';
import type { SipMessage } from '../sip/message.ts';
import type { Via } from '../sip/via.ts';
import { type ServerEntry, ServerTransaction } from './serverTransaction.ts';

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
  readonly #calls = new Map<string, ServerEntry>();
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

  remove(entry: ServerEntry): void {
    const { callId } = entry;
    const first = this.#calls.get(callId);
    if (first === entry) {
      if (entry.nextOfCall === undefined) this.#calls.delete(callId);
      else this.#calls.set(callId, entry.nextOfCall);
    } else {
      const before = entryBefore(first, entry);
      if (before === undefined) return;
      before.nextOfCall = entry.nextOfCall;
    }
    entry.nextOfCall = undefined;
    this.#size--;
  }

  /** Puts `entry` in the place of another of the same request. */
  replace(old: ServerEntry, entry: ServerEntry): void {
    const { callId } = old;
    const first = this.#calls.get(callId);
    entry.nextOfCall = old.nextOfCall;
    old.nextOfCall = undefined;
    if (first === old) this.#calls.set(callId, entry);
    else {
      const before = entryBefore(first, old);
      if (before !== undefined) before.nextOfCall = entry;
    }
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
      if (t.method !== 'CANCEL' && this.#matches(cancel, via, t)) return t.awake();
    }
    return undefined;
  }

  /**
   * The accepted INVITE of the dialog that an end-to-end ACK belongs to (§13.2.2.4). One that rests is left alone: it
   * rests because nobody wants to hear of such an ACK.
   */
  findAcceptedInvite(ack: SipMessage): ServerTransaction | undefined {
    for (let t = this.#calls.get(ack.callId); t !== undefined; t = t.nextOfCall) {
      if (!t.isInvite || t.lastStatus < 200 || t.lastStatus > 299) continue;
      if (!(t instanceof ServerTransaction)) continue;
      if (t.request.cseq?.number === ack.cseq?.number && t.request.fromTag === ack.fromTag) return t;
    }
    return undefined;
  }

  /** The request with this number, of any method but ACK and CANCEL. */
  findByNumber(callId: string, cseq: number): ServerTransaction | undefined {
    for (let t = this.#calls.get(callId); t !== undefined; t = t.nextOfCall) {
      if (t.request.cseq?.number === cseq) return t.awake();
    }
    return undefined;
  }

  /** Those that do not rest. */
  *all(): Generator<ServerTransaction> {
    for (const first of this.#calls.values()) {
      for (let t: ServerEntry | undefined = first; t !== undefined; t = t.nextOfCall)
        if (t instanceof ServerTransaction) yield t;
    }
  }

  #find(request: SipMessage, method: string): ServerTransaction | undefined {
    let candidate = this.#calls.get(request.callId);
    if (candidate === undefined) return undefined;
    const via = request.topmostVia;
    if (via === undefined) return undefined;
    for (; candidate !== undefined; candidate = candidate.nextOfCall) {
      if (candidate.method === method && this.#matches(request, via, candidate)) return candidate.awake();
    }
    return undefined;
  }

  #matches(request: SipMessage, via: Via, candidate: ServerEntry): boolean {
    if (this.#options.callIdAndCseqOnly) return request.cseq?.number === candidate.request.cseq?.number;
    if (via.branch.startsWith(magicCookie) && via.branch.length > magicCookie.length)
      return candidate.hasBranchOf(via);
    const other = candidate.request;
    const otherVia = other.topmostVia;
    return otherVia !== undefined && this.#matchesRfc2543(request, via, other, otherVia);
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

function isSameVia(request: SipMessage, via: Via, other: SipMessage, otherVia: Via): boolean {
  return request.text.slice(via.start, via.end) === other.text.slice(otherVia.start, otherVia.end);
}

function lengthOf(first: ServerEntry): number {
  let length = 0;
  for (let t: ServerEntry | undefined = first; t !== undefined; t = t.nextOfCall) length++;
  return length;
}

function entryBefore(first: ServerEntry | undefined, entry: ServerEntry): ServerEntry | undefined {
  for (let t = first; t !== undefined; t = t.nextOfCall) if (t.nextOfCall === entry) return t;
  return undefined;
}
