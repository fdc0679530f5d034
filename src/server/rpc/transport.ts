import { RpcStruct, type RpcValue } from '../../module/rpc.ts';
import type { ServerSettings } from '../settings.ts';
import type { Connection, LocalSocket, TcpOptions, TransportLayer } from '../transport/index.ts';
import { type CoreMethods, method } from './methods.ts';

/** `core.*` about sockets, own names and connections. */
export function transportRpc(
  transport: TransportLayer,
  tcp: TcpOptions,
  settings: ServerSettings,
): CoreMethods {
  return {
    'core.sockets_list': method('Sockets that the server listens on.', () => [
      socketList(transport, settings),
    ]),
    'core.aliases_list': method('Further own names.', () => [aliasList(transport)]),
    'core.tcp_info': method('Numbers of connections, and their bounds.', () => [
      tcpInfo(transport, tcp, settings),
    ]),
    'core.tcp_list': method(
      'Open connections.',
      () => transport.connections().map((connection) => connectionRecord(transport, tcp, connection)),
      { returnsArray: true },
    ),
    'core.tcp_options': method('The tcp_* parameters in force.', () => [tcpOptions(tcp)]),
    'core.udp4_raw_info': method('Raw UDP sockets: never used here.', () => [
      new RpcStruct({ udp4_raw: 0, udp4_raw_mtu: 1500, udp4_raw_ttl: 64 }),
    ]),
  };
}

/** A list of records, each under the same name: JSON front ends write an array, BINRPC one struct. */
function socketList(transport: TransportLayer, settings: ServerSettings): readonly RpcStruct[] {
  const mhomed = yesNo(settings.number('mhomed', 0) !== 0);
  const named = settings.number('auto_aliases', 1) !== 0;
  return transport.sockets.map((socket) => new RpcStruct({ socket: socketRecord(socket, mhomed, named) }));
}

/** With `auto_aliases` off Kamailio shows the host as written and its address beside it, equal or not. */
function socketRecord(socket: LocalSocket, mhomed: string, named: boolean): RpcStruct {
  const { proto, address, writtenHost } = socket;
  const record = new RpcStruct({ proto, address: writtenHost });
  if (!named || writtenHost !== address) record.add('ipaddress', address);
  record.add('port', String(socket.port));
  record.add('mcast', yesNo(isMulticast(address)));
  record.add('mhomed', mhomed);
  record.add('virtual', yesNo(socket.virtual));
  if (socket.name !== '') record.add('sockname', socket.name);
  if (socket.advertised) record.add('advertise', `${socket.sentByHost}:${socket.sentByPort}`);
  return record;
}

function aliasList(transport: TransportLayer): RpcStruct {
  const aliases = transport.names.aliases.map(
    ({ host, port, proto }) =>
      new RpcStruct({ alias: new RpcStruct({ proto: proto ?? '*', address: host, port: orStar(port) }) }),
  );
  return new RpcStruct({ myself_callbacks: yesNo(transport.names.checks > 0), aliases });
}

function orStar(port: number): RpcValue {
  return port === 0 ? '*' : port;
}

function tcpInfo(transport: TransportLayer, tcp: TcpOptions, settings: ServerSettings): RpcStruct {
  const tls = transport.connections().filter(({ proto }) => proto === 'tls' || proto === 'wss').length;
  return new RpcStruct({
    readers: transport.sockets.some(({ proto }) => proto !== 'udp') ? 1 : 0, // one loop reads them all
    max_connections: tcp.maxConnections,
    max_tls_connections: settings.number('tls_max_connections', 2048),
    opened_connections: transport.counters.current_opened_connections,
    opened_tls_connections: tls,
    write_queued_bytes: transport.counters.current_write_queue_size,
  });
}

function connectionRecord(transport: TransportLayer, tcp: TcpOptions, connection: Connection): RpcStruct {
  const { socket, stream } = connection;
  return new RpcStruct({
    id: connection.connectionId,
    type: connection.proto.toUpperCase(),
    state: connection.state === 'open' ? 'CONN_OK' : 'CONN_CONNECTING',
    timeout: transport.secondsLeft(connection.connectionId),
    lifetime: tcp.connectionLifetimeSec,
    ref_count: 1,
    src_ip: connection.address,
    src_port: connection.port,
    dst_ip: stream?.local.address ?? socket.address,
    dst_port: stream?.local.port ?? socket.port,
  });
}

function tcpOptions(tcp: TcpOptions): RpcStruct {
  return new RpcStruct({
    connect_timeout: tcp.connectTimeoutSec,
    send_timeout: tcp.sendTimeoutSec,
    connection_lifetime: tcp.connectionLifetimeSec,
    'max_connections(soft)': tcp.maxConnections,
    no_connect: Number(tcp.noConnect),
    async: 1, // writing never blocks here
    conn_wq_max: tcp.connectionQueueBytes,
    wq_max: tcp.totalQueueBytes,
    keepalive: Number(tcp.keepAlive),
    keepidle: tcp.keepIdleSec,
    crlf_ping: Number(tcp.crlfPing),
    accept_aliases: Number(tcp.acceptAliases),
    accept_no_cl: Number(tcp.acceptNoContentLength),
    accept_iplimit: tcp.acceptIpLimit,
    rd_buf_size: tcp.maxMessageBytes,
  });
}

function yesNo(value: boolean): string {
  return value ? 'yes' : 'no';
}

function isMulticast(address: string): boolean {
  return /^(22[4-9]|23\d)\./.test(address) || /^ff/i.test(address);
}
