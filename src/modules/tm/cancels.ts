import type { ScriptContext } from '../../module/context.ts';
import { HeaderKind } from '../../sip/headerKind.ts';
import type { SipMessage } from '../../sip/message.ts';
import type { TmServices } from './services.ts';
import type { Suspensions } from './suspensions.ts';
import type { Transaction } from './transaction.ts';

/** CANCELs of clients (RFC 3261 §9.2, §16.10). */
export class Cancels {
  readonly #tm: TmServices;
  readonly #suspensions: Suspensions;

  constructor(tm: TmServices, suspensions: Suspensions) {
    this.#tm = tm;
    this.#suspensions = suspensions;
  }

  /** RFC 3261 §16.10; undefined when there is no INVITE to cancel and the CANCEL is to be relayed like others. */
  relay(transaction: Transaction, context: ScriptContext): number | Promise<number> | undefined {
    const invite = this.#tm.transactions.findCancelled(context.message);
    if (invite !== undefined) {
      this.answer(invite, transaction, context);
      return 1;
    }
    const mode = this.#tm.config.unmatched_cancel;
    if (mode === 0) return undefined;
    transaction.proxy.end();
    context.transaction = undefined;
    return mode === 1 ? this.#tm.forwardStateless(context, undefined, false) : 1;
  }

  /** Answers a CANCEL and cancels the branches of its INVITE. */
  answer(invite: Transaction, cancel: Transaction, context: ScriptContext): void {
    cancel.takeReplyExtras(context);
    this.#tm.answer(cancel, 200, 'canceling');
    invite.tell('onCancel', context);
    const copies = !(invite.plan.noCancelReason ?? this.#tm.config.e2e_cancel_reason === 0);
    invite.proxy.cancel(copies ? linesOf(context.message, HeaderKind.reason) : '');
    this.#suspensions.drop(invite);
    if (invite.proxy.isOpen && invite.isInvite && !invite.proxy.hasPending)
      this.#tm.answer(invite, 487, 'Request canceled');
  }

  /** t_relay_cancel: 0 done, 1 no such INVITE. */
  relayAlone(context: ScriptContext): number {
    if (context.message.method !== 'CANCEL') return 1;
    const invite = this.#tm.transactions.findCancelled(context.message);
    if (invite === undefined) return 1;
    const made = this.#tm.transactions.newTransaction(context);
    if (made < 0) return -1;
    if (made > 0) this.answer(invite, this.#tm.transactions.transactionOf(context) as Transaction, context);
    return 0;
  }
}

/** All lines of a header kind, each with CRLF. */
function linesOf(message: SipMessage, kind: HeaderKind): string {
  let out = '';
  for (let i = message.find(kind); i >= 0; i = message.find(kind, i + 1))
    out += message.text.slice(message.headerStart(i), message.headerEnd(i));
  return out;
}
