import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type RpcArgument,
  RpcDouble,
  RpcFault,
  RpcLongList,
  type RpcMethod,
  RpcRecords,
  type RpcReply,
  RpcStruct,
} from '../../module/rpc.ts';
import { fakeHost } from '../../module/testing.ts';
import { type DispatcherParts, JsonRpcDispatcher } from './dispatcher.ts';
import { documentEnd } from './jsonRpcServer.ts';

function registry(run: (args: readonly RpcArgument[]) => RpcReply, returnsArray = false): DispatcherParts {
  const method: RpcMethod = { name: 'x.y', doc: '', args: [], returnsArray, run };
  const { clock, timers } = fakeHost();
  const rpc = {
    find: (name: string) => (name === 'x.y' ? method : undefined),
    names: () => ['x.y'],
    call: (_name: string, args: readonly RpcArgument[]) => Promise.resolve(run(args)),
  };
  return { rpc, clock, timers };
}

test('a struct is printed with the tabs that the real server prints', async () => {
  const reply = new RpcStruct({
    Domains: [new RpcStruct({ Domain: new RpcStruct({ Size: 1024, AoRs: [] }) })],
  });
  const { body } = await new JsonRpcDispatcher(
    registry(() => [reply]),
    () => true,
  ).answer('{"jsonrpc":"2.0","method":"x.y","id":1}');
  assert.equal(
    body,
    '{\n\t"jsonrpc":\t"2.0",\n\t"result":\t{\n\t\t"Domains":\t[{\n\t\t\t\t"Domain":\t{\n\t\t\t\t\t"Size":\t1024,\n\t\t\t\t\t"AoRs":\t[]\n\t\t\t\t}\n\t\t\t}]\n\t},\n\t"id":\t1\n}',
  );
});

test('a long list is a list, records that stay apart too', async () => {
  const list = [new RpcStruct({ a: 1 }), new RpcStruct({ a: new RpcDouble(2) })];
  for (const value of [new RpcLongList(() => list), new RpcRecords(list)]) {
    const dispatcher = new JsonRpcDispatcher(
      registry(() => [new RpcStruct({ list: value })]),
      () => false,
    );
    const { body } = await dispatcher.answer('{"jsonrpc":"2.0","method":"x.y"}');
    assert.equal(body, '{"jsonrpc":"2.0","result":{"list":[{"a":1},{"a":2}]}}');
  }
});

test('one value is itself, several are an array, none is an empty object, a list method is always an array', async () => {
  const ask = async (reply: RpcReply, array = false): Promise<unknown> => {
    const { body } = await new JsonRpcDispatcher(
      registry(() => reply, array),
      () => false,
    ).answer('{"jsonrpc":"2.0","method":"x.y","id":"a"}');
    return JSON.parse(body).result;
  };
  assert.deepEqual(await ask([5]), 5);
  assert.deepEqual(await ask([5, 'a']), [5, 'a']);
  assert.deepEqual(await ask([]), {});
  assert.deepEqual(await ask([0], true), [0]);
  assert.deepEqual(await ask([], true), []);
});

test('named parameters count by their order', async () => {
  const seen: unknown[] = [];
  const dispatcher = new JsonRpcDispatcher(
    registry((args) => {
      seen.push(...args);
      return [];
    }),
    () => false,
  );
  await dispatcher.answer('{"jsonrpc":"2.0","method":"x.y","params":{"b":1,"a":"z","c":true},"id":1}');
  assert.deepEqual(seen, [1, 'z', 1]);
});

test('faults and errors carry code and message', async () => {
  const dispatcher = new JsonRpcDispatcher(
    registry(() => new RpcFault(404, 'nothing')),
    () => false,
  );
  const error = async (document: string) => JSON.parse((await dispatcher.answer(document)).body).error;
  assert.deepEqual(await error('{"jsonrpc":"2.0","method":"x.y","id":1}'), { code: 404, message: 'nothing' });
  assert.deepEqual(await error('{"jsonrpc":"2.0","method":"no.such","id":1}'), {
    code: 500,
    message: 'Method Not Found',
  });
  assert.equal((await error('{bad')).code, -32700);
  assert.equal((await error('{"method":"x.y"}')).code, -32600);
  assert.equal((await error('{"jsonrpc":"2.0","method":"x.y","params":7,"id":1}')).code, -32602);
});

test('a document ends where its braces close, whatever the strings hold', () => {
  assert.equal(documentEnd('{"a":"}{\\"]"} rest'), 13);
  assert.equal(documentEnd('{"a":[1,{"b":2}'), -1);
  assert.equal(documentEnd('nonsense\n{}'), 9);
});
