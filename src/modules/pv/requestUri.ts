import type { ScriptContext } from '../../module/context.ts';
import { HeaderKind } from '../../sip/headerKind.ts';
import { splitUri, type UriParts } from '../../sip/uriParts.ts';
import { withHost, withPort, withUser } from '../../sip/uriRewrite.ts';
import { addressUri } from './received.ts';
import { replyDestination } from './replyDestination.ts';
import type { PvState } from './state.ts';
import { type Getter, orNull, type Pvs, readOnly, type Setter, text, writable } from './values.ts';

/** Variables of the Request-URI ($r...), of the received one ($o...), of the destination ($d...) and the next hop. */

type Source = (self: PvState, context: ScriptContext) => UriParts | undefined;

const current: Source = (self, context) => self.requestUri(context);
const original: Source = (self, context) => self.originalUri(context);
const destination: Source = (self, context) => self.nextHop(context);

const user =
  (source: Source): Getter =>
  (self, context) =>
    orNull(source(self, context)?.user);

/** 0 without a user, null without a URI. */
const userLength =
  (source: Source): Getter =>
  (self, context) => {
    const uri = source(self, context);
    return uri === undefined ? null : uri.userEnd - uri.userStart;
  };

const host =
  (source: Source): Getter =>
  (self, context) =>
    orNull(source(self, context)?.host);

/** 5061 over TLS (RFC 3261 §19.1.2). */
function defaultPortText(uri: UriParts): string {
  const isTls = uri.scheme === 'sips' || uri.param('transport')?.toLowerCase() === 'tls';
  return isTls ? '5061' : '5060';
}

/** Kamailio's variable is the text of the number, the default one when there is none. */
const port =
  (source: Source): Getter =>
  (self, context) => {
    const uri = source(self, context);
    return uri === undefined ? null : uri.portText || defaultPortText(uri);
  };

const transport =
  (source: Source): Getter =>
  (self, context) => {
    const uri = source(self, context);
    return uri === undefined ? null : uri.param('transport') || 'UDP';
  };

/** `user=phone` makes a SIP URI count as a telephone number (RFC 3261 §19.1.6). */
const scheme: Getter = (self, context) => {
  if (!context.message.isRequest) return null;
  const uri = self.requestUri(context);
  if (uri === undefined) return 'none';
  const isPhone = uri.scheme.startsWith('sip') && uri.param('user')?.toLowerCase() === 'phone';
  return isPhone ? (uri.scheme === 'sips' ? 'tels' : 'tel') : uri.scheme;
};

function assign(context: ScriptContext, uri: string | undefined): boolean {
  if (uri === undefined) return false;
  context.target.requestUri = uri;
  context.target.connectionId = 0;
  context.uriChanged = true;
  return true;
}

const setUri: Setter = (self, context, value) => {
  if (value === null || value === '') self.host.log.error('the Request-URI cannot be set to $null or empty');
  else assign(context, text(value));
};

function rewrite(change: (uri: string, value: string) => string | undefined, nullable: boolean): Setter {
  return (self, context, value) => {
    if (value === null && !nullable)
      self.host.log.error('this part of the Request-URI cannot be set to $null');
    else if (!assign(context, change(context.target.requestUri, text(value))))
      self.host.log.error(`cannot change the Request-URI <${context.target.requestUri}>: it is malformed`);
  };
}

/** Where a request would go now: `$du`, else the Request-URI; a response goes to the second Via. */
const nextHopSource: Source = (self, context) => {
  if (context.message.isRequest) return self.nextHop(context) ?? self.requestUri(context);
  const to = replyDestination(context);
  return to === undefined ? undefined : splitUri(addressUri(to.host, to.port, to.proto, true));
};

export const requestUriPvs: Pvs = {
  ru: writable(
    'Request-URI',
    (self, context) => (self.requestUri(context) === undefined ? null : context.target.requestUri),
    setUri,
  ),
  rU: writable('user of the Request-URI', user(current), rewrite(withUser, true)),
  rUl: readOnly('length of the user of the Request-URI', userLength(current)),
  rd: writable('domain of the Request-URI', host(current), rewrite(withHost, false)),
  rp: writable('port of the Request-URI, 5060 when it has none', port(current), rewrite(withPort, true)),
  rP: readOnly('transport of the Request-URI', transport(current)),
  rz: readOnly('scheme of the Request-URI', scheme),
  ruid: readOnly('record id of the binding that the Request-URI came from', (_self, context) =>
    orNull(context.target.ruid),
  ),
  ou: readOnly('Request-URI as received', (_self, context) => orNull(context.message.requestUri)),
  oU: readOnly('user of the received Request-URI', user(original)),
  oUl: readOnly('length of the user of the received Request-URI', userLength(original)),
  od: readOnly('domain of the received Request-URI', host(original)),
  op: readOnly('port of the received Request-URI', port(original)),
  oP: readOnly('transport of the received Request-URI', transport(original)),
  du: writable(
    'destination URI: where to send instead of the Request-URI',
    (_self, context) => orNull(context.target.nextHop),
    (_self, context, value) => {
      context.target.nextHop = text(value);
      context.target.connectionId = 0;
    },
  ),
  dd: readOnly('domain of the destination URI', host(destination)),
  dp: readOnly('port of the destination URI', port(destination)),
  dP: readOnly('transport of the destination URI', transport(destination)),
  nh: {
    doc: 'next hop: $nh(u) its URI, $nh(U) user, $nh(d) host, $nh(p) port, $nh(P) transport',
    inner: 'required',
    bind: (self, pv) => {
      const get = nextHopGetter(pv.inner ?? '');
      return get === undefined
        ? { message: `$nh knows u, U, d, p, P, not "${pv.syntax.inner ?? ''}"` }
        : { get: (context) => get(self, context) };
    },
  },
  route_uri: readOnly('URI of the first Route', (_self, context) => firstRouteUri(context)),
};

function nextHopGetter(name: string): Getter | undefined {
  switch (name) {
    case 'u':
      return (self, context) => nextHopSource(self, context)?.text ?? null;
    case 'U':
      return user(nextHopSource);
    case 'd':
      return host(nextHopSource);
    case 'p':
      // unlike $rp, whatever the transport
      return (self, context) => {
        const uri = nextHopSource(self, context);
        return uri === undefined ? null : uri.portText || '5060';
      };
    case 'P':
      return transport(nextHopSource);
    default:
      return undefined;
  }
}

function firstRouteUri(context: ScriptContext): string {
  const { message } = context;
  const i = message.find(HeaderKind.route);
  if (i < 0) return '';
  const open = message.text.indexOf('<', message.headerValueStart(i));
  const close = message.text.indexOf('>', open);
  return open < 0 || close < 0 || close > message.headerValueEnd(i)
    ? ''
    : message.text.slice(open + 1, close);
}
