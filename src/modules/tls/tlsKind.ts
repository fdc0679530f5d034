import type { TlsConnection, TlsServerProfile } from '../../base/tlsPort.ts';
import type { Host } from '../../module/host.ts';
import type { StreamKind } from '../../proxy/streamKind.ts';
import { StreamFramer } from '../../sip/framer.ts';
import type { Connector } from './connector.ts';
import { drop } from './drop.ts';
import type { TlsConfig } from './parameters.ts';

export interface TlsUser {
  readonly connector: Connector;
  profileFor(address: string, port: number, serverName: string): TlsServerProfile | undefined;
  admit(connection: TlsConnection): boolean;
}

/** SIP over TLS (RFC 3261 §26.2.1): framed as over TCP. */
export function tlsKind(host: Host, config: TlsConfig, tls: TlsUser): StreamKind {
  return {
    proto: 'tls',
    listen: (net, address, port, onConnection, options) =>
      net.tls.listen(
        address,
        port,
        {
          profileFor: (local, serverName) => tls.profileFor(local.address, local.port, serverName),
          onConnection: (connection) => {
            if (tls.admit(connection)) onConnection(connection);
            else drop(connection);
          },
          onFailure: (_remote, error) => host.log.write(config.tls_log, error.message),
        },
        {
          ...options,
          handshakeTimeoutMs: Number(host.settings.get('tcp_connect_timeout') ?? 10) * 1000,
          maxHandshakes: Number(host.settings.get('tls_max_connections') ?? 2048),
        },
      ),
    connect: (net, destination, options) => tls.connector.connect(net, destination, options),
    framer: ({ maxMessageBytes, acceptNoContentLength }) =>
      new StreamFramer({ headerBytes: maxMessageBytes, bodyBytes: maxMessageBytes, acceptNoContentLength }),
    encode: (text) => text,
    pong: '\r\n',
    silenceSec: () => Math.max(0, config.connection_timeout),
  };
}
