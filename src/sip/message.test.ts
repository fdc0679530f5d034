import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeaderKind, headerKindOf, headerNames } from './headerKind.ts';
import { headerLine, isWireError, parseMessage, type WireError } from './message.ts';
import { crlf, parsed } from './testMessages.ts';

const options = `OPTIONS sip:b@example.com SIP/2.0
Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1
From: "A" <sip:a@example.com>;tag=1
To: <sip:b@example.com>
Call-ID: c1
CSeq: 1 OPTIONS
`;

function refused(text: string): WireError {
  const error = parseMessage(crlf(text));
  assert.ok(isWireError(error), text);
  return error;
}

test('§7.1: request line', () => {
  const message = parsed(`${options}\nbody`);
  assert.equal(message.isRequest, true);
  assert.equal(message.method, 'OPTIONS');
  assert.equal(message.requestUri, 'sip:b@example.com');
  assert.equal(message.version, 'SIP/2.0');
  assert.equal(message.statusCode, 0);
  assert.equal(message.body, 'body');
});

test('§7.2: status line', () => {
  const message = parsed(`${options.replace(/^.*/, 'SIP/2.0 183 Session  Progress')}\n`);
  assert.equal(message.isRequest, false);
  assert.equal(message.statusCode, 183);
  assert.equal(message.reasonPhrase, 'Session  Progress');
  assert.equal(message.method, 'OPTIONS');
  assert.equal(parsed(`${options.replace(/^.*/, 'SIP/2.0 200')}\n`).reasonPhrase, '');
});

test('start lines that are none', () => {
  for (const line of ['x', 'OPTIONS', 'OPTIONS sip:a', ' OPTIONS sip:a SIP/2.0', 'OPTIONS\tsip:a\tSIP/2.0'])
    refused(options.replace(/^.*/, line));
  for (const line of [
    'SIP/2.0 99 x',
    'SIP/2.0 700 x',
    'SIP/2.0 2000 x',
    'SIP/2.0 abc',
    'SIP/2.0 2x0 y',
    'SIP/2.0  200',
  ])
    assert.equal(refused(options.replace(/^.*/, line)).status, 0, line);
  assert.ok(isWireError(parseMessage('no line end')));
});

test('§7.3.1: folding, white space around the colon, letter case, compact forms', () => {
  const message = parsed(`${options}SUBJECT  : one\n two\n\t three  \nk:\n path\nX-Y:\n\n`);
  assert.equal(message.value(HeaderKind.subject), 'one\r\n two\r\n\t three');
  assert.equal(message.value(HeaderKind.supported), 'path');
  assert.equal(message.headerValue(message.findName('x-y')), '');
  assert.equal(message.findName('s'), message.findName('Subject'));
  assert.equal(message.headerName(message.find(HeaderKind.subject)), 'SUBJECT');
});

test('header lines have their offsets', () => {
  const message = parsed(`${options}\n`);
  const i = message.find(HeaderKind.callId);
  assert.equal(message.text.slice(message.headerStart(i), message.headerEnd(i)), 'Call-ID: c1\r\n');
  assert.equal(message.text.slice(message.headerValueStart(i), message.headerValueEnd(i)), 'c1');
  const last = message.headerCount - 1;
  assert.equal(message.headerEnd(last), message.headersEnd);
  assert.equal(message.text.slice(message.headersEnd, message.bodyStart), '\r\n');
  assert.equal(message.headersStart, message.headerStart(0));
});

test('find goes on from a position', () => {
  const message = parsed(`${options}Route: <sip:a>\nX: 1\nroute: <sip:b>\nx: 2\n\n`);
  const first = message.find(HeaderKind.route);
  assert.equal(message.headerValue(message.find(HeaderKind.route, first + 1)), '<sip:b>');
  assert.equal(message.find(HeaderKind.route, first + 3), -1);
  assert.equal(message.headerValue(message.findName('X', message.findName('X') + 1)), '2');
  assert.equal(message.findName('nope'), -1);
  assert.ok(!message.has(HeaderKind.contact));
});

test('§7.5: line ends before the start line are dropped', () => {
  const message = parseMessage(`\r\n\r\n\n${crlf(options)}\r\n`);
  assert.ok(!isWireError(message));
  assert.equal(message.method, 'OPTIONS');
});

test('line feeds alone end lines', () => {
  const message = parseMessage(`${options}X: 1\n 2\n\nbody`);
  assert.ok(!isWireError(message));
  assert.equal(message.headerValue(message.findName('X')), '1\n 2');
  assert.equal(message.body, 'body');
});

test('a message that ends with its last header line is completed', () => {
  const message = parsed(options);
  assert.equal(message.text, `${crlf(options)}\r\n`);
  assert.equal(message.body, '');
});

test('malformed header lines', () => {
  for (const line of ['no colon', ': x', ' folded first'])
    assert.equal(refused(`OPTIONS sip:a SIP/2.0\n${line}\n\n`).status, 400);
  refused(`${options}cut off`);
  refused('OPTIONS sip:a SIP/2.0\n');
});

test('NUL and bytes beyond ASCII survive in values and body', () => {
  const message = parsed(`${options}X: \x00\xff\xc3\xa4\n\n\x00\xfe`);
  assert.equal(message.headerValue(message.findName('X')), '\x00\xff\xc3\xa4');
  assert.equal(message.body, '\x00\xfe');
});

test('limits', () => {
  const limits = { messageBytes: 1000, headerCount: 8, uriLength: 20, valueCount: 4 };
  const status = (text: string): number => {
    const result = parseMessage(crlf(text), limits);
    return isWireError(result) ? result.status : 200;
  };
  assert.equal(status(`${options}\n`), 200);
  assert.equal(status(`${options}\n${'x'.repeat(1000)}`), 513);
  assert.equal(status(`${options}A: 1\nB: 2\nC: 3\nD: 4\n\n`), 513);
  assert.equal(status(`${options.replace('b@example.com', 'a-long-user@example.com')}\n`), 414);
});

test('what is parsed on demand', () => {
  const message = parsed(`${options}l: 4\n\nbodyNOISE`);
  assert.equal(message.fromTag, '1');
  assert.equal(message.toTag, '');
  assert.equal(message.callId, 'c1');
  assert.deepEqual(message.cseq, { number: 1, method: 'OPTIONS' });
  assert.equal(message.topmostVia?.branch, 'z9hG4bK1');
  assert.equal(message.contentLength, 4);
  assert.equal(message.body, 'body');
  assert.equal(message.from, message.from);
});

test('§20.16: CSeq', () => {
  const cseq = (value: string) => parsed(`OPTIONS sip:a SIP/2.0\nCSeq: ${value}\n\n`).cseq;
  assert.deepEqual(cseq('0009\n INVITE'), { number: 9, method: 'INVITE' });
  assert.deepEqual(cseq('4294967295 X'), { number: 0xffffffff, method: 'X' });
  for (const value of ['', '1', 'INVITE', '1INVITE', '-1 X', '4294967296 X', '1 X Y'])
    assert.equal(cseq(value), undefined, value);
});

test('edits: append and remove a header line', () => {
  const message = parsed(`${options}\n`);
  message.appendHeader('X: 1\r\n');
  message.removeHeader(message.find(HeaderKind.callId));
  const out = message.edits.render(message.text, 0, message.text.length);
  assert.equal(out, crlf(`${options.replace('Call-ID: c1\n', '')}X: 1\n\n`));
});

test('every known header name is found by its name in any letter case', () => {
  for (let kind = 1; kind < headerNames.length; kind++) {
    const name = headerNames[kind] as string;
    for (const spelling of [name, name.toLowerCase(), name.toUpperCase()])
      assert.equal(headerKindOf(spelling), kind);
    assert.equal(headerKindOf(`${name}x`), HeaderKind.other);
  }
  assert.equal(Object.keys(HeaderKind).length, headerNames.length);
  for (const name of ['', 'q', 'z', 'x'.repeat(100)]) assert.equal(headerKindOf(name), HeaderKind.other);
  assert.equal(headerKindOf('M'), HeaderKind.contact);
  assert.equal(headerLine(HeaderKind.cseq, '1 X'), 'CSeq: 1 X\r\n');
});

test('a response in transit is given another status, also twice', () => {
  const message = parsed(`${options.replace(/^.*/, 'SIP/2.0 180 Ringing')}\n`);
  message.changeStatus(486, 'Busy Here');
  message.changeStatus(603, 'No');
  assert.equal(message.statusCode, 603);
  assert.equal(message.reasonPhrase, 'No');
  const out = message.edits.render(message.text, 0, message.text.length);
  assert.ok(out.startsWith('SIP/2.0 603 No\r\nVia: '));
});
