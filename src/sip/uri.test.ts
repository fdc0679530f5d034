import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comparableText, escapeParam, escapeUser, hasValidEscapes, unescapeText } from './escape.ts';
import {
  addressOfHost,
  canonicalHost,
  canonicalIpv6,
  hostKind,
  hostOfAddress,
  isIpAddress,
  isIpv4,
} from './host.ts';
import { SipUri, schemeOf } from './uri.ts';
import { addressOfRecordKey, sipUriEquals } from './uriCompare.ts';

function uri(text: string): SipUri {
  const parsed = SipUri.parse(text);
  assert.ok(parsed !== undefined, text);
  return parsed;
}

test('§19.1.1: the parts of a SIP URI', () => {
  const full = uri('sips:alice:secret@atlanta.com:5061;Transport=TLS;lr?subject=x&to=a%40b');
  assert.equal(full.scheme, 'sips');
  assert.equal(full.user, 'alice');
  assert.equal(full.password, 'secret');
  assert.equal(full.host, 'atlanta.com');
  assert.equal(full.port, 5061);
  assert.equal(full.transport, 'tls');
  assert.equal(full.params.get('lr'), '');
  assert.equal(full.headers, 'subject=x&to=a%40b');
});

test('§19.1.1: what a user part may hold', () => {
  assert.equal(uri('sip:user;par=u%40example.net@example.com').user, 'user;par=u%40example.net');
  assert.equal(uri('sip:a?b/c;d@host').user, 'a?b/c;d');
  assert.equal(uri('sip:a:@host').password, '');
});

test('URIs are written back as they were', () => {
  for (const text of [
    'sip:alice@atlanta.com',
    'sip:atlanta.com',
    'sip:+12345',
    'sips:1212@gateway.com',
    'sip:a:@b:5060;x=;y;z=q?h=v',
    'sip:a@[2001:db8::1]:5070;maddr=[::1]',
    'tel:+1-201-555-0123;phone-context=example.com',
    'urn:service:sos.police',
    'urn:sos',
    'sip:+1;x=1:pw@c;user=phone',
  ])
    assert.equal(uri(text).toString(), text);
  assert.equal(uri('SIP:a@B').toString(), 'sip:a@B');
});

test('malformed URIs', () => {
  for (const text of [
    '',
    'sip:',
    'sip:@host',
    'sip::p@host',
    'sip:a@',
    'sip:a@b@c',
    'sip:a@b:65536',
    'sip:a@b:99999999999999999999',
    'sip:a@b:x',
    'sip:a@::1',
    'sip:a@[::1',
    'sip:a b@c',
    'sip:a@b c',
    'sip:<a@b>',
    'sip:a"@b',
    'sip:a\x00@b',
    'sip:a@b;x=y@z',
    'sip:a@b?x=y@z',
    'sip:a@b/c',
    'tel:',
    'urn:',
    'sip:a:p:q@b',
    'http://a/',
    'mailto:a@b',
    'nonsense',
  ])
    assert.equal(SipUri.parse(text), undefined, text);
});

test('what Kamailio takes too: an empty port, empty parameters', () => {
  assert.equal(uri('sip:a@b:').port, 0);
  assert.equal(uri('sip:a@b;;x;').params.size, 1);
});

test('schemes tell unknown from nonsense', () => {
  assert.equal(schemeOf('nobodyKnowsThisScheme:x'), 'nobodyknowsthisscheme');
  assert.equal(schemeOf('soap.beep://x'), 'soap.beep');
  for (const text of ['', ':x', '1a:x', 'a b:x', 'x', '<sip:a@b>']) assert.equal(schemeOf(text), '');
});

test('§19.1.4: equivalent URIs', () => {
  for (const [a, b] of [
    ['sip:%61lice@atlanta.com;transport=TCP', 'sip:alice@AtLanTa.CoM;Transport=tcp'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com;newparam=5'],
    ['sip:carol@chicago.com;security=on', 'sip:carol@chicago.com;newparam=5'],
    [
      'sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com',
      'sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com',
    ],
    [
      'sip:alice@atlanta.com?subject=project%20x&priority=urgent',
      'sip:alice@atlanta.com?priority=urgent&subject=project%20x',
    ],
    ['sip:a@[2001:db8:0:0::1]', 'sip:a@[2001:DB8::0:1]'],
    ['tel:+1-201-555-0123', 'tel:+1(201)5550123'],
    ['urn:service:sos', 'URN:Service:sos'],
  ] as const)
    assert.ok(sipUriEquals(uri(a), uri(b)) && sipUriEquals(uri(b), uri(a)), `${a} ${b}`);
});

test('§19.1.4: URIs that are not equivalent', () => {
  for (const [a, b] of [
    ['SIP:ALICE@AtLanTa.CoM;Transport=udp', 'sip:alice@AtLanTa.CoM;Transport=UDP'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:5060'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com;transport=udp'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:6000;transport=tcp'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com?Subject=next%20meeting'],
    ['sip:bob@phone21.boxesbybob.com', 'sip:bob@192.0.2.4'],
    ['sip:carol@chicago.com;security=on', 'sip:carol@chicago.com;security=off'],
    ['sip:a@b', 'sips:a@b'],
    ['sip:a@b', 'sip:b'],
    ['sip:a@b', 'sip:a:@b'],
    ['sip:a@b;user=phone', 'sip:a@b'],
    ['sip:a%3b@b', 'sip:a;@b'],
    ['tel:+1201', 'tel:1201'],
    ['tel:1201;phone-context=a', 'tel:1201'],
  ] as const)
    assert.ok(!sipUriEquals(uri(a), uri(b)) && !sipUriEquals(uri(b), uri(a)), `${a} ${b}`);
});

test('§10.3 step 5: the key of an address-of-record', () => {
  assert.equal(addressOfRecordKey(uri('sips:%41lice@EXAMPLE.com:5061;user=phone?x=y')), 'Alice@example.com');
  assert.equal(addressOfRecordKey(uri('sip:a@[2001:DB8::0:1]')), 'a@[2001:db8::1]');
  assert.equal(addressOfRecordKey(uri('sip:a%zz@b')), 'a%zz@b');
  assert.equal(addressOfRecordKey(uri('tel:+123')), '+123');
});

test('§19.1.2: escapes', () => {
  assert.equal(escapeUser('a b/c@d:e;f=g%'), 'a%20b%2fc%40d%3ae;f=g%25');
  assert.equal(escapeParam('a b,c;[::1]'), 'a%20b%2cc%3b[::1]');
  assert.equal(escapeUser('\xe9'), undefined);
  assert.equal(unescapeText('a%20b%2Fc'), 'a b/c');
  for (const text of ['%', '%4', '%4G', '%00', '%7f', '%e9'])
    assert.equal(unescapeText(text), undefined, text);
  assert.equal(comparableText('%61%3b%2B%zz%'), 'a%3B%2B%zz%');
  assert.ok(hasValidEscapes('a%00b') && !hasValidEscapes('a%0'));
  for (let code = 32; code < 127; code++) {
    const character = String.fromCharCode(code);
    assert.equal(unescapeText(escapeUser(character) as string), character);
    assert.equal(unescapeText(escapeParam(character) as string), character);
  }
});

test('hosts', () => {
  assert.ok(isIpv4('192.0.2.1') && !isIpv4('192.0.2.256') && !isIpv4('192.0.2') && !isIpv4('1.2.3.4.5'));
  assert.equal(canonicalIpv6('2001:db8:0:0:1:0:0:1'), '2001:db8::1:0:0:1');
  assert.equal(canonicalIpv6('::ffff:192.0.2.1'), '::ffff:c000:201');
  assert.equal(canonicalIpv6('0:0:0:0:0:0:0:0'), '::');
  assert.equal(canonicalIpv6('1:0:2:3:4:5:6:7'), '1:0:2:3:4:5:6:7');
  for (const text of [
    '',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    'g::',
    '12345::',
    '::1.2.3',
  ])
    assert.equal(canonicalIpv6(text), undefined, text);
  assert.equal(hostKind('[::1]'), 'ipv6');
  assert.equal(hostKind('10.0.0.1'), 'ipv4');
  assert.equal(hostKind('a.b-c.example.'), 'name');
  for (const text of ['', 'a..b', '-a', 'a-', '1.2.3.400', '[::1', '[x]', 'a b'])
    assert.equal(hostKind(text), undefined);
  assert.equal(canonicalHost('Example.COM'), 'example.com');
  assert.equal(hostOfAddress('::1'), '[::1]');
  assert.equal(hostOfAddress('1.2.3.4'), '1.2.3.4');
  assert.equal(addressOfHost('[::1]'), '::1');
  assert.ok(isIpAddress('[::1]') && isIpAddress('::1') && isIpAddress('1.2.3.4') && !isIpAddress('a.b'));
});
