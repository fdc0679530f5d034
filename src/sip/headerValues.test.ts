import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeaderKind } from './headerKind.ts';
import {
  contactsOf,
  eventPackageOf,
  hasToken,
  mediaTypeOf,
  nameAddrsOf,
  numberOf,
  removalOf,
  tokensOf,
  valuesOf,
  viasOf,
} from './headerValues.ts';
import { parsed } from './testMessages.ts';

const base = (lines: string) => parsed(`REGISTER sip:example.com SIP/2.0\n${lines}\n\n`);

test('§7.3.1: values across lines and commas', () => {
  const message = base('Route: <sip:a;lr> , "x, y" <sip:b,c>\nr: z\nRoute:\n <sip:d>,,');
  const values = valuesOf(message, HeaderKind.route);
  assert.deepEqual(
    values.map(({ start, end }) => message.text.slice(start, end)),
    ['<sip:a;lr>', '"x, y" <sip:b,c>', '<sip:d>'],
  );
  assert.deepEqual(
    nameAddrsOf(message, HeaderKind.route)?.map((route) => route.uri),
    ['sip:a;lr', 'sip:b,c', 'sip:d'],
  );
});

test('removal of one value of a list', () => {
  const message = base('Route: <sip:a>, <sip:b>,\n <sip:c>\nRoute: <sip:d>');
  const values = valuesOf(message, HeaderKind.route);
  const without = (i: number): string => {
    const { start, end } = removalOf(message, values, i);
    return (message.text.slice(message.headersStart, start) + message.text.slice(end)).trim();
  };
  assert.equal(without(0), 'Route: <sip:b>,\r\n <sip:c>\r\nRoute: <sip:d>');
  assert.equal(without(1), 'Route: <sip:a>, <sip:c>\r\nRoute: <sip:d>');
  assert.equal(without(2), 'Route: <sip:a>, <sip:b>\r\nRoute: <sip:d>');
  assert.equal(without(3), 'Route: <sip:a>, <sip:b>,\r\n <sip:c>');
});

test('all Via values', () => {
  const message = base('Via: SIP/2.0/UDP a;branch=1, SIP / 2.0 / TCP [::1]:5061\nv: SIP/2.0/TLS c');
  assert.deepEqual(
    viasOf(message)?.map((via) => [via.transport, via.host, via.port, via.more]),
    [
      ['UDP', 'a', 0, true],
      ['TCP', '[::1]', 5061, false],
      ['TLS', 'c', 0, false],
    ],
  );
  assert.equal(viasOf(base('Via: SIP/2.0/UDP a, nonsense')), undefined);
});

test('§10.2.2: Contact * stands alone', () => {
  assert.deepEqual(contactsOf(base('m: *')), { star: true, list: [] });
  assert.equal(contactsOf(base('m: *, <sip:a@b>')), undefined);
  assert.equal(contactsOf(base('m: <sip:a@b>;q=1, sip:c@d;expires=3'))?.list[1]?.params.get('expires'), '3');
  assert.equal(contactsOf(base('m: "x <sip:a@b>')), undefined);
});

test('tokens, numbers, Event, Content-Type', () => {
  const message = base(
    'Supported: path, GRUU\nk: outbound\nExpires: 3600;x=y\nEvent: Presence;id=1\nc: Multipart / Mixed;boundary=x\nMax-Forwards: 7x',
  );
  assert.deepEqual(tokensOf(message, HeaderKind.supported), ['path', 'GRUU', 'outbound']);
  assert.ok(hasToken(message, HeaderKind.supported, 'gruu'));
  assert.ok(!hasToken(message, HeaderKind.supported, 'gru'));
  assert.ok(!hasToken(message, HeaderKind.require, 'gruu'));
  assert.equal(numberOf(message, HeaderKind.expires), 3600);
  assert.equal(numberOf(message, HeaderKind.expires, 3599), undefined);
  assert.equal(numberOf(message, HeaderKind.maxForwards), undefined);
  assert.equal(numberOf(message, HeaderKind.minExpires), undefined);
  assert.equal(eventPackageOf(message), 'presence');
  assert.equal(mediaTypeOf(message), 'multipart/mixed');
  assert.equal(mediaTypeOf(base('c: text')), undefined);
});

test('the number of values is bounded', () => {
  const many = base(`Route: ${'<sip:a>,'.repeat(200)}<sip:b>`);
  assert.equal(valuesOf(many, HeaderKind.route).length, 128);
  assert.equal(nameAddrsOf(many, HeaderKind.route), undefined);
  assert.equal(nameAddrsOf(base(`Route: ${'<sip:a>,'.repeat(128)}`), HeaderKind.route)?.length, 128);
  assert.equal(contactsOf(base(`m: ${'<sip:a>,'.repeat(129)}`)), undefined);
  assert.equal(viasOf(base('v: SIP/2.0/UDP a\n'.repeat(128)))?.length, 128);
  assert.equal(viasOf(base('v: SIP/2.0/UDP a\n'.repeat(129))), undefined);
});
