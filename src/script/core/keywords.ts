import type { Value } from '../../lang/catalogue.ts';
import { outgoingOf } from '../../module/wire.ts';
import { type CorePvs, readOnly } from './state.ts';

/**
 * Keywords of the language that stand for parts of the message (`method`, `uri`, `src_ip` ...), as variables
 * with the prefix `keyword.`, which no config can write.
 */
export const keywordPrefix = 'keyword.';

/** What `af` and `snd_af` compare with INET and INET6. */
function family(address: string): number {
  return address.includes(':') ? 6 : 4;
}

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
  proto: readOnly('transport the message came on', (_self, context) => context.flow.proto),
  af: readOnly('4 or 6, by the source address', (_self, context) => family(context.flow.address)),
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
  snd_proto: readOnly(
    'transport of the message being sent',
    (_self, context) => outgoingOf(context)?.destination.proto ?? null,
  ),
  snd_af: readOnly('4 or 6, by the address that the message is being sent to', (_self, context) => {
    const outgoing = outgoingOf(context);
    return outgoing === undefined ? null : family(outgoing.destination.address);
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
