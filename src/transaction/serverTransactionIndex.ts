import { HeaderKind } from '../sip/headerKind.ts';
import type { SipMessage } from '../sip/message.ts';
import type { Via } from '../sip/via.ts';
import { hashText, LinkedTable } from './linkedTable.ts';
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
export class ServerTransactionIndex extends LinkedTable<ServerEntry> {
  readonly #options: MatchingOptions;
  readonly #seed: number;

  /** `options` may be a live view of settings; `seed` is a number that nobody can guess. */
  constructor(options: MatchingOptions = rfcMatching, seed = 0) {
    super();
    this.#options = options;
    this.#seed = seed;
  }

  protected hashOf(entry: ServerEntry): number {
    return entry.callHash;
  }
  protected next(entry: ServerEntry): ServerEntry | undefined {
    return entry.nextServer;
  }
  protected link(entry: ServerEntry, next: ServerEntry | undefined): void {
    entry.nextServer = next;
  }

  /** False when its call has too many already. */
  add(transaction: ServerTransaction): boolean {
    const { callId } = transaction;
    transaction.callHash = hashText(callId, this.#seed);
    let count = 0;
    for (let t = this.#firstOf(callId); t !== undefined; t = nextOf(callId, t)) count++;
    if (count >= maxPerCall) return false;
    this.insert(transaction);
    return true;
  }

  remove(entry: ServerEntry): void {
    this.unlink(entry);
  }

  /** Puts `entry` in the place of another of the same request. */
  replace(old: ServerEntry, entry: ServerEntry): void {
    entry.callHash = old.callHash;
    this.exchange(old, entry);
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
    const { callId, topmostVia: via } = cancel;
    if (via === undefined) return undefined;
    for (let t = this.#firstOf(callId); t !== undefined; t = nextOf(callId, t)) {
      if (t.method !== 'CANCEL' && this.#matches(cancel, via, t)) return t.awake();
    }
    return undefined;
  }

  /**
   * The accepted INVITE of the dialog that an end-to-end ACK belongs to (§13.2.2.4). One that rests is left alone: it
   * rests because nobody wants to hear of such an ACK.
   */
  findAcceptedInvite(ack: SipMessage): ServerTransaction | undefined {
    const { callId } = ack;
    for (let t = this.#firstOf(callId); t !== undefined; t = nextOf(callId, t)) {
      if (!t.isInvite || t.lastStatus < 200 || t.lastStatus > 299 || !(t instanceof ServerTransaction))
        continue;
      if (t.request.cseq?.number === ack.cseq?.number && t.request.fromTag === ack.fromTag) return t;
    }
    return undefined;
  }

  /** The newest request with this number. */
  findByNumber(callId: string, cseq: number): ServerTransaction | undefined {
    for (let t = this.#firstOf(callId); t !== undefined; t = nextOf(callId, t)) {
      if (t.request.cseq?.number === cseq) return t.awake();
    }
    return undefined;
  }

  /** Those that do not rest. */
  *all(): Generator<ServerTransaction> {
    for (const entry of this.entries()) if (entry instanceof ServerTransaction) yield entry;
  }

  #firstOf(callId: string): ServerEntry | undefined {
    const first = this.first(hashText(callId, this.#seed));
    return first === undefined || first.isOfCall(callId) ? first : nextOf(callId, first);
  }

  #find(request: SipMessage, method: string): ServerTransaction | undefined {
    const { callId } = request;
    let candidate = this.#firstOf(callId);
    if (candidate === undefined) return undefined;
    const via = request.topmostVia;
    if (via === undefined) return undefined;
    for (; candidate !== undefined; candidate = nextOf(callId, candidate)) {
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

/** The next older one of the same call. */
function nextOf(callId: string, entry: ServerEntry): ServerEntry | undefined {
  let next = entry.nextServer;
  while (next !== undefined && !next.isOfCall(callId)) next = next.nextServer;
  return next;
}
