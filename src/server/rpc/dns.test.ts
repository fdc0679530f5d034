import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type RpcArgument, RpcFault, RpcStruct } from '../../module/rpc.ts';
import { DnsCache } from '../../proxy/dnsCache.ts';
import { ServerSettings } from '../settings.ts';
import { dnsRpc } from './dns.ts';

function setup() {
  const settings = { enabled: true, minTtlSec: 0, maxTtlSec: 3600, negativeTtlSec: 0, maxEntries: 10 };
  const cache = new DnsCache({} as never, settings, () => 0);
  const methods = dnsRpc(cache, new ServerSettings(() => undefined), () => 1000);
  const call = (name: string, ...args: RpcArgument[]) => methods[`dns.${name}`]?.run(args);
  return { cache, call };
}

function members(struct: unknown): Record<string, unknown> {
  assert.ok(struct instanceof RpcStruct);
  return Object.fromEntries(struct.members.map(({ name, value }) => [name, value]));
}

test('records put in by hand are found, shown and forgotten', () => {
  const { cache, call } = setup();
  assert.deepEqual(call('add_a', 'foo.org', 300, '1.2.3.4', 0), []);
  assert.deepEqual(call('add_a', 'foo.org', 300, '1.2.3.5', 0), []);
  assert.deepEqual(cache.find('a', 'foo.org'), [
    { address: '1.2.3.4', ttlSec: 300 },
    { address: '1.2.3.5', ttlSec: 300 },
  ]);
  const [shown] = call('lookup', 'A', 'foo.org') as [RpcStruct];
  const { records, ...rest } = members(shown);
  assert.deepEqual(rest, {
    name: 'foo.org',
    type: 'A',
    size_bytes: 199,
    reference_counter: 1,
    permanent: 'no',
    expires: 299,
    last_used: 0,
    negative_entry: 'no',
  });
  const [first] = (records as RpcStruct).members;
  assert.deepEqual(members(first?.value), {
    rr_idx: 0,
    rr_ip: '1.2.3.4',
    rr_permanent: 'no',
    rr_expires: 299,
  });
  assert.deepEqual(call('debug'), ['foo.org', 1, 199, 1, 299, 0, 0]);
  assert.deepEqual(call('delete_a', 'foo.org'), []);
  assert.deepEqual(call('delete_a', 'foo.org'), new RpcFault(400, 'Not found'));
  assert.deepEqual(call('lookup', 'A', 'foo.org'), new RpcFault(400, 'Not found'));
  assert.deepEqual(call('lookup', 'XX', 'foo'), new RpcFault(400, 'Invalid type'));
});

test('permanent records outlive delete_all; blocked names have no records', () => {
  const { cache, call } = setup();
  call('add_srv', '_sip._udp.x', 300, 5, 10, 5099, 'tgt.x', 2);
  call('add_aaaa', 'gone.org', 60, '::1', 1);
  assert.deepEqual(cache.find('aaaa', 'gone.org'), []);
  assert.deepEqual(call('delete_all'), [new RpcStruct({ status: 'ok' })]);
  assert.equal((call('view') as unknown[]).length, 1);
  const [shown] = call('lookup', 'SRV', '_sip._udp.x') as [RpcStruct];
  assert.equal(members(shown).permanent, 'yes');
  assert.deepEqual((call('debug_all') as unknown[]).slice(-3), ['srv', 'tgt.x', 300]);
  call('delete_all_force');
  assert.deepEqual(call('mem_info'), [0, 512000]);
});
