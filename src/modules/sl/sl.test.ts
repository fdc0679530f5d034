import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ScriptContext } from '../../module/context.ts';
import { contextOf, type FakeHost, fakeHost, ModuleUnderTest, requestText } from '../../module/testing.ts';
import { makeTarget } from '../../proxy/target.ts';
import slModule from './index.ts';
import type { Sl } from './sl.ts';

/** sl in a fake host whose request hook the test can ring. */
function stage(params: Record<string, number | string> = {}, apis: Record<string, unknown> = {}) {
  let onRequest: (context: ScriptContext) => boolean = () => true;
  const host: FakeHost = fakeHost({
    hooks: {
      onRequest: (handler) => {
        onRequest = handler;
      },
      beforeRequest: () => {},
      afterRequest: () => {},
      onResponse: () => {},
      onConnectionClosed: () => {},
      onUnreachable: () => {},
      onStatelessReply: () => {},
      emitStatelessReply: () => {},
    },
  });
  for (const [name, api] of Object.entries(apis)) host.apis.set(name, api);
  const module = new ModuleUnderTest(slModule, host, params);
  const sl = module.loaded.instance as Sl;
  sl.start();
  return { host, module, sl, onRequest: (context: ScriptContext) => onRequest(context) };
}

function lastSent(host: FakeHost): string {
  return host.transport.sent.at(-1)?.text ?? '';
}

test('sl_send_reply: the answer goes where the Via says, with the headers of the script', () => {
  const { host, module } = stage();
  const context = contextOf(requestText());
  context.replyHeaders = 'X-Why: test\r\n';
  assert.equal(module.call('sl_send_reply', context, 404, 'Nobody'), 1);
  assert.match(
    lastSent(host),
    /^SIP\/2\.0 404 Nobody\r\n[\s\S]*;tag=[\s\S]*\r\nX-Why: test\r\nServer: test\r\n/,
  );
  assert.equal(host.transport.sent[0]?.destination.port, 5070);
  module.call('sl_send_reply', context, 404, 'Nobody');
  assert.match(lastSent(host), /X-Why: test\r\n/, 'they stay for further answers');
});

test('a repeated request gets the same tag, another one another', () => {
  const { sl } = stage();
  const tag = sl.tagFor(contextOf(requestText()));
  assert.equal(sl.tagFor(contextOf(requestText())), tag);
  assert.notEqual(sl.tagFor(contextOf(requestText().replace('Call-ID: c1', 'Call-ID: c2'))), tag);
});

test('the ACK to an own answer is absorbed, others pass; an event route hears of it', () => {
  const { host, sl, onRequest } = stage();
  let heard = 0;
  host.blocks.set('event:sl:filtered-ack', () => ++heard);
  const toTag = sl.tagFor(contextOf(requestText()));
  assert.equal(onRequest(contextOf(requestText('', { method: 'ACK', toTag }))), false);
  assert.equal(onRequest(contextOf(requestText('', { method: 'ACK', toTag: 'other' }))), true);
  assert.equal(onRequest(contextOf(requestText('', { toTag }))), true);
  assert.equal(heard, 1);
  assert.equal(sl.counters.receivedAcks, 1);
});

test('an ACK is never answered', () => {
  const { host, module } = stage();
  assert.equal(module.call('send_reply', contextOf(requestText('', { method: 'ACK' })), 404, 'x'), -1);
  assert.equal(host.transport.sent.length, 0);
});

test('a redirect offers the target set', () => {
  const { host, module } = stage({ rich_redirect: 3 });
  const context = contextOf(requestText());
  context.branches.push({ ...makeTarget('sip:c@c.example'), q: 500, path: '<sip:p;lr>', branchFlags: 2 });
  context.target.requestUri = 'sip:new@b.example';
  module.call('sl_send_reply', context, 302, 'Moved');
  assert.match(
    lastSent(host),
    /\r\nContact: <sip:new@b\.example>;flags=0, <sip:c@c\.example\?Route=%3Csip%3Ap%3Blr%3E>;q=0\.5;flags=2\r\n/,
  );
});

test('send_reply and sl_reply_error go through the transaction when there is one', () => {
  const replies: unknown[] = [];
  const tm = {
    transactionOf: () => ({}),
    errorOf: () => ({ status: 478, reason: 'Unresolvable destination (478/TM)' }),
    reply: (_context: unknown, status: number, reason: string) => replies.push([status, reason]) > 0,
  };
  const { host, module } = stage({}, { tm });
  assert.equal(module.call('send_reply', contextOf(requestText()), 480, 'Away'), 1);
  assert.equal(module.call('sl_reply_error', contextOf(requestText())), 1);
  assert.deepEqual(replies, [
    [480, 'Away'],
    [478, 'Unresolvable destination (478/SL)'],
  ]);
  const apart = stage({ bind_tm: 0 }, { tm });
  assert.equal(apart.module.call('send_reply', contextOf(requestText()), 480, 'Away'), 1);
  assert.equal(apart.host.transport.sent.length, 1);
  assert.equal(host.transport.sent.length, 0);
});

test('what cannot be used is replaced by default_code and default_reason', () => {
  const { host, module } = stage({ default_code: 505, default_reason: 'Odd' });
  module.call('sl_send_reply', contextOf(requestText()), 'abc', 'x');
  assert.match(lastSent(host), /^SIP\/2\.0 505 Odd\r\n/);
  module.call('sl_send_reply', contextOf(requestText()), 403, '');
  assert.match(lastSent(host), /^SIP\/2\.0 403 Odd\r\n/);
});

test('sl_forward_reply sends a response on, under another status of its class', () => {
  const { host, module } = stage();
  const response =
    'SIP/2.0 408 Timeout\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKus\n' +
    'Via: SIP/2.0/UDP 127.0.0.2:5070;branch=z9hG4bK1\nFrom: <sip:a@x>;tag=1\nTo: <sip:b@x>;tag=2\n' +
    'Call-ID: c1\nCSeq: 1 INVITE\nContent-Length: 0\n\n';
  const context = contextOf(response);
  assert.equal(module.call('sl_forward_reply', context, 404, 'Not found'), 1);
  assert.match(lastSent(host), /^SIP\/2\.0 404 Not found\r\nVia: SIP\/2\.0\/UDP 127\.0\.0\.2:5070;/);
  assert.equal(host.transport.sent[0]?.destination.port, 5070);
  assert.equal(module.call('sl_forward_reply', context), 1);
  assert.match(lastSent(host), /^SIP\/2\.0 408 Timeout\r\n/);
  assert.equal(module.call('sl_forward_reply', context, 200, 'OK'), -1, 'another class');
  assert.equal(module.call('sl_forward_reply', contextOf(requestText())), -1, 'a request');
});

test('statistics count by status and class', () => {
  const { module, sl } = stage();
  for (const status of [200, 202, 183, 404, 486])
    module.call('sl_send_reply', contextOf(requestText()), status, 'x');
  const read = (name: string): unknown => module.loaded.declaration.statistics?.[name]?.read(sl);
  assert.deepEqual(
    [
      '200_replies',
      '202_replies',
      '1xx_replies',
      '404_replies',
      '4xx_replies',
      'sent_replies',
      'sent_err_replies',
    ].map(read),
    [1, 1, 1, 1, 1, 5, 2],
  );
});

test('$ltt: the tag of stateless answers, of the transaction, or whichever applies', () => {
  const tm = {
    toTagOf: ({ message }: ScriptContext) => (message.method === 'INVITE' ? 'stateful' : undefined),
  };
  const { sl, module } = stage({}, { tm });
  const invite = contextOf(requestText());
  const options = contextOf(requestText('', { method: 'OPTIONS' }));
  const read = (context: ScriptContext) =>
    ['$ltt(s)', '$ltt(t)', '$ltt(x)'].map((text) => module.read(text, context));
  assert.deepEqual(read(invite), [sl.tagFor(invite), 'stateful', 'stateful']);
  assert.deepEqual(read(options), [sl.tagFor(options), null, sl.tagFor(options)]);
  assert.throws(() => module.bind('$ltt(y)'), /s, t and x/);
});
