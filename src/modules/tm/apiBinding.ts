import type { TmApi, TmTransaction } from './api.ts';
import { nextViaBranch } from './branchNames.ts';
import { resumedKey } from './suspensions.ts';
import type { Tm } from './tm.ts';
import type { Transaction } from './transaction.ts';
import { transactionBehind } from './transactionStore.ts';

/** The instance as other modules see it. */
export function tmApi(tm: Tm): TmApi {
  return {
    observe: (observer) => {
      tm.observers.push(observer);
    },
    transactionOf: (context) => tm.transactions.transactionOf(context),
    newTransaction: (context) => tm.transactions.newTransaction(context),
    relay: (context) => tm.relay(context),
    reply: (context, status, reason, options) => {
      const transaction = tm.transactions.transactionOf(context);
      return transaction !== undefined && tm.reply(transaction, context, status, reason, options);
    },
    replyTo: (transaction, status, reason, options) =>
      tm.replyTo(ownOf(transaction), status, reason, options),
    cancelBranches: (transaction, reasonHeaders, only) => {
      for (const branch of ownOf(transaction).proxy.branches) {
        if (only === undefined || only(branch)) ownOf(transaction).proxy.cancelBranch(branch, reasonHeaders);
      }
    },
    findByCallId: (callId, cseq) => transactionBehind(tm.core.servers.findByNumber(callId, cseq)),
    nextViaBranch: (context) => nextViaBranch(tm.core, context, tm.transactions.transactionOf(context)),
    isResumed: (context) => context.scratch.has(resumedKey),
    isHeld: (message) => (tm.transactions.find(message)?.suspensions ?? 0) > 0,
    findCancelled: (cancel) => tm.transactions.findCancelled(cancel),
    drop: (transaction, status) => tm.drop(ownOf(transaction), status),
    counters: tm.counters,
    activeCount: () => tm.transactions.activeCount(),
    errorOf: (context) => tm.failureOf(context),
    toTagOf: (context) => {
      const transaction = tm.transactions.transactionOf(context);
      return transaction === undefined ? undefined : tm.replies.tagOf(transaction);
    },
    request: (request, done) => tm.localRequests.send(request, done),
    useCallIds: (make) => {
      tm.localRequests.callIdMaker = make;
    },
    suspend: (context) => tm.suspensions.suspend(context),
    resume: (suspension, routeName) => tm.suspensions.resume(suspension, routeName),
  };
}

/** All transactions that modules can have come from here. */
function ownOf(transaction: TmTransaction): Transaction {
  return transaction as Transaction;
}
