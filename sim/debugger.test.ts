import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LogLevel } from '../src/base/ports.ts';
import type { RpcArgument, RpcStruct } from '../src/module/rpc.ts';
import { SimServer, SimWorld, SipPeer, within } from './index.ts';

// Module debugger in a whole server: traces, breakpoints that hold one message while others go on, levels by module.

const address = '10.0.0.1';
const script = `
  request_route {
    $var(x) = "hello";
    route(SUB);
    sl_send_reply("200", "$rc $mi");
  }
  route[SUB] {
    if (is_method("OPTIONS")) {
      return 5;
    }
    return 6;
  }
`;

async function start(params: string, routes = script) {
  const world = new SimWorld(1);
  const config = `debug=2
    loadmodule "debugger.so"
    loadmodule "sl.so"
    loadmodule "pv.so"
    loadmodule "textops.so"
    ${params}
    ${routes}`;
  const simulated = await SimServer.start(world, { config, address });
  const peer = await SipPeer.open(world, {
    name: 'ann',
    address: '10.0.0.11',
    server: { address, port: 5060 },
  });
  const rpc = (method: string, ...args: RpcArgument[]) => simulated.server.call(method, args);
  const ask = (method = 'OPTIONS') => peer.request(method, { toUser: 'bob' }).final;
  const answer = async (final: ReturnType<typeof ask>) => (await within(world, final, 60_000))?.reasonPhrase;
  /** Steps that were traced, without the file. */
  const steps = () =>
    simulated
      .logged(LogLevel.debug)
      .filter((line) => line.includes('cfgtrace'))
      .map((line) => line.slice(line.indexOf('request_route')));
  return { world, simulated, rpc, ask, answer, steps };
}

const traceParams = 'modparam("debugger", "cfgtrace", 1)\nmodparam("debugger", "cfgtrace_format", 1)';

test('the trace names each step in order; off means that nothing is told', async () => {
  const { rpc, ask, answer, steps } = await start(traceParams);
  assert.equal(await answer(ask()), '5 1');
  assert.deepEqual(steps(), [
    'request_route=[DEFAULT_ROUTE] l=10 a=63 n=assign',
    'request_route=[DEFAULT_ROUTE] l=11 a=5 n=route',
    'request_route=[SUB] l=15 a=16 n=if',
    'request_route=[SUB] l=15 a=25 n=is_method',
    'request_route=[SUB] l=16 a=2 n=return',
    'request_route=[DEFAULT_ROUTE] l=12 a=26 n=sl_send_reply',
  ]);
  await rpc('dbg.trace', 'off');
  assert.equal(await answer(ask()), '5 2');
  assert.equal(steps().length, 6);
  await rpc('dbg.trace', 'on');
  await answer(ask('INFO'));
  assert.equal(steps().length, 12);
});

/** Ids of the messages that stand at a breakpoint. */
async function heldIds(rpc: Awaited<ReturnType<typeof start>>['rpc']): Promise<number[]> {
  const records = (await rpc('dbg.list')) as readonly RpcStruct[];
  const held = records.filter(({ members }) =>
    members.some(({ name, value }) => name === 'state' && value === 1),
  );
  return held.map(({ members }) => Number(members.find(({ name }) => name === 'pid')?.value));
}

test('a breakpoint holds one message, step by step, while others go on', async () => {
  const { world, rpc, ask, answer } = await start('');
  await rpc('dbg.bp', 'on');
  const held = ask();
  await world.advance(100);
  await rpc('dbg.bp', 'release');
  assert.equal(await answer(ask('INFO')), '6 2');
  const [id = 0, ...others] = await heldIds(rpc);
  assert.deepEqual(others, []);
  const at = async () =>
    String(((await rpc('dbg.bp', 'show', id)) as readonly string[])[0]).replace(/.*:(\d+)\]/, 'l=$1');
  assert.equal(await at(), 'l=9 a=63 n=assign');
  const seen: string[] = [];
  for (let i = 0; i < 3; i++) {
    await rpc('dbg.bp', 'next', id);
    await world.advance(10);
    seen.push(await at());
  }
  assert.deepEqual(seen, ['l=10 a=5 n=route', 'l=14 a=16 n=if', 'l=14 a=25 n=is_method']);
  assert.deepEqual(await rpc('dbg.bp', 'eval', id, '$var(x)'), ['$var(x) : t=str v=hello']);
  assert.deepEqual(await rpc('dbg.bp', 'move', id), ['200 ok']);
  assert.equal(await answer(held), '5 1');
  assert.deepEqual(await heldIds(rpc), []);
  assert.deepEqual(await rpc('dbg.ls'), await rpc('dbg.list'));
});

test('dbg_breakpoint holds where it stands; nobody comes, and the message goes on in the end', async () => {
  const routes = 'request_route { dbg_breakpoint("1"); sl_send_reply("200", "OK $rc"); }';
  const { world, rpc, ask, simulated } = await start('', routes);
  const final = ask('INFO');
  await world.advance(1000);
  assert.equal((await heldIds(rpc)).length, 1);
  await world.advance(700_000);
  assert.deepEqual(await heldIds(rpc), []);
  assert.ok(simulated.logged(LogLevel.warn).some((line) => line.includes('held for too long')));
  await final.catch(() => undefined);
});

test('onsend_route is traced but never held', async () => {
  const routes = `request_route { $du = "sip:10.0.0.12:5060"; forward(); }
    onsend_route { $var(y) = 1; }`;
  const { world, rpc, ask, simulated } = await start('', routes);
  await rpc('dbg.bp', 'on');
  void ask('INFO').catch(() => undefined);
  await world.advance(100);
  const [id = 0] = await heldIds(rpc);
  await rpc('dbg.bp', 'next', id);
  await world.advance(100);
  await rpc('dbg.bp', 'next', id);
  await world.advance(100);
  assert.deepEqual(
    simulated.logged(LogLevel.error).filter((line) => line.includes('must not')),
    [],
  );
});

test('levels by module: debug lines of one module only, as long as the mode is on', async () => {
  const params = `modparam("debugger", "mod_hash_size", 4)
    modparam("debugger", "mod_level_mode", 1)
    modparam("debugger", "mod_level", "debugger=3")
    modparam("debugger", "log_assign", 1)`;
  const { rpc, ask, answer, simulated } = await start(params);
  const assigned = () =>
    simulated.logged(LogLevel.debug).filter((line) => line.endsWith('$var(x):"hello"')).length;
  await answer(ask());
  assert.equal(assigned(), 1);
  await rpc('dbg.mod_level', 'debugger', 1);
  await answer(ask());
  assert.equal(assigned(), 1);
  assert.deepEqual(await rpc('dbg.get_mod_level', 'debugger'), [1]);
  assert.deepEqual(await rpc('dbg.get_mod_level', 'sl'), [2]);
});

test('dbg_pv_dump and dbg_sip_msg: variables as JSON, the message as it would leave', async () => {
  const routes = `request_route {
    $var(n) = 4; $avp(a) = 1; $avp(a) = "two"; $xavp(x=>more) = "hi"; $var(z) = $fU;
    dbg_pv_dump(30, "L_ERR");
    append_hf("P-Hint: here\\r\\n"); remove_hf("Max-Forwards");
    dbg_sip_msg("L_ERR");
    sl_send_reply("200", "OK");
  }`;
  const { ask, answer, simulated } = await start('', routes);
  assert.equal(await answer(ask()), 'OK');
  const [dump = '', report = ''] = simulated
    .logged(LogLevel.error)
    .filter((line) => line.startsWith('debugger: '))
    .map((line) => line.slice('debugger: '.length));
  assert.deepEqual(JSON.parse(dump), {
    '$avp(a)': ['two', 1],
    '$xavp(x)': [{ more: ['hi'] }],
    '$var(n)': 4,
    '$var(z)': 'ann',
    $fU: 'ann',
  });
  assert.match(report, /^CONFIG LINE 11\n-+ START OF SIP message debug -+\nOPTIONS sip:bob/);
  assert.match(report, /header diffs -+\n- Max-Forwards: 70\r\nP-Hint: here\r\n-+ SIP body/);
});
