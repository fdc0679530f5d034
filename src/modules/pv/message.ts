import type { Value } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { PvDeclaration } from '../../module/define.ts';
import { isFake } from '../../module/fakeMessage.ts';
import { incomingOf, outgoingOf } from '../../module/wire.ts';
import { unquote } from '../../sip/authValue.ts';
import { HeaderKind } from '../../sip/headerKind.ts';
import { contactsOf, viasOf } from '../../sip/headerValues.ts';
import { methodIds, otherMethodId } from '../../sip/methodIds.ts';
import { renderRequest, renderResponse } from '../../sip/render.ts';
import { addressUri, protocolIds } from './received.ts';
import { replyDestination } from './replyDestination.ts';
import type { PvState } from './state.ts';
import { hex32, number, orNull, type Pvs, readOnly, writable } from './values.ts';

/** Variables of the message as a whole: start line, simple headers, body, flags. */

/** The message with all edits, as `$mbu` shows it. */
function updated(context: ScriptContext): string {
  const { message } = context;
  const options = { body: context.newBody };
  return message.isRequest
    ? renderRequest(message, { ...options, requestUri: context.target.requestUri })
    : renderResponse(message, options);
}

/** In event routes about bytes on the wire there is only a stand-in message: then these bytes. */
function received(context: ScriptContext): string {
  if (context.scratch.size === 0 || !isFake(context)) return context.message.text;
  return incomingOf(context)?.text ?? outgoingOf(context)?.text ?? context.message.text;
}

function expires(context: ScriptContext, pick: (a: number, b: number) => number): Value {
  let result: number | undefined;
  const header = leadingNumber(context.message.value(HeaderKind.expires) ?? '');
  const contacts = contactsOf(context.message)?.list ?? [];
  for (const contact of contacts) {
    const seconds = leadingNumber(unquote(contact.params.get('expires') ?? '')) ?? header;
    if (seconds !== undefined) result = result === undefined ? seconds : pick(result, seconds);
  }
  return (contacts.length === 0 ? header : result) ?? null;
}

/** Kamailio reads as many digits as there are. */
function leadingNumber(text: string): number | undefined {
  const number = Number.parseInt(text, 10);
  return Number.isNaN(number) ? undefined : number;
}

/** `$name(key)` with a fixed set of keys; an unknown key is a config error. */
export function keyed(
  name: string,
  doc: string,
  keys: Readonly<Record<string, (self: PvState, context: ScriptContext) => Value>>,
): PvDeclaration<PvState> {
  return {
    doc,
    inner: 'required',
    bind: (self, pv) => {
      const get = pv.inner !== undefined && Object.hasOwn(keys, pv.inner) ? keys[pv.inner] : undefined;
      return get === undefined
        ? { message: `$${name} knows ${Object.keys(keys).join(', ')}, not "${pv.syntax.inner ?? ''}"` }
        : { get: (context) => get(self, context) };
    },
  };
}

/** Only in responses. */
const viaCount = (context: ScriptContext): Value =>
  context.message.isRequest ? null : (viasOf(context.message)?.length ?? 0);

export const messagePvs: Pvs = {
  rm: readOnly('method; of a response that of CSeq', (_self, context) => context.message.method),
  rmid: readOnly(
    'number of the method',
    (_self, context) => methodIds[context.message.method] ?? otherMethodId,
  ),
  rs: readOnly('status of the response', (_self, context) =>
    context.message.isRequest ? null : context.message.statusCode,
  ),
  rr: readOnly('reason phrase of the response', (_self, context) =>
    context.message.isRequest ? null : context.message.reasonPhrase,
  ),
  rv: readOnly('SIP version', (_self, context) => context.message.version),
  mts: readOnly('rq for a request, rp for a response', (_self, context) =>
    context.message.isRequest ? 'rq' : 'rp',
  ),
  mt: readOnly('1 for a request, 2 for a response', (_self, context) => (context.message.isRequest ? 1 : 2)),
  mb: readOnly('message as received', (_self, context) => received(context)),
  mbu: readOnly('message with all pending changes', (_self, context) => updated(context)),
  ml: readOnly('length of the received message', (_self, context) => received(context).length),
  mi: readOnly('number of the message since start', (_self, context) => context.messageId),
  mf: writable(
    'message flags',
    (_self, context) => context.flags >>> 0,
    (_self, context, value) => {
      context.flags = number(value) | 0;
    },
  ),
  mF: writable(
    'message flags as eight hex digits',
    (_self, context) => hex32(context.flags),
    (_self, context, value) => {
      context.flags = number(value) | 0;
    },
  ),
  ci: readOnly('Call-ID', (_self, context) => orNull(context.message.callId)),
  cs: readOnly('number of CSeq', (_self, context) => {
    const { cseq } = context.message;
    return cseq === undefined ? null : String(cseq.number);
  }),
  csb: readOnly('value of CSeq', (_self, context) => orNull(context.message.value(HeaderKind.cseq))),
  cl: readOnly('Content-Length', (_self, context) => context.message.contentLength ?? null),
  cT: readOnly('Content-Type', (_self, context) => orNull(context.message.value(HeaderKind.contentType))),
  ua: readOnly('User-Agent', (_self, context) => context.message.value(HeaderKind.userAgent) ?? null),
  rb: readOnly('body', (_self, context) => context.message.text.slice(context.message.bodyStart)),
  bs: readOnly('size of the body', (_self, { message }) => message.text.length - message.bodyStart),
  expires: keyed(
    'expires',
    'least and greatest expiry of Contact parameters and Expires: $expires(min), $expires(max)',
    {
      min: (_self, context) => expires(context, Math.min),
      max: (_self, context) => expires(context, Math.max),
    },
  ),
  rpl: keyed(
    'rpl',
    'where a response goes: $rpl(duri), dhost, dport, dproto, dprotoid; $rpl(cntvia) number of Via values',
    {
      duri: (_self, context) => {
        const to = replyDestination(context);
        return to === undefined ? null : addressUri(to.host, to.port, to.proto, true);
      },
      dhost: (_self, context) => replyDestination(context)?.host ?? null,
      dport: (_self, context) => replyDestination(context)?.port ?? null,
      dproto: (_self, context) => replyDestination(context)?.proto ?? null,
      dprotoid: (_self, context) => {
        const to = replyDestination(context);
        return to === undefined ? null : protocolIds[to.proto];
      },
      cntvia: (_self, context) => viaCount(context),
    },
  ),
  msgbuf: {
    doc: 'one character of the received message: $msgbuf(index)',
    inner: 'required',
    bind: (_self, pv) => ({
      get: (context) => {
        const at = Number(pv.innerOf(context));
        return Number.isInteger(at) ? (context.message.text[at] ?? null) : null;
      },
    }),
  },
};
