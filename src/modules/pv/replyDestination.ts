import type { TransportProtocol } from '../../base/ports.ts';
import type { ScriptContext } from '../../module/context.ts';
import { defaultPort } from '../../proxy/transport.ts';
import { viasOf } from '../../sip/headerValues.ts';

/** Where a response goes: `received` and `rport` of its second Via, else its sent-by (RFC 3261 §18.2.2). */
export function replyDestination(
  context: ScriptContext,
): { host: string; port: number; proto: TransportProtocol } | undefined {
  if (context.message.isRequest) return undefined;
  const via = viasOf(context.message)?.[1];
  if (via === undefined) return undefined;
  const proto = via.transport.toLowerCase() as TransportProtocol;
  const rport = Number(via.params.get('rport') || 0);
  const port = rport > 0 ? rport : via.port > 0 ? via.port : defaultPort(proto);
  return { host: via.params.get('received') || via.host, port, proto };
}
