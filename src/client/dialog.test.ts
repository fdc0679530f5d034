import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Entropy } from '../base/ports.ts';
import { HeaderKind } from '../sip/headerKind.ts';
import { parsed } from '../sip/testMessages.ts';
import { answerSdp, offerSdp } from './answerSdp.ts';
import { Dialog } from './dialog.ts';
import type { Link } from './link.ts';

const entropy: Entropy = { uint32: () => 1, bytes: (length) => new Uint8Array(length) };
const link: Link = {
  proto: 'tcp',
  local: { address: '::1', port: 5070 },
  remote: { address: '::2', port: 5060 },
  security: '',
  isConnected: true,
  send: () => undefined,
  close: () => undefined,
};

const invite = parsed(
  'INVITE sip:bob@b.example SIP/2.0\nVia: SIP/2.0/TCP [::1]:5070;branch=z9hG4bK1\nFrom: "A" <sip:a@a.example>;tag=f\n' +
    'To: <sip:bob@b.example>\nCall-ID: c\nCSeq: 7 INVITE\nRecord-Route: <sip:p1;lr>, <sip:p2;lr>\nContact: <sip:a@[::1]:5070>\n\n',
);
const answered = (routes: string, contact = 'Contact: <sip:bob@10.0.0.2:5080>\n') =>
  parsed(
    `SIP/2.0 200 OK\nVia: SIP/2.0/TCP [::1]:5070;branch=z9hG4bK1\nFrom: "A" <sip:a@a.example>;tag=f\nTo: <sip:bob@b.example>;tag=t\nCall-ID: c\nCSeq: 7 INVITE\n${routes}${contact}\n`,
  );

test('the caller: route set reversed, numbers rise, ACK keeps that of the INVITE', () => {
  const dialog = Dialog.ofAnswer(invite, answered('Record-Route: <sip:p1;lr>,<sip:p2;lr>\n'));
  assert.deepEqual(dialog.routeSet, ['<sip:p2;lr>', '<sip:p1;lr>']);
  assert.equal(dialog.nextHop, 'sip:p2;lr');
  const ack = dialog.request('ACK', link, entropy, { cseq: 7 });
  assert.equal(ack.cseq?.number, 7);
  const bye = dialog.request('BYE', link, entropy);
  assert.equal(bye.text.split('\r\n')[0], 'BYE sip:bob@10.0.0.2:5080 SIP/2.0');
  assert.equal(bye.cseq?.number, 8);
  assert.equal(bye.fromTag, 'f');
  assert.equal(bye.toTag, 't');
  assert.match(bye.text, /\r\nRoute: <sip:p2;lr>\r\nRoute: <sip:p1;lr>\r\n/);
  assert.match(bye.value(HeaderKind.via) ?? '', /^SIP\/2\.0\/TCP \[::1\]:5070;rport;branch=z9hG4bK/);
  assert.equal(dialog.request('INFO', link, entropy).cseq?.number, 9);
});

test('without routes the next hop is the peer, without Contact the Request-URI', () => {
  assert.equal(Dialog.ofAnswer(invite, answered('')).nextHop, 'sip:bob@10.0.0.2:5080');
  assert.equal(Dialog.ofAnswer(invite, answered('', '')).nextHop, 'sip:bob@b.example');
});

test('a strict router gets the Request-URI, the peer the last Route', () => {
  const dialog = Dialog.ofAnswer(invite, answered('Record-Route: <sip:p1;lr>, <sip:strict>\n'));
  const bye = dialog.request('BYE', link, entropy);
  assert.equal(bye.requestUri, 'sip:strict');
  assert.match(bye.text, /\r\nRoute: <sip:p1;lr>\r\nRoute: <sip:bob@10\.0\.0\.2:5080>\r\n/);
});

test('the called side', () => {
  const dialog = Dialog.ofRequest(invite, 'mine');
  assert.deepEqual(dialog.routeSet, ['<sip:p1;lr>', '<sip:p2;lr>']);
  const bye = dialog.request('BYE', link, entropy);
  assert.equal(bye.requestUri, 'sip:a@[::1]:5070');
  assert.equal(bye.value(HeaderKind.from), '<sip:bob@b.example>;tag=mine');
  assert.equal(bye.toTag, 'f');
  const incoming = (tags: string): boolean =>
    dialog.owns(
      parsed(`BYE sip:x SIP/2.0\nVia: SIP/2.0/UDP h;branch=z9hG4bK2\n${tags}Call-ID: c\nCSeq: 8 BYE\n\n`),
    );
  assert.equal(incoming('From: <sip:a>;tag=f\nTo: <sip:b>;tag=mine\n'), true);
  assert.equal(incoming('From: <sip:a>;tag=f\nTo: <sip:b>;tag=other\n'), false);
  assert.equal(incoming('From: <sip:a>;tag=other\nTo: <sip:b>;tag=mine\n'), false);
});

test('offers are answered: the first audio is taken, the rest refused', () => {
  const self = { address: '192.0.2.1', port: 20_000, sessionId: 5 };
  const offer =
    'v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\nm=video 4000 RTP/AVP 96\r\n' +
    'm=audio 4002 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\na=sendonly\r\nm=audio 4004 RTP/AVP 0\r\n';
  assert.equal(
    answerSdp(offer, self),
    'v=0\r\no=olelo 5 5 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\n' +
      'm=audio 20000 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\na=recvonly\r\nm=audio 0 RTP/AVP 0\r\n',
  );
  assert.equal(answerSdp('no sdp', self), undefined);
  assert.match(
    offerSdp({ ...self, address: '::1' }),
    /c=IN IP6 ::1\r\n[\s\S]*m=audio 20000 RTP\/AVP 0 8\r\n/,
  );
});
