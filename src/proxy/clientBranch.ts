import type { Timer } from '../base/timerQueue.ts';
import type { EditList } from '../sip/editList.ts';
import type { SipMessage } from '../sip/message.ts';
import {
  type ClientOptions,
  type ClientTransaction,
  type ClientUser,
  InviteClientTransaction,
  NonInviteClientTransaction,
} from '../transaction/clientTransaction.ts';
import type { ServerAddress } from './location.ts';
import type { ProxyCore } from './proxyCore.ts';
import type { Outcome } from './responseChoice.ts';
import type { Target } from './target.ts';
import type { Destination, Flow } from './transport.ts';

/** What one copy of the request needs beyond the request itself. */
export interface BranchRequest {
  readonly target: Target;
  /** Where to send it, best first; the rest is for failover (RFC 3263 §4.3). Not empty. */
  addresses: readonly ServerAddress[];
  /** Edits of this copy; undefined for those of the request. */
  edits: EditList | undefined;
  /** Body of this copy; undefined for that of the request. */
  body: string | undefined;
}

/** Whom a branch tells of its fate: its response context. */
export interface BranchOwner {
  readonly core: ProxyCore;
  makeAck(inviteAsSent: string, response: SipMessage): string | undefined;
  onBranchResponse(branch: ClientBranch, response: SipMessage): void | Promise<void>;
  onBranchTimeout(branch: ClientBranch): void;
  onBranchTransportError(branch: ClientBranch): void;
}

const noAddresses: readonly ServerAddress[] = [];

/** One copy of the request on its way: the client transaction with what became of it (RFC 3261 §16.6, §16.7). */
export class ClientBranch implements ClientUser, Outcome {
  readonly context: BranchOwner;
  readonly index: number;
  readonly request: BranchRequest;
  readonly viaBranch: string;
  readonly destination: Destination;
  /** Position of the address in those of the request; the ones behind it are left for failover. */
  readonly addressAt: number;
  client: ClientTransaction | undefined = undefined;
  /** The last status, received or made here; 0 before. */
  status = 0;
  isLocal = false;
  isDiscarded = false;
  /** The response behind `status`; undefined for a local one. */
  response: SipMessage | undefined = undefined;
  /** Where the last response came from. */
  responseFlow: Flow | undefined = undefined;
  /** Responses received, retransmissions included. */
  responseCount = 0;
  hasTimedOut = false;
  /** To be cancelled as soon as the first provisional response allows it (§9.1). */
  cancelHeaders: string | undefined = undefined;
  isCancelled = false;
  timerC: Timer | undefined = undefined;
  /** Set of branches that was started together (serial forking step), from 0. */
  readonly step: number;
  /** Marks of the user: branch route and so on. */
  replyRoute = '';

  constructor(
    context: BranchOwner,
    request: BranchRequest,
    way: {
      index: number;
      step: number;
      viaBranch: string;
      destination: Destination;
      addressAt: number;
    },
  ) {
    this.context = context;
    this.request = request;
    this.index = way.index;
    this.step = way.step;
    this.viaBranch = way.viaBranch;
    this.destination = way.destination;
    this.addressAt = way.addressAt;
  }

  get target(): Target {
    return this.request.target;
  }

  /** Its client transaction, where responses find it. */
  makeClient(isInvite: boolean, options: ClientOptions): ClientTransaction {
    const { core } = this.context;
    const Client = isInvite ? InviteClientTransaction : NonInviteClientTransaction;
    this.client = new Client(this, core.timers, options);
    core.clients.add(this.client);
    return this.client;
  }

  /** Lets go of what only matters before the end: thousands of ended branches wait out their time. */
  settle(): void {
    this.response = undefined;
    this.responseFlow = undefined;
    this.request.addresses = noAddresses;
    this.request.edits = undefined;
    this.request.body = undefined;
    // without a final response from there the request is still wanted: for the ACK of a late one
    if (this.client !== undefined && !this.client.isPending && !this.isLocal) this.client.request = '';
  }

  /** A final response has come and nothing is under way, so that little need be remembered of it. */
  get canRest(): boolean {
    const { client } = this;
    if (this.isLocal || client === undefined || client.isPending || client.isTerminated) return false;
    return client.cancel === undefined;
  }

  get isFinal(): boolean {
    return this.status >= 200;
  }

  // ---- ClientUser

  transmitRequest(_transaction: ClientTransaction, text: string): boolean {
    return this.context.core.transport.send(text, this.destination);
  }
  makeAck(transaction: ClientTransaction, response: SipMessage): string | undefined {
    return this.context.makeAck(transaction.request, response);
  }
  onResponse(_transaction: ClientTransaction, response: SipMessage): void | Promise<void> {
    return this.context.onBranchResponse(this, response);
  }
  onTimeout(): void {
    this.context.onBranchTimeout(this);
  }
  onTransportError(): void {
    this.context.onBranchTransportError(this);
  }
  onClientTerminated(transaction: ClientTransaction): void {
    this.context.core.clients.remove(transaction);
  }
}

/** A CANCEL on its way; its responses mean nothing to anybody (§9.1). */
export class CancelUser implements ClientUser {
  readonly #branch: ClientBranch;

  constructor(branch: ClientBranch) {
    this.#branch = branch;
  }

  transmitRequest(_transaction: ClientTransaction, text: string): boolean {
    return this.#branch.context.core.transport.send(text, this.#branch.destination);
  }
  makeAck(): undefined {}
  onResponse(): void {}
  onTimeout(): void {}
  onTransportError(): void {}
  onClientTerminated(): void {
    if (this.#branch.client !== undefined) this.#branch.client.cancel = undefined;
  }
}
