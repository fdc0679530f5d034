import { addressOfHost } from '../base/ip.ts';
import type { TransportProtocol } from '../base/ports.ts';
import type { DnsCache } from './dnsCache.ts';
import type { NextHop } from './nextHop.ts';
import { defaultPort } from './transport.ts';

/** One place to try, in the order of the list it stands in. */
export interface ServerAddress {
  readonly proto: TransportProtocol;
  readonly address: string;
  readonly port: number;
  /** The name that led here; '' for an address. */
  readonly host: string;
}

/** Finds the servers of a next hop; a promise only when names must be looked up. An empty list: nowhere to go. */
export interface ServerLocation {
  locate(hop: NextHop): readonly ServerAddress[] | Promise<readonly ServerAddress[]>;
  /** The DNS answers that it knows, where it uses DNS. */
  readonly cache?: DnsCache | undefined;
}

/** RFC 3263 §4.1 and §4.2 for a host that is an address; undefined for a name. */
export function numericAddress(hop: NextHop): ServerAddress | undefined {
  const address = addressOfHost(hop.host);
  if (address === undefined) return undefined;
  const proto = hop.proto ?? (hop.secure ? 'tls' : 'udp');
  return { proto, address, port: hop.port || defaultPort(proto), host: '' };
}
