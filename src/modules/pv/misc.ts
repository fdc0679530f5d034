import type { TransportProtocol } from '../../base/ports.ts';
import type { Value } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { PvBinding, PvReference } from '../../module/define.ts';
import { scriptFlags } from '../../module/scriptFlags.ts';
import { incomingOf, type Outgoing, outgoingOf } from '../../module/wire.ts';
import { defaultPort } from '../../proxy/transport.ts';
import { viasOf } from '../../sip/headerValues.ts';
import type { Via } from '../../sip/via.ts';
import { keyed } from './message.ts';
import { protocolIds } from './received.ts';
import type { PvState } from './state.ts';
import { hex32, orNull, type Pvs, readOnly } from './values.ts';

/** Variables of the server, of single Via values, of the bytes on the wire, and constants. */

type KeyedGetter = (self: PvState, context: ScriptContext) => Value;

/** Address families as Linux numbers them. */
const AF_INET = 2;
const AF_INET6 = 10;

export function addressFamily(address: string): number {
  return address.includes(':') ? AF_INET6 : AF_INET;
}

const constants: Readonly<Record<string, number>> = {
  IPv4: AF_INET,
  INET: AF_INET,
  IPv6: AF_INET6,
  INET6: AF_INET6,
  UDP: 1,
  TCP: 2,
  TLS: 3,
  SCTP: 4,
  WS: 5,
  WSS: 6,
};

function bindConstant(_self: PvState, pv: PvReference): PvBinding | { message: string } {
  const value =
    pv.inner !== undefined && Object.hasOwn(constants, pv.inner) ? constants[pv.inner] : undefined;
  if (value === undefined)
    return { message: `$K knows ${Object.keys(constants).join(', ')}, not "${pv.syntax.inner ?? ''}"` };
  return { get: () => value, constant: value, type: 'int' };
}

/** Letters of `$C(xy)` in the order of the ANSI colours (black is s); upper case is bright, x the default. */
const colours = 'srgybpcw';

function colour(letter: string, base: number): string | undefined {
  if (letter === 'x') return String(base + 9);
  const at = colours.indexOf(letter.toLowerCase());
  return at < 0 ? undefined : String(base + at);
}

/** ANSI escape of `$C(fb)`; undefined for unknown letters. */
export function colourEscape(letters: string): string | undefined {
  const [front = '', back = ''] = letters;
  const foreground = colour(front, 30);
  const background = colour(back, 40);
  if (letters.length !== 2 || foreground === undefined || background === undefined) return undefined;
  const bright = front !== front.toLowerCase() ? 1 : 0;
  return `\u001b[${bright};${foreground};${background}m`;
}

function bindColour(_self: PvState, pv: PvReference): PvBinding | { message: string } {
  const sequence = colourEscape(pv.inner ?? '');
  return sequence === undefined
    ? { message: `$C takes two letters of x${colours}, not "${pv.syntax.inner ?? ''}"` }
    : { get: () => sequence, constant: sequence, type: 'string' };
}

function viaField(pick: (vias: readonly Via[]) => Via | undefined): Readonly<Record<string, KeyedGetter>> {
  const field =
    (read: (via: Via) => Value): KeyedGetter =>
    (_self, context) => {
      const via = pick(viasOf(context.message) ?? []);
      return via === undefined ? null : read(via);
    };
  return {
    host: field((via) => via.host),
    port: field((via) => via.port || defaultPort(via.transport.toLowerCase() as TransportProtocol)),
    proto: field((via) => via.transport),
    protoid: field((via) => protocolIds[via.transport.toLowerCase() as TransportProtocol] ?? null),
    branch: field((via) => orNull(via.branch)),
    rport: field((via) => orNull(via.params.get('rport'))),
    received: field((via) => orNull(via.params.get('received'))),
    i: field((via) => orNull(via.params.get('i'))),
  };
}

const outgoingKeys: Readonly<
  Record<string, (outgoing: Outgoing) => [address: string, port: number] | undefined>
> = {
  remote: ({ destination }) => [destination.address, destination.port],
  local: ({ socket }) => (socket === undefined ? undefined : [socket.address, socket.port]),
};

function sendKeys(side: 'remote' | 'local'): Readonly<Record<string, KeyedGetter>> {
  const end = outgoingKeys[side];
  const read =
    (part: (outgoing: Outgoing, address: string, port: number) => Value): KeyedGetter =>
    (_self, context) => {
      const outgoing = outgoingOf(context);
      const at = outgoing === undefined ? undefined : end?.(outgoing);
      return outgoing === undefined || at === undefined ? null : part(outgoing, at[0], at[1]);
    };
  return {
    ip: read((_outgoing, address) => address),
    af: read((_outgoing, address) => addressFamily(address)),
    port: read((_outgoing, _address, port) => port),
    proto: read(({ destination }) => protocolIds[destination.proto]),
    sproto: read(({ destination }) => destination.proto),
    buf: read(({ text }) => text),
    len: read(({ text }) => text.length),
  };
}

const incoming = (read: (text: string, flow: ScriptContext['flow']) => Value): KeyedGetter => {
  return (_self, context) => {
    const found = incomingOf(context);
    return found === undefined ? null : read(found.text, found.flow);
  };
};

function statistic(self: PvState, name: string): Value {
  const separator = name.search(/[:.]/);
  const value =
    separator < 0
      ? self.host.statistics.read(name)
      : self.host.statistics.read(name.slice(separator + 1), name.slice(0, separator));
  return value ?? null;
}

export const miscPvs: Pvs = {
  pp: readOnly('process id', (self) => self.host.machine.pid),
  sid: readOnly('server_id of the config', (self) => self.host.settings.get('server_id') ?? 0),
  sruid: readOnly('a new unique id', (self) => self.nextId()),
  sf: readOnly('script flags', (_self, context) => scriptFlags(context)),
  sF: readOnly('script flags as eight hex digits', (_self, context) => hex32(scriptFlags(context))),
  K: {
    doc: 'number of an address family or transport: $K(IPv4), $K(UDP)',
    inner: 'required',
    bind: bindConstant,
  },
  C: { doc: 'escape sequence for terminal colours: $C(fb)', inner: 'required', bind: bindColour },
  stat: {
    doc: 'value of a statistic: $stat(name), $stat(group:name)',
    inner: 'required',
    bind: (self, pv) => ({ get: (context) => statistic(self, pv.innerOf(context)) }),
  },
  via0: keyed(
    'via0',
    'part of the topmost Via value',
    viaField((vias) => vias[0]),
  ),
  via1: keyed(
    'via1',
    'part of the second Via value',
    viaField((vias) => vias[1]),
  ),
  viaZ: keyed(
    'viaZ',
    'part of the last Via value',
    viaField((vias) => vias.at(-1)),
  ),
  msg: keyed('msg', 'part of the received message: fline, hdrs, lpart, body, buf, len', {
    fline: (_self, { message }) => message.text.slice(0, message.headersStart).trimEnd(),
    hdrs: (_self, { message }) => message.text.slice(message.headersStart, message.headersEnd).trimEnd(),
    lpart: (_self, { message }) => message.text.slice(message.headersStart),
    body: (_self, { message }) => message.text.slice(message.bodyStart),
    buf: (_self, { message }) => message.text,
    len: (_self, { message }) => message.text.length,
  }),
  snd: keyed('snd', 'local end of the message being sent (onsend_route)', sendKeys('local')),
  sndfrom: keyed('sndfrom', 'local end of the message being sent (onsend_route)', sendKeys('local')),
  sndto: keyed('sndto', 'remote end of the message being sent (onsend_route)', sendKeys('remote')),
  rcv: keyed('rcv', 'received bytes in event_route[core:msg-received]', {
    buf: incoming((text) => text),
    len: incoming((text) => text.length),
    srcip: incoming((_text, flow) => flow.address),
    srcport: incoming((_text, flow) => flow.port),
    rcvip: incoming((_text, flow) => flow.socket.address),
    rcvport: incoming((_text, flow) => flow.socket.port),
    proto: incoming((_text, flow) => protocolIds[flow.proto]),
    sproto: incoming((_text, flow) => flow.proto),
    af: incoming((_text, flow) => addressFamily(flow.address)),
  }),
};
