import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RpcFault, type RpcReply, RpcStruct, type RpcValue } from '../../module/rpc.ts';
import { idOf } from './suspensions.ts';
import { Scene } from './testing.ts';

const client = '127.0.0.2';
const server = '127.0.0.3';
const headers = 'From: <sip:us@x>\r\nTo: <sip:bob@x>\r\nX-More: yes\r\n';

async function call(scene: Scene, name: string, ...args: (string | number)[]): Promise<RpcReply> {
  return await scene.module.rpc(name, ...args);
}

function member(reply: RpcReply, name: string): RpcValue | undefined {
  assert.ok(!(reply instanceof RpcFault), reply instanceof RpcFault ? reply.text : '');
  const [struct] = reply;
  assert.ok(struct instanceof RpcStruct);
  return struct.members.find((entry) => entry.name === name)?.value;
}

function fault(reply: RpcReply): number {
  assert.ok(reply instanceof RpcFault);
  return reply.code;
}

/** A relayed INVITE that rings. */
async function ringing(scene: Scene) {
  const context = scene.request('INVITE', `sip:bob@${server}`);
  await scene.call('t_relay', context);
  scene.take(client);
  const copy = scene.take(server);
  await scene.respond(copy, 180, 'Ringing');
  scene.take(client);
  return { context, copy };
}

test('tm.stats, tm.hash_stats and tm.list count and show', async () => {
  const scene = new Scene();
  assert.equal(member(await call(scene, 'tm.stats'), 'total'), 0);
  const { copy } = await ringing(scene);
  assert.equal(member(await call(scene, 'tm.stats'), 'current'), 1);
  assert.equal(member(await call(scene, 'tm.hash_stats'), 'transactions'), 1);
  const list = await call(scene, 'tm.list');
  assert.equal(member(list, 'method'), 'INVITE');
  assert.equal(member(list, 'callid'), 'Call-ID: c1\r\n');
  await scene.respond(copy, 200, 'OK');
  await scene.respond(copy, 200, 'OK');
  assert.equal(member(await call(scene, 'tm.stats'), '2xx'), 1, 'a repeated 2xx ends no second transaction');
  assert.equal(member(await call(scene, 'tm.stats'), 'waiting'), 1);
  scene.clock.advance(100_000);
  assert.equal(member(await call(scene, 'tm.stats'), 'freed'), 1);
  assert.deepEqual(await call(scene, 'tm.clean'), []);
});

test('tm.reply answers by the id, tm.reply_callid by Call-ID and CSeq', async () => {
  for (const byCallId of [false, true]) {
    const scene = new Scene();
    const { context } = await ringing(scene);
    const transaction = scene.tm.transactions.transactionOf(context);
    assert.ok(transaction !== undefined);
    const { index, label } = idOf(transaction);
    const rest = ['mytag', 'X-Why: rpc', 'body'];
    const reply = byCallId
      ? await call(scene, 'tm.reply_callid', 488, 'By RPC', 'c1', 1, ...rest)
      : await call(scene, 'tm.reply', 488, 'By RPC', `${index}:${label}`, ...rest);
    assert.deepEqual(reply, []);
    const sent = scene.take(client);
    assert.match(
      sent,
      /^SIP\/2\.0 488 By RPC\r\n[\s\S]*;tag=mytag\r\n[\s\S]*\r\nX-Why: rpc\r\n[\s\S]*\r\n\r\nbody$/,
    );
    assert.match(scene.take(server), /^CANCEL /);
  }
});

test('tm.reply and tm.cancel refuse what is not there or makes no sense', async () => {
  const scene = new Scene();
  assert.equal(fault(await call(scene, 'tm.reply', 404, 'x', '1:2', 'tag', '.')), 404);
  assert.equal(fault(await call(scene, 'tm.reply_callid', 404, 'x', 'nope', 1, 'tag', '.')), 404);
  assert.equal(fault(await call(scene, 'tm.cancel', 'nope', 1)), 400);
  await ringing(scene);
  assert.equal(fault(await call(scene, 'tm.reply_callid', 99, 'x', 'c1', 1, 'tag', '.')), 400);
});

test('tm.cancel cancels a call', async () => {
  const scene = new Scene();
  const { copy } = await ringing(scene);
  assert.deepEqual(await call(scene, 'tm.cancel', 'c1', 1), []);
  assert.match(scene.take(server), /^CANCEL /);
  await scene.respond(copy, 487, 'Request Terminated');
  assert.match(scene.take(client), /^SIP\/2\.0 487/);
});

test('tm.t_uac_start, tm.t_uac_wait and tm.t_uac_wait_block send own requests', async () => {
  const scene = new Scene();
  assert.deepEqual(await call(scene, 'tm.t_uac_start', 'OPTIONS', `sip:${server}`, '.', '.', headers), []);
  const sent = scene.take(server);
  assert.match(sent, /^OPTIONS [\s\S]*\r\nX-More: yes\r\n/);
  for (const name of ['tm.t_uac_wait', 'tm.t_uac_wait_block']) {
    const waiting = call(scene, name, 'OPTIONS', `sip:${server}`, '.', '.', headers);
    await scene.respond(scene.take(server), 200, 'Fine');
    const reply = await waiting;
    assert.equal(member(reply, 'code'), 200);
    assert.equal(member(reply, 'reason'), 'Fine');
  }
  const timedOut = call(scene, 'tm.t_uac_wait', 'OPTIONS', `sip:${server}`, '.', '.', headers);
  scene.clock.advance(100_000);
  assert.equal(member(await timedOut, 'code'), 408);
  assert.equal(
    fault(await call(scene, 'tm.t_uac_start', 'OPTIONS', `sip:${server}`, '.', '.', 'X: no From')),
    400,
  );
  assert.equal(
    fault(await call(scene, 'tm.t_uac_wait', 'OPTIONS', `sip:${server}`, '.', 'udp:9.9.9.9:1', headers)),
    400,
  );
});
