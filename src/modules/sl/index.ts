import type { ScriptContext } from '../../module/context.ts';
import { arg, defineModule, type PvBinding, type StatisticDeclaration } from '../../module/define.ts';
import { RpcStruct } from '../../module/rpc.ts';
import type { SlApi } from './api.ts';
import { countedClasses, countedStatuses } from './counters.ts';
import { parameters } from './parameters.ts';
import { Sl } from './sl.ts';

const code = arg.any('code', 'status, 100 to 699');
const reason = arg.string('reason', 'reason phrase');

/** Status and phrase of a call, with the defaults where they cannot be used. */
function answer(
  sl: Sl,
  codeValue: unknown,
  reasonText: string,
  send: (status: number, phrase: string) => boolean,
): number {
  const number = Number(codeValue);
  const isUsable = Number.isInteger(number) && number >= 100 && number <= 699;
  const phrase = isUsable && reasonText !== '' ? reasonText : sl.config.default_reason;
  return send(isUsable ? number : sl.config.default_code, phrase) ? 1 : -1;
}

/** `mode` of send_reply_mode: 2 closes the connection behind the answer. */
function sendWithMode(sl: Sl, context: ScriptContext, status: number, phrase: string, mode: number): boolean {
  const sent = sl.reply(context, status, phrase);
  if ((mode & 2) !== 0 && context.flow.connectionId !== 0)
    sl.host.transport.closeConnection(context.flow.connectionId);
  return sent;
}

function localTag(sl: Sl, kind: string | undefined): PvBinding | { message: string } {
  switch (kind) {
    case 's':
      return { get: (context) => sl.tagFor(context) };
    case 't':
      return { get: (context) => sl.statefulTagFor(context) ?? null };
    case 'x':
      return { get: (context) => sl.statefulTagFor(context) ?? sl.tagFor(context) };
    default:
      return { message: '$ltt knows s, t and x' };
  }
}

function statistics(): Record<string, StatisticDeclaration<Sl>> {
  const all: Record<string, StatisticDeclaration<Sl>> = {};
  for (const statusClass of countedClasses)
    all[`${statusClass}xx_replies`] = {
      doc: `Answers of class ${statusClass} without a counter of their own.`,
      read: (sl) => sl.counters.ofClass(statusClass),
    };
  for (const status of countedStatuses)
    all[`${status}_replies`] = { doc: `Answers ${status}.`, read: (sl) => sl.counters.ofStatus(status) };
  return {
    ...all,
    xxx_replies: { doc: 'Answers of no class.', read: (sl) => sl.counters.others },
    sent_replies: { doc: 'All answers.', read: (sl) => sl.counters.sent },
    sent_err_replies: { doc: 'Answers from 400 on.', read: (sl) => sl.counters.sentErrors },
    failures: { doc: 'Answers that could not be sent.', read: (sl) => sl.counters.failures },
    received_ACKs: { doc: 'ACKs to own answers.', read: (sl) => sl.counters.receivedAcks },
  };
}

/** By status and, behind those of its class, the rest of the class. */
function answerCounts({ counters }: Sl): RpcStruct {
  const counts = new RpcStruct();
  for (const statusClass of countedClasses.slice(1)) {
    for (const status of countedStatuses.filter((each) => Math.floor(each / 100) === statusClass))
      counts.add(String(status), counters.ofStatus(status));
    counts.add(`${statusClass}xx`, counters.ofClass(statusClass));
  }
  return counts.add('xxx', counters.others);
}

export default defineModule({
  name: 'sl',
  summary: 'Stateless answers (RFC 3261 §8.2.7), and absorbing the ACKs to them.',
  params: parameters,
  create: (host, config) => new Sl(host, config),
  start: (sl) => sl.start(),
  api: (sl): SlApi => sl,
  functions: ({ signature }) => ({
    sl_send_reply: {
      aliases: ['sl_reply'],
      doc: 'Answers without a transaction. A 3xx offers the target set as Contacts.',
      returns: { 1: 'sent', [-1]: 'could not be sent' },
      signatures: [
        signature({
          kemi: 'sl_send_reply',
          args: [code, reason],
          run: (sl, context, codeValue, text) =>
            answer(sl, codeValue, text, (status, phrase) => sl.statelessReply(context, status, phrase)),
        }),
      ],
    },
    send_reply: {
      doc: 'Answers in the transaction when there is one, else without.',
      returns: { 1: 'sent', [-1]: 'could not be sent' },
      signatures: [
        signature({
          kemi: 'send_reply',
          args: [code, reason],
          run: (sl, context, codeValue, text) =>
            answer(sl, codeValue, text, (status, phrase) => sl.reply(context, status, phrase)),
        }),
      ],
    },
    send_reply_mode: {
      doc: 'Like send_reply, with a mode: 1 do not connect for it (never done anyway), 2 close the connection after.',
      returns: { 1: 'sent', [-1]: 'could not be sent' },
      signatures: [
        signature({
          kemi: 'send_reply_mode',
          args: [code, reason, arg.int('mode', 'bit mask')],
          run: (sl, context, codeValue, text, mode) =>
            answer(sl, codeValue, text, (status, phrase) => sendWithMode(sl, context, status, phrase, mode)),
        }),
      ],
    },
    sl_reply_error: {
      doc: 'Answers with what went wrong last.',
      returns: { 1: 'sent', [-1]: 'could not be sent' },
      signatures: [
        signature({
          kemi: 'sl_reply_error',
          run: (sl, context) => (sl.replyError(context) ? 1 : -1),
        }),
      ],
    },
    sl_forward_reply: {
      doc: 'Sends the response on without a transaction, perhaps under another status of its class.',
      routes: ['onreply', 'reply'],
      returns: { 1: 'sent', [-1]: 'no response, another class, or nowhere to send it' },
      signatures: [
        signature({
          kemi: 'sl_forward_reply',
          run: (sl, context) => (sl.forwardResponse(context, 0, '') ? 1 : -1),
        }),
        signature({
          args: [code],
          run: (sl, context, codeValue) => (sl.forwardResponse(context, Number(codeValue) || 0, '') ? 1 : -1),
        }),
        signature({
          args: [code, reason],
          run: (sl, context, codeValue, text) =>
            sl.forwardResponse(context, Number(codeValue) || 0, text) ? 1 : -1,
        }),
      ],
    },
  }),
  pvs: {
    ltt: {
      doc: 'To tag of own answers: s stateless, t in the transaction, x whichever applies',
      inner: 'required',
      bind: (sl, { inner }) => localTag(sl, inner),
    },
  },
  statistics: statistics(),
  rpc: {
    'sl.stats': { doc: 'How many answers of each status have been sent.', run: (sl) => [answerCounts(sl)] },
  },
  events: [
    { name: 'sl:filtered-ack', doc: 'An ACK to an own answer was absorbed.' },
    { name: 'sl:local-response', doc: 'An own answer has been sent.' },
  ],
});
