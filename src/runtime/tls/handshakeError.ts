import { TransportError } from '../../base/errors.ts';
import type { SocketAddress } from '../../base/ports.ts';
import { transportError } from '../systemError.ts';

/** OpenSSL's reason without its file names, or the system's. */
export function handshakeError(action: string, peer: SocketAddress, cause: Error): TransportError {
  const { address, port } = peer;
  const reason = 'reason' in cause ? String(cause.reason) : '';
  const own = cause instanceof TransportError;
  if (reason === '' && !own) return transportError(action, address, port, cause);
  const code = 'code' in cause ? String(cause.code) : 'TLS_HANDSHAKE';
  const where = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  return new TransportError(code, `${action} ${where}: ${reason || cause.message}`, { cause, address, port });
}
