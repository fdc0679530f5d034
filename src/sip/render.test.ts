import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EditList, type OutgoingHop } from './editList.ts';
import { HeaderKind } from './headerKind.ts';
import { renderRequest, renderResponse } from './render.ts';
import { crlf, parsed } from './testMessages.ts';

const invite = `INVITE sip:bob@example.com SIP/2.0
Max-Forwards: 70
Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK1
From: <sip:a@example.com>;tag=1
To: <sip:b@example.com>
Call-ID: c1
CSeq: 1 INVITE
Content-Type: text/plain
Content-Length: 5

hello`;

const ok = `SIP/2.0 200 OK
Via: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK9
Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK1
From: <sip:a@example.com>;tag=1
To: <sip:b@example.com>;tag=2
Call-ID: c1
CSeq: 1 INVITE
Content-Length: 0

`;

const tcp: OutgoingHop = { proto: 'tcp', sentByHost: '10.0.0.9', sentByPort: 5060, destination: undefined };

test('without edits the text is the same', () => {
  assert.equal(renderRequest(parsed(invite), {}), crlf(invite));
  assert.equal(renderResponse(parsed(ok), {}), crlf(ok));
});

test('request: Request-URI, our Via before the first Via, edits before it', () => {
  const message = parsed(invite);
  message.edits.insert(message.headersStart, 'Record-Route: <sip:p;lr>\r\n');
  message.appendHeader('X-Last: 1\r\n');
  const out = renderRequest(message, {
    requestUri: 'sip:bob@10.0.0.2',
    via: 'Via: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK9\r\n',
  });
  assert.equal(
    out,
    crlf(invite)
      .replace('sip:bob@example.com', 'sip:bob@10.0.0.2')
      .replace('Max-F', 'Record-Route: <sip:p;lr>\r\nMax-F')
      .replace('Via:', 'Via: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK9\r\nVia:')
      .replace('5\r\n\r\n', '5\r\nX-Last: 1\r\n\r\n'),
  );
});

test('request: an insertion of the script at the place of Via comes before our Via', () => {
  const message = parsed(invite);
  message.edits.insert(message.headerStart(message.find(HeaderKind.via)), 'X: 1\r\n');
  assert.match(renderRequest(message, { via: 'Via: ours\r\n' }), /70\r\nX: 1\r\nVia: ours\r\nVia: SIP/);
});

test('request: the received topmost Via is stamped', () => {
  const source = { address: '10.0.0.7', port: 4000 };
  assert.match(renderRequest(parsed(invite), { source }), /10\.0\.0\.1:5060;received=10\.0\.0\.7;branch/);
  assert.match(
    renderRequest(parsed(invite), { source, forceRport: true }),
    /10\.0\.0\.1:5060;rport=4000;received=10\.0\.0\.7;branch/,
  );
});

test('edits given with the options replace the own ones', () => {
  const message = parsed(invite);
  message.appendHeader('X: own\r\n');
  const edits = new EditList();
  edits.insert(message.headersEnd, (hop) => `Y: ${hop?.proto}\r\n`);
  const out = renderRequest(message, { edits, hop: tcp });
  assert.match(out, /\r\nY: tcp\r\n\r\n/);
  assert.doesNotMatch(out, /X: own/);
});

test('response: only the topmost Via value is taken off (§16.7)', () => {
  const whole = renderResponse(parsed(ok), { removeTopmostVia: true });
  assert.equal(whole, crlf(ok).replace('Via: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK9\r\n', ''));
  const joined = ok.replace('z9hG4bK9\nVia: ', 'z9hG4bK9 ,\n  ');
  const out = renderResponse(parsed(joined), { removeTopmostVia: true });
  assert.equal(out, whole);
});

test('response: a malformed topmost Via goes with its line', () => {
  const out = renderResponse(parsed(ok.replace('SIP/2.0/UDP 10.0.0.9', 'nonsense')), {
    removeTopmostVia: true,
  });
  assert.equal(out.match(/Via/g)?.length, 1);
});

test('Content-Length follows the body (§20.14)', () => {
  const message = parsed(invite);
  assert.match(renderRequest(message, { body: 'a longer body' }), /Content-Length: 13\r\n\r\na longer body$/);
  message.edits.replace(message.bodyStart, message.bodyEnd, 'hi');
  assert.match(renderRequest(message, {}), /Content-Length: 2\r\n\r\nhi$/);
  assert.match(renderRequest(message, { body: 'option wins' }), /Content-Length: 11\r\n\r\noption wins$/);
});

test('Content-Length is added on streams, and on datagrams only for a changed body', () => {
  const bare = parsed(invite.replace('Content-Length: 5\n', ''));
  assert.equal(renderRequest(bare, {}), bare.text);
  assert.match(renderRequest(bare, { hop: tcp }), /text\/plain\r\nContent-Length: 5\r\n\r\nhello$/);
  assert.match(renderRequest(bare, { body: 'x' }), /text\/plain\r\nContent-Length: 1\r\n\r\nx$/);
});

test('Content-Length that the script removed comes back on a stream unless the script wrote its own', () => {
  const message = parsed(invite);
  message.removeHeader(message.find(HeaderKind.contentLength));
  assert.doesNotMatch(renderRequest(message, {}), /Content-Length/);
  assert.match(renderRequest(message, { hop: tcp }), /Content-Length: 5\r\n\r\n/);
  message.appendHeader('l: 5\r\n');
  assert.match(renderRequest(message, { hop: tcp }), /plain\r\nl: 5\r\n\r\nhello$/);
});

test('a wrong Content-Length is left alone in a datagram and put right in a stream', () => {
  const cut = parsed(invite.replace('Length: 5', 'Length: 50'));
  assert.match(renderRequest(cut, { requestUri: 'sip:x' }), /Content-Length: 50\r\n\r\nhello$/);
  assert.match(renderRequest(cut, { hop: tcp }), /Content-Length: 5\r\n\r\nhello$/);
});

test('noise behind the body of a datagram is not sent on (§18.3)', () => {
  const message = parsed(`${invite}NOISE`);
  assert.equal(message.body, 'hello');
  assert.equal(renderRequest(message, {}), crlf(invite));
  assert.equal(renderRequest(message, { requestUri: 'sip:x@y' }).slice(-5), 'hello');
});

test('a removal over the end of the headers takes its part of the body away', () => {
  const message = parsed(invite);
  message.edits.replace(message.headersEnd, message.bodyStart + 2, '\r\n');
  assert.match(renderRequest(message, {}), /Content-Length: 3\r\n\r\nllo$/);
});

test('bytes beyond ASCII and NUL survive', () => {
  const odd = invite
    .replace('Call-ID', 'X-Odd: \xe4\xff\x00\x80\nCall-ID')
    .replace('hello', 'h\x00\xff\x80o');
  assert.equal(renderRequest(parsed(odd), {}), crlf(odd));
});
