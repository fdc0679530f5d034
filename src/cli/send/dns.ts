import { errorText } from '../../base/errors.ts';
import { socketText } from '../../client/compose.ts';
import type { ClientPorts } from '../../client/link.ts';
import { locateServers } from '../../client/outbound.ts';
import type { Target } from '../../client/target.ts';

const prefixes = ['_sip._udp', '_sip._tcp', '_sips._tcp', '_sip._ws', '_sips._wss'];

/** `--dns-srv-print`: the SRV records of the target's name, and the addresses that RFC 3263 makes of it. */
export async function dnsText(
  target: Target,
  family: 4 | 6 | undefined,
  ports: ClientPorts,
): Promise<string> {
  const lines: string[] = [];
  for (const prefix of prefixes) lines.push(...(await srvLines(`${prefix}.${target.hop.host}`, ports)));
  const places = await locateServers(ports, target.hop, family);
  lines.push('', 'would be sent to, in this order:');
  for (const place of places) lines.push(`  ${place.proto}:${socketText(place)}`);
  return lines.join('\n');
}

async function srvLines(name: string, { resolver }: ClientPorts): Promise<string[]> {
  try {
    const records = await resolver.srv(name);
    if (records.length === 0) return [`${name}: none`];
    return records.map(
      ({ target, port, priority, weight }) =>
        `${name}: ${target}:${port} priority ${priority} weight ${weight}`,
    );
  } catch (error) {
    return [`${name}: ${errorText(error)}`];
  }
}
