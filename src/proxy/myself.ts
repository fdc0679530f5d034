import type { TransportProtocol } from '../base/ports.ts';
import { splitUri } from '../sip/uriParts.ts';
import type { Transport } from './transport.ts';

/** Is a URI, `host`, `host:port` or address one of ours? A port or transport that is not written is not compared. */
export function isMyself(transport: Transport, text: string): boolean {
  const uri = splitUri(text) ?? splitUri(`sip:${isBareIpv6(text) ? `[${text}]` : text}`);
  if (uri === undefined || uri.host === '') return false;
  const name = uri.host.startsWith('[') ? uri.host.slice(1, -1) : uri.host;
  const proto = uri.param('transport')?.toLowerCase() as TransportProtocol | undefined;
  return transport.isLocal(name, uri.port, proto);
}

function isBareIpv6(text: string): boolean {
  return text.indexOf(':') !== text.lastIndexOf(':') && !text.startsWith('[');
}
