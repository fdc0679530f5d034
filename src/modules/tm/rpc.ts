import type { RpcDeclaration } from '../../module/define.ts';
import { type RpcArgument, RpcFault, type RpcParameter, type RpcReply, RpcStruct } from '../../module/rpc.ts';
import { HeaderKind } from '../../sip/headerKind.ts';
import type { SipMessage } from '../../sip/message.ts';
import type { LocalResult } from './api.ts';
import { localRequestOf } from './contactFunctions.ts';
import { splitHeaders } from './headerLines.ts';
import { idOf } from './suspensions.ts';
import type { Tm } from './tm.ts';
import type { Transaction } from './transaction.ts';
import { transactionBehind } from './transactionStore.ts';

const uacArguments: readonly RpcParameter[] = [
  { name: 'method', type: 'string' },
  { name: 'ruri', type: 'string' },
  { name: 'nexthop', type: 'string' },
  { name: 'socket', type: 'string' },
  { name: 'headers', type: 'string' },
  { name: 'body', type: 'string', optional: true },
];

function text(argument: RpcArgument | undefined): string {
  return argument === undefined || argument instanceof RpcStruct ? '' : String(argument);
}

/** Sends what the arguments describe; `done` hears of the end. */
function sendOwn(
  tm: Tm,
  args: readonly RpcArgument[],
  done: (result: LocalResult) => void,
): RpcFault | undefined {
  const [method = '', ruri = '', nexthop = '', socket = '', headers = '', body = ''] = args.map(text);
  const request = localRequestOf(tm, { method, ruri, nexthop, socket, headers, body });
  if (request === undefined) return new RpcFault(400, 'From or To missing, or no such socket');
  return tm.localRequests.send(request, done) === undefined
    ? new RpcFault(400, 'Malformed request')
    : undefined;
}

function resultOf(result: LocalResult): RpcReply {
  const struct = new RpcStruct({ code: result.status, reason: result.reason });
  if (result.response !== undefined) struct.add('message', result.response.text);
  return [struct];
}

function sendAndWait(tm: Tm, args: readonly RpcArgument[]): RpcReply | Promise<RpcReply> {
  return new Promise((resolve) => {
    const fault = sendOwn(tm, args, (result) => {
      if (result.status >= 200) resolve(resultOf(result));
    });
    if (fault !== undefined) resolve(fault);
  });
}

const replyArguments = {
  head: [
    { name: 'code', type: 'int' },
    { name: 'reason', type: 'string' },
  ],
  tail: [
    { name: 'to_tag', type: 'string' },
    { name: 'new_headers', type: 'string' },
    { name: 'body', type: 'string', optional: true },
  ],
} satisfies Record<string, readonly RpcParameter[]>;

function reply(tm: Tm, transaction: Transaction | undefined, args: readonly RpcArgument[]): RpcReply {
  if (transaction === undefined) return new RpcFault(404, 'Transaction not found');
  const [code, reason, toTag, headers, body] = args;
  const status = Number(code);
  if (!(status >= 100 && status <= 699)) return new RpcFault(400, 'Invalid status code');
  const described = splitHeaders(text(headers) === '.' ? '' : text(headers));
  const sent = tm.replyTo(transaction, status, text(reason), {
    toTag: text(toTag),
    headers: described.rest,
    ...(text(body) === '' ? {} : { body: text(body), contentType: described.contentType }),
  });
  return sent ? [] : new RpcFault(500, 'Transaction has a final response already');
}

function findById(tm: Tm, id: string): Transaction | undefined {
  const [index, label] = id.split(':').map(Number);
  for (const server of tm.core.servers.all()) {
    const transaction = transactionBehind(server);
    if (transaction === undefined) continue;
    const own = idOf(transaction);
    if (own.index === index && own.label === label) return transaction;
  }
  return undefined;
}

function findByCallId(tm: Tm, callId: string, cseq: number): Transaction | undefined {
  return transactionBehind(tm.core.servers.findByNumber(callId, cseq));
}

function describe(transaction: Described, outgoings: number): RpcStruct {
  const { request } = transaction;
  const { index, label } = idOf(transaction);
  return new RpcStruct({
    cell: `0x${transaction.id.toString(16)}`,
    tindex: index,
    tlabel: label,
    method: request.method,
    from: lineOf(request, HeaderKind.from),
    to: lineOf(request, HeaderKind.to),
    callid: lineOf(request, HeaderKind.callId),
    cseq: `CSeq: ${request.cseq?.number ?? 0}`,
    uas_request: 'yes',
    tflags: transaction.flags,
    outgoings,
    ref_count: 1,
    lifetime: 0,
  });
}

/** A transaction, at work or at rest. */
interface Described {
  readonly id: number;
  readonly request: SipMessage;
  readonly flags: number;
}

/** The whole header line, as Kamailio shows it. */
function lineOf(request: SipMessage, kind: HeaderKind): string {
  const i = request.find(kind);
  return i < 0 ? '' : request.text.slice(request.headerStart(i), request.headerEnd(i));
}

function stats(tm: Tm): RpcStruct {
  const { counters } = tm;
  const total = counters.created + counters.createdLocal;
  const struct = new RpcStruct({
    current: counters.inUse,
    waiting: counters.inUse - tm.transactions.activeCount(),
    total,
    total_local: counters.createdLocal,
    rpl_received: counters.responsesIn,
    rpl_generated: counters.responsesGenerated,
    rpl_sent: counters.responsesRelayed + counters.responsesGenerated,
  });
  for (const statusClass of [6, 5, 4, 3, 2])
    struct.add(`${statusClass}xx`, counters.finals[statusClass] ?? 0);
  return struct
    .add('created', total)
    .add('freed', total - counters.inUse)
    .add('delayed_free', 0);
}

export const rpc: Readonly<Record<string, RpcDeclaration<Tm>>> = {
  'tm.stats': { doc: 'What tm has done, and is doing.', run: (tm) => [stats(tm)] },
  'tm.hash_stats': {
    doc: 'Load of the transaction index.',
    run: (tm) => [
      new RpcStruct({
        hits: tm.counters.created,
        transactions: tm.core.servers.size,
        clients: tm.core.clients.size,
      }),
    ],
  },
  'tm.list': {
    doc: 'All transactions.',
    returnsArray: true,
    run: (tm) => {
      const list: RpcStruct[] = [];
      for (const server of tm.core.servers.all()) {
        const transaction = transactionBehind(server);
        if (transaction !== undefined) list.push(describe(transaction, transaction.branches.length));
      }
      for (const resting of tm.rests.all()) list.push(describe(resting, resting.branchCount));
      return list;
    },
  },
  'tm.clean': {
    doc: 'Ends what is older than it may be.',
    run: (tm) => {
      tm.transactions.clean();
      return [];
    },
  },
  'tm.cancel': {
    doc: 'Cancels an own INVITE, or one in relay, by Call-ID and CSeq.',
    args: [
      { name: 'callid', type: 'string' },
      { name: 'cseq', type: 'int' },
    ],
    run: (tm, [callId, cseq]) => {
      const found =
        tm.localRequests.find(text(callId), Number(cseq)) ?? findByCallId(tm, text(callId), Number(cseq));
      if (found === undefined) return new RpcFault(400, 'Transaction not found');
      for (const branch of found.proxy.branches) found.proxy.cancelBranch(branch, '');
      return [];
    },
  },
  'tm.reply': {
    doc: 'Answers a received request, by the id of its transaction.',
    args: [...replyArguments.head, { name: 'trans_id', type: 'string' }, ...replyArguments.tail],
    run: (tm, [code = 0, reason = '', id = '', ...rest]) =>
      reply(tm, findById(tm, text(id)), [code, reason, ...rest]),
  },
  'tm.reply_callid': {
    doc: 'Answers a received request, by Call-ID and CSeq.',
    args: [
      ...replyArguments.head,
      { name: 'callid', type: 'string' },
      { name: 'cseq', type: 'int' },
      ...replyArguments.tail,
    ],
    run: (tm, [code = 0, reason = '', callId = '', cseq = 0, ...rest]) =>
      reply(tm, findByCallId(tm, text(callId), Number(cseq)), [code, reason, ...rest]),
  },
  'tm.t_uac_start': {
    doc: 'Sends an own request.',
    args: uacArguments,
    run: (tm, args) => sendOwn(tm, args, () => {}) ?? [],
  },
  'tm.t_uac_wait': {
    doc: 'Sends an own request and waits for its end.',
    args: uacArguments,
    run: sendAndWait,
  },
  'tm.t_uac_wait_block': {
    doc: 'Sends an own request and waits for its end; other commands are not held up by that.',
    args: uacArguments,
    run: sendAndWait,
  },
};
