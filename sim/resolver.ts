import { ServerError } from '../src/base/errors.ts';
import type { Clock, HostRecord, NaptrRecord, Resolver, SrvRecord } from '../src/base/ports.ts';

/** Records of one name. Times to live default to 60 s. */
export interface ZoneName {
  readonly a?: readonly (string | HostRecord)[];
  readonly aaaa?: readonly (string | HostRecord)[];
  readonly srv?: readonly (Omit<SrvRecord, 'ttlSec'> & { readonly ttlSec?: number })[];
  readonly naptr?: readonly (Omit<NaptrRecord, 'ttlSec' | 'regexp'> & { readonly ttlSec?: number })[];
  readonly txt?: readonly string[];
  readonly ptr?: readonly string[];
}

const defaultTtlSec = 60;

/** DNS of the world: zones as data, answers after a delay, and failures on demand. */
export class SimResolver implements Resolver {
  /** How long an answer takes. */
  latencyMs = 5;
  /** Names that nobody can answer for; `*` for all. */
  readonly failing = new Set<string>();
  /** Every question, in order: `SRV _sip._udp.example.com`. */
  readonly asked: string[] = [];
  readonly #clock: Clock;
  readonly #names = new Map<string, ZoneName>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Sets all records of these names. */
  addZone(zone: Readonly<Record<string, ZoneName>>): void {
    for (const [name, records] of Object.entries(zone)) this.#names.set(canonical(name), records);
  }

  a(name: string): Promise<readonly HostRecord[]> {
    return this.#answer('A', name, ({ a = [] }) => a.map(hostRecord));
  }

  aaaa(name: string): Promise<readonly HostRecord[]> {
    return this.#answer('AAAA', name, ({ aaaa = [] }) => aaaa.map(hostRecord));
  }

  srv(name: string): Promise<readonly SrvRecord[]> {
    return this.#answer('SRV', name, ({ srv = [] }) =>
      srv.map((record) => ({ ttlSec: defaultTtlSec, ...record })),
    );
  }

  naptr(name: string): Promise<readonly NaptrRecord[]> {
    return this.#answer('NAPTR', name, ({ naptr = [] }) =>
      naptr.map((record) => ({ ttlSec: defaultTtlSec, regexp: '', ...record })),
    );
  }

  txt(name: string): Promise<readonly string[]> {
    return this.#answer('TXT', name, ({ txt = [] }) => txt);
  }

  ptr(address: string): Promise<readonly string[]> {
    return this.#answer('PTR', address, ({ ptr = [] }) => ptr);
  }

  #answer<T>(type: string, name: string, records: (zone: ZoneName) => readonly T[]): Promise<readonly T[]> {
    const key = canonical(name);
    this.asked.push(`${type} ${key}`);
    return new Promise((resolve, reject) => {
      this.#clock.after(this.latencyMs, () => {
        if (this.failing.has(key) || this.failing.has('*')) {
          reject(new ServerError('DNS_FAILED', `resolving ${name}: no answer`));
        } else resolve(records(this.#names.get(key) ?? {}));
      });
    });
  }
}

function hostRecord(record: string | HostRecord): HostRecord {
  return typeof record === 'string' ? { address: record, ttlSec: defaultTtlSec } : record;
}

function canonical(name: string): string {
  const lower = name.toLowerCase();
  return lower.endsWith('.') ? lower.slice(0, -1) : lower;
}
