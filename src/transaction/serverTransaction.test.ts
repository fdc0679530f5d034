import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InviteServerTransaction, NonInviteServerTransaction } from './serverTransaction.ts';
import { Recorder, request } from './testing.ts';
import { timerTable } from './timers.ts';

function inviteServer(reliable = false): { recorder: Recorder; server: InviteServerTransaction } {
  const recorder = new Recorder();
  const options = { reliable, timers: timerTable() };
  return {
    recorder,
    server: new InviteServerTransaction(request('INVITE'), recorder, recorder.queue, options),
  };
}

function otherServer(): { recorder: Recorder; server: NonInviteServerTransaction } {
  const recorder = new Recorder();
  const options = { reliable: false, timers: timerTable() };
  return {
    recorder,
    server: new NonInviteServerTransaction(request('BYE'), recorder, recorder.queue, options),
  };
}

// §17.2.1
test('a repeated INVITE gets the last provisional response again', () => {
  const { recorder, server } = inviteServer();
  server.onRequest();
  server.respond(100, '100');
  server.respond(180, '180');
  server.onRequest();
  assert.deepEqual(recorder.take(), ['0 sends 100', '0 sends 180', '0 sends 180']);
});

// §17.2.1: G doubles up to T2, H ends it at 64*T1
test('a failure response is repeated until timer H', () => {
  const { recorder, server } = inviteServer();
  server.respond(486, '486');
  recorder.clock.advance(40_000);
  const times = [0, 500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500];
  assert.deepEqual(recorder.take(), [...times.map((ms) => `${ms} sends 486`), '32000 no ACK', '37000 ends']);
  assert.equal(recorder.queue.size, 0);
});

test('over a reliable transport a failure response is sent once', () => {
  const { recorder, server } = inviteServer(true);
  server.respond(486, '486');
  recorder.clock.advance(31_000);
  assert.deepEqual(recorder.take(), ['0 sends 486']);
});

// §17.2.1: the ACK ends the repetition; I absorbs further ones
test('the ACK of a failure response is told once, then absorbed until timer I', () => {
  const { recorder, server } = inviteServer();
  server.respond(486, '486');
  recorder.clock.advance(100);
  server.onAck(request('ACK'));
  server.onAck(request('ACK'));
  server.onRequest();
  recorder.clock.advance(40_000);
  assert.deepEqual(recorder.take(), ['0 sends 486', '100 hears ACK', '5100 ends']);
});

// RFC 6026 §7.1: further 2xx pass; a repeated INVITE gets the 2xx again (see inviteServer.ts)
test('accepted: 2xx pass until timer L', () => {
  const { recorder, server } = inviteServer();
  server.respond(200, '200');
  recorder.clock.advance(500);
  server.respond(200, 'another 200');
  server.onRequest();
  server.respond(486, '486');
  recorder.clock.advance(40_000);
  assert.deepEqual(recorder.take(), ['0 sends 200', '500 sends another 200', '500 sends 200', '32000 ends']);
});

// §17.2.2
test('other requests: repetitions are discarded, then answered as before, until timer J', () => {
  const { recorder, server } = otherServer();
  server.onRequest();
  server.respond(200, '200');
  server.respond(500, '500');
  server.onRequest();
  recorder.clock.advance(40_000);
  assert.deepEqual(recorder.take(), ['0 sends 200', '0 sends 200', '32000 ends']);
});

test('an abandoned transaction absorbs repetitions for a while, then ends', () => {
  for (const { recorder, server } of [inviteServer(), otherServer()]) {
    server.abandon();
    server.onRequest();
    recorder.clock.advance(40_000);
    assert.deepEqual(recorder.take(), ['32000 ends']);
    assert.ok(server.isTerminated);
  }
});
