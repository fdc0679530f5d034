import type { ListenSocket } from '../../proxy/transport.ts';
import { isWireError, parseMessage } from '../../sip/message.ts';
import { familyOf, isLoopback, isWildcard } from './addresses.ts';
import type { TcpOptions } from './options.ts';

/** The address to connect from; undefined leaves it to the system, also where the socket's cannot get there. */
export function localAddressFor(
  socket: ListenSocket,
  remote: string,
  { sourceIpv4, sourceIpv6 }: Pick<TcpOptions, 'sourceIpv4' | 'sourceIpv6'>,
): string | undefined {
  const configured = familyOf(remote) === 4 ? sourceIpv4 : sourceIpv6;
  if (configured !== '') return configured;
  if (isWildcard(socket.address) || socket.family !== familyOf(remote)) return undefined;
  return isLoopback(socket.address) && !isLoopback(remote) ? undefined : socket.address;
}

/**
 * `;alias` in the topmost Via: the connection is the way to the Via's port too (`tcp_accept_aliases`).
 * @returns that port; 0 without it
 */
export function aliasPortOf(text: string): number {
  if (!text.includes(';alias')) return 0;
  const message = parseMessage(text);
  if (isWireError(message) || !message.isRequest) return 0;
  const via = message.topmostVia;
  return via?.params.has('alias') ? via.port || 5060 : 0;
}
