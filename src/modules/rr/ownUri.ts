import type { TransportProtocol } from '../../base/ports.ts';
import { defaultPort, type ListenSocket, type Transport } from '../../proxy/transport.ts';
import { addressOfHost } from '../../sip/host.ts';
import { equalsIgnoreCase } from '../../sip/scan.ts';
import type { UriParts } from '../../sip/uriParts.ts';

/** The transport that a URI names; undefined when it names none. */
export function protoOf(uri: UriParts): TransportProtocol | undefined {
  const written = uri.param('transport');
  if (written === undefined) return undefined;
  const transport = written.toLowerCase();
  if (transport === 'ws' && uri.scheme === 'sips') return 'wss';
  return isProto(transport) ? transport : undefined;
}

function isProto(text: string): text is TransportProtocol {
  return (
    text === 'udp' || text === 'tcp' || text === 'tls' || text === 'ws' || text === 'wss' || text === 'sctp'
  );
}

function portOf(uri: UriParts, proto: TransportProtocol | undefined): number {
  if (uri.port !== 0) return uri.port;
  // what we write leaves out 5060, also where WebSockets share the port of TCP: theirs (RFC 7118) would be 80
  if (proto === 'ws' || proto === 'wss') return 5060;
  return defaultPort(proto ?? (uri.scheme === 'sips' ? 'tls' : 'udp'));
}

/** WebSockets begin on TCP and TLS sockets, and `ws` may stand for both (RFC 7118 §5.2.3). */
export function carries(socket: string, proto: string): boolean {
  if (proto === 'ws') return socket === 'tcp' || socket === 'tls' || socket === 'wss';
  return proto === 'wss' && socket === 'tls';
}

/** Does a URI lead to this server? */
export function isOwnUri(transport: Transport, uri: UriParts): boolean {
  const { host } = uri;
  if (host === '') return false;
  const proto = protoOf(uri);
  if (transport.isLocal(host, portOf(uri, proto), proto)) return true;
  // a Record-Route says ws for secure WebSocket too (RFC 7118 §5.2.3)
  return proto === 'ws' && transport.isLocal(host, portOf(uri, proto), 'wss');
}

/** The socket that wrote this Record-Route URI: by its `sn` parameter, else by address, port and transport. */
export function socketOfUri(transport: Transport, uri: UriParts): ListenSocket | undefined {
  const name = uri.param('sn');
  if (name !== undefined && name !== '') {
    const named = transport.sockets.find((socket) => socket.name === name);
    if (named !== undefined) return named;
  }
  const proto = protoOf(uri) ?? (uri.scheme === 'sips' ? 'tls' : 'udp');
  const port = portOf(uri, proto);
  const written = uri.host;
  const host = addressOfHost(written);
  for (const socket of transport.sockets) {
    if (socket.proto !== proto && !carries(socket.proto, proto)) continue;
    if (socket.port === port && equalsIgnoreCase(socket.address, host)) return socket;
    if (socket.sentByPort === port && equalsIgnoreCase(socket.sentByHost, written)) return socket;
  }
  return undefined;
}
