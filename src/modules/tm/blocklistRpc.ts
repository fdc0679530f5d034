import { addressOfHost } from '../../base/ip.ts';
import type { TransportProtocol } from '../../base/ports.ts';
import type { RpcDeclaration } from '../../module/define.ts';
import { type RpcArgument, RpcFault, type RpcReply, RpcStruct, type RpcValue } from '../../module/rpc.ts';
import type { BlockedDestination, BlockReason } from '../../proxy/blocklist.ts';
import type { Tm } from './tm.ts';

/** `dst_blocklist.*`: destinations that did not answer. */

const Flag = { ipv6: 1, permanent: 2 } as const;

const reasonFlags: Readonly<Record<BlockReason, number>> = {
  'send error': 4,
  'connect error': 8,
  timeout: 32,
  '503': 64,
  admin: 128,
};

/** Transport protocols by their numbers in Kamailio's interfaces. */
const protocols: readonly (TransportProtocol | undefined)[] = [
  undefined,
  'udp',
  'tcp',
  'tls',
  'sctp',
  'ws',
  'wss',
];

/** One entry takes about this much, reckoned. */
const entryBytes = 64;

function flagsOf({ address, reason, untilMs }: BlockedDestination): number {
  const family = address.address.includes(':') ? Flag.ipv6 : 0;
  return reasonFlags[reason] | family | (untilMs === Number.POSITIVE_INFINITY ? Flag.permanent : 0);
}

/** -1 for an entry that stays. */
function secondsLeft(entry: BlockedDestination, nowMs: number): number {
  return entry.untilMs === Number.POSITIVE_INFINITY ? -1 : Math.ceil((entry.untilMs - nowMs) / 1000);
}

function reasonOf(flags: number): BlockReason {
  const found = Object.entries(reasonFlags).find(([, bit]) => (flags & bit) !== 0);
  return (found?.[0] ?? 'admin') as BlockReason;
}

function fields(tm: Tm, entry: BlockedDestination): readonly (readonly [string, RpcValue])[] {
  const { proto, address, port } = entry.address;
  return [
    ['protocol', proto],
    ['ip', address],
    ['port', port],
    ['expires in (s)', secondsLeft(entry, tm.host.timers.nowMs)],
    ['flags', flagsOf(entry)],
  ];
}

function view(tm: Tm): RpcReply {
  return tm.destinations.blocklist.list().map((entry) => {
    const struct = new RpcStruct();
    for (const [name, value] of fields(tm, entry)) struct.add(name, value);
    return struct;
  });
}

function add(tm: Tm, [host, port, protoNumber, flagBits]: readonly RpcArgument[]): RpcReply {
  const address = addressOfHost(String(host));
  if (address === undefined) return new RpcFault(400, 'Malformed ip address');
  const proto = protocols[Number(protoNumber)];
  if (proto === undefined) return new RpcFault(400, 'Unknown protocol');
  const flags = Number(flagBits);
  const isPermanent = (flags & Flag.permanent) !== 0;
  const durationMs = isPermanent ? Number.POSITIVE_INFINITY : tm.destinations.blockingSec * 1000;
  const destination = { proto, address, port: Number(port), host: '' };
  tm.destinations.blocklist.block(destination, reasonOf(flags), durationMs);
  return [];
}

export const blocklistRpc: Readonly<Record<string, RpcDeclaration<Tm>>> = {
  'dst_blocklist.add': {
    doc: 'Blocks a destination; protocol 1 UDP, 2 TCP, 3 TLS, 4 SCTP, 5 WS, 6 WSS; flag 2 keeps it for good.',
    args: [
      { name: 'ip', type: 'string' },
      { name: 'port', type: 'int' },
      { name: 'proto', type: 'int' },
      { name: 'flags', type: 'int' },
    ],
    run: add,
  },
  'dst_blocklist.view': { doc: 'All blocked destinations.', returnsArray: true, run: view },
  'dst_blocklist.debug': {
    doc: 'All blocked destinations, only values.',
    returnsArray: true,
    run: (tm) =>
      tm.destinations.blocklist.list().flatMap((entry) => fields(tm, entry).map(([, value]) => value)),
  },
  'dst_blocklist.delete_all': {
    doc: 'Forgets all blocked destinations but those kept for good.',
    run: (tm) => {
      tm.destinations.blocklist.clear();
      return [];
    },
  },
  'dst_blocklist.mem_info': {
    doc: 'Reckoned size of the list, and its bound, bytes.',
    run: ({ destinations: { blocklist } }) => [
      blocklist.size * entryBytes,
      blocklist.maxEntries * entryBytes,
    ],
  },
};
