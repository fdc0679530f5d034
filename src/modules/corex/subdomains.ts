import type { TransportProtocol } from '../../base/ports.ts';
import type { Host } from '../../module/host.ts';
import { protocolOf } from '../../proxy/nextHop.ts';

/** Parameter alias_subdomains: `[proto:]domain[:port]` makes a domain and all below it ours. */

interface Domain {
  readonly proto: TransportProtocol | undefined;
  readonly name: string;
  /** 0 for any. */
  readonly port: number;
}

export function addSubdomains(host: Host, lines: readonly string[]): void {
  if (lines.length === 0) return;
  const domains = lines.map(parseDomain);
  host.transport.names?.addCheck((name, port, proto) =>
    domains.some((domain) => matches(domain, name, port, proto)),
  );
}

export function parseDomain(line: string): Domain {
  const colon = line.indexOf(':');
  const proto = colon < 0 ? undefined : protocolOf(line.slice(0, colon));
  const rest = proto === undefined ? line : line.slice(colon + 1);
  const portColon = rest.lastIndexOf(':');
  const port = portColon < 0 ? 0 : Number(rest.slice(portColon + 1)) || 0;
  return { proto, name: (portColon < 0 ? rest : rest.slice(0, portColon)).toLowerCase(), port };
}

function matches(domain: Domain, name: string, port: number, proto: TransportProtocol | undefined): boolean {
  if (domain.proto !== undefined && proto !== undefined && domain.proto !== proto) return false;
  if (domain.port !== 0 && port !== 0 && domain.port !== port) return false;
  const lower = name.toLowerCase();
  return lower === domain.name || lower.endsWith(`.${domain.name}`);
}
