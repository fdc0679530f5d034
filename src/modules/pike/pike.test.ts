import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contextOf, fakeHost, ModuleUnderTest, requestText } from '../../module/testing.ts';
import { AddressTree, Verdict } from './addressTree.ts';
import pike from './index.ts';
import type { Pike } from './pike.ts';

function stage(params: Record<string, number>) {
  const under = new ModuleUnderTest(pike, fakeHost(), params);
  const self = under.loaded.instance as Pike;
  self.start();
  /** At which of `count` hits the address is found to send too much; 0 for never. */
  const foundAt = (address: string, count: number): number => {
    let found = 0;
    for (let i = 1; i <= count; i++)
      if (under.call('pike_check_ip', contextOf(requestText()), address) === -2) found = i;
    return found;
  };
  return { under, self, foundAt, clock: under.host.clock };
}

test('an address is found where Kamailio finds it, sooner when its neighbours are known', () => {
  // observed: the hit that 5.6.3 answers with -2
  const observed: Readonly<Record<number, readonly number[]>> = {
    2: [6, 3, 4, 5, 6],
    3: [7, 4, 5, 6, 7],
    5: [9, 6, 7, 8, 9],
    16: [22, 17, 18, 19, 22],
    30: [39, 31, 32, 33, 39],
  };
  const addresses = ['193.175.132.164', '193.175.132.142', '193.175.9.1', '193.9.9.1', '9.9.9.1'];
  for (const [limit, expected] of Object.entries(observed)) {
    const { foundAt } = stage({ reqs_density_per_unit: Number(limit) });
    assert.deepEqual(
      addresses.map((address) => foundAt(address, 300)),
      expected,
      limit,
    );
  }
});

test('blocked in the period of the flood and the next one, then free; told at the level asked for', () => {
  const { under, foundAt, clock } = stage({ reqs_density_per_unit: 16, pike_log_level: -1 });
  const { host } = under;
  const one = () => under.call('pike_check_ip', contextOf(requestText()), '1.2.3.4');
  assert.equal(foundAt('1.2.3.4', 30), 22);
  assert.equal(one(), -1);
  clock.advance(2100);
  assert.deepEqual([one(), one()], [-1, -1]);
  clock.advance(2000);
  assert.equal(one(), 1);
  assert.deepEqual(host.log.lines, ['PIKE - BLOCKing ip 1.2.3.4', 'PIKE - UNBLOCKing ip 1.2.3.4']);
  // the rest of the address is known: no detour
  clock.advance(4000);
  assert.equal(foundAt('1.2.3.4', 20), 16);
});

test('a slow sender is never blocked, nor is one that comes back after it was forgotten', () => {
  const { under, self, foundAt, clock } = stage({ reqs_density_per_unit: 16, remove_latency: 8 });
  for (let i = 0; i < 20; i++) {
    assert.equal(foundAt('1.2.3.4', 7), 0);
    clock.advance(2000);
  }
  assert.equal(foundAt('2001:db8::1', 60), 16 + 3 + 15);
  clock.advance(20_000);
  assert.equal(self.tree.size, 0);
  assert.equal(under.call('pike_check_ip', contextOf(requestText()), 'nonsense'), -1);
});

test('IPv6: another spelling is the same address', () => {
  const { under, foundAt } = stage({ reqs_density_per_unit: 4 });
  assert.ok(foundAt('[2001:db8::1]', 40) > 0);
  assert.equal(under.call('pike_check_ip', contextOf(requestText()), '2001:DB8:0:0:0:0:0:1'), -1);
});

test('pike_check_req looks at the source; pike.top lists what is over the limit, or all', () => {
  const { under, foundAt } = stage({ reqs_density_per_unit: 16 });
  const context = contextOf(requestText(), { flow: { address: '192.0.2.1' } });
  for (let i = 0; i < 22; i++) under.call('pike_check_req', context);
  foundAt('192.0.2.9', 5);
  const text = (filter?: string) =>
    JSON.stringify(under.rpc('pike.top', ...(filter === undefined ? [] : [filter])));
  assert.match(text(), /"max_hits","value":16.*192\.0\.2\.1".*"HOT".*"number_of_rows","value":1/);
  assert.match(text('ALL'), /192\.0\.2\.1".*192\.0\.2\.9".*"number_of_rows","value":2/);
  assert.match(JSON.stringify(under.rpc('pike.list', 'WARM')), /"number_of_rows","value":0/);
  assert.match(text('COLD'), /Bad argument/);
});

test('a flood from everywhere fills a bounded tree; who is known stays watched', () => {
  const tree = new AddressTree(4, 1000);
  const hit = (bytes: number[]) => tree.hit(bytes.join('.'), () => bytes, 0);
  for (let i = 0; i < 10; i++) hit([9, 9, 9, 9]);
  for (let i = 0; i < 100_000; i++) hit([i & 255, (i >> 8) & 255, (i >> 4) & 255, i & 255]);
  assert.ok(tree.size <= 1000);
  assert.equal(hit([9, 9, 9, 9]), Verdict.blocked);
});
