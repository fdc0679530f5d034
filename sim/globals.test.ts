import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LogLevel } from '../src/base/ports.ts';
import { SipPeer } from './peer.ts';
import { SimServer, within } from './server.ts';
import { SimWorld } from './world.ts';

// Global parameters whose effect shows only on a whole server.

const server = { address: '10.0.0.1', port: 5060 };

function config(globals: string, route: string, more = ''): string {
  return `debug=3\nauto_aliases=no\n${globals}\nloadmodule "tm.so"\nloadmodule "sl.so"\nloadmodule "pv.so"
loadmodule "textops.so"\n${more}\nrequest_route { ${route} }\n`;
}

async function start(globals: string, route = 'sl_send_reply("200", "OK");') {
  const world = new SimWorld(1);
  const simulated = await SimServer.start(world, { config: config(globals, route), address: server.address });
  const peer = await SipPeer.open(world, { name: 'ann', address: '10.0.0.2', server });
  return { world, simulated, peer };
}

/** An OPTIONS from 10.0.0.2:5060 whose Via names port 5099 there. */
const fromElsewhere =
  `OPTIONS sip:${server.address} SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.2:5099;branch=z9hG4bKx\r\n` +
  'From: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: c\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n';

test('force_rport: the answer goes to the source port', async () => {
  for (const [globals, answers] of [
    ['', 0],
    ['force_rport=yes', 1],
  ] as const) {
    const { world, peer } = await start(globals);
    peer.send(fromElsewhere);
    await world.advance(100);
    assert.equal(peer.received.length, answers, globals);
  }
});

test('reply_to_via: the answer goes to the address in Via, also of transactions', async () => {
  for (const route of ['sl_send_reply("200", "OK");', 't_newtran(); t_reply("200", "OK");']) {
    const { world, peer } = await start('reply_to_via=1', route);
    let heard = 0;
    const third = world.addHost({ name: 'third', addresses: ['10.0.0.3'] });
    await third.net.bindDatagram('10.0.0.3', 5099, { onDatagram: () => heard++, onError: assert.ifError });
    peer.send(fromElsewhere.replace('10.0.0.2:5099', '10.0.0.3:5099'));
    await world.advance(100);
    assert.deepEqual([peer.received.length, heard], [0, 1], route);
  }
});

test('local_rport: our Via asks for rport', async () => {
  for (const [globals, asked] of [
    ['', false],
    ['local_rport=yes', true],
  ] as const) {
    const { world, peer } = await start(globals, '$du = "sip:10.0.0.2:5060"; t_relay();');
    peer.send(fromElsewhere);
    await world.advance(100);
    const relayed = peer.received.find(({ isRequest }) => isRequest)!;
    assert.equal(relayed.topmostVia?.params.has('rport'), asked, globals);
  }
});

test('msg_recv_max_size: longer messages are dropped and logged', async () => {
  const { world, simulated, peer } = await start('msg_recv_max_size=1000');
  const long = peer.request('OPTIONS', { headers: `X: ${'x'.repeat(1000)}\r\n` });
  assert.equal(await within(world, long.final, 40_000), undefined);
  assert.equal((await within(world, peer.request('OPTIONS').final, 40_000))?.statusCode, 200);
  assert.ok(simulated.logged(LogLevel.error).some((line) => line.includes('msg_recv_max_size')));
});

test('check_via: responses to requests that are not ours are dropped', async () => {
  for (const [globals, forwarded] of [
    ['', 1],
    ['check_via=1', 0],
  ] as const) {
    const { world, peer } = await start(globals);
    peer.send(
      'SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 10.9.9.9;branch=z9hG4bKy\r\nVia: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKz\r\n' +
        'From: <sip:a@b>;tag=1\r\nTo: <sip:a@b>;tag=2\r\nCall-ID: c\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n',
    );
    await world.advance(100);
    assert.equal(peer.received.length, forwarded, globals);
  }
});

test('latency_cfg_log and latency_limit_db tell times', async () => {
  const world = new SimWorld(1);
  world.database.addStandardTables(['standard']);
  world.database.latencyMs = 20;
  const usrloc = `loadmodule "db_sqlite.so"\nloadmodule "usrloc.so"\nloadmodule "registrar.so"
modparam("usrloc", "db_url", "sqlite:///x")\nmodparam("usrloc", "db_mode", 3)`;
  const route = 'lookup("location"); sl_send_reply("200", "OK");';
  const text = config('latency_cfg_log=2\nlatency_limit_db=10000', route, usrloc);
  const simulated = await SimServer.start(world, { config: text, address: server.address });
  const peer = await SipPeer.open(world, { name: 'ann', address: '10.0.0.2', server });
  await within(world, peer.request('OPTIONS').final, 10_000);
  const lines = simulated.logged(LogLevel.info);
  assert.ok(lines.includes('<core>: request-route executed in: 20000 usec'), lines.join('\n'));
  assert.ok(lines.some((line) => /^<core>: database query \[select from \w+\] took \d+ us$/.test(line)));
});
