import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contextOf, fakeHost, ModuleUnderTest, requestText } from '../../module/testing.ts';
import xhttp from './index.ts';
import { answerOfResponse, requestTextOf } from './requestText.ts';

const flow = { ...contextOf(requestText()).flow, proto: 'tls' as const, address: '::1', port: 9 };

test('a request becomes a message with a Via, and with a length that fits', () => {
  const exchange = { method: 'POST', url: '/x', version: '1.1', body: 'abc', answer: () => {} };
  const headers = [
    ['Host', 'h'],
    ['Transfer-Encoding', 'chunked'],
  ] as const;
  assert.equal(
    requestTextOf({ ...exchange, headers }, flow),
    'POST /x HTTP/1.1\r\nVia: SIP/2.0/TLS [::1]:9\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc',
  );
  const whole = requestTextOf(
    { ...exchange, headers: [['content-length', '3']] },
    { ...flow, proto: 'tcp', address: '10.0.0.1' },
  );
  assert.equal(whole, 'POST /x HTTP/1.1\r\nVia: SIP/2.0/TCP 10.0.0.1:9\r\ncontent-length: 3\r\n\r\nabc');
});

test('of a SIP response HTTP keeps what it understands', () => {
  const text =
    'SIP/2.0 401 Unauthorized\r\nVia: x\r\nTo: y\r\nWWW-Authenticate: Digest realm="r"\r\nContent-Length: 2\r\n\r\nhi';
  assert.deepEqual(answerOfResponse(text), {
    status: 401,
    reason: 'Unauthorized',
    headers: [['WWW-Authenticate', 'Digest realm="r"']],
    body: 'hi',
  });
  assert.equal(answerOfResponse('OPTIONS sip:a SIP/2.0\r\n\r\n'), undefined);
});

test('outside of an HTTP request there is nothing to answer and no URL', () => {
  const under = new ModuleUnderTest(xhttp, fakeHost());
  const context = contextOf(requestText());
  assert.equal(under.call('xhttp_reply', context, '200', 'OK', '', ''), -1);
  assert.equal(under.pv('hu', context), null);
});

test('a pattern that is none ends the start', () => {
  const under = new ModuleUnderTest(xhttp, fakeHost(), { url_match: '(' });
  assert.throws(() => under.loaded.instance, /url_match/);
});
