import type { TransportProtocol } from '../../base/ports.ts';
import type { ListenSocket } from '../../proxy/transport.ts';
import type { Edit, OutgoingHop } from '../../sip/editList.ts';
import type { SipMessage } from '../../sip/message.ts';
import { carries } from './ownUri.ts';

/** How Record-Route is written; from the module's parameters. */
export interface RecordRouteStyle {
  /** `lr` or `lr=on`. */
  readonly lr: string;
  /** 0 one line, 1 two where the socket changes, 2 always two. */
  readonly double: number;
  /** Write the socket's name as `sn`. */
  readonly socketNames: boolean;
}

/** One Record-Route in the making; never changed, so that branches can share it. */
export interface RecordRouteParts {
  readonly kind: 'socket' | 'advertised' | 'preset';
  readonly style: RecordRouteStyle;
  /** `sip:` or `sips:` with `user@` where one is wanted. */
  readonly prefix: string;
  /** `advertised`: its address; `preset`: the outbound and perhaps the inbound text. */
  readonly addresses: readonly string[];
  /** `;ftag=...` or ''. */
  readonly fromTag: string;
  /** All further parameters, each with its `;`. */
  readonly params: string;
  /** Where the request came in. */
  readonly inbound: ListenSocket;
  readonly sockets: readonly ListenSocket[];
}

/** The text of an edit that we can recognise again. */
type RecordRouteText = ((hop: OutgoingHop | undefined) => string) & { parts?: RecordRouteParts };

/** Puts Record-Route before all headers; what it says is settled when the copy leaves (RFC 3261 §16.6 step 4). */
export function insertRecordRoute(message: SipMessage, parts: RecordRouteParts): void {
  const text: RecordRouteText = (hop) => recordRouteText(parts, hop);
  text.parts = parts;
  message.edits.insert(message.headersStart, text);
}

/** Pending Record-Route edits of a message. */
export function recordRouteEdits(message: SipMessage): readonly Edit[] {
  return message.edits.edits.filter((edit) => partsOf(edit) !== undefined);
}

export function hasRecordRoute(message: SipMessage): boolean {
  return message.edits.edits.some((edit) => partsOf(edit) !== undefined);
}

function partsOf(edit: Edit): RecordRouteParts | undefined {
  return typeof edit.text === 'string' ? undefined : (edit.text as RecordRouteText).parts;
}

/** Adds parameters to Record-Routes made before; false when there is none. */
export function extendRecordRoute(message: SipMessage, params: string): boolean {
  const edits = recordRouteEdits(message);
  for (const edit of edits) {
    const parts = partsOf(edit) as RecordRouteParts;
    message.edits.revoke(edit);
    insertRecordRoute(message, { ...parts, params: parts.params + params });
  }
  return edits.length > 0;
}

export function removeRecordRoutes(message: SipMessage): boolean {
  const edits = recordRouteEdits(message);
  for (const edit of edits) message.edits.revoke(edit);
  return edits.length > 0;
}

function recordRouteText(parts: RecordRouteParts, hop: OutgoingHop | undefined): string {
  switch (parts.kind) {
    case 'preset':
      return parts.addresses.map((address) => presetLine(parts, address)).join('');
    case 'advertised':
      return advertisedText(parts, hop);
    default:
      return socketText(parts, hop);
  }
}

function line(uri: string): string {
  return `Record-Route: <${uri}>\r\n`;
}

/** The line for the way out stands above that for the way in. */
function socketText(parts: RecordRouteParts, hop: OutgoingHop | undefined): string {
  const { inbound, style } = parts;
  const outbound = hop === undefined ? inbound : outboundSocket(parts, hop);
  const tail = `;${style.lr}${parts.fromTag}${parts.params}`;
  const out = outbound === undefined ? hopSentBy(hop as OutgoingHop) : sentBy(outbound);
  const proto = hop?.proto ?? inbound.proto; // a WebSocket goes out from the socket of TCP or TLS
  const isDouble = style.double === 2 || (style.double === 1 && outbound !== inbound);
  const r2 = isDouble ? ';r2=on' : '';
  const above = line(
    `${parts.prefix}${out}${transportParam(proto)}${nameParam(parts, outbound)}${r2}${tail}`,
  );
  if (!isDouble) return above;
  const { prefix } = parts;
  const own = `${sentBy(inbound)}${transportParam(inbound.proto)}${nameParam(parts, inbound)}`;
  return above + line(`${prefix}${own}${r2}${tail}`);
}

function advertisedText(parts: RecordRouteParts, hop: OutgoingHop | undefined): string {
  const { inbound, style } = parts;
  const proto = hop?.proto ?? inbound.proto;
  const uri = `${parts.prefix}${parts.addresses[0]}`;
  const tail = `${parts.fromTag};${style.lr}${parts.params}`;
  // the address is the same on both sides, so only a change of transport needs two lines
  if (style.double !== 2 && (style.double === 0 || proto === inbound.proto)) return line(`${uri}${tail}`);
  return (
    line(`${uri};transport=${transportName(proto)};r2=on${tail}`) +
    line(`${uri};transport=${transportName(inbound.proto)};r2=on${tail}`)
  );
}

function presetLine(parts: RecordRouteParts, address: string): string {
  return line(`${parts.prefix}${address}${parts.fromTag};${parts.style.lr}${parts.params}`);
}

/** The socket behind a hop; undefined when the script has overridden what it advertises. */
function outboundSocket({ inbound, sockets }: RecordRouteParts, hop: OutgoingHop): ListenSocket | undefined {
  if (isSocketOf(inbound, hop)) return inbound;
  return sockets.find((socket) => isSocketOf(socket, hop));
}

function isSocketOf(socket: ListenSocket, hop: OutgoingHop): boolean {
  return (
    socket.sentByPort === hop.sentByPort &&
    socket.sentByHost === hop.sentByHost &&
    (socket.proto === hop.proto || carries(socket.proto, hop.proto))
  );
}

/** A bound port 5060 is left out, an advertised one is not: so Kamailio does. */
function sentBy(socket: ListenSocket): string {
  return !socket.advertised && socket.sentByPort === 5060
    ? socket.sentByHost
    : `${socket.sentByHost}:${socket.sentByPort}`;
}

function hopSentBy(hop: OutgoingHop): string {
  return hop.sentByPort === 0 ? hop.sentByHost : `${hop.sentByHost}:${hop.sentByPort}`;
}

function transportParam(proto: string): string {
  return proto === 'udp' ? '' : `;transport=${transportName(proto)}`;
}

/** RFC 7118 knows only `ws` in URIs. */
function transportName(proto: string | TransportProtocol): string {
  return proto === 'wss' ? 'ws' : proto;
}

function nameParam({ style }: RecordRouteParts, socket: ListenSocket | undefined): string {
  return style.socketNames && socket !== undefined && socket.name !== '' ? `;sn=${socket.name}` : '';
}
