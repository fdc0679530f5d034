import { breakDown, strftime } from '../../base/strftime.ts';
import type { Value } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { PvBinding, SelectStep } from '../../module/define.ts';
import { authParamOf } from '../../sip/authValue.ts';
import { HeaderKind } from '../../sip/headerKind.ts';
import { valuesOf, viasOf } from '../../sip/headerValues.ts';
import type { SipMessage } from '../../sip/message.ts';
import { type NameAddr, parseNameAddr } from '../../sip/nameAddr.ts';
import { splitUri, type UriParts } from '../../sip/uriParts.ts';
import type { Via } from '../../sip/via.ts';
import { parseSelect } from './selectPath.ts';
import type { CorePvs, CoreState } from './state.ts';
import { customParameter } from './variables.ts';

/** Selects of the core (`@from.uri.user`, `$sel(via[1].host)`): bound once for each place in the config. */

type Getter = (context: ScriptContext) => Value;
type Binder = (self: CoreState, step: SelectStep, rest: readonly SelectStep[]) => Getter | undefined;

export function bindSelect(self: CoreState, path: string): PvBinding | { message: string } {
  const steps = parseSelect(path);
  const [first, ...rest] = steps ?? [];
  const binder = first !== undefined && Object.hasOwn(selects, first.name) ? selects[first.name] : undefined;
  const get = first === undefined ? undefined : binder?.(self, first, rest);
  return get === undefined ? { message: `unknown select @${path}` } : { get };
}

const orNull = (text: string | undefined): Value => (text === undefined || text === '' ? null : text);

/** A name, or what stands in brackets behind it: `params.x`, `params["x"]`, `param["x"]`. */
function parameterName(steps: readonly SelectStep[]): string | undefined {
  const [step, next] = steps;
  if (step === undefined || (step.name !== 'params' && step.name !== 'param')) return undefined;
  return step.index === undefined ? next?.name : String(step.index);
}

// ---- URIs

type UriOf = (context: ScriptContext) => UriParts | undefined;

const uriFields: Readonly<Record<string, (uri: UriParts) => Value>> = {
  host: (uri) => orNull(uri.host),
  hostport: (uri) => (uri.host === '' ? null : `${uri.host}:${uri.portText || '5060'}`),
  port: (uri) => orNull(uri.portText),
  user: (uri) => orNull(uri.user),
  rn_user: (uri) => orNull(uri.user),
  pwd: (uri) => orNull(uri.password),
  type: (uri) => uri.scheme,
  params: (uri) => orNull(uri.params),
};

function uriSelect(uriOf: UriOf, rest: readonly SelectStep[]): Getter | undefined {
  const [step] = rest;
  if (step === undefined) return (context) => uriOf(context)?.text ?? null;
  const parameter = parameterName(rest);
  if (parameter !== undefined) return (context) => orNull(uriOf(context)?.param(parameter));
  const field = Object.hasOwn(uriFields, step.name) ? uriFields[step.name] : undefined;
  if (field === undefined || rest.length > 1) return undefined;
  return (context) => {
    const uri = uriOf(context);
    return uri === undefined ? null : field(uri);
  };
}

const whole =
  (uriOf: UriOf): Binder =>
  (_self, _step, rest) =>
    uriSelect(uriOf, rest);

const requestUri: UriOf = (context) =>
  context.message.isRequest ? splitUri(context.target.requestUri) : undefined;
const destinationUri: UriOf = (context) => splitUri(context.target.nextHop);

// ---- headers with addresses

type AddressOf = (message: SipMessage) => NameAddr | undefined;

const first =
  (kind: HeaderKind): AddressOf =>
  (message) => {
    const [value] = valuesOf(message, kind, 1);
    return value === undefined ? undefined : parseNameAddr(message.text, value.start, value.end);
  };

function addressSelect(lineOf: Getter, addressOf: AddressOf): Binder {
  return (_self, _step, rest) => {
    const [step, ...more] = rest;
    if (step === undefined) return lineOf;
    const parameter = parameterName(rest);
    if (parameter !== undefined)
      return (context) => orNull(addressOf(context.message)?.params.get(parameter));
    switch (step.name) {
      case 'uri':
        return uriSelect((context) => splitUri(addressOf(context.message)?.uri ?? ''), more);
      case 'name':
        return (context) => addressOf(context.message)?.displayName ?? null;
      case 'params':
        return (context) => orNull(addressOf(context.message)?.params.toString().slice(1));
      default:
        return addressParameters.has(step.name) && more.length === 0
          ? (context) => orNull(addressOf(context.message)?.params.get(parameterOf(step.name)))
          : undefined;
    }
  };
}

/** Parameters with a step of their own: `@from.tag`, `@contact.expires`. */
const addressParameters: ReadonlySet<string> = new Set([
  'tag',
  'expires',
  'q',
  'method',
  'received',
  'instance',
]);

function parameterOf(step: string): string {
  return step === 'instance' ? '+sip.instance' : step;
}

function addressHeader(kind: HeaderKind, addressOf: AddressOf = first(kind)): Binder {
  return addressSelect((context) => context.message.value(kind) ?? null, addressOf);
}

// ---- Via

const viaFields: Readonly<Record<string, (via: Via, context: ScriptContext) => Value>> = {
  host: (via) => via.host,
  port: (via) => (via.port === 0 ? null : String(via.port)),
  branch: (via) => orNull(via.branch),
  rport: (via) => orNull(via.params.get('rport')),
  received: (via) => orNull(via.params.get('received')),
  alias: (via) => orNull(via.params.get('alias')),
  i: (via) => orNull(via.params.get('i')),
  ttl: (via) => orNull(via.params.get('ttl')),
  transport: (via) => via.transport,
  name: (via) => via.protocol.slice(0, via.protocol.indexOf('/')),
  version: (via) => via.protocol.slice(via.protocol.indexOf('/') + 1),
  comment: (via, context) => viaComment(context.message.text.slice(via.start, via.end)),
};

function viaComment(text: string): Value {
  const open = text.indexOf('(');
  return open < 0 ? null : text.slice(open + 1, text.lastIndexOf(')'));
}

/** The first one is 1; -1 is the last. */
const viaSelect: Binder = (_self, step, rest) => {
  const at = step.index === undefined ? 1 : step.index;
  if (typeof at !== 'number') return undefined;
  const viaOf = (context: ScriptContext): Via | undefined => {
    if (at === 0) return undefined;
    return (viasOf(context.message) ?? []).at(at > 0 ? at - 1 : at);
  };
  const [field] = rest;
  if (field === undefined) {
    return (context) => {
      const via = viaOf(context);
      return via === undefined ? null : context.message.text.slice(via.start, via.end).trimEnd();
    };
  }
  const parameter = parameterName(rest);
  if (parameter !== undefined) return (context) => orNull(viaOf(context)?.params.get(parameter));
  const read = Object.hasOwn(viaFields, field.name) ? viaFields[field.name] : undefined;
  if (read === undefined) return undefined;
  return (context) => {
    const via = viaOf(context);
    return via === undefined ? null : read(via, context);
  };
};

// ---- the message

const messageFields: Readonly<Record<string, Getter>> = {
  type: ({ message }) => (message.isRequest ? '1' : '2'),
  len: ({ message }) => String(message.text.length),
  id: (context) => String(context.messageId),
  flags: (context) => String(context.flags >>> 0),
  body: ({ message }) => message.text.slice(message.bodyStart),
  content: ({ message }) => message.text.slice(message.bodyStart),
};

/** Header names in selects may write `_` for `-`. */
function headerValue(message: SipMessage, name: string, index: number): Value {
  const found: number[] = [];
  const wanted = name.replaceAll('_', '-');
  for (let i = message.findName(wanted); i >= 0; i = message.findName(wanted, i + 1)) found.push(i);
  const i = found.at(index > 0 ? index - 1 : index === 0 ? 0 : index);
  return i === undefined ? null : message.headerValue(i);
}

/** `@msg.x_a`, `@msg["X-A"]`, `@msg.header.x_a`, `@msg.to[1].nameaddr.uri.user`. */
const messageSelect: Binder = (self, step, rest) => {
  if (step.index !== undefined) return headerSelect(String(step.index), undefined, rest);
  const [field, ...more] = rest;
  if (field === undefined) return ({ message }) => message.text;
  if (field.name === 'id' && more[0]?.name === 'hex')
    return (context) => context.messageId.toString(16).padStart(8, '0');
  const read = Object.hasOwn(messageFields, field.name) ? messageFields[field.name] : undefined;
  if (read !== undefined) return more.length === 0 ? read : undefined;
  if (field.name !== 'header') return headerSelect(field.name, field.index, more);
  const [header, ...behind] = more;
  if (header !== undefined) return headerSelect(header.name, header.index, behind);
  return field.index === undefined
    ? ({ message }) => message.text.slice(message.headersStart, message.headersEnd)
    : messageSelect(self, { name: 'msg', index: field.index }, more);
};

function headerSelect(
  name: string,
  index: number | string | undefined,
  rest: readonly SelectStep[],
): Getter | undefined {
  const at = typeof index === 'number' ? index : 0;
  const line: Getter = ({ message }) => headerValue(message, name, at);
  const [step, ...more] = rest;
  if (step === undefined) return line;
  const addressOf = (message: SipMessage): NameAddr | undefined => {
    const value = headerValue(message, name, at);
    return typeof value === 'string' ? parseNameAddr(value, 0, value.length) : undefined;
  };
  const written: Getter = ({ message }) => {
    const value = addressOf(message);
    return value === undefined
      ? null
      : `${value.displayName === '' ? '' : `${value.displayName} `}<${value.uri}>`;
  };
  const inAddress = addressSelect(written, addressOf);
  const steps = step.name === 'nameaddr' ? more : rest;
  return inAddress(undefined as never, step, steps);
}

// ---- digest credentials

const digestSelect =
  (kind: HeaderKind): Binder =>
  (_self, step, rest) => {
    const credentialsOf = (message: SipMessage): string | undefined => {
      for (let i = message.find(kind); i >= 0; i = message.find(kind, i + 1)) {
        const value = message.headerValue(i);
        if (authParamOf(value, 'realm') === String(step.index)) return value;
      }
      return undefined;
    };
    const [field, part] = rest;
    if (field === undefined) return ({ message }) => credentialsOf(message) ?? null;
    const param: Getter = ({ message }) => orNull(authParamOf(credentialsOf(message) ?? '', field.name));
    if (part === undefined) return param;
    return field.name === 'username' ? (context) => userOrDomain(param(context), part.name) : undefined;
  };

function userOrDomain(username: Value, part: string): Value {
  const text = String(username ?? '');
  const at = text.indexOf('@');
  if (part === 'user') return orNull(at < 0 ? text : text.slice(0, at));
  return at < 0 ? null : orNull(text.slice(at + 1));
}

// ---- addresses, system, settings

type Endpoint = (context: ScriptContext) => {
  readonly proto: string;
  readonly address: string;
  readonly port: number;
};

const sourceEnd: Endpoint = ({ flow }) => flow;
const localEnd: Endpoint = ({ flow }) => ({
  proto: flow.proto,
  address: flow.socket.address,
  port: flow.socket.port,
});

const endpointFields: Readonly<Record<string, (end: ReturnType<Endpoint>) => Value>> = {
  ip: (end) => end.address,
  port: (end) => String(end.port),
  ip_port: (end) => `${hostOf(end.address)}:${end.port}`,
  proto: (end) => end.proto,
  proto_ip_port: (end) => `${end.proto}:${hostOf(end.address)}:${end.port}`,
};

const hostOf = (address: string): string => (address.includes(':') ? `[${address}]` : address);

const endpoint =
  (endOf: Endpoint): Binder =>
  (_self, _step, rest) => {
    const [field] = rest;
    const read =
      field !== undefined && Object.hasOwn(endpointFields, field.name)
        ? endpointFields[field.name]
        : undefined;
    return read === undefined ? undefined : (context) => read(endOf(context));
  };

/** As C's ctime writes it. */
function timeText(wallMs: number, utc: boolean): string {
  return strftime('%c', breakDown(Math.floor(wallMs / 1000), utc));
}

const systemSelect: Binder = (self, _step, rest) => {
  const { host } = self;
  switch (rest.map((step) => step.name).join('.')) {
    case 'pid':
      return () => String(host.machine.pid);
    case 'server_id':
      return () => String(host.settings.get('server_id') ?? 0);
    case 'unique':
      return () => `${host.startId}-${host.entropy.uint32().toString(16)}`;
    case 'now':
      return () => String(Math.floor(host.clock.wallMs() / 1000));
    case 'now.local':
      return () => timeText(host.clock.wallMs(), false);
    case 'now.gmt':
    case 'now.utc':
      return () => timeText(host.clock.wallMs(), true);
    default:
      return undefined;
  }
};

const configSelect: Binder = (self, _step, rest) => {
  const [group, name] = rest;
  if (group === undefined || name === undefined || rest.length > 2) return undefined;
  return () => customParameter(self, `${group.name}.${name.name}`);
};

const plain =
  (get: Getter): Binder =>
  (_self, _step, rest) =>
    rest.length === 0 ? get : undefined;

const cseqSelect: Binder = (_self, _step, rest) => {
  const [field] = rest;
  if (field === undefined) return ({ message }) => message.value(HeaderKind.cseq) ?? null;
  if (field.name === 'num')
    return ({ message }) => (message.cseq === undefined ? null : String(message.cseq.number));
  return field.name === 'method' ? ({ message }) => message.cseq?.method ?? null : undefined;
};

const fromHeader = addressHeader(HeaderKind.from, (message) => message.from);
const toHeader = addressHeader(HeaderKind.to, (message) => message.to);

const selects: Readonly<Record<string, Binder>> = {
  ruri: whole(requestUri),
  dst_uri: whole(destinationUri),
  next_hop: whole((context) => destinationUri(context) ?? requestUri(context)),
  from: fromHeader,
  f: fromHeader,
  to: toHeader,
  t: toHeader,
  contact: addressHeader(HeaderKind.contact),
  m: addressHeader(HeaderKind.contact),
  record_route: addressHeader(HeaderKind.recordRoute),
  rr: addressHeader(HeaderKind.recordRoute),
  route: addressHeader(HeaderKind.route),
  refer_to: addressHeader(HeaderKind.referTo),
  rpid: addressHeader(HeaderKind.remotePartyId),
  remote_party_id: addressHeader(HeaderKind.remotePartyId),
  via: viaSelect,
  v: viaSelect,
  cseq: cseqSelect,
  msg: messageSelect,
  method: plain(({ message }) => message.method),
  status: plain(({ message }) => (message.isRequest ? null : String(message.statusCode))),
  event: plain(({ message }) => message.value(HeaderKind.event) ?? null),
  identity: plain(({ message }) => message.value(HeaderKind.identity) ?? null),
  identity_info: plain(({ message }) => message.value(HeaderKind.identityInfo) ?? null),
  date: plain(({ message }) => message.value(HeaderKind.date) ?? null),
  call_id: plain(({ message }) => orNull(message.callId)),
  authorization: digestSelect(HeaderKind.authorization),
  proxy_authorization: digestSelect(HeaderKind.proxyAuthorization),
  src: endpoint(sourceEnd),
  dst: endpoint(localEnd),
  received: endpoint(localEnd),
  sys: systemSelect,
  cfg_get: configSelect,
};

export const selectPvs: CorePvs = {
  sel: {
    doc: 'value of a select: $sel(from.uri.user)',
    inner: 'required',
    bind: (self, pv) => {
      if (pv.inner === undefined) return { message: '$sel needs a constant name' };
      return bindSelect(self, pv.inner.trim());
    },
  },
};
