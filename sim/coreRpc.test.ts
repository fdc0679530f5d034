import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RpcFault, RpcStruct, type RpcValue } from '../src/module/rpc.ts';
import { SipPeer } from './peer.ts';
import { SimServer, within } from './server.ts';
import { SimWorld } from './world.ts';

const config = `
#!define WITH_IT
#!define NUMBER 5
alias=example.com:5060
alias=other.example
loadmodule "sl.so"
loadmodule "pv.so"
request_route { sl_send_reply("200", "OK"); }
`;

/** Records as nested pairs: names may come twice. */
function plain(value: RpcValue): unknown {
  if (value instanceof RpcStruct) return value.members.map((member) => [member.name, plain(member.value)]);
  return Array.isArray(value) ? value.map(plain) : value;
}

async function scene() {
  const world = new SimWorld(1);
  const listen = ['10.0.0.1', 'udp:10.0.0.1:5080/1.2.3.4:99'];
  const { server } = await SimServer.start(world, { config, address: '10.0.0.1', source: { listen } });
  const call = async (name: string, ...args: (string | number)[]) => {
    const reply = await server.call(name, args);
    return reply instanceof RpcFault ? `${reply.code} ${reply.text}` : reply.map(plain);
  };
  return { world, server, call };
}

test('core.sockets_list and core.aliases_list', async () => {
  const { call } = await scene();
  const socket = (proto: string, port: string, ...more: string[][]) => [
    [
      'socket',
      [
        ['proto', proto],
        ['address', '10.0.0.1'],
        ['port', port],
        ['mcast', 'no'],
        ['mhomed', 'no'],
        ['virtual', 'no'],
        ...more,
      ],
    ],
  ];
  assert.deepEqual(await call('core.sockets_list'), [
    [socket('udp', '5060'), socket('udp', '5080', ['advertise', '1.2.3.4:99']), socket('tcp', '5060')],
  ]);
  const alias = (address: string, port: number | string) => [
    [
      'alias',
      [
        ['proto', '*'],
        ['address', address],
        ['port', port],
      ],
    ],
  ];
  const aliases = [alias('example.com', 5060), alias('other.example', '*')];
  const [list] = (await call('core.aliases_list')) as [string, unknown][][];
  assert.deepEqual(Object.fromEntries(list!), { myself_callbacks: 'no', aliases });
});

test('core.tcp_list shows connections with their peers', async () => {
  const { world, call, server } = await scene();
  const to = { address: '10.0.0.1', port: 5060 };
  const phone = await SipPeer.open(world, { name: 'ann', address: '10.0.0.9', transport: 'tcp', server: to });
  assert.equal((await within(world, phone.request('OPTIONS').final, 10_000))?.statusCode, 200);
  const [record] = (await call('core.tcp_list')) as [string, unknown][][];
  const fields = Object.fromEntries(record!);
  assert.deepEqual([fields.id, fields.type, fields.state, fields.lifetime], [1, 'TCP', 'CONN_OK', 120]);
  assert.deepEqual([fields.src_ip, fields.dst_ip, fields.dst_port], ['10.0.0.9', '10.0.0.1', 5060]);
  const [info] = (await call('core.tcp_info')) as [string, unknown][][];
  assert.equal(Object.fromEntries(info!).opened_connections, 1);
  assert.equal(server.statistics.read('passive_open', 'tcp'), 1);
  assert.equal(server.statistics.read('current_opened_connections'), 1);
  const [options] = (await call('core.tcp_options')) as [string, unknown][][];
  assert.equal(Object.fromEntries(options!).connection_lifetime, 120);
});

test('core.uptime, echo, modules, defines, memory', async () => {
  const { world, call } = await scene();
  await world.advance(65_000);
  const [uptime] = (await call('core.uptime')) as [string, unknown][][];
  const fields = Object.fromEntries(uptime!);
  assert.equal(fields.uptime, 65);
  assert.match(String(fields.up_since), /^\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d 20\d\d$/);
  assert.deepEqual(await call('core.echo', 'a', 1), ['a', '1']);
  assert.deepEqual(await call('core.prints', 'a', 1), ['a', '1']);
  assert.deepEqual(await call('core.printi', 3, '4', 'x', 5), [3, 4]);
  assert.deepEqual(await call('core.modules'), ['pv', 'sl']);
  const defines = (await call('core.ppdefines')) as string[];
  assert.ok(defines.includes('WITH_IT') && defines.includes('MOD_sl'));
  const full = ((await call('core.ppdefines_full')) as [string, unknown][][]).map((each) =>
    Object.fromEntries(each),
  );
  assert.equal(full.find(({ name }) => name === 'NUMBER')?.value, '5');
  assert.equal(full.find(({ name }) => name === 'WITH_IT')?.value, 'none');
  assert.equal(await call('core.shmmem', 'q'), '500 bad param (b, k, m or g expected)');
  assert.match(String(await call('core.kill', 15)), /^500 no signals in the simulator/);
});

test('system.* tells what can be called', async () => {
  const { call } = await scene();
  const names = (await call('system.listMethods')) as string[];
  assert.ok(names.includes('core.uptime') && names.includes('system.methodHelp'));
  assert.deepEqual(names, [...names].sort());
  assert.deepEqual(await call('system.methodHelp', 'core.pwd'), ['Working directory.']);
  assert.deepEqual(await call('system.methodSignature', 'core.shmmem'), ['[unit:string]']);
  assert.equal(await call('system.methodHelp', 'nope'), '400 command not found');
});
