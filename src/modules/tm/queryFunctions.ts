import type { ScriptContext } from '../../module/context.ts';
import { arg, type FunctionDeclaration, type SignatureMaker } from '../../module/define.ts';
import type { ClientBranch } from '../../proxy/clientBranch.ts';
import type { Tm } from './tm.ts';
import type { Transaction } from './transaction.ts';

type Functions = Readonly<Record<string, FunctionDeclaration<Tm>>>;

/** Responses before the one that the route is about. */
function earlierResponses(transaction: Transaction, branch: ClientBranch, context: ScriptContext): number {
  const isCurrent = branch === transaction.currentBranch && branch.response !== undefined;
  // in an onreply_route the current response is not counted yet
  return branch.responseCount - (isCurrent && context.routeKind !== 'onreply' ? 1 : 0);
}

/** The status that t_check_status looks at: of the current response, the chosen one, or the last one sent. */
export function currentStatus(tm: Tm, context: ScriptContext): number {
  if (!context.message.isRequest) return context.message.statusCode;
  const transaction = tm.transactions.transactionOf(context);
  if (transaction === undefined) return 0;
  if (
    context.routeKind === 'failure' ||
    context.routeKind === 'branch_failure' ||
    context.response !== undefined
  )
    return transaction.currentBranch?.status ?? transaction.lastStatus;
  return transaction.lastStatus;
}

/** Questions about the transaction of the message. */
export function queryFunctions({ signature }: { readonly signature: SignatureMaker<Tm> }): Functions {
  const question = (
    doc: string,
    kemi: string,
    ask: (transaction: Transaction, context: ScriptContext) => boolean,
    routes?: FunctionDeclaration<Tm>['routes'],
  ): FunctionDeclaration<Tm> => ({
    doc,
    ...(routes === undefined ? {} : { routes }),
    returns: { 1: 'yes', [-1]: 'no, or there is no transaction' },
    signatures: [
      signature({
        kemi,
        run: (tm, context) => {
          const transaction = tm.transactions.transactionOf(context);
          return transaction !== undefined && ask(transaction, context) ? 1 : -1;
        },
      }),
    ],
  });
  return {
    t_branch_timeout: question(
      'Did the chosen branch time out?',
      't_branch_timeout',
      (transaction) => transaction.currentBranch?.hasTimedOut === true,
      ['failure', 'branch_failure', 'event'],
    ),
    t_branch_replied: question(
      'Had the chosen branch any response before?',
      't_branch_replied',
      (transaction, context) =>
        transaction.currentBranch !== undefined &&
        earlierResponses(transaction, transaction.currentBranch, context) > 0,
      ['failure', 'branch_failure', 'event'],
    ),
    t_any_timeout: question('Did any branch time out?', 't_any_timeout', (transaction) =>
      transaction.branches.some(({ hasTimedOut }) => hasTimedOut),
    ),
    t_any_replied: question(
      'Had any branch a response before the current one?',
      't_any_replied',
      (transaction, context) =>
        transaction.branches.some((branch) => earlierResponses(transaction, branch, context) > 0),
    ),
    t_is_canceled: question(
      'Has the client cancelled?',
      't_is_canceled',
      (transaction) => transaction.isCancelled,
    ),
    t_is_expired: question(
      'Is the longest life of the transaction over?',
      't_is_expired',
      (transaction) => transaction.isExpired,
    ),
    t_is_retr_async_reply: question(
      'Does the transaction wait while it handles a response?',
      't_is_retr_async_reply',
      (transaction) => transaction.suspendedResponses > 0,
      ['onreply', 'failure', 'request'],
    ),
    t_grep_status: {
      doc: 'Is the status the last one of some branch?',
      returns: { 1: 'it is', [-1]: 'it is not' },
      signatures: [
        signature({
          kemi: 't_grep_status',
          args: [arg.int('code', 'status')],
          run: (tm, context, status) =>
            tm.transactions.transactionOf(context)?.branches.some((branch) => branch.status === status) ===
            true
              ? 1
              : -1,
        }),
      ],
    },
    t_check_status: {
      doc: 'Does the expression match the status: of the response, of the chosen branch, or of the last answer?',
      returns: { 1: 'it does', [-1]: 'it does not' },
      signatures: [
        signature({
          kemi: 't_check_status',
          args: [arg.regex('re', 'regular expression')],
          run: (tm, context, re) => {
            const status = currentStatus(tm, context);
            return status > 0 && re.test(String(status)) ? 1 : -1;
          },
        }),
      ],
    },
    t_get_status_code: {
      doc: 'The status of the transaction as its return code.',
      returns: { [-1]: 'none yet' },
      signatures: [
        signature({ kemi: 't_get_status_code', run: (tm, context) => currentStatus(tm, context) || -1 }),
      ],
    },
  };
}
