import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LogLevel } from '../src/base/ports.ts';
import { answerCalls, placeCall } from './call.ts';
import { SipPeer } from './peer.ts';
import { SimServer, within } from './server.ts';
import { SimWorld } from './world.ts';

const proxyConfig = `
debug=3
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "maxfwd.so"
loadmodule "pv.so"
loadmodule "textops.so"
loadmodule "xlog.so"
request_route {
  if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
  if (is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
  if ($tt != $null) {
    if (loose_route()) { t_relay(); exit; }
    if (is_method("ACK")) { if (t_check_trans()) t_relay(); exit; }
    sl_send_reply("404", "Not here"); exit;
  }
  t_check_trans();
  if (is_method("INVITE")) record_route();
  if ($rU == "bob") $du = "sip:10.0.0.12:5060";
  else if ($rU == "carol") $du = "sip:10.0.0.13:5060;transport=tcp";
  else { sl_send_reply("404", "Nobody"); exit; }
  t_relay();
}
`;

test('a call through the proxy', async () => {
  const world = new SimWorld(1);
  const server = await SimServer.start(world, { config: proxyConfig, address: '10.0.0.1' });
  const to = { address: '10.0.0.1', port: 5060 };
  const alice = await SipPeer.open(world, { name: 'alice', address: '10.0.0.11', server: to });
  const bob = await SipPeer.open(world, { name: 'bob', address: '10.0.0.12', server: to });
  answerCalls(bob, () => ({ ringAfterMs: 100, answerAfterMs: 1000, status: 200 }));
  const outcome = await within(world, placeCall(alice, { toUser: 'bob' }), 60_000);
  assert.deepEqual(server.logged(LogLevel.error), []);
  assert.deepEqual([outcome.status, outcome.byeStatus], [200, 200]);
  await world.advance(60_000);
  assert.deepEqual([...alice.unfinished, ...bob.unfinished], []);
  assert.equal(server.busyTimers, 0);
  await server.stop();
  await world.advance(10_000);
  assert.equal(world.clock.pending, 0);
});
