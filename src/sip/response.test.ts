import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reasonPhraseOf, registeredStatusCodes } from './reasonPhrases.ts';
import { buildAck, buildCancel, buildRequest } from './request.ts';
import { buildResponse } from './response.ts';
import { crlf, parsed } from './testMessages.ts';

const invite = `INVITE sip:bob@example.com SIP/2.0
Via: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK9;rport
Record-Route: <sip:10.0.0.9;lr>
v: SIP/2.0/UDP 10.0.0.1:5060
 ;branch=z9hG4bK1
Max-Forwards: 70
Route: <sip:p1;lr>
From: <sip:a@example.com>;tag=1
To: "B" <sip:b@example.com>
Call-ID: c1
Route: <sip:p2;lr>
CSeq: 17 INVITE
Timestamp: 54
Contact: <sip:a@10.0.0.1>
Content-Length: 0

`;
const copied = (to: string): string => `From: <sip:a@example.com>;tag=1
To: ${to}
Call-ID: c1
CSeq: 17 INVITE
`;
const vias = `Via: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK9;rport
v: SIP/2.0/UDP 10.0.0.1:5060
 ;branch=z9hG4bK1
`;

test('§8.2.6: what a response copies, in order', () => {
  const out = buildResponse(parsed(invite), 404, 'Not Found', { toTag: 'x' });
  const to = '"B" <sip:b@example.com>;tag=x';
  assert.equal(out, crlf(`SIP/2.0 404 Not Found\n${vias}${copied(to)}Content-Length: 0\n\n`));
});

test('§8.2.6.1: 100 has the Timestamp and no To tag', () => {
  const out = buildResponse(parsed(invite), 100, 'Trying', { toTag: 'x' });
  const to = '"B" <sip:b@example.com>';
  assert.equal(out, crlf(`SIP/2.0 100 Trying\n${vias}${copied(to)}Timestamp: 54\nContent-Length: 0\n\n`));
});

test('§12.1.1: Record-Route in what can make a dialog; Contact, headers, body', () => {
  const out = buildResponse(parsed(invite), 200, 'OK', {
    toTag: 'x',
    contact: '<sip:b@10.0.0.2>',
    headers: 'Server: s\r\nX: y\r\n',
    body: 'v=0\r\n',
    contentType: 'application/sdp',
  });
  assert.match(out, /rport\r\nRecord-Route: <sip:10.0.0.9;lr>\r\nv: /);
  assert.match(
    out,
    /INVITE\r\nContent-Type: application\/sdp\r\nContact: <sip:b@10\.0\.0\.2>\r\nServer: s\r\nX: y\r\nContent-Length: 5\r\n\r\nv=0\r\n$/,
  );
});

test('a To tag of the request stays', () => {
  const out = buildResponse(parsed(invite.replace('b@example.com>', 'b@example.com>;tag=y')), 200, 'OK', {
    toTag: 'x',
  });
  assert.match(out, /To: "B" <sip:b@example.com>;tag=y\r\n/);
});

test('RFC 3581 §4: rport and received in the topmost Via only', () => {
  const out = buildResponse(parsed(invite), 200, 'OK', { source: { address: '10.0.0.8', port: 999 } });
  assert.match(out, /10\.0\.0\.9;branch=z9hG4bK9;rport=999;received=10\.0\.0\.8\r\n/);
  assert.match(out, /10\.0\.0\.1:5060\r\n ;branch=z9hG4bK1\r\n/);
});

test('every registered code has a phrase, others the name of their class', () => {
  assert.equal(reasonPhraseOf(486), 'Busy Here');
  assert.equal(reasonPhraseOf(499), 'Request Failure');
  assert.equal(reasonPhraseOf(699), 'Global Failure');
  for (const code of registeredStatusCodes()) assert.ok(reasonPhraseOf(code).length > 1);
});

test('§8.1.1: a new request', () => {
  const out = buildRequest({
    method: 'OPTIONS',
    requestUri: 'sip:b@example.com',
    via: 'SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK2',
    from: '<sip:a@example.com>;tag=1',
    to: '<sip:b@example.com>',
    callId: 'c2',
    cseq: 5,
    routes: ['<sip:p1;lr>', '<sip:p2;lr>'],
    contact: '<sip:a@10.0.0.1>',
    headers: 'X: 1\r\n',
    body: 'hi',
    contentType: 'text/plain',
  });
  assert.equal(
    out,
    crlf(`OPTIONS sip:b@example.com SIP/2.0
Via: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK2
To: <sip:b@example.com>
From: <sip:a@example.com>;tag=1
CSeq: 5 OPTIONS
Call-ID: c2
Route: <sip:p1;lr>
Route: <sip:p2;lr>
Max-Forwards: 70
Content-Length: 2
X: 1
Contact: <sip:a@10.0.0.1>
Content-Type: text/plain

hi`),
  );
});

const local = (method: string, to: string): string =>
  crlf(`${method} sip:bob@example.com SIP/2.0
Via: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK9;rport
Max-Forwards: 70
Route: <sip:p1;lr>
From: <sip:a@example.com>;tag=1
To: ${to}
Call-ID: c1
Route: <sip:p2;lr>
CSeq: 17 ${method}
Content-Length: 0

`);

test('§17.1.1.3: the ACK of a failure takes To from the response', () => {
  const response = parsed(buildResponse(parsed(invite), 486, 'Busy Here', { toTag: 'x' }));
  assert.equal(buildAck(crlf(invite), response), local('ACK', '"B" <sip:b@example.com>;tag=x'));
});

test('§9.1: CANCEL repeats the request, with its topmost Via only', () => {
  assert.equal(buildCancel(parsed(invite)), local('CANCEL', '"B" <sip:b@example.com>'));
  const joined = crlf(invite).replace(';rport', ';rport , SIP/2.0/TCP 1.2.3.4');
  assert.equal(buildCancel(joined), local('CANCEL', '"B" <sip:b@example.com>'));
  assert.equal(buildCancel(crlf(invite).replace('CSeq: 17', 'CSeq: x')), undefined);
});
