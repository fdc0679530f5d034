import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Frame, framerLimits, StreamFramer } from './framer.ts';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
const message = (body: string, extra = ''): string =>
  `MESSAGE sip:a@b SIP/2.0\r\n${extra}Content-Length: ${body.length}\r\n\r\n${body}`;

/** Feeds `text` in pieces of `size` bytes. */
function framesOf(text: string, size = text.length, limits = framerLimits): Frame[] {
  const framer = new StreamFramer(limits);
  const frames: Frame[] = [];
  const data = bytes(text);
  for (let at = 0; at < data.length; at += size) {
    const chunk = Buffer.from(data.subarray(at, at + size));
    frames.push(...framer.push(chunk));
    chunk.fill(0xee); // the caller may reuse its buffer
  }
  return frames;
}

const texts = (frames: readonly Frame[]): string[] =>
  frames.map((frame) =>
    frame.kind === 'message' ? frame.text : frame.kind === 'ping' ? 'ping' : frame.fault,
  );

test('§18.3: messages are cut by Content-Length, whatever the chunks', () => {
  const first = message('one\r\n\r\ntwo');
  const second = 'SIP/2.0 200 OK\r\nl : 3\r\n\r\n\xff\x00\x80';
  const third = message('', 'Content-Type: a/b\r\n');
  const stream = `\r\n${first}${second}\r\n\r\n${third}`;
  for (let size = 1; size <= stream.length; size++) {
    assert.deepEqual(texts(framesOf(stream, size)), [first, second, 'ping', third], `chunks of ${size}`);
  }
});

test('RFC 5626 §3.5.1: double CRLF is a ping, a single one is nothing', () => {
  for (const size of [1, 2, 3, 4, 9]) {
    assert.deepEqual(texts(framesOf('\r\n', size)), []);
    assert.deepEqual(texts(framesOf('\r\n\r\n', size)), ['ping']);
    assert.deepEqual(texts(framesOf('\r\n\r\n\r\n\r\n\r\n', size)), ['ping', 'ping']);
    assert.deepEqual(texts(framesOf('\n\r\r\n\n\n', size)), []);
  }
});

test('line feeds alone end lines too', () => {
  const text = 'MESSAGE sip:a@b SIP/2.0\nContent-Length: 2\n\nhi';
  assert.deepEqual(texts(framesOf(text, 1)), [text]);
});

test('a folded or repeated Content-Length', () => {
  const folded = 'MESSAGE sip:a@b SIP/2.0\r\nContent-Length:\r\n 2\r\nl: 2\r\n\r\nhi';
  assert.deepEqual(texts(framesOf(folded, 1)), [folded]);
  assert.deepEqual(texts(framesOf(folded.replace('l: 2', 'l: 3'))), ['content-length']);
});

test('no Content-Length, or no number, is a fault that is answered 400', () => {
  for (const header of ['', 'Content-Length: -1\r\n', 'l: 2 2\r\n', 'l:\r\n', 'l: 1e1\r\n']) {
    const head = `MESSAGE sip:a@b SIP/2.0\r\n${header}\r\n`;
    const frames = framesOf(`${head}hi`);
    assert.deepEqual(frames, [{ kind: 'fault', fault: 'content-length', status: 400, head }]);
  }
  const accepting = { ...framerLimits, acceptNoContentLength: true };
  const bare = 'OPTIONS sip:a@b SIP/2.0\r\nVia: x\r\n\r\n';
  assert.deepEqual(texts(framesOf(bare + bare, 7, accepting)), [bare, bare]);
});

test('what is not SIP is found out by its first line', () => {
  assert.deepEqual(texts(framesOf('\x16\x03\x01\x02\x00', 1)), ['not-sip']);
  assert.deepEqual(texts(framesOf('hello world\r\n', 1)), ['not-sip']);
  const http = framesOf('GET /x HTTP/1.1\r\nHost: a\r\n\r\n', 5);
  assert.deepEqual(http, [{ kind: 'fault', fault: 'http', status: 0, head: 'GET /x HTTP/1.1\r' }]);
  assert.deepEqual(texts(framesOf('HTTP/1.1 200 OK\r\n')), ['http']);
});

test('after a fault nothing is taken any more', () => {
  const framer = new StreamFramer();
  framer.push(bytes('nonsense\r\n'));
  assert.ok(framer.isFaulty);
  assert.deepEqual(framer.push(bytes(message('hi'))), []);
  assert.equal(framer.pendingBytes, 0);
});

test('header and body bytes are bounded', () => {
  const small = { ...framerLimits, headerBytes: 100, bodyBytes: 10 };
  assert.deepEqual(texts(framesOf(message('0123456789'), 1, small)), [message('0123456789')]);
  assert.deepEqual(texts(framesOf(message('0123456789a'), 1, small)), ['body-too-large']);
  const long = message('', `X: ${'x'.repeat(100)}\r\n`);
  for (const size of [1, 50, 500])
    assert.deepEqual(texts(framesOf(long, size, small)), ['headers-too-large']);
  assert.deepEqual(texts(framesOf('x'.repeat(500), 7, small)), ['headers-too-large']);
});

test('an announced body takes no memory before it comes', () => {
  const framer = new StreamFramer();
  const head = 'MESSAGE sip:a@b SIP/2.0\r\nContent-Length: 60000\r\n\r\n';
  framer.push(bytes(head));
  assert.equal(framer.pendingBytes, head.length);
  assert.ok(framer.reservedBytes < 1024);
  for (let sent = 0; sent < 60000; sent += 6000) framer.push(bytes('x'.repeat(6000)));
  assert.equal(framer.reservedBytes, 0);
});
