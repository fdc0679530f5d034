import { createHmac, timingSafeEqual } from 'node:crypto';
import type { TransportProtocol } from '../../base/ports.ts';
import { canonicalIpv6, isIpv4, parseIpv6 } from '../../sip/host.ts';

/**
 * Flow tokens as RFC 5626 §5.2 proposes them: base64 of a signature of 10 bytes and of the flow: protocol, local
 * address and port, peer address and port. The layout is Kamailio's, so that servers with one secret read each
 * other's.
 */
export interface FlowAddress {
  readonly proto: TransportProtocol;
  readonly localAddress: string;
  readonly localPort: number;
  readonly peerAddress: string;
  readonly peerPort: number;
}

const protocols: readonly TransportProtocol[] = ['udp', 'tcp', 'tls', 'sctp', 'ws', 'wss'];
/** Added to the number of the protocol when the addresses are IPv6. */
const ipv6Bit = 0x80;
const signatureLength = 10;
const ipv4Length = signatureLength + 13;
const ipv6Length = signatureLength + 37;

export function encodeFlow(key: Uint8Array, flow: FlowAddress): string {
  const local = addressBytes(flow.localAddress);
  const isIpv6 = local.length === 16;
  const proto = protocols.indexOf(flow.proto) + 1 + (isIpv6 ? ipv6Bit : 0);
  const named = Buffer.from([
    proto,
    ...local,
    flow.localPort >>> 8,
    flow.localPort & 0xff,
    ...addressBytes(flow.peerAddress),
    flow.peerPort >>> 8,
    flow.peerPort & 0xff,
  ]);
  return Buffer.concat([signatureOf(key, named), named]).toString('base64');
}

export function decodeFlow(key: Uint8Array, token: string): FlowAddress | 'tampered' | undefined {
  if (!/^[A-Za-z0-9+/]{31,64}={0,2}$/.test(token)) return undefined;
  const bytes = Buffer.from(token, 'base64');
  if (bytes.length !== ipv4Length && bytes.length !== ipv6Length) return undefined;
  const named = bytes.subarray(signatureLength);
  if (!timingSafeEqual(bytes.subarray(0, signatureLength), signatureOf(key, named))) return 'tampered';
  return readFlow(named) ?? 'tampered';
}

/** The last 10 bytes of the HMAC. */
function signatureOf(key: Uint8Array, named: Uint8Array): Buffer {
  return createHmac('sha1', key).update(named).digest().subarray(-signatureLength);
}

function readFlow(named: Buffer): FlowAddress | undefined {
  const first = named[0] ?? 0;
  const proto = protocols[(first & ~ipv6Bit) - 1];
  const size = (first & ipv6Bit) === 0 ? 4 : 16;
  if (proto === undefined || named.length !== 1 + 2 * (size + 2)) return undefined;
  const peer = 1 + size + 2;
  return {
    proto,
    localAddress: addressText(named.subarray(1, 1 + size)),
    localPort: named.readUInt16BE(1 + size),
    peerAddress: addressText(named.subarray(peer, peer + size)),
    peerPort: named.readUInt16BE(peer + size),
  };
}

function addressBytes(address: string): number[] {
  if (isIpv4(address)) return address.split('.').map(Number);
  return (parseIpv6(address) ?? new Array<number>(8).fill(0)).flatMap((group) => [group >>> 8, group & 0xff]);
}

function addressText(bytes: Buffer): string {
  if (bytes.length === 4) return [...bytes].join('.');
  const groups: string[] = [];
  for (let at = 0; at < 16; at += 2) groups.push(bytes.readUInt16BE(at).toString(16));
  const text = groups.join(':');
  return canonicalIpv6(text) ?? text;
}
