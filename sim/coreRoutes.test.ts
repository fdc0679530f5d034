import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LogLevel } from '../src/base/ports.ts';
import { SimServer, SimWorld, SipPeer, within } from './index.ts';

// Route blocks that the core runs beside request_route: what they see, and what drop does.

const address = '10.0.0.1';
const head = 'debug=2\nloadmodule "pv.so"\nloadmodule "xlog.so"\nloadmodule "sl.so"\nloadmodule "tm.so"\n';

async function start(config: string): Promise<{ world: SimWorld; simulated: SimServer }> {
  const world = new SimWorld(1);
  return { world, simulated: await SimServer.start(world, { config: head + config, address }) };
}

function scriptLines(simulated: SimServer): readonly string[] {
  return simulated
    .logged(LogLevel.info)
    .filter((line) => line.startsWith('<script>: '))
    .map((line) => line.slice('<script>: '.length).trimEnd());
}

function peer(world: SimWorld, name: string, at: string): Promise<SipPeer> {
  return SipPeer.open(world, { name, address: at, listen: true, server: { address, port: 5060 } });
}

test('onsend_route sees where a copy goes, stateful and stateless, and may keep it back', async () => {
  const { world, simulated } = await start(`
    request_route {
      if ($rU == "far") $du = "sip:10.0.0.3:5060";
      else $du = "sip:10.0.0.2:5060";
      if ($hdr(X-How) == "stateless") { forward(); exit; }
      if (!t_relay()) sl_send_reply("500", "Not relayed");
    }
    onsend_route {
      xinfo("to $sndto(ip):$sndto(port) from $snd(ip) $sndto(sproto) $rm to_ip\\n");
      if (to_ip == 10.0.0.3) drop;
    }
  `);
  const ann = await peer(world, 'ann', '10.0.0.11');
  await peer(world, 'near', '10.0.0.2');
  const ask = async (user: string, headers = '') => {
    const { final } = ann.request('OPTIONS', { toUser: user, headers });
    return (await within(world, final, 60_000))?.statusCode;
  };
  assert.equal(await ask('near'), 200);
  assert.equal(await ask('near', 'X-How: stateless\\r\\n'), 200);
  assert.equal(await ask('far'), 500);
  assert.deepEqual(scriptLines(simulated), [
    'to 10.0.0.2:5060 from 10.0.0.1 udp OPTIONS to_ip',
    'to 10.0.0.2:5060 from 10.0.0.1 udp OPTIONS to_ip',
    'to 10.0.0.3:5060 from 10.0.0.1 udp OPTIONS to_ip',
  ]);
});

test('event_route[core:msg-received] sees everything that comes in, and may end it', async () => {
  const { world, simulated } = await start(`
    received_route_mode = 1
    event_route[core:msg-received] {
      xinfo("got $rcv(len) from $rcv(srcip) on $rcv(rcvport) $rcv(sproto) $rcv(af)\n");
      if ($rcv(srcip) == "10.0.0.12") drop;
    }
    request_route { sl_send_reply("200", "OK"); }
  `);
  const ann = await peer(world, 'ann', '10.0.0.11');
  const bob = await peer(world, 'bob', '10.0.0.12');
  const answer = async (from: SipPeer) =>
    (await within(world, from.request('OPTIONS').final, 60_000))?.statusCode;
  assert.equal(await answer(ann), 200);
  assert.equal(await answer(bob), undefined);
  const [first] = scriptLines(simulated);
  assert.match(first ?? '', /^got [0-9]+ from 10\.0\.0\.11 on 5060 udp 2$/);
});

test('event_route[core:receive-parse-error] is told what came and from where', async () => {
  const { world, simulated } = await start(`
    event_route[core:receive-parse-error] { xinfo("bad from $si: $(mb{s.substr,0,9}) $ml\n"); }
    request_route { drop; }
  `);
  const ann = await peer(world, 'ann', '10.0.0.11');
  ann.send('NONSENSE without any sense, but long enough to be taken for a message');
  await world.advance(100);
  assert.deepEqual(scriptLines(simulated), ['bad from 10.0.0.11: NONSENSE  69']);
});

test('event_route[core:modinit-before] runs before modules start, core:worker-one-init behind', async () => {
  const { simulated } = await start(`
    event_route[core:modinit-before] { $shv(x) = 5; xinfo("first\n"); }
    event_route[core:worker-one-init] { xinfo("then $shv(x)\n"); }
    request_route { drop; }
  `);
  assert.deepEqual(scriptLines(simulated), ['first', 'then 5']);
});

test('set_reply_close ends the connection behind the answer', async () => {
  const { world, simulated } = await start(`
    request_route {
      if ($rU == "bye") set_reply_close();
      sl_send_reply("200", "OK");
    }
  `);
  const ann = await SipPeer.open(world, {
    name: 'ann',
    address: '10.0.0.11',
    transport: 'tcp',
    server: { address, port: 5060 },
  });
  const ask = async (toUser: string) =>
    (await within(world, ann.request('OPTIONS', { toUser }).final, 60_000))?.statusCode;
  assert.equal(await ask('stay'), 200);
  assert.equal(simulated.server.transport.connections().length, 1);
  assert.equal(await ask('bye'), 200);
  await world.advance(100);
  assert.equal(simulated.server.transport.connections().length, 0);
});

test('requests over udp_mtu go over udp_mtu_try_proto, by setting or by message', async () => {
  const { world, simulated } = await start(`
    udp_mtu = 700
    udp_mtu_try_proto = TCP
    request_route {
      $du = "sip:10.0.0.2:5060";
      if ($hdr(X-Keep) == "udp") udp_mtu_try_proto(UDP);
      t_relay();
    }
    onsend_route { xinfo("$sndto(sproto)\\n"); }
  `);
  const ann = await peer(world, 'ann', '10.0.0.11');
  await peer(world, 'near', '10.0.0.2');
  const large = `X-Large: ${'x'.repeat(800)}\r\n`;
  for (const headers of ['', large, `${large}X-Keep: udp\r\n`]) {
    ann.request('OPTIONS', { toUser: 'near', headers });
    await world.advance(50);
  }
  assert.deepEqual(scriptLines(simulated), ['udp', 'tcp', 'udp']);
});

test('event_route[network:msg] changes texts on the wire, event_route[corex:reply-out] keeps responses back', async () => {
  const { world } = await start(`
    loadmodule "corex.so"
    loadmodule "textops.so"
    modparam("corex", "nio_intercept", 1)
    modparam("corex", "nio_msg_avp", "$avp(msg)")
    event_route[network:msg] {
      if (is_incoming()) $avp(msg) = $(mb{s.replace,X-Coded,X-Clear});
      else $avp(msg) = $(mb{s.replace,Plain,Coded});
    }
    event_route[corex:reply-out] {
      if ($rs == 183) drop;
    }
    request_route {
      sl_send_reply("183", "Plain Progress");
      if (is_present_hf("X-Clear")) sl_send_reply("200", "Plain");
      else sl_send_reply("404", "Plain");
    }
  `);
  const ann = await peer(world, 'ann', '10.0.0.11');
  const { final } = ann.request('OPTIONS', { toUser: 'x', headers: 'X-Coded: 1\r\n' });
  const answer = await within(world, final, 60_000);
  assert.equal(answer?.statusCode, 200);
  assert.equal(answer?.reasonPhrase, 'Coded');
  assert.deepEqual(
    ann.received.map((message) => message.statusCode),
    [200],
  );
});
