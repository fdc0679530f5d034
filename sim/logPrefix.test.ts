import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogRecord } from '../src/base/ports.ts';
import { SipPeer } from './peer.ts';
import { SimServer, within } from './server.ts';
import { SimWorld } from './world.ts';

function config(lines: string): string {
  return `
debug=2
auto_aliases=no
${lines}
loadmodule "db_sqlite.so"
loadmodule "sl.so"
loadmodule "tm.so"
loadmodule "pv.so"
loadmodule "xlog.so"
loadmodule "textops.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
modparam("usrloc", "db_url", "sqlite:///x.db")
modparam("usrloc", "db_mode", 3)
request_route {
  xlog("L_INFO", "first\\n");
  $var(x) = lookup("location");
  xlog("L_INFO", "behind a wait\\n");
  rewritehost("");
  sl_send_reply("200", "OK");
}
`;
}

/** What was logged while two messages were routed at the same time. */
async function logOfTwo(lines: string): Promise<readonly LogRecord[]> {
  const world = new SimWorld(1);
  world.database.addStandardTables(['standard']);
  world.database.latencyMs = 50;
  const server = await SimServer.start(world, { config: config(lines), address: '10.0.0.1' });
  const to = { address: '10.0.0.1', port: 5060 };
  const ann = await SipPeer.open(world, { name: 'ann', address: '10.0.0.2', server: to });
  const asked = ['one', 'two'].map((callId) => ann.request('OPTIONS', { callId }).final);
  const before = server.log.length;
  await within(world, Promise.all(asked), 10_000);
  return server.log.slice(before);
}

const shown = ({ text, fields }: LogRecord) =>
  `${fields?.logprefix ?? ''}${text.trim()} (${fields?.callid ?? ''})`;

test('log_prefix stands on each record of its message, behind waits too', async () => {
  const log = await logOfTwo('log_prefix="{$mt $ci} "');
  assert.deepEqual(log.filter(({ component }) => component === '<script>').map(shown), [
    '{1 one} first (one)',
    '{1 two} first (two)',
    '{1 one} behind a wait (one)',
    '{1 two} behind a wait (two)',
  ]);
});

test('without it records have the Call-ID only; outside of messages nothing', async () => {
  const log = await logOfTwo('');
  assert.deepEqual(log.map(shown).slice(0, 2), ['first (one)', 'first (two)']);
  const world = new SimWorld(1);
  const server = await SimServer.start(world, {
    config: 'log_prefix="{$ci} "\nloadmodule "pv.so"\nrequest_route { drop; }',
    address: '10.0.0.1',
  });
  await server.stop();
  assert.ok(server.log.every(({ fields }) => fields?.logprefix === undefined));
});

test('a prefix with an unknown variable is a mistake of the config', async () => {
  const wrong = SimServer.start(new SimWorld(1), {
    config: 'log_prefix="{$nosuch(x)} "\nrequest_route { drop; }',
    address: '10.0.0.1',
  });
  await assert.rejects(wrong, /the config has mistakes:\nlog_prefix: .*nosuch/s);
});
