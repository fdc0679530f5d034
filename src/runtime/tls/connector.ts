import { isIP } from 'node:net';
import { connect } from 'node:tls';
import { TransportError } from '../../base/errors.ts';
import type { TlsConnection, TlsConnectOptions } from '../../base/tlsPort.ts';
import type { NodeTlsContext } from './context.ts';
import { handshakeError } from './handshakeError.ts';
import { NodeTlsConnection } from './session.ts';

export function connectTls(
  address: string,
  port: number,
  options: TlsConnectOptions,
): Promise<TlsConnection> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const { localAddress, localPort, timeoutMs } = options;
    const serverName = isIP(options.serverName) === 0 ? options.serverName : '';
    const socket = connect({
      host: address,
      port,
      servername: serverName,
      secureContext: (options.context as NodeTlsContext).secure,
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
      ...(localAddress !== undefined && { localAddress }),
      ...(localPort !== undefined && { localPort }),
    });
    socket.setNoDelay(true);
    const fail = (error: Error) => {
      clearTimeout(timer);
      socket.destroy();
      reject(handshakeError('TLS connection to', { address, port }, error));
    };
    socket.once('error', fail);
    socket.once('secureConnect', () => {
      clearTimeout(timer);
      socket.off('error', fail);
      resolve(new NodeTlsConnection(socket, serverName));
    });
    const timedOut = () => fail(new TransportError('ETIMEDOUT', `no answer within ${timeoutMs} ms`));
    timer = setTimeout(timedOut, timeoutMs);
  });
}
