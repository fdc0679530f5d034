import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SipMessage } from '../sip/message.ts';
import {
  InviteServerTransaction,
  NonInviteServerTransaction,
  type ServerTransaction,
} from './serverTransaction.ts';
import { rfcMatching, ServerTransactionIndex } from './serverTransactionIndex.ts';
import { Recorder, request } from './testing.ts';
import { timerTable } from './timers.ts';

function serverOf(message: SipMessage): ServerTransaction {
  const recorder = new Recorder();
  const options = { reliable: false, timers: timerTable() };
  return message.method === 'INVITE'
    ? new InviteServerTransaction(message, recorder, recorder.queue, options)
    : new NonInviteServerTransaction(message, recorder, recorder.queue, options);
}

function indexOf(...messages: SipMessage[]): { index: ServerTransactionIndex; servers: ServerTransaction[] } {
  const index = new ServerTransactionIndex();
  const servers = messages.map(serverOf);
  for (const server of servers) index.add(server);
  return { index, servers };
}

// §17.2.3: branch, sent-by and method
test('with the magic cookie: branch, sent-by and method decide', () => {
  const { index, servers } = indexOf(request('INVITE'), request('BYE', { branch: 'z9hG4bK2' }));
  assert.equal(index.findRepeated(request('INVITE')), servers[0]);
  assert.equal(index.findRepeated(request('BYE', { branch: 'z9hG4bK2' })), servers[1]);
  assert.equal(index.findRepeated(request('BYE')), undefined);
  assert.equal(index.findRepeated(request('INVITE', { branch: 'z9hG4bK3' })), undefined);
  const elsewhere = request('INVITE').text.replace('a.example:5070', 'c.example:5070');
  assert.notEqual(elsewhere, request('INVITE').text);
});

test('an ACK finds its INVITE, a CANCEL whatever it cancels', () => {
  const { index, servers } = indexOf(request('INVITE'), request('MESSAGE', { branch: 'z9hG4bK2' }));
  assert.equal(index.findInvite(request('ACK')), servers[0]);
  assert.equal(index.findCancelled(request('CANCEL')), servers[0]);
  assert.equal(index.findCancelled(request('CANCEL', { branch: 'z9hG4bK2' })), servers[1]);
  assert.equal(index.findCancelled(request('CANCEL', { branch: 'z9hG4bK9' })), undefined);
});

// §17.2.3, second half: RFC 2543 clients
test('without the magic cookie: Request-URI, tags, Call-ID, CSeq and Via decide', () => {
  const { index, servers } = indexOf(request('INVITE', { branch: '1' }));
  assert.equal(index.findRepeated(request('INVITE', { branch: '1' })), servers[0]);
  assert.equal(index.findInvite(request('ACK', { branch: '1', toTag: 'ours' })), servers[0]);
  assert.equal(index.findRepeated(request('INVITE', { branch: '1', uri: 'sip:c@b.example' })), undefined);
  assert.equal(index.findRepeated(request('INVITE', { branch: '2' })), undefined);
  assert.equal(index.findRepeated(request('INVITE', { branch: '1', callId: 'c2' })), undefined);
});

test('laxer matching for broken clients', () => {
  const message = request('INVITE', { branch: '1' });
  const index = new ServerTransactionIndex({ ...rfcMatching, topmostVia: false, requestUri: false });
  const server = serverOf(message);
  index.add(server);
  assert.equal(index.findRepeated(request('INVITE', { branch: '2', uri: 'sip:c@b.example' })), server);
});

test('removed transactions are gone, wherever they stood in their call', () => {
  const branches = ['z9hG4bK1', 'z9hG4bK2', 'z9hG4bK3'];
  for (const order of [
    [0, 1, 2],
    [2, 1, 0],
    [1, 0, 2],
  ]) {
    const { index, servers } = indexOf(...branches.map((branch) => request('OPTIONS', { branch })));
    for (const at of order) {
      index.remove(servers[at] as ServerTransaction);
      assert.equal(index.findRepeated(request('OPTIONS', { branch: branches[at] ?? '' })), undefined);
    }
    assert.equal(index.size, 0);
    assert.deepEqual([...index.all()], []);
  }
});

test('one call cannot fill the index', () => {
  const index = new ServerTransactionIndex();
  let added = 0;
  for (let i = 0; i < 1000; i++)
    if (index.add(serverOf(request('OPTIONS', { branch: `z9hG4bK-${i}` })))) added++;
  assert.equal(added, 500);
  assert.equal(index.size, 500);
});
