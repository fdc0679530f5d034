import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitUri, UriMemo } from './uriParts.ts';
import {
  withHost,
  withHostPort,
  withHostPortTransport,
  withParam,
  withPort,
  withUser,
  withUserAndPassword,
} from './uriRewrite.ts';

/** URI and `user|password|host|port|params|headers`, as the real server (5.6.3) takes them apart. */
const observed: readonly (readonly [string, string | undefined])[] = [
  ['sip:a@b;x="y"', 'a||b||x="y"|'],
  ['sip:a b@c', 'a b||c|||'],
  ['sip:a@b;x=<y>', 'a||b||x=<y>|'],
  ['sip:a@b;x = y', 'a||b||x = y|'],
  ['sip:a@b?x', 'a||b|||x'],
  ['sip:b?x=y', '||b|||x=y'],
  ['sip:b;x=y', '||b||x=y|'],
  ['sip:b;x?h@z', 'b;x?h||z|||'],
  ['sip:a?h=1@c', 'a?h=1||c|||'],
  ['sip:a:5060@c', 'a|5060|c|||'],
  ['sip:a:b@c:5', 'a|b|c|5||'],
  ['sip:a@b:;x', 'a||b||x|'],
  ['sip:a@b:05060', 'a||b|05060||'],
  ['sip:+12345', '||+12345|||'],
  ['sip:[::1]:5060;x=1', '||[::1]|5060|x=1|'],
  ['sip:a@B.', 'a||B.|||'],
  ['sip:a{b}%@c', 'a{b}%||c|||'],
  ['sip:a@b;x=1:2/[]&+$', 'a||b||x=1:2/[]&+$|'],
  ['SIPS:a@b', 'a||b|||'],
  ['sip:a;x=1@c;user=phone', 'a||c||user=phone|'],
  ['sip:+1;x=1:pw@c;user=phone', '+1|pw|c||user=phone|'],
  ['sip:+1;x=1@c;USER=PHONE', '+1;x=1||c||USER=PHONE|'],
  ['sip:+1;x=1@c;user=ip', '+1;x=1||c||user=ip|'],
  ['sip:+1;x=1@c;user=phones', '+1;x=1||c||user=phones|'],
  ['tel:+1', '+1|||||'],
  ['tel:1;x?y', '1||||x|y'],
  ['urn:service:sos', 'service||sos|||'],
  ['urn:a', '||a|||'],
  ['sip:a@b;x=y@z', undefined],
  ['sip:a@b c', undefined],
  ['sip:a@b/c', undefined],
  ['sip:a@b,c', undefined],
  ['sip:a@b%41', undefined],
  ['sip:a@b:5060x', undefined],
  ['sip:a@b:65536', undefined],
  ['sip:a@[::1]x', undefined],
  ['sip:a:p:q@b', undefined],
  ['sip::p@b', undefined],
  ['sip:@b', undefined],
  ['sip:a@', undefined],
  ['sip:', undefined],
  ['tel:', undefined],
  ['<sip:a@b>', undefined],
  ['http://a', undefined],
];

for (const [text, expected] of observed) {
  test(`parts of ${text}`, () => {
    const parts = splitUri(text);
    assert.equal(
      parts &&
        [parts.user, parts.password, parts.host, parts.portText, parts.params, parts.headers].join('|'),
      expected,
    );
  });
}

test('scheme, port and parameters', () => {
  const parts = splitUri('SIPS:a:@b:05061;lr;X=1;x=2');
  assert.equal(parts?.scheme, 'sips');
  assert.equal(parts?.port, 5061);
  assert.equal(parts?.hasPassword, true);
  assert.equal(parts?.param('x'), '1');
  assert.equal(parts?.param('LR'), '');
  assert.equal(parts?.param('l'), undefined);
  assert.equal(splitUri('sip:a@b')?.hasPassword, false);
});

test('a telephone-subscriber keeps its parameters when its number is changed', () => {
  assert.equal(withUser('sip:+1;x=1@c;user=phone', '+2'), 'sip:+2;x=1@c;user=phone');
  assert.equal(splitUri('sip:+1;x=1:p@c;user=phone')?.wholeUser, '+1;x=1');
  assert.equal(splitUri('sip:+1;x=1@c;user=phone')?.wholeUser, '+1;x=1');
  assert.equal(splitUri('sip:c;user=phone')?.wholeUser, '');
  assert.equal(splitUri('tel:+1;x=1')?.wholeUser, '+1');
});

test('one part is changed, the rest stays as written', () => {
  const uri = 'sip:a:p@b:5070;x=%41?h=1';
  assert.equal(withUser(uri, 'u'), 'sip:u:p@b:5070;x=%41?h=1');
  assert.equal(withUser(uri, ''), 'sip:b:5070;x=%41?h=1');
  assert.equal(withUser('sip:b', 'u'), 'sip:u@b');
  assert.equal(withUserAndPassword(uri, 'u:q'), 'sip:u:q@b:5070;x=%41?h=1');
  assert.equal(withHost(uri, 'c'), 'sip:a:p@c:5070;x=%41?h=1');
  assert.equal(withHost(uri, 'c:1'), 'sip:a:p@c:1;x=%41?h=1');
  assert.equal(withHostPort(uri, '[::1]'), 'sip:a:p@[::1];x=%41?h=1');
  assert.equal(withPort(uri, '1'), 'sip:a:p@b:1;x=%41?h=1');
  assert.equal(withPort(uri, ''), 'sip:a:p@b;x=%41?h=1');
  assert.equal(withParam(uri, 'lr'), 'sip:a:p@b:5070;x=%41;lr?h=1');
  assert.equal(
    withHostPortTransport('sip:a@b;transport=udp;x', 'c:1;transport=tcp'),
    'sip:a@c:1;transport=tcp;x',
  );
  assert.equal(withUser('tel:+1;x=y', '+2'), 'tel:+2;x=y');
  for (const change of [withUser, withHost, withHostPort, withPort, withParam])
    assert.equal(change('nonsense', 'x'), undefined);
});

test('a number at a host becomes a SIP URI (RFC 3261 §19.1.6)', () => {
  assert.equal(withHost('tel:+1;x=y', 'gw'), 'sip:+1;x=y@gw;user=phone');
  assert.equal(withHostPort('tels:+1', 'gw:5061'), 'sips:+1@gw:5061;user=phone');
  assert.equal(withUserAndPassword('tel:+1', '+2'), 'tel:+2');
  assert.equal(withPort('tel:+1', '5'), undefined);
});

test('the memo splits a text once', () => {
  const memo = new UriMemo();
  const parts = memo.of('sip:a@b');
  assert.equal(parts?.host, 'b');
  assert.equal(memo.of('sip:a@b'), parts);
  assert.equal(memo.of('sip:a@c')?.host, 'c');
});
