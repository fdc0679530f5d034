import type { TransportProtocol } from '../base/ports.ts';
import type { EditList } from '../sip/editList.ts';
import type { SipMessage } from '../sip/message.ts';
import { renderRequest } from '../sip/render.ts';
import type { ServerAddress } from './location.ts';
import type { Target } from './target.ts';
import type { Destination, Flow, ListenSocket, Transport } from './transport.ts';
import { viaLine } from './via.ts';

/** How copies of one request leave, whatever their target. */
export interface ForwardSettings {
  /** Where the request came from; undefined for own requests. */
  readonly flow: Flow | undefined;
  /** Fill in `rport` of the client even if it did not ask (RFC 3581). */
  readonly forceRport: boolean;
  /** Ask for `rport` in our Via. */
  readonly addLocalRport: boolean;
  /** Instead of the socket's name and port in our Via; '' and 0 for none. */
  readonly advertisedHost: string;
  readonly advertisedPort: number;
  /** Further parameters of our Via, each with its `;`. */
  readonly viaParams?: string | undefined;
  /** Only over connections that are there already. */
  readonly noConnect?: boolean | undefined;
  /** Close the connection when the copy has been sent. */
  readonly closeAfter?: boolean | undefined;
  /** Requests over UDP of more bytes than this go over `largeProto` instead; 0 for never (RFC 3261 §18.1.1). */
  readonly udpMtu?: number | undefined;
  readonly largeProto?: TransportProtocol | undefined;
  /** Asked before a copy is sent for the first time; false keeps it back. */
  readonly mayLeave?: ((copy: OutgoingCopy) => boolean) | undefined;
}

/** One copy as it goes out. */
export interface OutgoingCopy {
  readonly text: string;
  readonly destination: Destination;
}

/**
 * The socket to send from: the one asked for when it fits, else what the transport chooses, knowing the one that
 * received the request; undefined for none.
 */
export function socketTo(
  transport: Transport,
  target: Target,
  address: ServerAddress,
  received: ListenSocket | undefined,
): ListenSocket | undefined {
  const family = address.address.indexOf(':') < 0 ? 4 : 6;
  const asked = target.socket;
  if (asked !== undefined && asked.proto === address.proto && asked.family === family) return asked;
  return transport.socketFor(address.proto, address.address, received);
}

/** RFC 3261 §16.6: a copy of the request with its new Request-URI, Via and Route, for one address. */
export function copyRequest(
  request: SipMessage,
  target: Target,
  address: ServerAddress,
  socket: ListenSocket,
  settings: ForwardSettings,
  copy: {
    readonly viaBranch: string;
    readonly edits: EditList | undefined;
    readonly body: string | undefined;
  },
): OutgoingCopy {
  const destination: Destination = {
    proto: address.proto,
    address: address.address,
    port: address.port,
    socket,
    connectionId: target.connectionId,
    host: address.host,
    noConnect: settings.noConnect,
    closeAfter: settings.closeAfter,
  };
  const { flow } = settings;
  let via = viaLine(socket, {
    branch: copy.viaBranch,
    rport: settings.addLocalRport,
    connectionId: flow === undefined ? 0 : connectionInVia(flow),
    host: settings.advertisedHost,
    port: settings.advertisedPort,
    params: settings.viaParams,
  });
  // RFC 3327 §5.3: the path of the registration becomes the route
  if (target.path !== '') via += `Route: ${target.path}\r\n`;
  const text = renderRequest(request, {
    requestUri: target.requestUri,
    via,
    source: flow,
    forceRport: settings.forceRport,
    edits: copy.edits,
    body: copy.body,
    hop: { proto: address.proto, sentByHost: socket.sentByHost, sentByPort: socket.sentByPort, destination },
  });
  return { text, destination };
}

/** Like `copyRequest`, but over another transport when the copy is too large for UDP and there is a socket for it. */
export function copyWithinMtu(
  transport: Transport,
  request: SipMessage,
  target: Target,
  address: ServerAddress,
  socket: ListenSocket,
  settings: ForwardSettings,
  copy: Parameters<typeof copyRequest>[5],
): OutgoingCopy {
  const out = copyRequest(request, target, address, socket, settings, copy);
  const { udpMtu = 0, largeProto } = settings;
  if (udpMtu === 0 || address.proto !== 'udp' || largeProto === undefined || out.text.length <= udpMtu)
    return out;
  const larger = { ...address, proto: largeProto };
  const stream =
    largeProto === 'udp' ? undefined : socketTo(transport, target, larger, settings.flow?.socket);
  return stream === undefined ? out : copyRequest(request, target, larger, stream, settings, copy);
}

/** Kamailio names the connection of TCP and TLS in its Via, not that of a WebSocket. */
function connectionInVia({ proto, connectionId }: Flow): number {
  return proto === 'ws' || proto === 'wss' ? 0 : connectionId;
}
