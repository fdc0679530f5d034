import type { TransportProtocol } from '../base/ports.ts';
import { splitUri, type UriParts } from '../sip/uriParts.ts';
import type { Transport } from './transport.ts';

/** Is a URI, `host`, `host:port` or address one of ours? A port or transport that is not written is not compared. */
export function isMyself(transport: Transport, text: string): boolean {
  const uri = uriOf(text);
  const proto = uri?.param('transport')?.toLowerCase() as TransportProtocol | undefined;
  return uri !== undefined && transport.isLocal(bareHost(uri.host), uri.port, proto);
}

/** As `isMyself`, but the transport is not compared even where it is written: what `uri == myself` asks. */
export function isMyselfOnAnyTransport(transport: Transport, text: string): boolean {
  const uri = uriOf(text);
  return uri !== undefined && transport.isLocal(bareHost(uri.host), uri.port, undefined);
}

function uriOf(text: string): UriParts | undefined {
  const uri = splitUri(text) ?? splitUri(`sip:${isBareIpv6(text) ? `[${text}]` : text}`);
  return uri === undefined || uri.host === '' ? undefined : uri;
}

function bareHost(host: string): string {
  return host.startsWith('[') ? host.slice(1, -1) : host;
}

function isBareIpv6(text: string): boolean {
  return text.indexOf(':') !== text.lastIndexOf(':') && !text.startsWith('[');
}
