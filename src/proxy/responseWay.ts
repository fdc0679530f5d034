import { addressOfHost } from '../base/ip.ts';
import { parseUint } from '../sip/scan.ts';
import type { Via } from '../sip/via.ts';
import { protocolOf } from './nextHop.ts';
import { type Destination, defaultPort, type Flow, isReliable, type ListenSocket } from './transport.ts';

/** Where responses to a request that came over `flow` go (RFC 3261 §18.2.2, RFC 3581 §4). */
export function responseDestination(via: Via | undefined, flow: Flow, forceRport: boolean): Destination {
  const base = {
    proto: flow.proto,
    address: flow.address,
    socket: flow.socket,
    connectionId: flow.connectionId,
    host: '',
  };
  if (via === undefined || forceRport || isReliable(flow.proto) || via.params.has('rport'))
    return { ...base, port: flow.port };
  const maddr = addressOfHost(via.params.get('maddr') ?? '');
  return { ...base, address: maddr ?? flow.address, port: via.port || defaultPort(flow.proto) };
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
