import { Resolver as DnsResolver } from 'node:dns/promises';
import { ServerError } from '../base/errors.ts';
import type { HostRecord, NaptrRecord, Resolver, SrvRecord } from '../base/ports.ts';
import { HostsFile } from './hostsFile.ts';
import { systemCode } from './systemError.ts';

export interface ResolverOptions {
  /** `address` or `address:port`; the servers of /etc/resolv.conf when empty. */
  readonly servers?: readonly string[] | undefined;
  /** Wait for each server, ms (`dns_retr_time`). */
  readonly timeoutMs?: number | undefined;
  /** Tries of each server (`dns_retr_no` + 1). */
  readonly tries?: number | undefined;
  readonly hostsPath?: string | undefined;
}

/** Node tells the TTL of A and AAAA records only; SRV, NAPTR and the hosts file count for this long. */
export const unknownTtlSec = 60;

/** Answers that mean: there is no such record. All other errors mean that nobody could tell. */
const emptyCodes: ReadonlySet<string> = new Set(['ENODATA', 'ENOTFOUND', 'EBADNAME']);

/** DNS by c-ares, behind the hosts file. Nothing is cached here. */
export class NodeResolver implements Resolver {
  #dns: DnsResolver;
  readonly #servers: readonly string[];
  readonly #hosts: HostsFile;

  constructor(options: ResolverOptions = {}) {
    this.#servers = options.servers ?? [];
    this.#dns = this.#resolverWith(options.timeoutMs ?? 2000, options.tries ?? 2);
    this.#hosts = new HostsFile(options.hostsPath);
  }

  tune({ timeoutMs, tries }: { readonly timeoutMs: number; readonly tries: number }): void {
    this.#dns = this.#resolverWith(timeoutMs, tries);
  }

  async naptr(name: string): Promise<readonly NaptrRecord[]> {
    const records = await answer(name, this.#dns.resolveNaptr(name));
    return records.map((record) => ({ ...record, ttlSec: unknownTtlSec }));
  }

  async srv(name: string): Promise<readonly SrvRecord[]> {
    const records = await answer(name, this.#dns.resolveSrv(name));
    return records.map(({ priority, weight, port, name: target }) => ({
      priority,
      weight,
      port,
      target,
      ttlSec: unknownTtlSec,
    }));
  }

  async a(name: string): Promise<readonly HostRecord[]> {
    return this.#local(name, 4) ?? hostRecords(await answer(name, this.#dns.resolve4(name, { ttl: true })));
  }

  async aaaa(name: string): Promise<readonly HostRecord[]> {
    return this.#local(name, 6) ?? hostRecords(await answer(name, this.#dns.resolve6(name, { ttl: true })));
  }

  async txt(name: string): Promise<readonly string[]> {
    return (await answer(name, this.#dns.resolveTxt(name))).map((chunks) => chunks.join(''));
  }

  async ptr(address: string): Promise<readonly string[]> {
    const local = this.#hosts.namesOf(address);
    return local.length > 0 ? local : answer(address, this.#dns.reverse(address));
  }

  /** c-ares doubles its patience with each try: begin with less, so that the whole is as asked. */
  #resolverWith(timeoutMs: number, tries: number): DnsResolver {
    const timeout = Math.max(1, Math.round((timeoutMs * tries) / (2 ** tries - 1)));
    const resolver = new DnsResolver({ timeout, tries });
    if (this.#servers.length > 0) resolver.setServers(this.#servers);
    return resolver;
  }

  #local(name: string, family: 4 | 6): readonly HostRecord[] | undefined {
    const addresses = this.#hosts.lookup(name, family);
    if (addresses.length === 0) return undefined;
    return addresses.map((address) => ({ address, ttlSec: unknownTtlSec }));
  }
}

function hostRecords(records: readonly { address: string; ttl: number }[]): readonly HostRecord[] {
  return records.map(({ address, ttl }) => ({ address, ttlSec: ttl }));
}

async function answer<T>(name: string, asked: Promise<T[]>): Promise<readonly T[]> {
  try {
    return await asked;
  } catch (error) {
    const code = systemCode(error);
    if (emptyCodes.has(code)) return [];
    throw new ServerError('DNS_FAILED', `resolving ${name}: ${code || String(error)}`, { cause: error });
  }
}
