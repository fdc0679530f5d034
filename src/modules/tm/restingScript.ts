import type { VariableStores } from '../../module/variables.ts';
import type { ClientBranch } from '../../proxy/clientBranch.ts';
import type { Target } from '../../proxy/target.ts';
import type { Destination, Flow } from '../../proxy/transport.ts';
import type { SipMessage } from '../../sip/message.ts';
import { RestingTransaction } from '../../transaction/restingTransaction.ts';
import type { ServerTransaction } from '../../transaction/serverTransaction.ts';
import type { TransactionObserver } from './api.ts';
import type { Transaction } from './transaction.ts';

/** Who makes resting transactions whole again, and forgets them. */
export interface RestKeeper {
  wake(resting: RestingScript): ServerTransaction;
  /** A response to an INVITE: wakes it. */
  onLateResponse(resting: RestingScript, response: SipMessage): void | Promise<void>;
  onRestOver(resting: RestingScript): void;
}

/** What a late 2xx to an INVITE needs on its way through the routes. */
export interface RestingBranch {
  readonly target: Target;
  readonly destination: Destination;
  readonly replyRoute: string;
  readonly status: number;
  /** The ACK to a failure response. */
  readonly ack: string;
}

/** An answered transaction with the script state that repetitions may ask for. */
export class RestingScript extends RestingTransaction {
  readonly id: number;
  readonly flow: Flow;
  readonly responseDestination: Destination | undefined;
  readonly forceRport: boolean;
  readonly flags: number;
  readonly isCancelled: boolean;
  readonly branchCount: number;
  readonly replyRoute: string;
  /** undefined when there was nothing in them. */
  readonly variables: VariableStores | undefined;
  /** Of an INVITE; responses to others are absorbed. */
  readonly inviteBranch: RestingBranch | undefined;
  readonly observers: TransactionObserver[] | undefined;
  readonly #keeper: RestKeeper;

  constructor(
    keeper: RestKeeper,
    transaction: Transaction,
    server: ServerTransaction,
    observers: TransactionObserver[] | undefined,
  ) {
    const { proxy } = transaction;
    const branch = proxy.branches[0];
    super(server, branch?.viaBranch ?? '');
    this.#keeper = keeper;
    this.id = transaction.id;
    this.flow = transaction.flow;
    this.responseDestination = proxy.responseDestination;
    this.forceRport = transaction.forwarding.forceRport;
    this.flags = transaction.flags;
    this.isCancelled = proxy.isCancelled;
    this.branchCount = proxy.branches.length;
    this.replyRoute = transaction.plan.replyRoute;
    this.variables = transaction.variables.isEmpty ? undefined : transaction.variables;
    this.inviteBranch = branch === undefined || !proxy.isInvite ? undefined : restingBranch(branch);
    this.observers = observers;
  }

  awake(): ServerTransaction {
    return this.#keeper.wake(this);
  }

  onResponse(response: SipMessage): void | Promise<void> {
    // RFC 3261 §17.1.2.2: Completed absorbs them
    return this.inviteBranch === undefined ? undefined : this.#keeper.onLateResponse(this, response);
  }

  onOver(): void {
    this.#keeper.onRestOver(this);
  }
}

function restingBranch(branch: ClientBranch): RestingBranch {
  const { target, destination, replyRoute, status, client } = branch;
  return { target, destination, replyRoute, status, ack: client?.ack ?? '' };
}
