import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TransactionObserver } from './api.ts';
import { Scene } from './testing.ts';
import type { Transaction } from './transaction.ts';

const client = '127.0.0.2';
const callee = '127.0.0.3';

/** A request to the callee that has been relayed and answered. */
async function answered(scene: Scene, method: string, status: number) {
  const context = scene.request(method, `sip:bob@${callee}:5072`);
  context.flags = 4;
  scene.call('t_on_reply', context, 'LATE');
  await scene.call('t_relay', context);
  scene.ended(context);
  if (method === 'INVITE') assert.match(scene.take(client), /^SIP\/2\.0 100 /);
  const copy = scene.take(callee);
  await scene.respond(copy, status, 'Done');
  const response = scene.take(client);
  assert.match(response, new RegExp(`^SIP/2\\.0 ${status} `));
  return { context, copy, response };
}

function restingCount(scene: Scene): number {
  return [...scene.tm.rests.all()].length;
}

test('an answered transaction rests, answers a repeated request, and ends after wt_timer', async () => {
  for (const method of ['INVITE', 'OPTIONS']) {
    const scene = new Scene();
    const { response } = await answered(scene, method, 200);
    assert.equal(restingCount(scene), 1);
    assert.equal(scene.tm.counters.inUse, 1);
    const again = scene.request(method, `sip:bob@${callee}:5072`);
    assert.equal(scene.call('t_newtran', again), 0);
    assert.equal(scene.take(client), response);
    assert.equal(restingCount(scene), 0, 'it has been woken');
    scene.clock.advance(4900);
    assert.equal(scene.tm.counters.inUse, 1);
    scene.clock.advance(200);
    scene.assertNothingLeft();
  }
});

test('thousands that rest need one timer', async () => {
  const scene = new Scene();
  for (const method of ['OPTIONS', 'INFO', 'MESSAGE', 'UPDATE', 'BYE']) await answered(scene, method, 200);
  assert.equal(restingCount(scene), 5);
  assert.equal(scene.host.timers.size, 1);
  scene.clock.advance(5010);
  scene.assertNothingLeft();
});

// RFC 6026 §7.1: each 2xx goes upstream, and through its onreply_route
test('a repeated 2xx to an INVITE runs the onreply_route with the flags of the request', async () => {
  const scene = new Scene();
  const seen: string[] = [];
  scene.route('onreply', 'LATE', (context) => {
    const transaction = context.transaction as Transaction;
    seen.push(`${context.message.statusCode} ${context.flags} ${transaction.request.method}`);
    context.flags |= 1;
    return 1;
  });
  const { copy, response } = await answered(scene, 'INVITE', 200);
  await scene.respond(copy, 200, 'Done');
  assert.equal(scene.take(client), response);
  await scene.respond(copy, 200, 'Done');
  assert.equal(scene.take(client), response);
  assert.deepEqual(seen, ['200 4 INVITE', '200 5 INVITE', '200 5 INVITE']);
  scene.clock.advance(5010);
  scene.assertNothingLeft();
});

// §17.1.2.2: Completed absorbs repetitions
test('a repeated response to another request is absorbed in its sleep', async () => {
  const scene = new Scene();
  const { copy } = await answered(scene, 'OPTIONS', 200);
  assert.equal(await scene.respond(copy, 200, 'Done'), true);
  assert.equal(scene.untaken, 0);
  assert.equal(restingCount(scene), 1);
});

test('a failed INVITE rests behind its ACK, and acknowledges a repeated failure', async () => {
  const scene = new Scene();
  const { copy } = await answered(scene, 'INVITE', 486);
  const sent = scene.take(callee);
  assert.match(sent, /^ACK /);
  assert.equal(restingCount(scene), 0, 'the ACK is still to come');
  assert.equal(scene.call('t_check_trans', scene.request('ACK', `sip:bob@${callee}:5072`)), 0);
  assert.equal(restingCount(scene), 1);
  await scene.respond(copy, 486, 'Done');
  assert.equal(scene.take(callee), sent);
  assert.equal(scene.untaken, 0, 'the failure does not go upstream again');
  scene.clock.advance(200_000);
  scene.assertNothingLeft();
});

test('what the script looks up is whole: variables, flags, status', async () => {
  const scene = new Scene();
  const context = scene.request('OPTIONS', 'sip:me@here');
  context.flags = 16;
  context.variables.avps.push('color', 'red');
  scene.call('t_newtran', context);
  const { id } = context.transaction as Transaction;
  scene.call('t_reply', context, 480, 'Not now');
  const again = scene.request('OPTIONS', 'sip:me@here');
  assert.equal(scene.call('t_lookup_request', again), 1);
  const woken = again.transaction as Transaction;
  assert.notEqual(woken, context.transaction);
  assert.equal(woken.id, id);
  assert.equal(woken.flags, 16);
  assert.equal(woken.lastStatus, 480);
  assert.equal(woken.variables.avps.get('color'), 'red');
  assert.equal(scene.call('t_reply', again, 200, 'OK'), -1, 'it has its answer');
});

test('a CANCEL behind the answer is answered, and reaches nobody', async () => {
  const scene = new Scene();
  await answered(scene, 'INVITE', 200);
  await scene.call('t_relay', scene.request('CANCEL', `sip:bob@${callee}:5072`));
  assert.match(scene.take(client), /^SIP\/2\.0 200 canceling/);
  assert.equal(scene.untaken, 0);
});

test('observers say who hears of repetitions', async () => {
  const heard: string[] = [];
  const later: TransactionObserver = { onResponseOut: (_t, status) => heard.push(`later ${status}`) };
  for (const rest of [later, undefined, false] as const) {
    const scene = new Scene();
    scene.tm.observers.push({
      onRequest: (transaction) =>
        transaction.observe({
          onResponseOut: (_t, status) => heard.push(`first ${status}`),
          onRest: () => rest,
        }),
    });
    const { copy } = await answered(scene, 'INVITE', 200);
    assert.equal(restingCount(scene), rest === false ? 0 : 1);
    await scene.respond(copy, 200, 'Done');
    heard.push('|');
  }
  const first = ['first 100', 'first 200'];
  assert.deepEqual(heard, [...first, 'later 200', '|', ...first, '|', ...first, 'first 200', '|']);
});

test('nobody rests while somebody wants to hear of the end', async () => {
  const scene = new Scene();
  let ended = 0;
  scene.tm.observers.push({ onDestroy: () => ended++ });
  await answered(scene, 'OPTIONS', 200);
  assert.equal(restingCount(scene), 0);
  scene.clock.advance(5010);
  assert.equal(ended, 1);
});
