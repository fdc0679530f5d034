import type { ListenSocket } from './transport.ts';

export interface ViaOptions {
  readonly branch: string;
  /** Asks for the source port (RFC 3581). */
  readonly rport: boolean;
  /** Connection that the request came in on, for the way back of responses; 0 for none. */
  readonly connectionId: number;
  /** Instead of the socket's own name; '' for none. */
  readonly host: string;
  /** Instead of the socket's own port; 0 for none. */
  readonly port: number;
  /** Further parameters, each with its `;`. */
  readonly params?: string | undefined;
}

/** Our own Via line, with CRLF. The port is left out when it is 5060, as Kamailio does. */
export function viaLine(socket: ListenSocket, options: ViaOptions): string {
  const host = options.host === '' ? socket.sentByHost : options.host;
  const port = options.port === 0 ? socket.sentByPort : options.port;
  let line = `Via: SIP/2.0/${viaTransports[socket.proto]} ${host}`;
  if (port !== 5060 && port !== 0) line += `:${port}`;
  line += `;branch=${options.branch}`;
  if (options.rport) line += ';rport';
  if (options.connectionId !== 0) line += `;i=${options.connectionId.toString(16)}`;
  return `${line}${options.params ?? ''}\r\n`;
}

const viaTransports = { udp: 'UDP', tcp: 'TCP', tls: 'TLS', sctp: 'SCTP', ws: 'WS', wss: 'WSS' } as const;
