import { errorText, ServerError, TransportError } from '../base/errors.ts';
import type { ServerAddress } from '../proxy/location.ts';
import { ClientFailure } from './failure.ts';
import { type ClientPorts, DatagramLink, type Link, type LinkHandler, type LocalBinding } from './link.ts';
import { StreamLink } from './streamLink.ts';

export interface LinkOptions {
  readonly local: LocalBinding;
  /** For connecting and handshakes. */
  readonly timeoutMs: number;
  /** Datagrams of this peer only: the system then tells when nobody listens there. */
  readonly connectDatagrams: boolean;
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
      default:
        throw new ClientFailure('usage', `${to.proto} is not supported`);
    }
  } catch (error) {
    throw linkFailure(error);
  }
}

/** The failure behind an error of the network ports. */
export function linkFailure(error: unknown): ClientFailure {
  if (error instanceof ClientFailure) return error;
  const code = error instanceof ServerError ? error.code : '';
  if (code === 'EMSGSIZE') {
    return new ClientFailure('unsendable', `${errorText(error)}; use tcp, tls, ws or wss`, { cause: error });
  }
  if (code === 'ETIMEDOUT') return new ClientFailure('timeout', errorText(error), { cause: error });
  const text = error instanceof TransportError ? error.message : `transport: ${errorText(error)}`;
  return new ClientFailure('refused', text, { cause: error });
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
  { local, timeoutMs }: LinkOptions,
  handler: LinkHandler,
): Promise<Link> {
  const connection = await ports.net.connectStream(to.address, to.port, {
    localAddress: local.address,
    localPort: local.port === 0 ? undefined : local.port,
    timeoutMs,
  });
  return new StreamLink('tcp', connection, handler);
}
