import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DatagramSocket, Net } from '../../base/ports.ts';
import { TestClock } from '../../base/testClock.ts';
import { fakeHost } from '../testing.ts';
import { CallTable } from './callTable.ts';
import { CommandClient } from './commandClient.ts';
import { callHash, weightedIndex } from './nodeHash.ts';
import { MediaNode, NodeTable, parseNodeList, parseNodeUrl } from './nodes.ts';

/** Which of two nodes (200 and 300 wide) Kamailio 5.6.3 has chosen for `call-1` to `call-60`. */
const chosen = {
  sha1: 'MNMNNMMMNMMMMMMMMMNMNMNNNMNNMNMMMMNNMNNNMNNMMNNMNNNMMMMNMNMN',
  crc32: 'NNNNMMNMNMNMNMNNMNNMNNMNNNNMNNMNNMNNMMNNMNMNMNNNNNMMNNNNNNNN',
};

test('calls go to the same nodes as the real server gives them to', () => {
  for (const [algorithm, expected] of [
    [1, chosen.sha1],
    [2, chosen.crc32],
    [0, chosen.crc32],
  ] as const) {
    const ours = Array.from({ length: 60 }, (_, i) =>
      weightedIndex([200, 300], callHash(`call-${i + 1}`, algorithm)) === 0 ? 'M' : 'N',
    );
    assert.equal(ours.join(''), expected);
  }
  assert.equal(weightedIndex([0, 0], 5), -1);
  assert.equal(weightedIndex([0, 1], 5), 1);
});

test('URLs of nodes', () => {
  assert.deepEqual(parseNodeUrl('udp:10.0.0.1:2223'), { family: 4, host: '10.0.0.1', port: 2223 });
  assert.deepEqual(parseNodeUrl('udp:media.example'), { family: 4, host: 'media.example', port: 22222 });
  assert.deepEqual(parseNodeUrl('10.0.0.1:2223'), { family: 4, host: '10.0.0.1', port: 2223 });
  assert.deepEqual(parseNodeUrl('udp6:[2001:db8::1]:2223'), { family: 6, host: '2001:db8::1', port: 2223 });
  assert.deepEqual(parseNodeUrl('udp6:fe80::1:2223'), { family: 6, host: 'fe80::1', port: 2223 });
  for (const text of ['udp:', 'udp:x:0', 'udp:x:70000', 'udp:x:y', 'ws://x', 'wss://x', 'unix:/x', '/x'])
    assert.equal(typeof parseNodeUrl(text), 'string', text);
});

test('lists of nodes, with set and weights', () => {
  assert.deepEqual(parseNodeList('udp:a:1=2 udp:b:2', 7), [
    { setId: 7, url: 'udp:a:1', weight: 2 },
    { setId: 7, url: 'udp:b:2', weight: 1 },
  ]);
  assert.deepEqual(parseNodeList('3 == udp:a:1', 0), [{ setId: 3, url: 'udp:a:1', weight: 1 }]);
  for (const text of ['', '1 ==', 'udp:a:1=x', 'udp:a:1=-2'])
    assert.equal(typeof parseNodeList(text, 0), 'string');
});

test('a URL that comes again is the same node, with the new weight', () => {
  const table = new NodeTable();
  const node = table.add({ setId: 0, url: 'udp:10.0.0.1:1', weight: 1 });
  assert.equal(table.add({ setId: 0, url: 'udp:10.0.0.1:1', weight: 5 }), node);
  assert.equal(node.weight, 5);
  assert.notEqual(table.add({ setId: 1, url: 'udp:10.0.0.1:1', weight: 1 }), node);
  assert.equal([...table.all()].length, 2);
});

test('calls are remembered by branch, found without one, and forgotten in time', async () => {
  const clock = new TestClock();
  const calls = new CallTable(clock, () => 10);
  const at = { family: 4, host: '10.0.0.1', port: 1 } as const;
  const one = new MediaNode('one', 0, 0, at, 1);
  const two = new MediaNode('two', 0, 1, at, 1);
  calls.insert('c', 'b1', one);
  calls.insert('c', 'b2', two);
  assert.equal(calls.find('c', 'b2', 0), two);
  assert.equal(calls.find('c', '', 0), one);
  assert.equal(calls.find('c', 'b3', 0), undefined);
  assert.equal(calls.find('c', 'b1', 1), undefined);
  assert.equal(calls.size, 2);
  calls.remove('c', 'b1', 0);
  assert.equal(calls.find('c', 'b1', 0), undefined);
  clock.advance(5000);
  calls.insert('d', '', one);
  clock.advance(5001);
  assert.equal(calls.find('c', '', 0), undefined);
  assert.equal(calls.find('d', 'any', 0), one);
  assert.equal(calls.size, 1);
  calls.remove('d', '', 0);
  assert.equal(calls.size, 0);
});

test('commands: repeated while there is no reply, bounded in number, ended with their node', async () => {
  const sent: string[] = [];
  let receive = (_data: Buffer): void => {};
  const socket: DatagramSocket = {
    local: { address: '', port: 1 },
    send: (text) => void sent.push(text),
    sendBytes: () => {},
    close: () => {},
  };
  const bindDatagram: Net['bindDatagram'] = async (_address, _port, handler) => {
    receive = (data) => handler.onDatagram(data, '10.0.0.1', 1);
    return socket;
  };
  const host = fakeHost({ net: { bindDatagram } as unknown as Net });
  const client = new CommandClient(host);
  await client.open([4], '');
  const node = new NodeTable().add({ setId: 0, url: 'udp:10.0.0.1:1', weight: 1 });
  const timing = { timeoutMs: 100, tries: 2 };
  const first = client.ask(node, 'hello', timing);
  host.clock.advance(110);
  assert.equal(sent.length, 2);
  assert.equal(sent[0], sent[1]);
  receive(Buffer.from(`${sent[0]?.split(' ')[0]} hi there`));
  receive(Buffer.from(`${sent[0]?.split(' ')[0]} hi again`));
  assert.deepEqual(await first, { text: 'hi there' });
  const late = client.ask(node, 'late', timing);
  host.clock.advance(300);
  assert.equal(await late, 'timeout');
  const many = Array.from({ length: 4100 }, () => client.ask(node, 'x', timing));
  assert.equal(client.outstanding, 4096);
  assert.equal(client.shed, 4);
  client.abandon(node);
  const outcomes = await Promise.all(many);
  assert.equal(outcomes.filter((outcome) => outcome === 'overload').length, 4);
  assert.equal(outcomes.filter((outcome) => outcome === 'timeout').length, 4096);
  assert.equal(client.outstanding, 0);
  node.address = '';
  assert.equal(await client.ask(node, 'x', timing), 'unresolved');
  node.address = '10.0.0.1';
  const last = client.ask(node, 'x', timing);
  client.close();
  assert.equal(await last, 'closed');
});
