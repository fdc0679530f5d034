import { type RpcArgument, RpcFault, RpcStruct, type RpcValue } from '../../module/rpc.ts';
import type { CachedAnswer, DnsCache, RecordKind } from '../../proxy/dnsCache.ts';
import type { ServerSettings } from '../settings.ts';
import { type CoreMethods, method } from './methods.ts';

/** `dns.*`: the cache of DNS answers. */

const kinds: Readonly<Record<string, RecordKind>> = { A: 'a', AAAA: 'aaaa', SRV: 'srv', NAPTR: 'naptr' };
/** Types that Kamailio caches and this server never asks for. */
const neverCached: ReadonlySet<string> = new Set(['CNAME', 'TXT', 'EBL', 'PTR']);
/** Numbers of the types in the DNS, as `dns.debug` shows them (RFC 1035, 2782, 3403, 3596). */
const typeNumbers: Readonly<Record<RecordKind, number>> = { a: 1, aaaa: 28, srv: 33, naptr: 35 };

/** One record takes about this much, reckoned. */
const recordBytes = 64;

const Flag = { unresolvable: 1, permanent: 2 } as const;

type Entry = ReturnType<DnsCache['list']>[number];

export function dnsRpc(cache: DnsCache, settings: ServerSettings, nowMs: () => number): CoreMethods {
  const view = (entry: Entry): RpcStruct => entryRecord(entry, nowMs());
  return {
    'dns.mem_info': method('Reckoned size of the cache, and its bound in kB.', () => [
      sum(cache.list()),
      settings.number('dns_cache_mem', 500) * 1024,
    ]),
    'dns.view': method('All answers.', () => cache.list().map(view), { returnsArray: true }),
    'dns.debug': method('All answers, short.', () =>
      cache.list().flatMap((entry) => shortForm(entry, nowMs())),
    ),
    'dns.debug_all': method('All answers with their records, short.', () =>
      cache.list().flatMap((entry) => [...shortForm(entry, nowMs()), ...recordTexts(entry)]),
    ),
    'dns.lookup': method(
      'The answer for a type and a name.',
      ([type, name]) => {
        const kind = kinds[String(type).toUpperCase()];
        if (kind === undefined && !neverCached.has(String(type).toUpperCase()))
          return new RpcFault(400, 'Invalid type');
        const found = cache
          .list()
          .find((entry) => entry.kind === kind && entry.name === String(name).toLowerCase());
        return found === undefined ? new RpcFault(400, 'Not found') : [view(found)];
      },
      { args: [text('type'), text('name')] },
    ),
    'dns.delete_all': method('Forgets all answers but permanent ones.', () => {
      cache.clear();
      return [new RpcStruct({ status: 'ok' })];
    }),
    'dns.delete_all_force': method('Forgets all answers.', () => {
      for (const { kind, name } of cache.list()) cache.delete(kind, name);
      return [new RpcStruct({ status: 'ok' })];
    }),
    ...addMethods(cache),
    ...deleteMethods(cache),
  };
}

const text = (name: string) => ({ name, type: 'string' }) as const;
const int = (name: string) => ({ name, type: 'int' }) as const;

function addMethods(cache: DnsCache): CoreMethods {
  const addHost = (kind: 'a' | 'aaaa') =>
    method(
      `Puts an ${kind.toUpperCase()} record in.`,
      ([name, ttl, address, flags]) => {
        if (!blocked(cache, kind, name, ttl, flags))
          cache.add(
            kind,
            String(name),
            { address: String(address), ttlSec: Number(ttl) },
            isPermanent(flags),
          );
        return [];
      },
      { args: [text('name'), int('ttl'), text('address'), int('flags')] },
    );
  return {
    'dns.add_a': addHost('a'),
    'dns.add_aaaa': addHost('aaaa'),
    'dns.add_srv': method(
      'Puts an SRV record in.',
      ([name, ttl, priority, weight, port, target, flags]) => {
        if (blocked(cache, 'srv', name, ttl, flags)) return [];
        const record = { priority: Number(priority), weight: Number(weight), port: Number(port) };
        cache.add(
          'srv',
          String(name),
          { ...record, target: String(target), ttlSec: Number(ttl) },
          isPermanent(flags),
        );
        return [];
      },
      {
        args: [
          text('name'),
          int('ttl'),
          int('priority'),
          int('weight'),
          int('port'),
          text('target'),
          int('flags'),
        ],
      },
    ),
  };
}

function isPermanent(flags: RpcArgument | undefined): boolean {
  return (Number(flags) & Flag.permanent) !== 0;
}

/** Handles the flag that makes a name unresolvable; false when it is not set. */
function blocked(
  cache: DnsCache,
  kind: RecordKind,
  name: RpcArgument | undefined,
  ttl: RpcArgument | undefined,
  flags: RpcArgument | undefined,
): boolean {
  if ((Number(flags) & Flag.unresolvable) === 0) return false;
  cache.block(kind, String(name), Number(ttl), isPermanent(flags));
  return true;
}

function deleteMethods(cache: DnsCache): CoreMethods {
  const types = [...Object.keys(kinds), ...neverCached];
  return Object.fromEntries(
    types.map((type) => [
      `dns.delete_${type.toLowerCase()}`,
      method(
        `Forgets the ${type} answer for a name.`,
        ([name]) => {
          const kind = kinds[type];
          return kind !== undefined && cache.delete(kind, String(name)) ? [] : new RpcFault(400, 'Not found');
        },
        { args: [text('name')] },
      ),
    ]),
  );
}

function size({ name, entry }: Entry): number {
  return name.length + recordBytes * (1 + entry.records.length);
}

function sum(entries: readonly Entry[]): number {
  return entries.reduce((bytes, entry) => bytes + size(entry), 0);
}

/** Seconds until the answer may no longer be used; 0 for permanent ones, as Kamailio shows them. */
function secondsLeft({ expiresMs }: CachedAnswer, nowMs: number): number {
  return Number.isFinite(expiresMs) ? Math.max(0, Math.floor((expiresMs - nowMs) / 1000)) : 0;
}

const yesNo = (yes: boolean): string => (yes ? 'yes' : 'no');

function entryRecord(item: Entry, nowMs: number): RpcStruct {
  const { kind, name, entry } = item;
  const permanent = yesNo(!Number.isFinite(entry.expiresMs));
  const left = secondsLeft(entry, nowMs);
  const records = new RpcStruct();
  entry.records.forEach((record, index) => {
    const shown = new RpcStruct({ rr_idx: index });
    for (const [member, value] of recordMembers(record)) shown.add(member, value);
    records.add('', shown.add('rr_permanent', permanent).add('rr_expires', left));
  });
  return new RpcStruct({
    name,
    type: kind.toUpperCase(),
    size_bytes: size(item),
    reference_counter: 1,
    permanent,
    expires: left,
    last_used: 0,
    negative_entry: yesNo(entry.records.length === 0),
  }).add('records', records);
}

/** Members of a record by what it has. */
function recordMembers(record: object): [string, RpcValue][] {
  const names: Readonly<Record<string, string>> = {
    address: 'rr_ip',
    target: 'rr_name',
    port: 'rr_port',
    priority: 'rr_priority',
    weight: 'rr_weight',
    order: 'rr_order',
    preference: 'rr_preference',
    flags: 'rr_flags',
    service: 'rr_service',
    regexp: 'rr_regexp',
    replacement: 'rr_replacement',
  };
  const values = new Map<string, RpcValue>(Object.entries(record));
  return Object.entries(names).flatMap(([member, shown]): [string, RpcValue][] => {
    const value = values.get(member);
    return value === undefined ? [] : [[shown, value]];
  });
}

function shortForm(item: Entry, nowMs: number): RpcValue[] {
  return [item.name, typeNumbers[item.kind], size(item), 1, secondsLeft(item.entry, nowMs), 0, 0];
}

function recordTexts({ kind, entry }: Entry): RpcValue[] {
  return entry.records.flatMap((record) => {
    const [first] = recordMembers(record);
    return [kind === 'a' || kind === 'aaaa' ? 'ip' : kind, first?.[1] ?? '', record.ttlSec];
  });
}
