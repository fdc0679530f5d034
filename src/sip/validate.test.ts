import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  leadsToBroadcast,
  refuseAccept,
  refuseContentType,
  refuseMethod,
  refuseOptionTags,
} from './admission.ts';
import { HeaderKind } from './headerKind.ts';
import { crlf, parsed } from './testMessages.ts';
import { messageChecks, validateOnReceipt, validateStrictly } from './validate.ts';

const base = `REGISTER sip:example.com SIP/2.0
Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1
Max-Forwards: 70
From: "A" <sip:a@example.com>;tag=1
To: <sip:b@example.com>
Call-ID: c1
CSeq: 1 REGISTER
Contact: *
Route: <sip:p;lr>
Date: Sat, 13 Nov 2010 23:29:00 GMT
Content-Length: 0

`;

interface Case {
  readonly check: string;
  readonly from: string | RegExp;
  readonly to: string;
  readonly status?: number;
}

/** Each breaks the message in one place; the named check must find it, and no earlier one. */
const cases: readonly Case[] = [
  { check: 'version', from: 'SIP/2.0\n', to: 'SIP/3.0\n', status: 505 },
  { check: 'version', from: 'SIP/2.0\n', to: 'FOO/2.0\n' },
  { check: 'single-headers', from: 'CSeq', to: 'i: c2\nCSeq' },
  { check: 'single-headers', from: 'CSeq', to: 'CSeq: 1 REGISTER\nCSeq' },
  { check: 'single-headers', from: 'CSeq', to: 't: <sip:x@y>\nCSeq' },
  { check: 'single-headers', from: 'CSeq', to: 'f: <sip:x@y>\nCSeq' },
  { check: 'single-headers', from: 'CSeq', to: 'Max-Forwards: 70\nCSeq' },
  { check: 'single-headers', from: 'CSeq', to: 'l: 0\nCSeq' },
  { check: 'mandatory-headers', from: /Via.*\n/, to: '' },
  { check: 'mandatory-headers', from: /From.*\n/, to: '' },
  { check: 'mandatory-headers', from: /To.*\n/, to: '' },
  { check: 'mandatory-headers', from: /CSeq.*\n/, to: '' },
  { check: 'mandatory-headers', from: /Call-ID.*\n/, to: '' },
  { check: 'mandatory-headers', from: ': c1', to: ':' },
  { check: 'mandatory-headers', from: '<sip:b@example.com>', to: '<sip:b@example.com' },
  { check: 'via', from: 'SIP/2.0/UDP 10', to: 'SIP/2.0 10' },
  { check: 'cseq', from: 'CSeq: 1 REGISTER', to: 'CSeq: 1' },
  { check: 'cseq-number', from: 'CSeq: 1', to: 'CSeq: 4294967296' },
  { check: 'cseq-number', from: 'CSeq: 1', to: 'CSeq: x' },
  { check: 'content-length', from: 'Length: 0', to: 'Length: -1' },
  { check: 'method', from: 'REGISTER sip', to: 'REG(STER sip' },
  { check: 'request-uri', from: 'sip:example.com SIP', to: '<sip:example.com> SIP' },
  { check: 'request-uri', from: 'sip:example.com SIP', to: 'sip:exam..ple SIP' },
  { check: 'request-uri', from: 'sip:example.com SIP', to: 'sip:example.com?a=b SIP' },
  { check: 'request-uri', from: 'sip:example.com SIP', to: 'example.com SIP' },
  { check: 'header-names', from: 'Contact', to: 'X@Y: z\nContact' },
  { check: 'all-vias', from: 'Max', to: 'Via: nonsense\nMax' },
  { check: 'all-vias', from: '10.0.0.1', to: '10.0.0.1000' },
  { check: 'cseq-method', from: '1 REGISTER', to: '1 INVITE' },
  { check: 'call-id', from: ': c1', to: ': c 1' },
  { check: 'from', from: '"A"', to: 'A,B' },
  { check: 'from', from: '"A"', to: '"A' },
  { check: 'from', from: ';tag=1', to: ';tag=1;tag=2' },
  { check: 'to', from: '<sip:b@', to: '< sip:b@' },
  { check: 'to', from: '<sip:b@example.com>', to: 'sip:b@example.com?x=y' },
  { check: 'contact', from: 'Contact: *', to: 'Contact: *, <sip:a@b>' },
  { check: 'contact', from: 'Contact: *', to: 'Contact: sip:a@b?x=y' },
  { check: 'contact', from: 'Contact: *', to: 'Contact: "a <sip:a@b>' },
  { check: 'routes', from: '<sip:p;lr>', to: 'sip:p;lr' },
  { check: 'routes', from: '<sip:p;lr>', to: '<sip:p;lr' },
  { check: 'max-forwards', from: ': 70', to: ': 256' },
  { check: 'content-type', from: 'Date', to: 'c: text\nDate' },
  { check: 'content-type', from: 'Date', to: 'c: a/b\nc: a/b\nDate' },
  { check: 'date', from: 'GMT', to: 'CET' },
  { check: 'body-length', from: 'Length: 0', to: 'Length: 1' },
];

test('the message that the cases break is right', () => {
  assert.equal(validateStrictly(parsed(base)), undefined);
});

for (const { check, from, to, status = 400 } of cases) {
  test(`${check}: ${String(from)} -> ${to.replaceAll('\n', ' ')}`, () => {
    const message = parsed(base.replace(from, to));
    const first = messageChecks.find((candidate) => candidate.test(message) !== undefined);
    assert.equal(first?.name, check);
    const fault = validateStrictly(message);
    assert.equal(fault?.status, status);
    assert.ok((fault?.offset ?? -1) <= message.text.length);
    assert.equal(validateOnReceipt(message) === undefined, first?.level === 'strict');
  });
}

test('every check has a case that it finds', () => {
  assert.deepEqual(
    messageChecks.map((check) => check.name).filter((name) => !cases.some((each) => each.check === name)),
    [],
  );
});

test('a response is discarded, never answered', () => {
  const response = base.replace(/^.*/, 'SIP/2.0 200 OK').replace('Contact: *\n', '');
  assert.equal(validateStrictly(parsed(response)), undefined);
  assert.equal(validateStrictly(parsed(response.replace('CSeq: 1', 'CSeq: x')))?.status, 0);
  // the CSeq method of a response is that of its request, and the scalar limits are the sender's matter
  assert.equal(validateStrictly(parsed(response.replace('1 REGISTER', '1 INVITE'))), undefined);
});

test('RFC 2543 senders: no Max-Forwards, no tags, no branch', () => {
  const old = base
    .replace(/Max.*\n/, '')
    .replace(';tag=1', '')
    .replace(';branch=z9hG4bK1', '');
  assert.equal(validateStrictly(parsed(old)), undefined);
});

test('§8.2.1: methods', () => {
  const message = parsed(base);
  assert.equal(refuseMethod(message, ['REGISTER'], ['REGISTER']), undefined);
  assert.deepEqual(refuseMethod(message, ['REGISTER'], ['INVITE', 'ACK']), {
    status: 405,
    headers: 'Allow: INVITE, ACK\r\n',
  });
  assert.equal(refuseMethod(message, ['INVITE'], ['INVITE'])?.status, 501);
});

test('§8.2.2.3: Require does not stop ACK and CANCEL', () => {
  const requiring = base.replace('Contact', 'Require: foo, PATH\nContact');
  const refused = refuseOptionTags(parsed(requiring), HeaderKind.require, ['path']);
  assert.deepEqual(refused, { status: 420, headers: 'Unsupported: foo\r\n' });
  assert.equal(
    refuseOptionTags(parsed(requiring.replaceAll('REGISTER', 'CANCEL')), HeaderKind.require, []),
    undefined,
  );
  assert.equal(refuseOptionTags(parsed(base), HeaderKind.require, []), undefined);
});

test('§8.2.3: content types, and bodies that need not be understood', () => {
  const typed = (lines: string): string =>
    `${crlf(base.replace('Content-Length: 0\n', `${lines}Content-Length: 1\n`))}x`;
  const ours = ['application/sdp'];
  assert.equal(refuseContentType(parsed(base), ours), undefined);
  assert.equal(refuseContentType(parsed(typed('c: Application/SDP;x=y\n')), ours), undefined);
  assert.deepEqual(refuseContentType(parsed(typed('c: a/b\n')), ours), {
    status: 415,
    headers: 'Accept: application/sdp\r\n',
  });
  assert.equal(refuseContentType(parsed(typed('')), ours)?.status, 415);
  assert.equal(
    refuseContentType(parsed(typed('c: a/b\nContent-Disposition: x;Handling = optional\n')), ours),
    undefined,
  );
});

test('§20.1: Accept', () => {
  const accepting = (value: string) =>
    refuseAccept(parsed(base.replace('Contact', `Accept: ${value}\nContact`)), ['application/sdp']);
  for (const value of ['application/sdp', 'a/b, APPLICATION/*;q=0.5', '*/*'])
    assert.equal(accepting(value), undefined, value);
  assert.equal(accepting('application/sdpx')?.status, 406);
  assert.equal(refuseAccept(parsed(base), ['application/sdp']), undefined);
});

test('RFC 4475 §3.3.10: a response to a broadcast address', () => {
  const response = base
    .replace(/^.*/, 'SIP/2.0 200 OK')
    .replace('Max', 'Via: SIP/2.0/UDP h;received=255.255.255.255\nMax');
  assert.ok(leadsToBroadcast(parsed(response)));
  assert.ok(!leadsToBroadcast(parsed(response.replace('received=255', 'received=254'))));
});
