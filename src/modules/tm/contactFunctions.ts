import { arg, type FunctionDeclaration, type SignatureMaker } from '../../module/define.ts';
import type { LocalRequest } from './api.ts';
import { splitHeaders } from './headerLines.ts';
import type { Tm } from './tm.ts';

type Functions = Readonly<Record<string, FunctionDeclaration<Tm>>>;

/** Serial forking by q, and own requests. */
export function contactFunctions({ signature }: { readonly signature: SignatureMaker<Tm> }): Functions {
  return {
    t_load_contacts: {
      doc: 'Puts the target set into contacts_avp, sorted by q; mode 1 draws the order with q as weight.',
      routes: ['request', 'failure'],
      returns: { 1: 'loaded, or only one target', [-1]: 'contacts_avp or contact_flows_avp is not set' },
      signatures: [
        signature({ kemi: 't_load_contacts', run: (tm, context) => tm.contacts.load(context, false) }),
        signature({
          kemi: 't_load_contacts_mode',
          args: [arg.int('mode', '0 by q, 1 by chance')],
          run: (tm, context, mode) => tm.contacts.load(context, mode === 1),
        }),
      ],
    },
    t_next_contacts: {
      doc: 'Makes the next group of contacts_avp the target set.',
      routes: ['request', 'failure'],
      returns: { 1: 'done', [-2]: 'none left', [-1]: 'parameter not set' },
      signatures: [signature({ kemi: 't_next_contacts', run: (tm, context) => tm.contacts.next(context) })],
    },
    t_next_contact_flow: {
      doc: 'Makes another flow of the failed branch the target.',
      routes: ['event', 'branch_failure'],
      returns: { 1: 'done', [-2]: 'none left', [-1]: 'parameter not set' },
      signatures: [
        signature({
          kemi: 't_next_contact_flow',
          run: (tm, context) =>
            tm.contacts.nextFlow(context, tm.transactions.transactionOf(context)?.currentBranch),
        }),
      ],
    },
    t_uac_send: {
      doc: 'Sends an own request; From and To stand in the headers.',
      returns: { 1: 'sent', [-1]: 'malformed, or it cannot be sent' },
      signatures: [
        signature({
          kemi: 't_uac_send',
          args: [
            arg.string('method', 'method'),
            arg.string('ruri', 'Request-URI'),
            arg.string('nexthop', 'where to send it; empty for the Request-URI'),
            arg.string('socket', 'socket to send from; may be empty'),
            arg.string('headers', 'header lines'),
            arg.string('body', 'body; may be empty'),
          ],
          run: (tm, _context, method, ruri, nexthop, socket, headers, body) => {
            const request = localRequestOf(tm, { method, ruri, nexthop, socket, headers, body });
            return request !== undefined && tm.localRequests.send(request) !== undefined ? 1 : -1;
          },
        }),
      ],
    },
  };
}

/** A request as scripts and RPC describe it; `.` stands for nothing. */
export interface DescribedRequest {
  readonly method: string;
  readonly ruri: string;
  readonly nexthop: string;
  readonly socket: string;
  readonly headers: string;
  readonly body: string;
}

/** undefined when From or To is missing, or the socket is not there. */
export function localRequestOf(tm: Tm, described: DescribedRequest): LocalRequest | undefined {
  const { from, to, callId, cseq, contentType, rest } = splitHeaders(described.headers);
  if (from === '' || to === '') return undefined;
  const socketText = given(described.socket);
  const socket = socketText === '' ? undefined : tm.host.transport.findSocket(socketText);
  if (socketText !== '' && socket === undefined) return undefined;
  const tag = from.includes(';tag=') ? '' : `;tag=${tm.newTag()}`;
  return {
    method: described.method,
    requestUri: described.ruri,
    nextHop: given(described.nexthop),
    socket,
    from: from + tag,
    to,
    headers: rest,
    body: described.body,
    ...(callId === '' ? {} : { callId }),
    ...(cseq === 0 ? {} : { cseq }),
    ...(contentType === '' ? {} : { contentType }),
  };
}

function given(text: string): string {
  return text === '.' ? '' : text;
}
