/** `olelo/client` in virtual time: retransmission, lost ACKs, DNS, forks, series. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sessionPlan } from '../src/cli/send/plan.ts';
import { given, userOf } from '../src/cli/send/testing.ts';
import type { ClientEvent, WireEvent } from '../src/client/events.ts';
import { ClientFailure } from '../src/client/failure.ts';
import type { ClientPorts } from '../src/client/link.ts';
import type { SessionContext } from '../src/client/sessions/plan.ts';
import { runSession } from '../src/client/sessions/run.ts';
import { runSeries } from '../src/client/sessions/series.ts';
import { Stop } from '../src/client/stop.ts';
import { Variables } from '../src/client/template/variables.ts';
import { answerCalls, goodLink, type SimPorts, SimServer, SimWorld, SipPeer, within } from './index.ts';

const config = `
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "maxfwd.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
modparam("registrar", "append_branches", 1)
request_route {
  if (is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
  if (has_totag()) {
    if (loose_route()) t_relay();
    else if (is_method("ACK")) { if (t_check_trans()) t_relay(); }
    else sl_send_reply("404", "Not Here");
    exit;
  }
  t_check_trans();
  if (is_method("REGISTER")) { save("location"); exit; }
  if (is_method("OPTIONS")) { sl_send_reply("200", "Alive"); exit; }
  record_route();
  if (!lookup("location")) { sl_send_reply("404", "Not Registered"); exit; }
  t_relay();
}
`;

interface Scene {
  readonly world: SimWorld;
  readonly client: SimPorts;
  readonly events: ClientEvent[];
  readonly context: SessionContext;
  /** Runs `olelo send ARGS` in virtual time. */
  run(...args: string[]): Promise<number | ClientFailure>;
  sent(start: string): WireEvent[];
}

async function scene(seed = 1, address = '10.0.0.1'): Promise<Scene> {
  const world = new SimWorld(seed);
  await SimServer.start(world, { config, address });
  const client = world.addHost({ name: 'client', addresses: ['10.0.0.9'] });
  const events: ClientEvent[] = [];
  const ports: ClientPorts = {
    ...client,
    webSocket: { connect: () => Promise.reject(new Error('no WebSocket')) },
  };
  const sources = { clock: client.clock, entropy: client.entropy, pid: 1, environment: () => undefined };
  const context: SessionContext = {
    ports,
    variables: new Variables(sources),
    tap: (event) => void events.push(event),
    stop: new Stop(),
  };
  const run = async (...args: string[]): Promise<number | ClientFailure> => {
    const work = runSession(sessionPlan(given(args), userOf(args)), context).then(
      ({ response }) => response.statusCode,
      (error: unknown) => {
        if (error instanceof ClientFailure) return error;
        throw error;
      },
    );
    return (await within(world, work, 300_000)) ?? 0;
  };
  const sent = (start: string): WireEvent[] =>
    events.filter((event): event is WireEvent => event.kind === 'sent' && event.text.startsWith(start));
  return { world, client, events, context, run, sent };
}

const target = 'udp:10.0.0.1:5060';

test('a request is repeated at T1, doubling to T2, until it is answered or 64 T1 are over', async () => {
  const { world, run, sent } = await scene();
  assert.equal(await run(target), 200);
  world.network.setLink('10.0.0.9', '10.0.0.1', { ...goodLink, loss: 1 });
  const failure = await run(target);
  assert.ok(failure instanceof ClientFailure && failure.kind === 'timeout', String(failure));
  assert.match(failure.message, /within 32 s \(sent 11 times\)/);
  const last = sent('OPTIONS').slice(1);
  const gaps = last.slice(1).map((event, i) => Math.round((event.atMs - last[i]!.atMs) / 100) / 10);
  assert.deepEqual(gaps, [0.5, 1, 2, 4, 4, 4, 4, 4, 4, 4]);
  assert.ok(last.slice(1).every(({ repeated }) => repeated));
});

test('a call over a bad link: every message may be lost, the session still goes as planned', async () => {
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    const { world, run, sent } = await scene(seed);
    world.network.setLink('10.0.0.9', '10.0.0.1', { ...goodLink, loss: 0.3 });
    world.network.setLink('10.0.0.1', '10.0.0.9', { ...goodLink, loss: 0.3 });
    const status = await run('--call-self', '-rt', '500', '-cd', '20000', '-sd', target);
    assert.equal(status, 200, `seed ${seed}: ${String(status)}`);
    assert.ok(sent('BYE').length >= 1);
  }
});

test('our 200 is repeated until its ACK comes', async () => {
  const { world, run, events } = await scene();
  const peer = await SipPeer.open(world, {
    name: 'ann',
    address: '10.0.0.11',
    transport: 'udp',
    listen: true,
    server: { address: '10.0.0.1', port: 5060 },
  });
  const listening = run('--listen', '-fu', 'bob', '-rt', '100', '-sw', '60000', '-sd', target);
  await world.advance(1000);
  peer.request('INVITE', { toUser: 'bob' }); // and no ACK
  await world.advance(20_000);
  const oks = events.filter(
    (event): event is WireEvent =>
      event.kind === 'sent' && event.text.startsWith('SIP/2.0 200') && event.message?.method === 'INVITE',
  );
  assert.ok(oks.length > 3, `${oks.length} times`);
  assert.equal(await listening, 200);
});

test('a second answer of a fork is acknowledged and hung up', async () => {
  const { world, run, events, sent } = await scene();
  for (const [name, address] of [
    ['one', '10.0.0.21'],
    ['two', '10.0.0.22'],
  ] as const) {
    const peer = await SipPeer.open(world, { name, address, server: { address: '10.0.0.1', port: 5060 } });
    const contact = `<sip:bob@${address}:5060>`;
    await within(world, peer.request('REGISTER', { toUser: 'bob', contact }).final, 10_000);
    answerCalls(peer, () => ({ ringAfterMs: 10, answerAfterMs: 100, status: 200 }));
  }
  assert.equal(await run('-invite', '-tu', 'bob', '-su', '-cd', '2000', '-sd', target), 200);
  assert.ok(
    events.some(({ kind, text }) => kind === 'note' && text.includes('somebody else has answered too')),
  );
  assert.equal(new Set(sent('BYE').map(({ message }) => message?.toTag)).size, 2);
});

test('an answer from elsewhere is no call of ours', async () => {
  const { world, run, sent } = await scene();
  const peer = await SipPeer.open(world, {
    name: 'thief',
    address: '10.0.0.21',
    server: { address: '10.0.0.1', port: 5060 },
  });
  answerCalls(peer, () => ({ ringAfterMs: 10, answerAfterMs: 100, status: 200 }));
  await within(
    world,
    peer.request('REGISTER', { toUser: 'alice', contact: '<sip:alice@10.0.0.21:5060>' }).final,
    10_000,
  );
  const failure = await run('--call-self', '-rt', '30000', '-sd', target);
  assert.ok(failure instanceof ClientFailure && failure.kind === 'session', String(failure));
  assert.match(failure.message, /answered, but not by alice/);
  assert.equal(sent('BYE').length, 1);
});

test('SRV: the next server is tried when the first cannot be connected to', async () => {
  const { world, run, events } = await scene();
  world.resolver.addZone({
    '_sip._tcp.example.com': {
      srv: [
        { priority: 1, weight: 1, port: 5099, target: 'dead.example.com' },
        { priority: 2, weight: 1, port: 5060, target: 'good.example.com' },
      ],
    },
    'dead.example.com': { a: ['10.0.0.1'] },
    'good.example.com': { a: ['10.0.0.1'] },
  });
  assert.equal(await run('tcp:example.com'), 200);
  assert.ok(
    events.some((event) => event.kind === 'warning' && event.text.includes('10.0.0.1:5099 cannot be used')),
  );
});

test('NAPTR decides on the transport', async () => {
  const { world, run, sent } = await scene();
  world.resolver.addZone({
    'example.com': {
      naptr: [
        { order: 1, preference: 1, flags: 's', service: 'SIP+D2T', replacement: '_sip._tcp.example.com' },
      ],
    },
    '_sip._tcp.example.com': { srv: [{ priority: 1, weight: 1, port: 5060, target: 'host.example.com' }] },
    'host.example.com': { a: ['10.0.0.1'] },
  });
  assert.equal(await run('sip:example.com'), 200);
  assert.equal(sent('OPTIONS')[0]?.proto, 'tcp');
});

test('--re-resolve asks DNS before each request', async () => {
  const { world, context, events } = await scene();
  await SimServer.start(world, { config, address: '10.0.0.2' });
  world.resolver.addZone({ 'moving.example.com': { a: ['10.0.0.1'] } });
  const remotes = (): string[] => [
    ...new Set(events.flatMap((event) => (event.kind === 'sent' ? [event.remote.address] : []))),
  ];
  for (const [flag, expected] of [
    [[], ['10.0.0.1']],
    [['-rr'], ['10.0.0.1', '10.0.0.2']],
  ] as const) {
    events.length = 0;
    const args = [...flag, '-connect-udp=false', 'udp:moving.example.com:5060'];
    world.resolver.addZone({ 'moving.example.com': { a: ['10.0.0.1'] } });
    const plan = {
      user: userOf(args),
      count: 4,
      rate: 1,
      forMs: undefined,
      expects: (status: number) => status === 200,
    };
    const work = runSeries(plan, context, () => undefined);
    await world.advance(1500);
    world.resolver.addZone({ 'moving.example.com': { a: ['10.0.0.2'] } });
    const result = await within(world, work, 60_000);
    assert.equal(result?.expected, 4);
    assert.deepEqual(remotes(), expected);
  }
});

test('a series counts latency and loss', async () => {
  const { world, context } = await scene();
  world.network.setLink('10.0.0.9', '10.0.0.1', { ...goodLink, latencyMs: 10 });
  const args = ['-timeout', '400', target];
  const plan = {
    user: userOf(args),
    count: 200,
    rate: 100,
    forMs: undefined,
    expects: (status: number) => status === 200,
  };
  const work = runSeries(plan, context, () => undefined);
  await world.advance(1000);
  world.network.setLink('10.0.0.9', '10.0.0.1', { ...goodLink, loss: 1 });
  const result = await within(world, work, 60_000);
  assert.equal(result?.sent, 200);
  assert.ok(Math.abs((result?.answered ?? 0) - 100) <= 3, `${result?.answered} answered`);
  assert.equal(result?.failures.get('timeout'), 200 - (result?.answered ?? 0));
  const latency = result?.latency();
  assert.ok(
    latency !== undefined && latency.min >= 20 && latency.p50 <= latency.p95 && latency.p99 <= latency.max,
  );
});

test('a wish to stop cancels what rings and hangs up what talks, then unregisters', async () => {
  for (const [ringMs, afterMs, expected] of [
    ['20000', 5000, 'CANCEL'],
    ['100', 5000, 'BYE'],
  ] as const) {
    const { world, run, sent, context } = await scene();
    world.clock.after(afterMs, () => context.stop.request());
    await run('--call-self', '-rt', ringMs, '-cd', '60000', '-sd', target);
    assert.equal(sent(expected).length, 1, expected);
    assert.match(sent('REGISTER').at(-1)?.text ?? '', /\r\nExpires: 0\r\n/);
    assert.ok(world.clock.nowMs() < 10_000, 'at once');
  }
});

test('the same seed gives the same session', async () => {
  const hash = async (): Promise<number> => {
    const { world, run } = await scene(7);
    await run('--call-user', '-fu', 'a', '--ua2-fuser', 'b', '-sd', 'tcp:10.0.0.1:5060');
    return world.traceHash;
  };
  assert.equal(await hash(), await hash());
});
