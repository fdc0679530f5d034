import {
  arg,
  defineModule,
  type FunctionDeclaration,
  type SignatureMaker,
  type StatisticDeclaration,
} from '../../module/define.ts';
import { Tmx } from './tmx.ts';
import { transactionPvs } from './transactionPvs.ts';

type Functions = Readonly<Record<string, FunctionDeclaration<Tmx>>>;

const callId = arg.string('callid', 'Call-ID');
const cseq = arg.any('cseq', 'CSeq number');
const whichBranches = arg.string('which', "'all', 'others' or 'this'", {
  check: (value) =>
    ['all', 'others', 'this'].includes(String(value)) ? undefined : "one of 'all', 'others', 'this'",
});

function branchFunctions(signature: SignatureMaker<Tmx>): Functions {
  return {
    t_cancel_branches: {
      doc: "Cancels pending branches: 'all', 'others' than that of the response, or 'this' one.",
      routes: ['onreply'],
      returns: { 1: 'done', [-1]: 'no transaction' },
      signatures: [
        signature({
          kemi: 't_cancel_branches',
          args: [whichBranches],
          run: (tmx, context, which) => tmx.cancelBranches(context, which),
        }),
      ],
    },
    t_reuse_branch: {
      doc: 'Makes the failed branch the target again, for a further attempt.',
      routes: ['event', 'branch_failure', 'failure'],
      returns: { 1: 'done', [-1]: 'there is no branch' },
      signatures: [signature({ kemi: 't_reuse_branch', run: (tmx, context) => tmx.reuseBranch(context) })],
    },
    t_cancel_callid: {
      doc: 'Cancels the INVITE with this Call-ID and CSeq; a flag above 0 is set in its transaction.',
      returns: { 1: 'done', [-1]: 'there is no such INVITE' },
      signatures: [
        signature({
          kemi: 't_cancel_callid',
          args: [callId, cseq, arg.any('flag', 'flag to set; 0 for none')],
          run: (tmx, _context, id, number, flag) => tmx.cancelCallId(id, Number(number), Number(flag), 0),
        }),
        signature({
          kemi: 't_cancel_callid_reason',
          args: [
            callId,
            cseq,
            arg.any('flag', 'flag to set; 0 for none'),
            arg.any('rcode', 'cause for the Reason header'),
          ],
          run: (tmx, _context, id, number, flag, status) =>
            tmx.cancelCallId(id, Number(number), Number(flag), Number(status)),
        }),
      ],
    },
    t_reply_callid: {
      doc: 'Answers the transaction with this Call-ID and CSeq.',
      returns: { 1: 'sent', [-1]: 'there is no such transaction' },
      signatures: [
        signature({
          kemi: 't_reply_callid',
          args: [callId, cseq, arg.any('code', 'status'), arg.string('reason', 'reason phrase')],
          run: (tmx, _context, id, number, code, reason) =>
            tmx.replyCallId(id, Number(number), Number(code), reason),
        }),
      ],
    },
    t_drop: {
      doc: 'Ends the transaction without an answer; the status (500) is only noted.',
      returns: { 1: 'done', [-1]: 'no transaction' },
      signatures: [
        signature({ kemi: 't_drop', run: (tmx, context) => drop(tmx, context, 500) }),
        signature({
          kemi: 't_drop_rcode',
          args: [arg.any('rcode', 'status')],
          run: (tmx, context, status) => drop(tmx, context, Number(status) || 500),
        }),
      ],
    },
  };
}

function drop(tmx: Tmx, context: Parameters<Tmx['transactionOf']>[0], status: number): number {
  const transaction = tmx.transactionOf(context);
  if (transaction === undefined) return -1;
  tmx.tm.drop(transaction, status);
  return 1;
}

function routeFunctions(signature: SignatureMaker<Tmx>): Functions {
  const test = (
    name: 'failure' | 'branch' | 'reply' | 'request',
    kind: string,
  ): FunctionDeclaration<Tmx> => ({
    doc: `Is the top-level block that runs a ${kind}?`,
    returns: { 1: 'it is', [-1]: 'it is not' },
    signatures: [
      signature({
        kemi: `t_is_${name}_route`,
        run: (tmx, context) => (tmx.isRoute(name, context) ? 1 : -1),
      }),
    ],
  });
  return {
    t_is_failure_route: test('failure', 'failure_route'),
    t_is_branch_route: test('branch', 'branch_route'),
    t_is_reply_route: test('reply', 'reply_route'),
    t_is_request_route: test('request', 'request_route'),
    t_flush_flags: {
      doc: 'Gives the flags of the message to its transaction.',
      returns: { 1: 'done', [-1]: 'no transaction' },
      signatures: [signature({ kemi: 't_flush_flags', run: (tmx, context) => tmx.flushFlags(context) })],
    },
    t_flush_xflags: {
      doc: "Extended flags are the transaction's at once; the plain ones are given to it here.",
      returns: { 1: 'done', [-1]: 'no transaction' },
      signatures: [signature({ kemi: 't_flush_xflags', run: (tmx, context) => tmx.flushFlags(context) })],
    },
  };
}

function suspendFunctions(signature: SignatureMaker<Tmx>): Functions {
  const id = [arg.any('tindex', '$T(id_index)'), arg.any('tlabel', '$T(id_label)')] as const;
  return {
    t_suspend: {
      doc: 'Holds the decision on the request until t_continue; makes the transaction when there is none.',
      routes: ['request', 'failure', 'onreply', 'event'],
      returns: { 1: 'held', [-1]: 'it cannot be' },
      signatures: [
        signature({
          kemi: 't_suspend',
          run: (tmx, context) => (tmx.tm.suspend(context) === undefined ? -1 : 1),
        }),
      ],
    },
    t_continue: {
      doc: 'Goes on with a held request in a route block, which counts as a failure_route.',
      returns: { 1: 'done', [-1]: 'nothing is held under that id' },
      signatures: [
        signature({
          kemi: 't_continue',
          args: [...id, arg.string('rtname', 'route block')],
          waits: true,
          run: (tmx, _context, index, label, route) => {
            const done = tmx.tm.resume({ index: Number(index), label: Number(label) }, route);
            if (typeof done === 'boolean') return done ? 1 : -1;
            return done.then((ok) => (ok ? 1 : -1));
          },
        }),
      ],
    },
    t_precheck_trans: {
      doc: 'Is this request a repetition of one that is held at the moment? (No message is ever worked on twice at once.)',
      routes: ['request'],
      returns: { 1: 'it is', [-1]: 'it is not' },
      signatures: [
        signature({
          kemi: 't_precheck_trans',
          run: (tmx, context) => (tmx.tm.isHeld(context.message) ? 1 : -1),
        }),
      ],
    },
  };
}

function statistics(): Record<string, StatisticDeclaration<Tmx>> {
  const read = (doc: string, of: (tmx: Tmx) => number): StatisticDeclaration<Tmx> => ({ doc, read: of });
  const counters = (tmx: Tmx) => tmx.tm.counters;
  const byClass: Record<string, StatisticDeclaration<Tmx>> = {};
  for (const statusClass of [2, 3, 4, 5, 6])
    byClass[`${statusClass}xx_transactions`] = read(
      `Transactions ended by a ${statusClass}xx.`,
      (tmx) => counters(tmx).finals[statusClass] ?? 0,
    );
  return {
    UAS_transactions: read('Transactions made for received requests.', (tmx) => counters(tmx).created),
    UAC_transactions: read('Transactions made for own requests.', (tmx) => counters(tmx).createdLocal),
    ...byClass,
    inuse_transactions: read('Transactions in memory.', (tmx) => counters(tmx).inUse),
    active_transactions: read('Transactions without a final response.', (tmx) => tmx.tm.activeCount()),
    rpl_received: read('Responses received for transactions.', (tmx) => counters(tmx).responsesIn),
    rpl_absorbed: read(
      'Of them, those that were not passed on.',
      (tmx) => counters(tmx).responsesIn - counters(tmx).responsesRelayed,
    ),
    rpl_relayed: read('Of them, those that were passed on.', (tmx) => counters(tmx).responsesRelayed),
    rpl_generated: read('Responses made here.', (tmx) => counters(tmx).responsesGenerated),
    rpl_sent: read(
      'All responses sent.',
      (tmx) => counters(tmx).responsesRelayed + counters(tmx).responsesGenerated,
    ),
  };
}

export default defineModule({
  name: 'tmx',
  summary: 'More of tm for scripts: variables of the transaction, holding and resuming requests, statistics.',
  requires: ['tm'],
  params: {
    precheck_trans: {
      type: 'meaningless',
      default: 1,
      doc: 'Keep track of requests being worked on.',
      because: 'messages of one Call-ID are handled one after another',
    },
  },
  create: (host) => new Tmx(host),
  functions: ({ signature }) => ({
    ...branchFunctions(signature),
    ...routeFunctions(signature),
    ...suspendFunctions(signature),
  }),
  pvs: transactionPvs,
  statistics: statistics(),
});
