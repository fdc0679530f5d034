import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { bindDatagram } from './datagram.ts';
import { NodeEntropy } from './entropy.ts';
import { NodeFiles } from './files.ts';
import { NodeProcesses } from './processes.ts';
import { NodeResolver } from './resolver.ts';
import { temporaryFolder } from './testing.ts';

test('entropy never repeats across its pools', () => {
  const entropy = new NodeEntropy();
  const seen = new Set<number>();
  for (let i = 0; i < 5000; i++) seen.add(entropy.uint32());
  assert.ok(seen.size > 4990);
  assert.equal(entropy.bytes(5000).length, 5000);
  assert.notDeepEqual(entropy.bytes(16), entropy.bytes(16));
});

test('files are replaced whole', async (t) => {
  const folder = await temporaryFolder(t);
  const files = new NodeFiles();
  const path = join(folder, 'a');
  await files.write(path, 'one');
  await files.write(path, 'two');
  await files.append(path, '!');
  assert.equal(String(await files.read(path)), 'two!');
  assert.equal(files.readTextSync(path), 'two!');
  assert.deepEqual(files.listSync(folder), ['a']);
  assert.equal(await files.exists(join(folder, 'b')), false);
  await assert.rejects(files.write(join(folder, 'missing', 'x'), ''));
  assert.deepEqual(readdirSync(folder), ['a']);
});

test('commands get input and environment, and give output and status', async () => {
  const processes = new NodeProcesses();
  const result = await processes.run('cat; echo "$WHO"; exit 3', {
    input: 'in ',
    timeoutMs: 5000,
    env: { WHO: 'me' },
  });
  assert.deepEqual(result, { status: 3, stdout: 'in me\n' });
  assert.equal((await processes.run('kill -9 $$', { timeoutMs: 5000 })).status, 137);
  await assert.rejects(processes.run('sleep 5 & sleep 5', { timeoutMs: 50 }), { code: 'PROCESS_TIMEOUT' });
});

/** A name server of one question: answers each query with the given code and nothing else. */
async function nameServer(code: number): Promise<{ address: string; close(): void }> {
  const socket = await bindDatagram('127.0.0.1', 0, {
    onDatagram: (query, from, port) => {
      const answer = Buffer.from(query);
      answer[2] = 0x81;
      answer[3] = 0x80 | code;
      socket.sendBytes(answer, from, port);
    },
    onError: assert.ifError,
  });
  return { address: `127.0.0.1:${socket.local.port}`, close: () => socket.close() };
}

test('no such name is an empty answer, a broken server is a failure', async () => {
  const nxdomain = await nameServer(3);
  const servfail = await nameServer(2);
  const options = { timeoutMs: 300, tries: 1 };
  const missing = new NodeResolver({ ...options, servers: [nxdomain.address] });
  assert.deepEqual(await missing.srv('_sip._udp.example.test'), []);
  assert.deepEqual(await missing.a('example.test'), []);
  assert.deepEqual(await missing.naptr('example.test'), []);
  const broken = new NodeResolver({ ...options, servers: [servfail.address] });
  await assert.rejects(broken.a('example.test'), { code: 'DNS_FAILED' });
  nxdomain.close();
  servfail.close();
});

test('the hosts file comes before DNS', async (t) => {
  const hostsPath = join(await temporaryFolder(t), 'hosts');
  writeFileSync(hostsPath, '# comment\n10.0.0.1 pbx PBX.example # x\n2001:db8::1 pbx\n');
  const resolver = new NodeResolver({ hostsPath, servers: ['127.0.0.1:9'] });
  assert.deepEqual(await resolver.a('pbx.example'), [{ address: '10.0.0.1', ttlSec: 60 }]);
  assert.deepEqual(await resolver.ptr('10.0.0.1'), ['pbx', 'PBX.example']);
  assert.deepEqual(await resolver.aaaa('pbx'), [{ address: '2001:db8::1', ttlSec: 60 }]);
});
