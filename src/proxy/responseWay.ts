import { addressOfHost } from '../base/ip.ts';
import type { OutgoingHop } from '../sip/editList.ts';
import type { SipMessage } from '../sip/message.ts';
import { parseUint } from '../sip/scan.ts';
import type { Via } from '../sip/via.ts';
import { protocolOf } from './nextHop.ts';
import { type Destination, defaultPort, type Flow, isReliable, type ListenSocket } from './transport.ts';

/**
 * Where responses to a request that came over `flow` go (RFC 3261 §18.2.2, RFC 3581 §4).
 * @param toVia to the address in Via and not to the source (`reply_to_via`)
 */
export function responseDestination(
  request: SipMessage,
  flow: Flow,
  forceRport: boolean,
  toVia = false,
): Destination {
  const via = request.topmostVia;
  if (toVia && via !== undefined && !isReliable(flow.proto)) {
    return backTo(flow, addressOfHost(via.host) ?? flow.address, via.port || defaultPort(flow.proto));
  }
  if (via === undefined || forceRport || isReliable(flow.proto) || via.rportStart >= 0)
    return backTo(flow, flow.address, flow.port);
  return backTo(flow, maddrOf(request, via) ?? flow.address, via.port || defaultPort(flow.proto));
}

/** The address of `maddr`; looked for in the text first, because hardly any Via has one. */
function maddrOf(request: SipMessage, via: Via): string | undefined {
  const at = request.text.indexOf('maddr', via.sentByEnd);
  return at < 0 || at >= via.end ? undefined : addressOfHost(via.params.get('maddr') ?? '');
}

/** A place that is reached over a flow. */
export function backTo(flow: Flow, address: string, port: number): Destination {
  const { proto, socket, connectionId } = flow;
  return { proto, address, port, socket, connectionId, host: '' };
}

/**
 * Where a response goes that is forwarded without a transaction: as the Via below our own says, whose
 * `received` and `rport` we or our predecessor filled in. undefined when it names no address.
 * `ownVia` is our own one, with the connection that the request came in on.
 */
export function statelessDestination(via: Via, ownVia: Via, socket: ListenSocket): Destination | undefined {
  const proto = protocolOf(via.transport);
  if (proto === undefined) return undefined;
  const received = via.params.get('received') ?? via.params.get('maddr') ?? via.host;
  const address = addressOfHost(received);
  if (address === undefined) return undefined;
  const rport = via.params.get('rport') ?? '';
  const sourcePort = parseUint(rport, 0, rport.length, 65535);
  return {
    proto,
    address,
    port: sourcePort > 0 ? sourcePort : via.port || defaultPort(proto),
    socket: socket.proto === proto ? socket : undefined,
    connectionId: Number.parseInt(ownVia.params.get('i') ?? '0', 16) || 0,
    host: '',
  };
}

/** The way of a response, as edits that depend on it see it. */
export function hopTo(destination: Destination | undefined): OutgoingHop | undefined {
  if (destination === undefined) return undefined;
  const { proto, socket } = destination;
  return {
    proto,
    sentByHost: socket?.sentByHost ?? '',
    sentByPort: socket?.sentByPort ?? 0,
    destination,
  };
}
