/** Addresses that nobody outside can reach: RFC 1918, RFC 6598, RFC 7335. */
import { isIpv4 } from '../../base/ip.ts';

type Network = readonly [address: number, bits: number];

const privateNetworks: readonly Network[] = [
  network('10.0.0.0', 8),
  network('172.16.0.0', 12),
  network('192.168.0.0', 16),
  network('100.64.0.0', 10),
  network('192.0.0.0', 29),
];
const reservedNetworks: readonly Network[] = [...privateNetworks, network('192.0.0.0', 24)];

function network(address: string, bits: number): Network {
  return [toNumber(address) >>> (32 - bits), bits];
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

/** `mode` is nat_addr_mode: 1 counts reserved networks, too. Names and IPv6 addresses are never private. */
export function isPrivate(address: string, mode: number): boolean {
  if (!isIpv4(address)) return false;
  const number = toNumber(address);
  const networks = mode === 0 ? privateNetworks : reservedNetworks;
  return networks.some(([prefix, bits]) => number >>> (32 - bits) === prefix);
}
