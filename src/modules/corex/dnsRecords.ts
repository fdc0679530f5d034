import type { Host } from '../../module/host.ts';
import type { DnsCache } from '../../proxy/dnsCache.ts';

/** Parameter dns_cache: `type=A;name=kamailio.org;addr=1.2.3.4;ttl=3600;flags=2`. */

const Flag = { unresolvable: 1, permanent: 2 } as const;

export function addDnsRecords(host: Host, lines: readonly string[]): void {
  if (lines.length === 0) return;
  const { cache } = host.location;
  for (const line of lines) {
    if (cache === undefined || !addRecord(cache, attributes(line)))
      host.log.error(`cannot add DNS record "${line}"`);
  }
}

function attributes(line: string): ReadonlyMap<string, string> {
  const pairs = line.split(';').flatMap((part): [string, string][] => {
    const equals = part.indexOf('=');
    return equals < 0 ? [] : [[part.slice(0, equals).trim().toLowerCase(), part.slice(equals + 1).trim()]];
  });
  return new Map(pairs);
}

/** False when an attribute that it needs is missing. */
function addRecord(cache: DnsCache, record: ReadonlyMap<string, string>): boolean {
  const number = (name: string): number => Number(record.get(name) ?? 0) || 0;
  const type = record.get('type')?.toUpperCase();
  const name = record.get('name') ?? '';
  const address = record.get('addr') ?? '';
  const permanent = (number('flags') & Flag.permanent) !== 0;
  const kind = type === 'A' ? 'a' : type === 'AAAA' ? 'aaaa' : type === 'SRV' ? 'srv' : undefined;
  if (kind === undefined || name === '') return false;
  if ((number('flags') & Flag.unresolvable) !== 0) {
    cache.block(kind, name, number('ttl'), permanent);
    return true;
  }
  if (address === '') return false;
  const ttlSec = number('ttl');
  if (kind === 'srv') {
    const { priority, weight, port } = {
      priority: number('priority'),
      weight: number('weight'),
      port: number('port'),
    };
    cache.add('srv', name, { priority, weight, port, target: address, ttlSec }, permanent);
  } else cache.add(kind, name, { address, ttlSec }, permanent);
  return true;
}
