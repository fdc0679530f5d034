import { breakDown, strftime } from '../../base/strftime.ts';
import type { Value } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { PvBinding } from '../../module/define.ts';
import { HeaderKind } from '../../sip/headerKind.ts';
import { addressHeader, destinationUri, requestUri, whole } from './selectAddresses.ts';
import { digestSelect, messageSelect, viaSelect } from './selectMessage.ts';
import { parseSelect } from './selectPath.ts';
import { type Binder, type Getter, orNull } from './selectTypes.ts';
import type { CorePvs, CoreState } from './state.ts';
import { customParameter } from './variables.ts';

/** Selects of the core (`@from.uri.user`, `$sel(via[1].host)`): bound once for each place in the config. */

export function bindSelect(self: CoreState, path: string): PvBinding | { message: string } {
  const steps = parseSelect(path);
  const [first, ...rest] = steps ?? [];
  const binder = first !== undefined && Object.hasOwn(selects, first.name) ? selects[first.name] : undefined;
  const get = first === undefined ? undefined : binder?.(self, first, rest);
  return get === undefined ? { message: `unknown select @${path}` } : { get };
}

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
  // a select is a text: `@cfg_get.group.number + 1` joins
  return (context) => textOrNull(customParameter(self, `${group.name}.${name.name}`, context));
};

const textOrNull = (value: Value): Value => (value === null ? null : String(value));

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

/** Without its parameters. */
function eventPackage(value: string | undefined): Value {
  return value === undefined ? null : (value.split(';', 1)[0] ?? '').trimEnd();
}

const fromHeader = addressHeader(HeaderKind.from, (message) => message.from, null);
const toHeader = addressHeader(HeaderKind.to, (message) => message.to, null);

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
  event: plain(({ message }) => eventPackage(message.value(HeaderKind.event))),
  identity: plain(({ message }) => message.value(HeaderKind.identity) ?? null),
  identity_info: plain(({ message }) => message.value(HeaderKind.identityInfo) ?? null),
  date: plain(({ message }) => message.value(HeaderKind.date) ?? null),
  max_forwards: plain(({ message }) => message.value(HeaderKind.maxForwards) ?? null),
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
