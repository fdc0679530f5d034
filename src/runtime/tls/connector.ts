import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { TransportError } from '../../base/errors.ts';
import type { TlsConnection, TlsConnectOptions } from '../../base/tlsPort.ts';
import type { NodeTlsContext } from './context.ts';
import { handshakeError } from './handshakeError.ts';
import { NodeTlsConnection } from './session.ts';

export async function connectTls(
  address: string,
  port: number,
  options: TlsConnectOptions,
): Promise<TlsConnection> {
  const socket = await openTlsSocket(address, port, options);
  return new NodeTlsConnection(socket, askedName(options));
}

/** RFC 6066 §3: an address is no name to ask for. */
export function askedName({ serverName }: Pick<TlsConnectOptions, 'serverName'>): string {
  return isIP(serverName) === 0 ? serverName : '';
}

/** A socket behind its handshake; whom it belongs to has not been judged. */
export function openTlsSocket(address: string, port: number, options: TlsConnectOptions): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const { localAddress, localPort, timeoutMs } = options;
    const socket = connect({
      host: address,
      port,
      servername: askedName(options),
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
      resolve(socket);
    });
    const timedOut = () => fail(new TransportError('ETIMEDOUT', `no answer within ${timeoutMs} ms`));
    timer = setTimeout(timedOut, timeoutMs);
  });
}
