import type { TransportProtocol } from '../../base/ports.ts';
import type { Value } from '../../lang/catalogue.ts';
import { outgoingOf } from '../../module/wire.ts';
import { type CorePvs, readOnly } from './state.ts';

/**
 * Keywords of the language that stand for parts of the message (`method`, `uri`, `src_ip` ...), as variables
 * with the prefix `keyword.`, which no config can write.
 */
export const keywordPrefix = 'keyword.';

/** Numbers behind the words UDP, TCP ... that `proto` and `snd_proto` compare with. */
export const protocolNumbers: Readonly<Record<TransportProtocol, number>> = {
  udp: 1,
  tcp: 2,
  tls: 3,
  sctp: 4,
  ws: 5,
  wss: 6,
};

/** Numbers behind the words INET and INET6 that `af` and `snd_af` compare with. */
export function addressFamilyNumber(address: string): number {
  return address.includes(':') ? 10 : 2;
}

/** Core values: words that stand for numbers in comparisons. */
export const coreValues: Readonly<Record<string, number>> = {
  UDP: 1,
  udp: 1,
  TCP: 2,
  tcp: 2,
  TLS: 3,
  tls: 3,
  SCTP: 4,
  sctp: 4,
  WS: 5,
  ws: 5,
  WSS: 6,
  wss: 6,
  INET: 2,
  inet: 2,
  IPv4: 2,
  INET6: 10,
  inet6: 10,
  IPv6: 10,
};

const keywords: CorePvs = {
  method: readOnly('method of the message', (_self, context) => context.message.method),
  uri: readOnly('Request-URI', (_self, context) => context.target.requestUri),
  from_uri: readOnly('URI of From', (_self, context) => context.message.from?.uri ?? null),
  to_uri: readOnly('URI of To', (_self, context) => context.message.to?.uri ?? null),
  status: readOnly(
    'status of the response, of the last one for the request',
    (_self, { message, response }): Value => {
      if (!message.isRequest) return String(message.statusCode);
      return response === undefined ? null : String(response.statusCode);
    },
  ),
  src_ip: readOnly('source address', (_self, context) => context.flow.address),
  src_port: readOnly('source port', (_self, context) => context.flow.port),
  dst_ip: readOnly('local address the message came to', (_self, context) => context.flow.socket.address),
  dst_port: readOnly('local port the message came to', (_self, context) => context.flow.socket.port),
  proto: readOnly('number of the transport', (_self, context) => protocolNumbers[context.flow.proto]),
  af: readOnly('number of the address family', (_self, context) => addressFamilyNumber(context.flow.address)),
  'msg:len': readOnly(
    'length of the message, in onsend_route of the one being sent',
    (_self, context) => (outgoingOf(context)?.text ?? context.message.text).length,
  ),
  snd_ip: readOnly(
    'local address of the message being sent',
    (_self, context) => outgoingOf(context)?.socket?.address ?? null,
  ),
  snd_port: readOnly(
    'local port of the message being sent',
    (_self, context) => outgoingOf(context)?.socket?.port ?? null,
  ),
  snd_proto: readOnly('number of the transport of the message being sent', (_self, context) => {
    const outgoing = outgoingOf(context);
    return outgoing === undefined ? null : protocolNumbers[outgoing.destination.proto];
  }),
  snd_af: readOnly('number of the address family of the message being sent', (_self, context) => {
    const outgoing = outgoingOf(context);
    return outgoing === undefined ? null : addressFamilyNumber(outgoing.destination.address);
  }),
  to_ip: readOnly(
    'address that the message is being sent to',
    (_self, context) => outgoingOf(context)?.destination.address ?? null,
  ),
  to_port: readOnly(
    'port that the message is being sent to',
    (_self, context) => outgoingOf(context)?.destination.port ?? null,
  ),
  max_len: readOnly('longest message that is taken', () => 65535),
};

export const keywordPvs: CorePvs = Object.fromEntries(
  Object.entries(keywords).map(([name, declaration]) => [keywordPrefix + name, declaration]),
);
