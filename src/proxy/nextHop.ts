import type { TransportProtocol } from '../base/ports.ts';
import { SipUri } from '../sip/uri.ts';

/** What a URI says about where to send (RFC 3263 §4): input of the location of servers. */
export interface NextHop {
  /** A name, or an address (IPv6 in brackets). `maddr` wins over the host (RFC 3261 §19.1.1). */
  readonly host: string;
  /** 0 when none is given. */
  readonly port: number;
  /** undefined when the URI leaves it open. */
  readonly proto: TransportProtocol | undefined;
  /** `sips:` */
  readonly secure: boolean;
}

const protocols: readonly TransportProtocol[] = ['udp', 'tcp', 'tls', 'sctp', 'ws', 'wss'];

export function protocolOf(name: string): TransportProtocol | undefined {
  const lower = name.toLowerCase();
  return protocols.find((proto) => proto === lower);
}

/** undefined when the URI is no SIP URI. A transport that does not exist counts as none, as in Kamailio. */
export function nextHopOf(uriText: string): NextHop | undefined {
  const uri = SipUri.parse(uriText);
  if (uri === undefined || uri.host === '') return undefined;
  const secure = uri.scheme === 'sips';
  const transport = uri.transport;
  let proto = transport === undefined ? undefined : protocolOf(transport);
  // RFC 3261 §26.2.2: `sips:` with a stream transport means that transport over TLS
  if (secure) proto = proto === 'ws' || proto === 'wss' ? 'wss' : 'tls';
  const maddr = uri.params.get('maddr');
  return { host: maddr === undefined || maddr === '' ? uri.host : maddr, port: uri.port, proto, secure };
}

/** `host`, `host:port`, `proto:host:port` or `[v6]:port` as scripts write a proxy. */
export function nextHopOfText(text: string): NextHop | undefined {
  const colon = text.indexOf(':');
  const proto = colon < 0 ? undefined : protocolOf(text.slice(0, colon));
  const rest = proto === undefined ? text : text.slice(colon + 1);
  const hop = nextHopOf(`sip:${rest}`);
  return hop === undefined ? undefined : { ...hop, proto: proto ?? hop.proto };
}
