import type { VariableStores } from '../../module/variables.ts';
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

/** An answered transaction with the script state that repetitions may ask for. */
export class RestingScript extends RestingTransaction {
  readonly id: number;
  readonly flow: Flow;
  /** undefined when responses go where the request came from. */
  readonly responseDestination: Destination | undefined;
  readonly forceRport: boolean;
  readonly flags: number;
  readonly isCancelled: boolean;
  readonly branchCount: number;
  readonly replyRoute: string;
  /** undefined when there was nothing in them. */
  readonly variables: VariableStores | undefined;
  /** Where an INVITE went, for its late responses; those to other requests are absorbed. */
  readonly target: Target | undefined;
  /** For the ACK to a failure response. */
  readonly destination: Destination | undefined;
  readonly ack: string;
  readonly branchReplyRoute: string;
  readonly branchStatus: number;
  readonly observers: TransactionObserver[] | undefined;
  readonly #keeper: RestKeeper;

  constructor(
    keeper: RestKeeper,
    transaction: Transaction,
    server: ServerTransaction,
    observers: TransactionObserver[] | undefined,
  ) {
    const { proxy, flow, variables } = transaction;
    const branch = proxy.branches[0];
    super(server, branch?.client);
    this.#keeper = keeper;
    this.id = transaction.id;
    this.flow = flow;
    this.responseDestination = isBackTo(flow, proxy.responseDestination)
      ? undefined
      : proxy.responseDestination;
    this.forceRport = transaction.forwarding.forceRport;
    this.flags = transaction.flags;
    this.isCancelled = proxy.isCancelled;
    this.branchCount = proxy.branches.length;
    this.replyRoute = transaction.plan.replyRoute;
    this.variables = variables.isEmpty ? undefined : variables;
    this.observers = observers;
    const isNeeded = branch !== undefined && proxy.isInvite;
    this.target = isNeeded ? branch.target : undefined;
    this.destination = isNeeded && branch.status >= 300 ? branch.destination : undefined;
    this.ack = isNeeded ? (branch.client?.ack ?? '') : '';
    this.branchReplyRoute = isNeeded ? branch.replyRoute : '';
    this.branchStatus = isNeeded ? branch.status : 0;
  }

  awake(): ServerTransaction {
    return this.#keeper.wake(this);
  }

  onResponse(response: SipMessage): void | Promise<void> {
    // RFC 3261 §17.1.2.2: Completed absorbs them
    return this.target === undefined ? undefined : this.#keeper.onLateResponse(this, response);
  }

  onOver(): void {
    this.#keeper.onRestOver(this);
  }
}

function isBackTo(flow: Flow, destination: Destination | undefined): boolean {
  if (destination === undefined || destination.noConnect === true || destination.closeAfter === true)
    return false;
  return destination.address === flow.address && destination.port === flow.port;
}
