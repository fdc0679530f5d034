import type { ScriptContext } from '../../module/context.ts';
import { arg, type FunctionDeclaration, type SignatureMaker } from '../../module/define.ts';
import type { Tm } from './tm.ts';

type Functions = Readonly<Record<string, FunctionDeclaration<Tm>>>;

const code = arg.any('code', 'status, 100 to 699');
const reason = arg.string('reason', 'reason phrase');

/** t_reply: answers in the transaction of the context, made before. */
function reply(tm: Tm, context: ScriptContext, codeValue: unknown, reasonText: string): number {
  const { config } = tm;
  const number = Number(codeValue);
  const isUsable = Number.isInteger(number) && number >= 100 && number <= 699;
  const status = isUsable ? number : config.default_code;
  const phrase = reasonText === '' || !isUsable ? config.default_reason : reasonText;
  const transaction = tm.transactions.transactionOf(context);
  if (transaction === undefined) {
    tm.host.log.warn('t_reply: no transaction; make one with t_newtran() first');
    return -1;
  }
  return tm.reply(transaction, context, status, phrase) ? 1 : -1;
}

/** t_send_reply: makes the transaction when there is none. */
function sendReply(tm: Tm, context: ScriptContext, codeValue: unknown, reasonText: string): number {
  if (context.transaction === undefined && tm.transactions.newTransaction(context) <= 0) return 0;
  return reply(tm, context, codeValue, reasonText);
}

/** Making, answering and ending transactions. */
export function replyFunctions({ signature }: { readonly signature: SignatureMaker<Tm> }): Functions {
  return {
    t_newtran: {
      doc: 'Makes the transaction of the request.',
      routes: ['request', 'event'],
      returns: {
        1: 'made',
        0: 'a repetition: answered as before, the script ends',
        [-1]: 'error, or there is one',
      },
      signatures: [
        signature({ kemi: 't_newtran', run: (tm, context) => tm.transactions.newTransaction(context) }),
      ],
    },
    t_reply: {
      doc: 'Answers in the transaction. A 3xx offers the target set as Contacts.',
      returns: { 1: 'sent', [-1]: 'no transaction, or it has a final response already' },
      signatures: [signature({ kemi: 't_reply', args: [code, reason], run: reply })],
    },
    t_send_reply: {
      doc: 'Answers in the transaction, which is made when there is none.',
      returns: { 1: 'sent', 0: 'a repetition', [-1]: 'it has a final response already' },
      signatures: [signature({ kemi: 't_send_reply', args: [code, reason], run: sendReply })],
    },
    t_retransmit_reply: {
      doc: 'Sends the last response of the transaction again.',
      routes: ['request', 'event'],
      returns: { 1: 'sent', [-1]: 'no transaction, or nothing sent before' },
      signatures: [
        signature({
          kemi: 't_retransmit_reply',
          run: (tm, context) => {
            const server = tm.transactions.transactionOf(context)?.proxy.server;
            if (server === undefined || server.lastResponse === '') return -1;
            server.resend();
            return 1;
          },
        }),
      ],
    },
    t_release: {
      doc: 'Ends the transaction; for wt_timer it goes on absorbing repetitions.',
      returns: { 1: 'ended', [-1]: 'no transaction' },
      signatures: [
        signature({
          kemi: 't_release',
          run: (tm, context) => {
            const transaction = tm.transactions.transactionOf(context);
            if (transaction === undefined) return -1;
            tm.release(transaction);
            return 1;
          },
        }),
      ],
    },
    t_relay_cancel: {
      doc: 'Cancels the branches of the INVITE that a CANCEL is for, and answers it.',
      routes: ['request'],
      returns: { 0: 'done, the script ends', 1: 'there is no such INVITE', [-1]: 'error' },
      signatures: [
        signature({ kemi: 't_relay_cancel', run: (tm, context) => tm.cancels.relayAlone(context) }),
      ],
    },
    t_lookup_request: {
      doc: 'Is there a transaction of this request?',
      routes: ['request', 'event'],
      returns: { 1: 'there is', [-1]: 'there is none' },
      signatures: [
        signature({ kemi: 't_lookup_request', run: (tm, context) => tm.transactions.lookupRequest(context) }),
      ],
    },
    t_lookup_cancel: {
      doc: 'Is there an INVITE that this CANCEL is for? With 1, the message takes the flags of the INVITE.',
      routes: ['request'],
      returns: { 1: 'there is', [-1]: 'there is none' },
      signatures: [
        signature({
          kemi: 't_lookup_cancel',
          run: (tm, context) => tm.transactions.lookupCancel(context, false),
        }),
        signature({
          kemi: 't_lookup_cancel_flags',
          args: [arg.int('flags', '1 to take the flags over')],
          run: (tm, context, flags) => tm.transactions.lookupCancel(context, flags !== 0),
        }),
      ],
    },
    t_check_trans: {
      doc: 'Does the message belong to a transaction? Repetitions and ACKs to failure responses are dealt with at once.',
      routes: ['request', 'onreply', 'branch', 'event'],
      returns: { 1: 'it belongs to one', 0: 'dealt with, the script ends', [-1]: 'it does not' },
      signatures: [
        signature({ kemi: 't_check_trans', run: (tm, context) => tm.transactions.checkTransaction(context) }),
      ],
    },
    t_save_lumps: {
      doc: 'Failure routes will begin with the edits made so far; those made later, before t_relay, go into the first copies only.',
      routes: ['request'],
      returns: { 1: 'saved', [-1]: 'no transaction, or it was relayed already' },
      signatures: [
        signature({
          kemi: 't_save_lumps',
          run: (tm, context) => {
            const transaction = tm.transactions.transactionOf(context);
            if (transaction === undefined || transaction.relayed !== undefined) return -1;
            transaction.savedEdits = context.message.edits.clone();
            return 1;
          },
        }),
      ],
    },
    t_clean: {
      doc: 'Ends transactions that have been there far longer than they may.',
      returns: { 1: 'always' },
      signatures: [
        signature({
          kemi: 't_clean',
          run: (tm) => {
            tm.transactions.clean();
            return 1;
          },
        }),
      ],
    },
  };
}
