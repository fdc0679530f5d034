export { isIpAddress } from './addresses.ts';
export type { Connection } from './connection.ts';
export { TransportCounters, tcpStatistics, transportStatistics } from './counters.ts';
export { TransportLayer, type TransportParts } from './layer.ts';
export { parseAliasArgument, parseListenArgument } from './listenArgument.ts';
export {
  type AddressSpec,
  defaultTcpOptions,
  defaultTransportOptions,
  type ListenDeclaration,
  type TcpOptions,
  type TransportOptions,
  type UdpOptions,
} from './options.ts';
export type { OwnNameCheck, OwnNameEntry } from './ownNames.ts';
export type { LocalSocket } from './socketTable.ts';
export { tcpKind } from './streamKind.ts';
export type { TransportEvents } from './udpSocket.ts';
