import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InviteClientTransaction, NonInviteClientTransaction } from './clientTransaction.ts';
import { Recorder, response } from './testing.ts';
import { timerTable } from './timers.ts';

function inviteClient(reliable = false): { recorder: Recorder; client: InviteClientTransaction } {
  const recorder = new Recorder();
  const client = new InviteClientTransaction(recorder, recorder.queue, {
    reliable,
    timers: timerTable(),
    branch: 'z9hG4bKp',
    request: 'INVITE sip:b SIP/2.0',
    isBounded: false,
  });
  return { recorder, client };
}

function otherClient(reliable = false): { recorder: Recorder; client: NonInviteClientTransaction } {
  const recorder = new Recorder();
  const client = new NonInviteClientTransaction(recorder, recorder.queue, {
    reliable,
    timers: timerTable(),
    branch: 'z9hG4bKp',
    request: 'BYE sip:b SIP/2.0',
    isBounded: false,
  });
  return { recorder, client };
}

// §17.1.1.2: A doubles without a cap, B ends it at 64*T1
test('INVITE without any response: repeated at doubling intervals until timer B', () => {
  const { recorder, client } = inviteClient();
  client.start();
  recorder.clock.advance(40_000);
  const times = [0, 500, 1500, 3500, 7500, 15_500, 31_500].map((ms) => `${ms} sends INVITE`);
  assert.deepEqual(recorder.take(), [...times, '32000 times out']);
  client.onResponse(response(486)); // too late, but acknowledged
  recorder.clock.advance(40_000);
  assert.deepEqual(recorder.take(), ['40000 sends ACK', '64000 ends']);
  assert.equal(recorder.queue.size, 0);
});

test('INVITE over a reliable transport is sent once', () => {
  const { recorder, client } = inviteClient(true);
  client.start();
  recorder.clock.advance(31_000);
  assert.deepEqual(recorder.take(), ['0 sends INVITE']);
});

// §17.1.1.2: a provisional response stops A, and B does not run in Proceeding
test('INVITE rings for minutes: no repetition, no timeout', () => {
  const { recorder, client } = inviteClient();
  client.start();
  recorder.clock.advance(100);
  client.onResponse(response(180));
  recorder.clock.advance(300_000);
  assert.deepEqual(recorder.take(), ['0 sends INVITE', '100 hears 180']);
  assert.equal(recorder.queue.size, 0);
});

// §17.1.1.2, §17.1.1.3: each copy of a failure is acknowledged, only the first one is told; D is 32 s
test('INVITE fails: ACK, and again for each repetition, for 32 s', () => {
  const { recorder, client } = inviteClient();
  client.start();
  client.onResponse(response(486));
  recorder.clock.advance(1000);
  client.onResponse(response(486));
  recorder.clock.advance(40_000);
  assert.deepEqual(recorder.take(), [
    '0 sends INVITE',
    '0 sends ACK',
    '0 hears 486',
    '1000 sends ACK',
    '32000 ends',
  ]);
});

// RFC 6026 §7.2
test('INVITE accepted: every 2xx goes to the user until timer M, no ACK of ours', () => {
  const { recorder, client } = inviteClient();
  client.start();
  client.onResponse(response(200));
  recorder.clock.advance(500);
  client.onResponse(response(200));
  client.onResponse(response(486));
  recorder.clock.advance(40_000);
  assert.deepEqual(recorder.take(), ['0 sends INVITE', '0 hears 200', '500 hears 200', '32000 ends']);
});

// §16.7 step 5
test('a 2xx behind a failure of the same branch still reaches the user', () => {
  const { recorder, client } = inviteClient();
  client.start();
  client.onResponse(response(486));
  recorder.take();
  client.onResponse(response(200));
  assert.deepEqual(recorder.take(), ['0 hears 200']);
});

// §17.1.4
test('an INVITE that cannot be sent ends at once', () => {
  const { recorder, client } = inviteClient();
  recorder.canSend = false;
  client.start();
  assert.deepEqual(recorder.take(), ['0 sends INVITE', '0 ends', '0 cannot send']);
  assert.equal(client.state, 'terminated');
  assert.equal(recorder.queue.size, 0);
});

// §17.1.2.2: E doubles up to T2, F ends it at 64*T1
test('other requests: repeated at doubling intervals up to T2 until timer F', () => {
  const { recorder, client } = otherClient();
  client.start();
  recorder.clock.advance(40_000);
  const times = [0, 500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500];
  assert.deepEqual(recorder.take(), [
    ...times.map((ms) => `${ms} sends BYE`),
    '32000 times out',
    '37000 ends',
  ]);
});

// §17.1.2.2: in Proceeding E is T2, and F still runs
test('other requests behind a provisional response: repeated each T2', () => {
  const { recorder, client } = otherClient();
  client.start();
  recorder.clock.advance(100);
  client.onResponse(response(100, 'BYE'));
  recorder.clock.advance(9000);
  assert.deepEqual(recorder.take(), ['0 sends BYE', '100 hears 100', '4100 sends BYE', '8100 sends BYE']);
});

// §17.1.2.2: K absorbs repetitions for T4
test('other requests: the final response is told once', () => {
  const { recorder, client } = otherClient();
  client.start();
  client.onResponse(response(200, 'BYE'));
  client.onResponse(response(200, 'BYE'));
  recorder.clock.advance(10_000);
  assert.deepEqual(recorder.take(), ['0 sends BYE', '0 hears 200', '5000 ends']);
});

test('a bounded client transaction leaves no timer behind its final response', () => {
  const recorder = new Recorder();
  const client = new InviteClientTransaction(recorder, recorder.queue, {
    reliable: false,
    timers: timerTable(),
    branch: 'z9hG4bKp',
    request: 'INVITE sip:b SIP/2.0',
    isBounded: true,
  });
  client.start();
  client.onResponse(response(200));
  assert.equal(recorder.queue.size, 0);
  client.destroy();
  assert.equal(client.state, 'terminated');
});
