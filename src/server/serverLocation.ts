import type { Entropy, Resolver } from '../base/ports.ts';
import { DnsCache, type DnsCacheSettings } from '../proxy/dnsCache.ts';
import { DnsLocation, type LocationSettings } from '../proxy/dnsLocation.ts';
import type { Transport } from '../proxy/transport.ts';
import type { ServerSettings } from './settings.ts';

const defaultRetrySec = 2;

/** `dns_cache_flags`. */
const CacheFlag = { ipv4Only: 1, ipv6Only: 2, preferIpv6: 4 } as const;

/** Location of servers (RFC 3263) as the `dns_*` parameters want it, read anew at each use. */
export function makeLocation(
  resolver: Resolver,
  entropy: Entropy,
  settings: ServerSettings,
  transport: Transport,
  nowMs: () => number,
): DnsLocation {
  const cache = new DnsCache(resolver, cacheSettings(settings), nowMs);
  return new DnsLocation(cache, entropy, locationSettings(settings, transport));
}

/** How long the resolver waits for name servers. */
export function tuneResolver(resolver: Resolver, settings: ServerSettings): void {
  const timeoutSec = settings.number('dns_retr_time', 0) || defaultRetrySec;
  resolver.tune?.({ timeoutMs: timeoutSec * 1000, tries: settings.number('dns_retr_no', 1) + 1 });
}

function locationSettings(settings: ServerSettings, transport: Transport): LocationSettings {
  const on = (name: string, otherwise: 0 | 1): boolean => settings.number(name, otherwise) !== 0;
  const flag = (bit: number): boolean => (settings.number('dns_cache_flags', 0) & bit) !== 0;
  return {
    get tryNaptr() {
      return on('dns_try_naptr', 0);
    },
    get tryIpv4() {
      return !flag(CacheFlag.ipv6Only);
    },
    get tryIpv6() {
      return on('dns_try_ipv6', 0) && !flag(CacheFlag.ipv4Only);
    },
    get preferIpv6() {
      return flag(CacheFlag.preferIpv6);
    },
    get balanceSrv() {
      return on('dns_srv_lb', 0);
    },
    supports: (proto) => transport.sockets.some((socket) => socket.proto === proto),
  };
}

/** Answers kept at most. */
const maxEntries = 10_000;

function cacheSettings(settings: ServerSettings): DnsCacheSettings {
  return {
    get enabled() {
      return settings.number('use_dns_cache', 1) !== 0;
    },
    get minTtlSec() {
      return settings.number('dns_cache_min_ttl', 0);
    },
    get maxTtlSec() {
      const limit = settings.number('dns_cache_max_ttl', -1);
      return limit < 0 ? 0x7fffffff : limit;
    },
    get negativeTtlSec() {
      return settings.number('dns_cache_negative_ttl', 60);
    },
    maxEntries,
  };
}
