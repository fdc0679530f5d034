import { TransportError } from '../base/errors.ts';

/** What Node adds to errors of the system. */
interface SystemError extends Error {
  readonly code?: string;
}

/** `EADDRINUSE` and friends; '' for errors that are none of the system's. */
export function systemCode(error: unknown): string {
  return error instanceof Error ? ((error as SystemError).code ?? '') : '';
}

const explanations: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the address is in use by another program',
  EADDRNOTAVAIL: 'this machine has no such address',
  EACCES: 'permission denied',
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset by the peer',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'network unreachable',
  ETIMEDOUT: 'timed out',
  EMSGSIZE: 'message too long for a datagram',
  EINVAL: 'invalid address',
  EPERM: 'forbidden by the system (firewall?)',
};

/** A `TransportError` with the system's code that names what was tried and where. */
export function transportError(
  action: string,
  address: string,
  port: number,
  cause: unknown,
): TransportError {
  const code = systemCode(cause) || 'TRANSPORT';
  const why = explanations[code] ?? (cause instanceof Error ? cause.message : String(cause));
  const where = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  return new TransportError(code, `${action} ${where}: ${why}`, { cause, address, port });
}
