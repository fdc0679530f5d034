import type { ScriptContext } from '../../module/context.ts';
import type { ClientBranch } from '../../proxy/clientBranch.ts';
import { isWireError, parseMessage, type SipMessage } from '../../sip/message.ts';
import type { TmTransaction, TransactionObserver } from '../tm/api.ts';
import type { AccConfig } from './params.ts';
import { type Outcome, outcomeOf } from './record.ts';

/** Who writes what was seen. */
export interface Accountant {
  readonly config: AccConfig;
  isAccounted(flags: number): boolean;
  isMissedWanted(flags: number): boolean;
  isFailureWanted(flags: number, status: number): boolean;
  reportAnswered(transaction: TmTransaction, context: ScriptContext, outcome: Outcome): void;
  reportMissed(transaction: TmTransaction, context: ScriptContext, outcome: Outcome): void;
  reportAck(transaction: TmTransaction, ack: ScriptContext, context: ScriptContext): void;
  /** A context like that of the request, with the Request-URI under which it was sent. */
  contextOf(transaction: TmTransaction): ScriptContext;
}

/** One transaction under observation. */
export class Watch implements TransactionObserver {
  readonly #accounting: Accountant;
  readonly #context: ScriptContext;
  readonly #transaction: TmTransaction;
  /** Status and tag of what was accounted last: a retransmitted 2xx is no second call. */
  #last: string;

  constructor(accounting: Accountant, transaction: TmTransaction, context: ScriptContext, last = '') {
    this.#accounting = accounting;
    this.#transaction = transaction;
    this.#context = context;
    this.#last = last;
  }

  onRest(): undefined | false {
    return this.#accounting.config.report_ack !== 0 ? false : undefined;
  }

  onResponseOut(transaction: TmTransaction, status: number, response: SipMessage | undefined): void {
    const { config } = this.#accounting;
    const { flags } = transaction;
    const outcome = this.#outcome(status, response);
    if (status < 200) {
      const isMedia = config.early_media !== 0 && response !== undefined && response.body !== '';
      if (isMedia && this.#accounting.isAccounted(flags)) this.#report(outcome);
      return;
    }
    // an own refusal without any branch: nobody else tells that the call was missed
    if (status >= 300 && transaction.isInvite && this.#accounting.isMissedWanted(flags))
      this.#accounting.reportMissed(transaction, this.#context, outcome);
    if (!this.#accounting.isAccounted(flags)) return;
    if (status < 300 || this.#accounting.isFailureWanted(flags, status)) this.#report(outcome);
  }

  onFailure(transaction: TmTransaction, branch: ClientBranch): void {
    if (!transaction.isInvite || !this.#accounting.isMissedWanted(transaction.flags)) return;
    const outcome = this.#outcome(branch.status, branch.response);
    this.#accounting.reportMissed(transaction, this.#context, outcome);
  }

  onEndToEndAck(transaction: TmTransaction, ack: ScriptContext): void {
    if (this.#accounting.config.report_ack === 0 || !this.#accounting.isAccounted(transaction.flags)) return;
    this.#accounting.reportAck(transaction, ack, this.#context);
  }

  #outcome(status: number, response: SipMessage | undefined): Outcome {
    const fromHeader = this.#accounting.config.reason_from_hf !== 0;
    return outcomeOf(status, response, this.#transaction.toTag, fromHeader);
  }

  #report(outcome: Outcome): void {
    const key = keyOf(outcome.code, outcome.toTag);
    if (key === this.#last) return;
    this.#last = key;
    this.#accounting.reportAnswered(this.#transaction, this.#context, outcome);
  }
}

/** A transaction that had rested: what it has answered is accounted. */
export class RestingWatch implements TransactionObserver {
  readonly #accounting: Accountant;
  readonly #lastResponse: string;

  constructor(accounting: Accountant, lastResponse: string) {
    this.#accounting = accounting;
    this.#lastResponse = lastResponse;
  }

  onResponseOut(transaction: TmTransaction, status: number, response: SipMessage | undefined): void {
    const answered = parseMessage(this.#lastResponse);
    const last = isWireError(answered) ? '' : keyOf(answered.statusCode, answered.toTag);
    const context = this.#accounting.contextOf(transaction);
    new Watch(this.#accounting, transaction, context, last).onResponseOut(transaction, status, response);
  }
}

function keyOf(status: number | string, toTag: string): string {
  return `${status} ${toTag}`;
}
