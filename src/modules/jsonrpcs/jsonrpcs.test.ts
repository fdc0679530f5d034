import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contextOf, fakeHost, ModuleUnderTest, requestText } from '../../module/testing.ts';
import jsonrpcs from './index.ts';

function module(): ModuleUnderTest {
  const host = fakeHost();
  const under = new ModuleUnderTest(jsonrpcs, host, { pretty_format: 0 });
  host.rpcMethods.set('jsonrpc.echo', {
    name: 'jsonrpc.echo',
    doc: '',
    args: [],
    returnsArray: true,
    run: (args) => under.rpc('jsonrpc.echo', ...args),
  });
  return under;
}

test('jsonrpc_exec runs a document and keeps the outcome', async () => {
  const under = module();
  const context = contextOf(requestText());
  const outcome = (key: string) => under.bind(`$jsonrpl(${key})`).get(context);
  assert.equal(outcome('code'), null);
  const document = '{"jsonrpc":"2.0","method":"jsonrpc.echo","params":["a\\"b",5],"id":1}';
  assert.equal(await under.call('jsonrpc_exec', context, document), 1);
  assert.deepEqual([outcome('code'), outcome('text')], [200, 'OK']);
  assert.equal(outcome('body'), '{"jsonrpc":"2.0","result":["a\\"b",5],"id":1}');
  assert.equal(await under.call('jsonrpc_exec', context, '{"jsonrpc":"2.0","method":"nope","id":1}'), -1);
  assert.equal(outcome('code'), 500);
});

test('a request without id is answered without one', async () => {
  const under = module();
  const context = contextOf(requestText());
  await under.call('jsonrpc_exec', context, '{"jsonrpc":"2.0","method":"jsonrpc.echo","params":{"a":7}}');
  assert.equal(under.bind('$jsonrpl(body)').get(context), '{"jsonrpc":"2.0","result":[7]}');
});

test('jsonrpc_dispatch says why it has nothing to do', async () => {
  const under = module();
  assert.equal(await under.call('jsonrpc_dispatch', contextOf(requestText())), -1);
  assert.match(under.host.log.lines.join(), /'transport' does not allow HTTP/);
  const web = new ModuleUnderTest(jsonrpcs, fakeHost(), { transport: 1 });
  assert.equal(await web.call('jsonrpc_dispatch', contextOf(requestText())), -1);
  web.host.apis.set('xhttp', { isHttp: () => false });
  assert.equal(await web.call('jsonrpc_dispatch', contextOf(requestText())), -1);
  assert.match(web.host.log.lines.join('; '), /xhttp is not loaded; .*no HTTP request/);
});
