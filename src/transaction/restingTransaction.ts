import { assert } from '../base/errors.ts';
import { isWireError, parseMessage, type SipMessage } from '../sip/message.ts';
import { equalsIgnoreCase } from '../sip/scan.ts';
import type { Via } from '../sip/via.ts';
import type { ClientEntry } from './clientTransaction.ts';
import type { ServerEntry, ServerTransaction } from './serverTransaction.ts';

/**
 * An answered transaction for the rest of its time (timers I, J, K, L): what tells repetitions apart, and what is
 * needed to make the whole again when one comes. Most transactions of a server are in this state, and each object that
 * they keep is copied and marked by the garbage collector. So this is one object with two texts, and what they say is
 * remembered by its place in them.
 */
export abstract class RestingTransaction implements ServerEntry, ClientEntry {
  readonly method: string;
  readonly isInvite: boolean;
  readonly lastResponse: string;
  readonly lastStatus: number;
  /** Our own branch, under which responses come; '' when the request was sent to nobody. */
  readonly branch: string;
  callHash: number;
  nextServer: ServerEntry | undefined = undefined;
  branchHash: number;
  nextClient: ClientEntry | undefined = undefined;
  /** Link of `RestingQueue`. */
  nextToEnd: RestingTransaction | undefined = undefined;
  /** On the clock of the timers. */
  dueMs = 0;
  /** It has been made whole again. */
  isAwake = false;
  readonly #text: string;
  readonly #callIdAt: number;
  readonly #callIdLength: number;
  readonly #viaBranchAt: number;
  readonly #viaBranchLength: number;
  readonly #hostAt: number;
  readonly #hostLength: number;
  readonly #port: number;

  /** `client` is undefined when the request was sent to nobody. */
  constructor(server: ServerTransaction, client: ClientEntry | undefined) {
    const { text, method, callId, topmostVia: via } = server.request;
    this.method = method;
    this.isInvite = server.isInvite;
    this.lastResponse = server.lastResponse;
    this.lastStatus = server.lastStatus;
    this.branch = client?.branch ?? '';
    this.callHash = server.callHash;
    this.branchHash = client?.branchHash ?? 0;
    this.#text = text;
    this.#callIdAt = text.indexOf(callId);
    this.#callIdLength = callId.length;
    this.#viaBranchAt = via === undefined ? -1 : text.indexOf(via.branch, via.sentByEnd);
    this.#viaBranchLength = via === undefined ? 0 : via.branch.length;
    this.#hostAt = via === undefined ? -1 : text.indexOf(via.host, via.start);
    this.#hostLength = via === undefined ? 0 : via.host.length;
    this.#port = via === undefined ? 0 : via.port;
  }

  /** Parsed anew each time. */
  get request(): SipMessage {
    const request = parseMessage(this.#text);
    assert(!isWireError(request), 'what was a message is one');
    return request;
  }

  isOfCall(callId: string): boolean {
    return callId.length === this.#callIdLength && this.#text.startsWith(callId, this.#callIdAt);
  }

  hasBranchOf(via: Via): boolean {
    const { branch, host, port } = via;
    if (branch.length !== this.#viaBranchLength || !this.#text.startsWith(branch, this.#viaBranchAt))
      return false;
    const own = this.#text.slice(this.#hostAt, this.#hostAt + this.#hostLength);
    return (port || 5060) === (this.#port || 5060) && equalsIgnoreCase(host, own);
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
