import type { CoreSettings, Host } from '../../module/host.ts';
import type { DnsCacheSettings } from '../../proxy/dnsCache.ts';
import type { LocationSettings } from '../../proxy/dnsLocation.ts';

function isOn(settings: CoreSettings, name: string, otherwise: boolean): boolean {
  const value = settings.get(name);
  return value === undefined ? otherwise : Number(value) !== 0;
}

function numberOf(settings: CoreSettings, name: string, otherwise: number): number {
  const value = Number(settings.get(name) ?? otherwise);
  return Number.isFinite(value) ? value : otherwise;
}

/** `dns_*` global parameters, read anew at each use. */
export function locationSettings(host: Host): LocationSettings {
  const { settings, transport } = host;
  return {
    get tryNaptr() {
      return isOn(settings, 'dns_try_naptr', false);
    },
    get tryIpv4() {
      return true;
    },
    get tryIpv6() {
      return isOn(settings, 'dns_try_ipv6', true);
    },
    get preferIpv6() {
      return isOn(settings, 'dns_cache_flags', false) && (numberOf(settings, 'dns_cache_flags', 0) & 4) !== 0;
    },
    get balanceSrv() {
      return isOn(settings, 'dns_srv_lb', false);
    },
    supports: (proto) => transport.sockets.some((socket) => socket.proto === proto),
  };
}

/** About one kilobyte is reckoned for each entry of `dns_cache_mem`. */
export function dnsCacheSettings(settings: CoreSettings): DnsCacheSettings {
  return {
    get enabled() {
      return isOn(settings, 'use_dns_cache', true);
    },
    get minTtlSec() {
      return numberOf(settings, 'dns_cache_min_ttl', 0);
    },
    get maxTtlSec() {
      return numberOf(settings, 'dns_cache_max_ttl', 0x7fffffff);
    },
    get negativeTtlSec() {
      return numberOf(settings, 'dns_cache_negative_ttl', 60);
    },
    get maxEntries() {
      return Math.max(1, numberOf(settings, 'dns_cache_mem', 500));
    },
  };
}

export function failsOver(settings: CoreSettings): boolean {
  return isOn(settings, 'use_dns_failover', false);
}

export function usesBlocklist(settings: CoreSettings): boolean {
  return isOn(settings, 'use_dst_blocklist', false) || isOn(settings, 'use_dst_blacklist', false);
}
