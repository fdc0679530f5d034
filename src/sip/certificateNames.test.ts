import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identitiesOf, matchesDomain, type PeerNames } from './certificateNames.ts';

const none: PeerNames = { dns: [], uris: [], ips: [], emails: [], commonName: '' };

test('SIP URIs come before DNS names, those before the common name (RFC 5922 §7.1)', () => {
  const all = {
    ...none,
    uris: ['sip:a.example', 'SIP:B.example;x=y'],
    dns: ['c.example'],
    commonName: 'd.example',
  };
  assert.deepEqual(identitiesOf(all), ['a.example', 'b.example']);
  assert.deepEqual(identitiesOf({ ...all, uris: [] }), ['c.example']);
  assert.deepEqual(identitiesOf({ ...none, commonName: 'D.example' }), ['d.example']);
  assert.deepEqual(identitiesOf({ ...none, uris: ['sip:user@a.example'], commonName: 'd.example' }), []);
  assert.deepEqual(identitiesOf({ ...none, uris: ['sip:user@a.example'], dns: ['c.example'] }), [
    'c.example',
  ]);
});

test('names match whole and without regard to case; wildcards only where they are allowed', () => {
  const names = { ...none, dns: ['Sip.Example.com', '*.wild.example'], ips: ['10.1.1.1'] };
  assert.ok(matchesDomain(names, 'sip.example.COM'));
  assert.ok(matchesDomain(names, 'sip.example.com.'));
  assert.ok(!matchesDomain(names, 'example.com'));
  assert.ok(!matchesDomain(names, 'a.wild.example'));
  assert.ok(matchesDomain(names, 'a.wild.example', true));
  assert.ok(!matchesDomain(names, 'a.b.wild.example', true));
  assert.ok(matchesDomain(names, '10.1.1.1'));
  assert.ok(!matchesDomain(names, '10.1.1.2'));
});
