import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Scene } from './testing.ts';

test('t_relay of an INVITE: 100, a copy with our Via, 180 and 200 back, nothing left in the end', async () => {
  const scene = new Scene();
  const context = scene.request('INVITE', 'sip:bob@127.0.0.3:5072');
  assert.equal(await scene.call('t_relay', context), 1);
  assert.match(scene.take('127.0.0.2'), /^SIP\/2\.0 100 trying -- your call is important to us\r\n/);
  const copy = scene.take('127.0.0.3');
  assert.match(
    copy,
    /^INVITE sip:bob@127\.0\.0\.3:5072 SIP\/2\.0\r\nVia: SIP\/2\.0\/UDP 127\.0\.0\.1;branch=z9hG4bK/,
  );
  await scene.respond(copy, 180, 'Ringing');
  assert.match(
    scene.take('127.0.0.2'),
    /^SIP\/2\.0 180 Ringing\r\nVia: SIP\/2\.0\/UDP 127\.0\.0\.2:5070;branch=z9hG4bK1\r\n/,
  );
  await scene.respond(copy, 200, 'OK');
  assert.match(scene.take('127.0.0.2'), /^SIP\/2\.0 200 OK/);
  await scene.respond(copy, 200, 'OK');
  assert.match(scene.take('127.0.0.2'), /^SIP\/2\.0 200 OK/, 'a 2xx retransmission passes');
  scene.clock.advance(200_000);
  scene.assertNothingLeft();
});
