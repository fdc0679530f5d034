import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AddressRange } from './addressRange.ts';

const cases: readonly [range: string, inside: string[], outside: string[]][] = [
  [
    '10.0.0.1',
    ['10.0.0.1'],
    ['10.0.0.2', '::1', '', 'x', '10.0.0', '10.0.0.1.', '10.0.0.1.5', '10.0.0.256', '10..0.1'],
  ],
  ['10.0.0.0/8', ['10.0.0.0', '10.255.255.255'], ['11.0.0.0', '9.255.255.255']],
  ['192.168.1.0/255.255.255.0', ['192.168.1.200'], ['192.168.2.1']],
  ['255.255.255.255/32', ['255.255.255.255'], ['255.255.255.254']],
  ['0.0.0.0/0', ['1.2.3.4', '255.0.0.1'], ['::1']],
  ['2001:db8::/32', ['2001:db8::1', '2001:0db8:ffff::', '[2001:db8::5]'], ['2001:db9::1', '10.0.0.1']],
  ['::1', ['::1', '0:0:0:0:0:0:0:1'], ['::2']],
  ['::ffff:10.0.0.0/104', ['::ffff:10.1.2.3'], ['::ffff:11.0.0.1']],
];

for (const [range, inside, outside] of cases) {
  test(`address range ${range}`, () => {
    const parsed = AddressRange.parse(range);
    assert.ok(parsed);
    for (const address of inside) assert.ok(parsed.contains(address), address);
    for (const address of outside) assert.ok(!parsed.contains(address), address);
  });
}

test('what is no address range', () => {
  for (const text of ['', 'x', '10.0.0.0/33', '10.0.0.0/::1', '2001:db8::/129', '1.2.3', '10.0.0.1/x']) {
    assert.equal(AddressRange.parse(text), undefined, text);
  }
});
