import type { Entropy, NaptrRecord, SrvRecord, TransportProtocol } from '../base/ports.ts';
import { type Soon, soon } from '../base/soon.ts';
import type { DnsCache } from './dnsCache.ts';
import { numericAddress, type ServerAddress, type ServerLocation } from './location.ts';
import type { NextHop } from './nextHop.ts';
import { defaultPort } from './transport.ts';

export interface LocationSettings {
  readonly tryNaptr: boolean;
  readonly tryIpv6: boolean;
  readonly tryIpv4: boolean;
  readonly preferIpv6: boolean;
  /** SRV weights are odds (RFC 2782); otherwise the heaviest comes first. */
  readonly balanceSrv: boolean;
  /** Is there a socket for it? */
  supports(proto: TransportProtocol): boolean;
}

/** Addresses of one name that are kept at most: a zone with thousands of records must not become branches. */
const maxAddresses = 32;

/** Location of servers with DNS (RFC 3263 §4). */
export class DnsLocation implements ServerLocation {
  readonly #dns: DnsCache;
  readonly #entropy: Entropy;
  readonly #settings: LocationSettings;

  constructor(dns: DnsCache, entropy: Entropy, settings: LocationSettings) {
    this.#dns = dns;
    this.#entropy = entropy;
    this.#settings = settings;
  }

  get cache(): DnsCache {
    return this.#dns;
  }

  locate(hop: NextHop): Soon<readonly ServerAddress[]> {
    const numeric = numericAddress(hop);
    if (numeric !== undefined) return [numeric];
    return soon(this.#locateName(hop), (list) => list.slice(0, maxAddresses));
  }

  /** §4.1: a given port rules out SRV, a given transport rules out NAPTR. */
  #locateName(hop: NextHop): Soon<readonly ServerAddress[]> {
    const { host, port, secure } = hop;
    if (port !== 0) return this.#hostAddresses(host, port, hop.proto ?? (secure ? 'tls' : 'udp'), host);
    if (hop.proto !== undefined) return this.#bySrv(hop, [hop.proto]);
    const guess = (): Soon<readonly ServerAddress[]> => this.#bySrv(hop, secure ? ['tls'] : srvOrder);
    if (!this.#settings.tryNaptr) return guess();
    return soon(this.#dns.find('naptr', host), (records) => {
      const usable = this.#usableNaptr(records, secure);
      return usable.length === 0 ? guess() : this.#byNaptr(usable, host);
    });
  }

  /** §4.1: records with the `s` flag whose service we can speak, in the order of the zone. */
  #usableNaptr(records: readonly NaptrRecord[], secure: boolean): NaptrRecord[] {
    const usable = records.filter(({ flags, service }) => {
      const proto = naptrServices[service.toUpperCase()];
      if (flags.toLowerCase() !== 's' || proto === undefined) return false;
      return this.#settings.supports(proto) && (!secure || proto === 'tls' || proto === 'wss');
    });
    return usable.sort((a, b) => a.order - b.order || a.preference - b.preference);
  }

  #byNaptr(records: readonly NaptrRecord[], host: string): Soon<readonly ServerAddress[]> {
    let all: Soon<readonly ServerAddress[]> = [];
    for (const record of records) {
      const proto = naptrServices[record.service.toUpperCase()] ?? 'udp';
      all = soon(all, (before) =>
        soon(this.#dns.find('srv', record.replacement), (srv) =>
          soon(this.#srvAddresses(srv, proto, host), (more) => [...before, ...more]),
        ),
      );
    }
    return all;
  }

  /** §4.2: the first of the transports that has SRV records; without any, the addresses of the name. */
  #bySrv(hop: NextHop, protos: readonly TransportProtocol[], at = 0): Soon<readonly ServerAddress[]> {
    const { host } = hop;
    const proto = protos[at];
    if (proto === undefined) {
      const fallback = hop.proto ?? (hop.secure ? 'tls' : 'udp');
      return this.#hostAddresses(host, defaultPort(fallback), fallback, host);
    }
    const prefix = srvPrefixes[proto];
    if (prefix === undefined || !this.#settings.supports(proto)) return this.#bySrv(hop, protos, at + 1);
    return soon(this.#dns.find('srv', `${prefix}.${host}`), (records) =>
      records.length === 0
        ? this.#bySrv(hop, protos, at + 1)
        : soon(this.#srvAddresses(records, proto, host), (list) =>
            list.length === 0 ? this.#bySrv(hop, protos, at + 1) : list,
          ),
    );
  }

  #srvAddresses(
    records: readonly SrvRecord[],
    proto: TransportProtocol,
    host: string,
  ): Soon<readonly ServerAddress[]> {
    let all: Soon<readonly ServerAddress[]> = [];
    for (const { target, port } of this.#inOrder(records).slice(0, maxAddresses)) {
      // RFC 2782: "." means that the service is not there
      if (target === '.' || target === '') continue;
      all = soon(all, (before) =>
        soon(this.#hostAddresses(target, port, proto, host), (more) => [...before, ...more]),
      );
    }
    return all;
  }

  /** RFC 2782: by priority; within one by weight. */
  #inOrder(records: readonly SrvRecord[]): SrvRecord[] {
    const sorted = records.slice().sort((a, b) => a.priority - b.priority || b.weight - a.weight);
    if (!this.#settings.balanceSrv) return sorted;
    const drawn: SrvRecord[] = [];
    while (sorted.length > 0) {
      const { priority } = sorted[0] as SrvRecord;
      const equals = sorted.filter((record) => record.priority === priority).length;
      drawn.push(...sorted.splice(this.#draw(sorted, equals), 1));
    }
    return drawn;
  }

  /** The position of one of the first `count` records, with odds by weight (a weight of 0 still has a small chance). */
  #draw(records: readonly SrvRecord[], count: number): number {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += (records[i] as SrvRecord).weight + 0.01;
    let rest = (this.#entropy.uint32() / 2 ** 32) * sum;
    for (let i = 0; i < count; i++) {
      rest -= (records[i] as SrvRecord).weight + 0.01;
      if (rest < 0) return i;
    }
    return count - 1;
  }

  #hostAddresses(
    name: string,
    port: number,
    proto: TransportProtocol,
    host: string,
  ): Soon<readonly ServerAddress[]> {
    const numeric = numericAddress({ host: name, port, proto, secure: false });
    if (numeric !== undefined) return [{ ...numeric, host }];
    const { tryIpv4, tryIpv6, preferIpv6 } = this.#settings;
    const v4 = tryIpv4 ? this.#dns.find('a', name) : [];
    const v6 = tryIpv6 ? this.#dns.find('aaaa', name) : [];
    return soon(v4, (four) =>
      soon(v6, (six) =>
        (preferIpv6 ? [...six, ...four] : [...four, ...six]).map(({ address }) => ({
          proto,
          address,
          port,
          host,
        })),
      ),
    );
  }
}

/** §4.1 without NAPTR: which SRV records to look for. */
const srvOrder: readonly TransportProtocol[] = ['udp', 'tcp', 'tls', 'sctp'];

const srvPrefixes: Readonly<Partial<Record<TransportProtocol, string>>> = {
  udp: '_sip._udp',
  tcp: '_sip._tcp',
  tls: '_sips._tcp',
  sctp: '_sip._sctp',
  ws: '_sip._ws',
  wss: '_sips._wss',
};

/** RFC 3263 §4.1, RFC 7118. */
const naptrServices: Readonly<Record<string, TransportProtocol>> = {
  'SIP+D2U': 'udp',
  'SIP+D2T': 'tcp',
  'SIPS+D2T': 'tls',
  'SIP+D2S': 'sctp',
  'SIP+D2W': 'ws',
  'SIPS+D2W': 'wss',
};
