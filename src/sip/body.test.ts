/** SDP and multipart bodies. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boundaryOf, parseMultipart, partHeader } from './multipart.ts';
import { connectionOf, directionOf, isOnHold, parseSdp, type Sdp, sdpAttributes } from './sdp.ts';
import { crlf } from './testMessages.ts';

const offer = crlf(`v=0
o=alice 2890844526 2890844527 IN IP4 192.0.2.5
s=A call
c=IN IP4 192.0.2.5
t=0 0
a=sendonly
a=group:BUNDLE a v
m=audio 49170/2 RTP/AVP 0 8 97
c=IN IP6 2001:db8::1
a=rtpmap:97 iLBC/8000
a=recvonly
m=video 0 UDP/TLS/RTP/SAVPF 31
m=image 9 udptl t38
a=sendrecv
`);

function sdp(text: string): Sdp {
  const parsed = parseSdp(text);
  assert.ok(parsed !== undefined);
  return parsed;
}

test('RFC 8866: session and media sections', () => {
  const { origin, sessionName, media, attributes } = sdp(offer);
  assert.deepEqual(
    [origin?.username, origin?.sessionId, origin?.sessionVersion, origin?.address, sessionName],
    ['alice', '2890844526', '2890844527', '192.0.2.5', 'A call'],
  );
  assert.deepEqual(
    media.map((each) => [each.media, each.port, each.portCount, each.protocol, each.formats.join()]),
    [
      ['audio', 49170, 2, 'RTP/AVP', '0,8,97'],
      ['video', 0, 1, 'UDP/TLS/RTP/SAVPF', '31'],
      ['image', 9, 1, 'udptl', 't38'],
    ],
  );
  assert.deepEqual(
    attributes.map(({ name, value }) => [name, value]),
    [
      ['sendonly', undefined],
      ['group', 'BUNDLE a v'],
    ],
  );
});

test('what holds for a media section', () => {
  const parsed = sdp(offer);
  assert.deepEqual(
    parsed.media.map((media) => [
      connectionOf(parsed, media)?.address,
      directionOf(parsed, media),
      isOnHold(parsed, media),
    ]),
    [
      ['2001:db8::1', 'recvonly', false],
      ['192.0.2.5', 'sendonly', true],
      ['192.0.2.5', 'sendrecv', false],
    ],
  );
  const held = sdp(offer.replaceAll('192.0.2.5', '0.0.0.0'));
  assert.ok(isOnHold(held, held.media[2]!));
  assert.equal(sdpAttributes(parsed.media[0]!, 'rtpmap')[0]?.value, '97 iLBC/8000');
});

test('offsets are those of the whole text', () => {
  const text = `head${offer}tail`;
  const parsed = parseSdp(text, 4, text.length - 4);
  const audio = parsed?.media[0];
  assert.ok(parsed !== undefined && audio !== undefined);
  assert.equal(text.slice(audio.portStart, audio.portEnd), '49170');
  assert.equal(text.slice(audio.connection?.addressStart, audio.connection?.addressEnd), '2001:db8::1');
  assert.ok(
    text.slice(audio.start, audio.end).startsWith('m=audio') && text.slice(audio.end).startsWith('m=video'),
  );
  assert.equal(parsed.media[2]?.end, text.length - 4);
  const line = sdpAttributes(audio, 'recvonly')[0]?.line;
  assert.equal(text.slice(line?.start, line?.end), 'a=recvonly\r\n');
});

test('line feeds alone, a missing last line end, empty lines', () => {
  assert.equal(sdp('v=0\n\ns=x\nm=audio 1 RTP/AVP 0').media[0]?.port, 1);
});

test('malformed SDP', () => {
  for (const text of [
    '',
    's=x\r\n',
    'v=0\r\nnonsense\r\n',
    'v=0\r\nm=audio x RTP/AVP 0\r\n',
    'v=0\r\nm=audio 65536 RTP/AVP 0\r\n',
    'v=0\r\nm=audio 1/0 RTP/AVP 0\r\n',
    'v=0\r\nm=audio 1\r\n',
    'v=0\r\nc=IN IP4\r\n',
    'v=0\r\nc=XX IP4 1.2.3.4\r\n',
    `v=0\r\n${'a=x\r\n'.repeat(2048)}`,
    `v=0\r\n${'m=a 1 b c\r\n'.repeat(129)}`,
  ])
    assert.equal(parseSdp(text), undefined, text.slice(0, 40));
});

const mixed = 'multipart/mixed; boundary="b 1"';
const body = crlf(`preamble
--b 1
Content-Type: Application/SDP
Content-Disposition: session;
 handling=required

v=0
--b 1 \t

plain
--b 1x
still plain
--b 1--
epilogue`);

test('RFC 2046 §5.1: parts', () => {
  const parts = parseMultipart(body, mixed);
  assert.deepEqual(
    parts?.map((part) => [part.mediaType, part.body]),
    [
      ['application/sdp', 'v=0'],
      ['text/plain', 'plain\r\n--b 1x\r\nstill plain'],
    ],
  );
  const first = parts?.[0];
  assert.equal(first && partHeader(first, 'content-disposition'), 'session; handling=required');
  assert.equal(body.slice(first?.bodyStart, first?.end), 'v=0');
  const shifted = parseMultipart(`xx${body}`, mixed, 2);
  assert.equal(shifted?.[0]?.bodyStart, (first?.bodyStart ?? 0) + 2);
});

test('a part without headers and without body, line feeds alone', () => {
  assert.deepEqual(
    parseMultipart('--b\n\n--b\n\nx\n--b--', 'multipart/x;boundary=b')?.map((part) => part.body),
    ['', 'x'],
  );
});

test('malformed multiparts', () => {
  assert.equal(parseMultipart(body, 'text/plain;boundary=b'), undefined);
  assert.equal(parseMultipart(body, 'multipart/mixed'), undefined);
  assert.equal(parseMultipart(body.replace('--b 1--', ''), mixed), undefined);
  assert.equal(parseMultipart('--b\r\nno colon\r\n\r\nx\r\n--b--', 'multipart/x;boundary=b'), undefined);
  assert.equal(parseMultipart(`${'--b\r\n\r\n'.repeat(65)}--b--`, 'multipart/x;boundary=b'), undefined);
  assert.equal(boundaryOf(`multipart/x;boundary=${'b'.repeat(71)}`), undefined);
});
