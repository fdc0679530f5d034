import type { TransportProtocol } from '../../base/ports.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { ListenSocket } from '../../proxy/transport.ts';
import { orNull, type Pvs, readOnly, type Setter, text, writable } from './values.ts';

/** Variables of where a message came from ($s...), where it was received ($R...), and where it leaves ($fs). */

/** Kamailio's numbers of transports, as `$prid` and `$K` show them. */
export const protocolIds: Readonly<Record<TransportProtocol, number>> = {
  udp: 1,
  tcp: 2,
  tls: 3,
  sctp: 4,
  ws: 5,
  wss: 6,
};

export function bracketed(address: string): string {
  return address.includes(':') && !address.startsWith('[') ? `[${address}]` : address;
}

/** `sip:host:port`, with `;transport=` unless it is UDP and `always` is false. WSS is `ws` in a URI (RFC 7118). */
export function addressUri(host: string, port: number, proto: TransportProtocol, always: boolean): string {
  const uri = `sip:${bracketed(host)}:${port}`;
  if (proto === 'udp' && !always) return uri;
  return `${uri};transport=${proto === 'wss' ? 'ws' : proto}`;
}

function socketUri(socket: ListenSocket, advertised: boolean, always: boolean): string {
  return advertised
    ? addressUri(socket.sentByHost, socket.sentByPort, socket.proto, always)
    : addressUri(socket.address, socket.port, socket.proto, always);
}

const socketOf = (context: ScriptContext): ListenSocket => context.flow.socket;

/** The protocol may be left out: then it is that of the destination (or of the Request-URI). */
const forceSocket: Setter = (self, context, value) => {
  if (value === null) {
    context.target.socket = undefined;
    return;
  }
  const written = text(value);
  const socket = self.host.transport.findSocket(written) ?? findWithoutProtocol(self, context, written);
  if (socket === undefined) self.host.log.warn(`no socket found to match [${written}]`);
  else context.target.socket = socket;
};

function findWithoutProtocol(
  self: Parameters<Setter>[0],
  context: ScriptContext,
  written: string,
): ListenSocket | undefined {
  const uri = self.nextHop(context) ?? self.requestUri(context);
  const proto = uri?.param('transport')?.toLowerCase() ?? 'udp';
  return self.host.transport.findSocket(`${proto}:${written}`);
}

const forceSocketName: Setter = (self, context, value) => {
  const name = text(value);
  const socket = self.host.transport.sockets.find((candidate) => candidate.name === name);
  if (value === null) context.target.socket = undefined;
  else if (socket === undefined || name === '') self.host.log.warn(`no socket has the name [${name}]`);
  else context.target.socket = socket;
};

export const receivedPvs: Pvs = {
  si: readOnly('source address', (_self, context) => context.flow.address),
  siz: readOnly('source address, IPv6 in brackets', (_self, context) => bracketed(context.flow.address)),
  sp: readOnly('source port', (_self, context) => context.flow.port),
  su: readOnly('source as URI, without transport for UDP', (_self, { flow }) =>
    addressUri(flow.address, flow.port, flow.proto, false),
  ),
  sut: readOnly('source as URI with transport', (_self, { flow }) =>
    addressUri(flow.address, flow.port, flow.proto, true),
  ),
  sas: readOnly(
    'source as proto:address:port',
    (_self, { flow }) => `${flow.proto}:${bracketed(flow.address)}:${flow.port}`,
  ),
  src_ip: readOnly('source address', (_self, context) => context.flow.address),
  pr: readOnly('transport the message came on', (_self, context) => context.flow.proto),
  proto: readOnly('transport the message came on', (_self, context) => context.flow.proto),
  prid: readOnly(
    'number of the transport the message came on',
    (_self, context) => protocolIds[context.flow.proto],
  ),
  conid: readOnly('id of the connection the message came on, null for datagrams', (_self, { flow }) =>
    flow.connectionId === 0 ? null : flow.connectionId,
  ),
  Ri: readOnly('local address the message came to', (_self, context) => socketOf(context).address),
  Rp: readOnly('local port the message came to', (_self, context) => socketOf(context).port),
  Rn: readOnly('name of the local socket', (_self, context) => socketOf(context).name || null),
  RAi: readOnly('advertised local address', (_self, context) => socketOf(context).sentByHost),
  RAp: readOnly('advertised local port', (_self, context) => socketOf(context).sentByPort),
  Ru: readOnly('local socket as URI', (_self, context) => socketUri(socketOf(context), false, false)),
  Rut: readOnly('local socket as URI with transport', (_self, context) =>
    socketUri(socketOf(context), false, true),
  ),
  RAu: readOnly('advertised local socket as URI', (_self, context) =>
    socketUri(socketOf(context), true, false),
  ),
  RAut: readOnly('advertised local socket as URI with transport', (_self, context) =>
    socketUri(socketOf(context), true, true),
  ),
  fs: writable(
    'forced send socket as proto:address:port',
    (_self, context) => orNull(context.target.socket?.text),
    forceSocket,
  ),
  fsn: writable(
    'name of the forced send socket',
    (_self, context) => orNull(context.target.socket?.name),
    forceSocketName,
  ),
};
