import { errorText, ServerError } from '../base/errors.ts';
import { hostOfAddress } from '../base/ip.ts';
import type { ServerAddress } from '../proxy/location.ts';
import { ClientFailure } from './failure.ts';
import { messageLimits } from './limits.ts';
import { type ClientPorts, DatagramLink, type Link, type LinkHandler, type LocalBinding } from './link.ts';
import { StreamLink } from './streamLink.ts';
import { judgeTls, securityText, type TlsOptions, tlsContext } from './tlsRules.ts';
import { WebSocketLink } from './webSocketLink.ts';

export interface LinkOptions {
  readonly local: LocalBinding;
  /** For connecting and handshakes. */
  readonly timeoutMs: number;
  /** Datagrams of this peer only: the system then tells when nobody listens there. */
  readonly connectDatagrams: boolean;
  /** How long a peer may leave our bytes unread. */
  readonly writeTimeoutMs: number;
  readonly tls: TlsOptions;
  readonly webSocket: WebSocketOptions;
  /** Path and query of a WebSocket URL. */
  readonly path: string;
}

export interface WebSocketOptions {
  readonly origin: string | undefined;
  readonly protocol: string;
}

/** Opens the way to one address. Throws a `ClientFailure` that says what stands in the way. */
export async function openLink(
  ports: ClientPorts,
  to: ServerAddress,
  options: LinkOptions,
  handler: LinkHandler,
): Promise<Link> {
  try {
    switch (to.proto) {
      case 'udp':
        return await openDatagram(ports, to, options, handler);
      case 'tcp':
        return await openStream(ports, to, options, handler);
      case 'tls':
        return await openTls(ports, to, options, handler);
      case 'ws':
      case 'wss':
        return await openWebSocket(ports, to, options, handler);
      default:
        throw new ClientFailure('usage', `there is no transport ${to.proto} here`);
    }
  } catch (error) {
    throw linkFailure(error, to.proto === 'tls' || to.proto === 'wss');
  }
}

/** Codes of the system that say that nobody is there, or that an address of ours cannot be used. */
const unreachable = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRINUSE',
  'EADDRNOTAVAIL',
  'EACCES',
  'EPERM',
]);

/** The failure behind an error of the network ports. */
export function linkFailure(error: unknown, isTls = false): ClientFailure {
  if (error instanceof ClientFailure) return error;
  const code = error instanceof ServerError ? error.code : '';
  const because = { cause: error };
  const text = errorText(error);
  if (code === 'EMSGSIZE')
    return new ClientFailure('unsendable', `${text}; use tcp, tls, ws or wss`, because);
  if (code === 'ETIMEDOUT') return new ClientFailure('timeout', text, because);
  if (code === 'WEBSOCKET_REFUSED') return new ClientFailure('webSocket', text, because);
  if (code.startsWith('ERR_SSL') || (isTls && !unreachable.has(code)))
    return new ClientFailure('tls', tlsText(text), because);
  return new ClientFailure('refused', text, because);
}

/** OpenSSL's reason without its places in the source. */
function tlsText(text: string): string {
  const match = /[0-9A-F]*:?error:[0-9A-F]+:[^:]*:[^:]*:([^:]+):.*/.exec(text);
  if (match === null) return text;
  const reason = match[1] ?? '';
  const hint = /certificate required|handshake failure/.test(reason) ? '; --tls-certificate shows one' : '';
  return `${text.slice(0, match.index)}${reason}${hint}`;
}

async function openDatagram(
  ports: ClientPorts,
  to: ServerAddress,
  { local, connectDatagrams }: LinkOptions,
  handler: LinkHandler,
): Promise<Link> {
  const address = local.address ?? (await ports.net.sourceAddressFor(to.address));
  let link: DatagramLink | undefined;
  const socket = await ports.net.bindDatagram(
    address,
    local.port,
    {
      onDatagram: (data, from, port) => {
        if (link !== undefined && !isKeepalive(data))
          handler.onText(data.toString('latin1'), { address: from, port }, link);
      },
      onError: (error) => {
        if (link !== undefined) handler.onTrouble(error, link);
      },
    },
    connectDatagrams ? { peer: { address: to.address, port: to.port } } : {},
  );
  link = new DatagramLink(socket, { address: to.address, port: to.port }, address, connectDatagrams);
  return link;
}

/** Only white space and zeros: what servers and NATs send to keep a way open. */
function isKeepalive(data: Buffer): boolean {
  if (data.length > 8) return false;
  for (const byte of data) if (byte !== 13 && byte !== 10 && byte !== 0 && byte !== 32) return false;
  return true;
}

async function openStream(
  ports: ClientPorts,
  to: ServerAddress,
  options: LinkOptions,
  handler: LinkHandler,
): Promise<Link> {
  const connection = await ports.net.connectStream(to.address, to.port, connectOptions(options));
  return new StreamLink('tcp', connection, handler, { clock: ports.clock, ...options });
}

function connectOptions({ local, timeoutMs }: LinkOptions) {
  return { localAddress: local.address, localPort: local.port === 0 ? undefined : local.port, timeoutMs };
}

async function openTls(
  ports: ClientPorts,
  to: ServerAddress,
  options: LinkOptions,
  handler: LinkHandler,
): Promise<Link> {
  const name = certificateName(to, options);
  const connection = await ports.net.tls.connect(to.address, to.port, {
    ...connectOptions(options),
    context: tlsContext(ports.net.tls, options.tls),
    serverName: name,
  });
  try {
    judgeTls(connection.session, name, options.tls);
  } catch (error) {
    connection.destroy();
    throw error;
  }
  return new StreamLink(
    'tls',
    connection,
    handler,
    { clock: ports.clock, ...options },
    securityText(connection.session),
  );
}

/** Whose certificate it must be: the name the user asked for, not one that DNS led to (RFC 5922 §4). */
export function certificateName(to: ServerAddress, { tls }: Pick<LinkOptions, 'tls'>): string {
  return tls.name ?? (to.host === '' ? to.address : to.host);
}

async function openWebSocket(
  ports: ClientPorts,
  to: ServerAddress,
  options: LinkOptions,
  handler: LinkHandler,
): Promise<Link> {
  const proto = to.proto === 'wss' ? 'wss' : 'ws';
  const name = certificateName(to, options);
  const host = hostOfAddress(to.host === '' ? to.address : to.host);
  const connection = await ports.webSocket.connect(to.address, to.port, {
    ...connectOptions(options),
    url: `${proto}://${host}:${to.port}${options.path}`,
    protocols: [options.webSocket.protocol],
    origin: options.webSocket.origin,
    maxMessageBytes: messageLimits.messageBytes,
    tls:
      proto === 'ws'
        ? undefined
        : {
            context: tlsContext(ports.net.tls, options.tls),
            serverName: name,
            accept: (session) => judgeTls(session, name, options.tls),
          },
  });
  const security = connection.session === undefined ? '' : securityText(connection.session);
  return new WebSocketLink(proto, connection, handler, security);
}
