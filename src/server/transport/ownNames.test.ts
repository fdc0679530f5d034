import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OwnNames } from './ownNames.ts';

test('ports and protocols match where both sides name them', () => {
  const names = new OwnNames();
  names.add('10.0.0.5', 5060, 'udp');
  names.addAlias('Example.com', 0, undefined);
  names.addAlias('tcp.example', 5080, 'tcp');
  const cases: [host: string, port: number, proto: 'udp' | 'tcp' | undefined, ours: boolean][] = [
    ['10.0.0.5', 0, undefined, true],
    ['10.0.0.5', 5060, 'udp', true],
    ['10.0.0.5', 5060, 'tcp', false],
    ['10.0.0.5', 5061, 'udp', false],
    ['example.com', 99, 'tcp', true],
    ['EXAMPLE.COM', 0, undefined, true],
    ['tcp.example', 5080, undefined, true],
    ['tcp.example', 5060, 'tcp', false],
    ['sub.example.com', 0, undefined, false],
  ];
  for (const [host, port, proto, ours] of cases) {
    assert.equal(names.has(host, port, proto), ours, `${proto}:${host}:${port}`);
  }
  assert.deepEqual(names.aliases, [
    { host: 'Example.com', port: 0, proto: undefined },
    { host: 'tcp.example', port: 5080, proto: 'tcp' },
  ]);
});

test('IPv6 matches in any form; further checks are asked', () => {
  const names = new OwnNames();
  names.add('2001:db8::1', 5060, undefined);
  assert.equal(names.has('[2001:DB8:0:0::1]', 5060, 'udp'), true);
  assert.equal(names.has('a.b.example', 0, undefined), false);
  names.addCheck((host) => host.endsWith('.example'));
  assert.equal(names.has('a.b.example', 0, undefined), true);
});

test('a virtual address is ours only while the machine has it', () => {
  let there = false;
  const names = new OwnNames();
  names.add('10.0.0.9', 5060, 'udp', () => there);
  assert.equal(names.has('10.0.0.9', 5060, 'udp'), false);
  there = true;
  assert.equal(names.has('10.0.0.9', 5060, 'udp'), true);
});
