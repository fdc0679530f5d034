import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NaptrRecord, Resolver, SrvRecord, TransportProtocol } from '../base/ports.ts';
import { DnsCache } from './dnsCache.ts';
import { DnsLocation, type LocationSettings } from './dnsLocation.ts';

interface Zone {
  readonly naptr?: Readonly<Record<string, readonly Partial<NaptrRecord>[]>>;
  readonly srv?: Readonly<Record<string, readonly Partial<SrvRecord>[]>>;
  readonly a?: Readonly<Record<string, string>>;
}

/** A resolver of one zone; it keeps the questions. */
function resolverOf(zone: Zone, asked: string[]): Resolver {
  const of = async <T>(kind: string, name: string, found: T[]): Promise<T[]> => {
    asked.push(`${kind} ${name}`);
    return found;
  };
  return {
    naptr: (name) =>
      of(
        'naptr',
        name,
        (zone.naptr?.[name] ?? []).map((record) => ({
          order: 1,
          preference: 1,
          flags: 's',
          service: 'SIP+D2U',
          regexp: '',
          replacement: '',
          ttlSec: 60,
          ...record,
        })),
      ),
    srv: (name) =>
      of(
        'srv',
        name,
        (zone.srv?.[name] ?? []).map((record) => ({
          priority: 1,
          weight: 0,
          port: 5060,
          target: '',
          ttlSec: 60,
          ...record,
        })),
      ),
    a: (name) => of('a', name, zone.a?.[name] ? [{ address: zone.a[name], ttlSec: 60 }] : []),
    aaaa: (name) => of('aaaa', name, []),
    txt: async () => [],
    ptr: async () => [],
  };
}

function locationOf(zone: Zone, settings: Partial<LocationSettings> = {}, draws: number[] = []) {
  const asked: string[] = [];
  const cache = new DnsCache(
    resolverOf(zone, asked),
    { enabled: true, minTtlSec: 0, maxTtlSec: 3600, negativeTtlSec: 60, maxEntries: 100 },
    () => 0,
  );
  const entropy = { uint32: () => draws.shift() ?? 0, bytes: (length: number) => new Uint8Array(length) };
  const location = new DnsLocation(cache, entropy, {
    tryNaptr: true,
    tryIpv4: true,
    tryIpv6: false,
    preferIpv6: false,
    balanceSrv: true,
    supports: (proto) => proto === 'udp' || proto === 'tcp',
    ...settings,
  });
  const locate = async (host: string, proto?: TransportProtocol, port = 0, secure = false) =>
    (await location.locate({ host, port, proto, secure })).map(
      (each) => `${each.proto}:${each.address}:${each.port}`,
    );
  return { locate, asked };
}

const addresses = { 'one.example': '192.0.2.1', 'two.example': '192.0.2.2', 'three.example': '192.0.2.3' };

test('RFC 3263 §4.1: NAPTR by order, then preference; services that nobody here speaks are left out', async () => {
  const { locate } = locationOf({
    naptr: {
      'example.com': [
        { order: 20, service: 'SIP+D2U', replacement: '_late' },
        { order: 10, preference: 2, service: 'SIP+D2U', replacement: '_udp' },
        { order: 10, preference: 1, service: 'sip+d2t', replacement: '_tcp' },
        { order: 1, service: 'SIPS+D2T', replacement: '_tls' },
        { order: 1, service: 'E2U+sip', replacement: '_enum' },
        { order: 1, flags: 'u', replacement: '_terminal' },
      ],
    },
    srv: {
      _tcp: [{ target: 'one.example', port: 5070 }],
      _udp: [{ target: 'two.example' }],
      _late: [{ target: 'three.example' }],
    },
    a: addresses,
  });
  assert.deepEqual(await locate('example.com'), [
    'tcp:192.0.2.1:5070',
    'udp:192.0.2.2:5060',
    'udp:192.0.2.3:5060',
  ]);
});

test('RFC 3263 §4.1: a port rules out SRV, a transport rules out NAPTR', async () => {
  const zone: Zone = {
    srv: { '_sip._tcp.one.example': [{ target: 'two.example' }] },
    a: addresses,
  };
  const withPort = locationOf(zone);
  assert.deepEqual(await withPort.locate('one.example', undefined, 5099), ['udp:192.0.2.1:5099']);
  assert.deepEqual(withPort.asked, ['a one.example']);
  const withProto = locationOf(zone);
  assert.deepEqual(await withProto.locate('one.example', 'tcp'), ['tcp:192.0.2.2:5060']);
  assert.equal(
    withProto.asked.some((question) => question.startsWith('naptr')),
    false,
  );
});

test('without NAPTR the SRV of udp come first, then tcp; without any, the address', async () => {
  const { locate, asked } = locationOf({
    srv: { '_sip._tcp.example.com': [{ target: 'one.example', port: 5080 }] },
    a: { ...addresses, 'bare.example': '192.0.2.9' },
  });
  assert.deepEqual(await locate('example.com'), ['tcp:192.0.2.1:5080']);
  assert.deepEqual(asked.slice(0, 3), [
    'naptr example.com',
    'srv _sip._udp.example.com',
    'srv _sip._tcp.example.com',
  ]);
  assert.deepEqual(await locate('bare.example'), ['udp:192.0.2.9:5060']);
});

const weighted: Zone = {
  srv: {
    '_sip._udp.example.com': [
      { priority: 20, weight: 100, target: 'three.example' },
      { priority: 10, weight: 1, target: 'one.example' },
      { priority: 10, weight: 3, target: 'two.example' },
    ],
  },
  a: addresses,
};

test('RFC 2782: a lower priority value always comes first; weights are odds within one priority', async () => {
  const order = async (draw: number) => {
    const { locate } = locationOf(weighted, {}, [draw]);
    return (await locate('example.com', 'udp')).map((each) => each[each.indexOf(':5060') - 1]).join('');
  };
  // the heavier one (two) has the first three quarters of the odds
  assert.deepEqual(await Promise.all([0, 2 ** 31, 3.3e9, 2 ** 32 - 1].map(order)), [
    '213',
    '213',
    '123',
    '123',
  ]);
});

test('RFC 2782: over many draws the odds are the weights', async () => {
  let seed = 1;
  const draws = Array.from({ length: 4000 }, () => (seed = (seed * 1664525 + 1013904223) >>> 0));
  const { locate } = locationOf(weighted, {}, draws);
  let heavy = 0;
  for (let i = 0; i < 1000; i++) if ((await locate('example.com', 'udp'))[0]?.includes('192.0.2.2')) heavy++;
  assert.ok(heavy > 680 && heavy < 820, `three in four, not ${heavy} of 1000`);
});

test('without dns_srv_lb the heaviest comes first; target "." means no service', async () => {
  const still = locationOf(weighted, { balanceSrv: false });
  assert.deepEqual(await still.locate('example.com', 'udp'), [
    'udp:192.0.2.2:5060',
    'udp:192.0.2.1:5060',
    'udp:192.0.2.3:5060',
  ]);
  const none = locationOf({ srv: { '_sip._udp.example.com': [{ target: '.' }] }, a: addresses });
  assert.deepEqual(await none.locate('example.com', 'udp'), []);
});

test('a zone with very many records gives a bounded list', async () => {
  const many = Array.from({ length: 500 }, (_, i) => ({ target: 'one.example', port: 6000 + i }));
  const { locate } = locationOf({ srv: { '_sip._udp.example.com': many }, a: addresses });
  assert.equal((await locate('example.com', 'udp')).length, 32);
});
