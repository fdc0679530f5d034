import type { CoreSettings } from '../../module/host.ts';

function isOn(settings: CoreSettings, name: string): boolean {
  return Number(settings.get(name) ?? 0) !== 0;
}

export function failsOver(settings: CoreSettings): boolean {
  return isOn(settings, 'use_dns_failover');
}

export function usesBlocklist(settings: CoreSettings): boolean {
  return isOn(settings, 'use_dst_blocklist');
}
