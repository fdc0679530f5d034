import type { TransportProtocol } from '../base/ports.ts';
import type { ForwardSettings } from '../proxy/requestForwarder.ts';
import type { Flow } from '../proxy/transport.ts';
import type { ScriptContext } from './context.ts';
import type { Host } from './host.ts';
import { onsendCheck } from './onsend.ts';
import { largeRequestProtocol, SendFlag, sendFlagsOf } from './sendFlags.ts';
import { viaParamsOf } from './viaParams.ts';

/** All that script and settings have said about how copies of a request leave. `source` is undefined for own requests. */
export function forwardSettings(
  host: Host,
  context: ScriptContext,
  source: Flow | undefined,
): ForwardSettings {
  const flags = sendFlagsOf(context);
  const largeProto = largeRequestProtocol(context) ?? host.settings.get('udp_mtu_try_proto');
  return {
    flow: source,
    forceRport: context.forceRport,
    addLocalRport: context.addLocalRport,
    advertisedHost: context.advertisedHost,
    advertisedPort: context.advertisedPort,
    viaParams: viaParamsOf(context),
    noConnect: (flags & SendFlag.forwardNoConnect) !== 0,
    closeAfter: (flags & SendFlag.forwardClose) !== 0,
    udpMtu: Number(host.settings.get('udp_mtu') ?? 0),
    largeProto: typeof largeProto === 'string' ? (largeProto.toLowerCase() as TransportProtocol) : undefined,
    mayLeave: source === undefined ? undefined : onsendCheck(host, context),
  };
}
