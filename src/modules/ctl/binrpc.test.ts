import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LoopSlices } from '../../base/loopSlices.ts';
import { TestClock } from '../../base/testClock.ts';
import { TimerWheel } from '../../base/timerWheel.ts';
import { RpcFault, RpcLongList, RpcRecords, RpcStruct } from '../../module/rpc.ts';
import { parseRequest } from './binrpc.ts';
import { encodeInSlices, encodeReply } from './binrpcReply.ts';

/** Packets as Debian's kamcmd 5.6.3 sent them and the real server answered them. */
const cookie = Buffer.from('62a67099', 'hex');

function hex(text: string): Buffer {
  return Buffer.from(text, 'hex');
}

test('a request of kamcmd with ints, strings and a double is read', () => {
  const packet = hex('a1031f10580dfd910a636f72652e6563686f00100130011170413132330041616263002205dc');
  const parsed = parseRequest(packet, 1000);
  assert.ok(parsed !== 'more' && !('error' in parsed));
  assert.equal(parsed.method, 'core.echo');
  assert.deepEqual(parsed.args, [1, 70000, '123', 'abc', 1.5]);
  assert.equal(parsed.length, packet.length);
});

test('a negative int takes four bytes', () => {
  const parsed = parseRequest(
    hex('a102139c5d02910c636f72652e7072696e74690040fffffffb'.replace(/^a102/, 'a102')),
    1000,
  );
  assert.ok(parsed !== 'more' && !('error' in parsed));
  assert.deepEqual(parsed.args, [-5]);
  assert.equal(encodeReply([-5], hex('9c5d02')).toString('hex'), 'a112059c5d0240fffffffb');
});

test('a struct is written as the real server writes it', () => {
  const reply = new RpcStruct()
    .add('now', 'Fri Nov 20 21:02:45 2026')
    .add('up_since', 'Fri Nov 20 21:02:42 2026')
    .add('uptime', 3);
  assert.equal(
    encodeReply([reply], cookie).toString('hex'),
    'a1135262a6709903456e6f77009119467269204e6f762032302032313a30323a3435203230323600950975705f73696e6365009119467269204e6f762032302032313a30323a343220323032360075757074696d6500100383',
  );
});

test('numbers keep their sign bit clear', () => {
  assert.equal(
    encodeReply([0, 1, 200, 2048, 40960], cookie).subarray(7).toString('hex'),
    '0010012000c82008003000a000',
  );
});

test('a fault carries code and text', () => {
  assert.equal(
    encodeReply(new RpcFault(500, 'command nosuch not found'), hex('3e44c130')).toString('hex'),
    'a1331e3e44c1302001f49119636f6d6d616e64206e6f73756368206e6f7420666f756e6400',
  );
});

test('a list of records is one struct with all their members', () => {
  const list = [new RpcStruct({ Domain: 'a' }), new RpcStruct({ Domain: 'b' })];
  assert.equal(
    encodeReply([list], cookie).subarray(7).toString('hex'),
    '0375446f6d61696e00216100' + '75446f6d61696e0021620083',
  );
});

test('every split of a packet is waited for', () => {
  const packet = hex('a1030e62a67099910c636f72652e757074696d6500');
  for (let length = 0; length < packet.length; length++) {
    assert.equal(parseRequest(packet.subarray(0, length), 1000), 'more');
  }
});

test('what is no request is refused with a reason', () => {
  for (const bad of ['474554202f', 'a1130000', 'a1031f10580dfdff', 'a10301000000000f', 'a1032000000000']) {
    const parsed = parseRequest(Buffer.concat([hex(bad), Buffer.alloc(40)]), 1000);
    assert.ok(parsed !== 'more' && 'error' in parsed, bad);
  }
  const long = parseRequest(hex('a107ffff00000000'), 1000);
  assert.ok(long !== 'more' && 'error' in long && long.error.includes('limit'));
});

test('records that stay apart are unnamed structs in one struct, as Kamailio sends htable.dump', () => {
  const slot = new RpcRecords([new RpcStruct({ name: 'l', value: 'z', type: 'str' })]);
  assert.equal(
    encodeReply([new RpcStruct({ entry: 1, size: 1, slot })], cookie)
      .subarray(7)
      .toString('hex'),
    '0365656e7472790010015573697a6500100155736c6f74000303556e616d6500216c006576616c756500217a00557479706500' +
      '41737472008383' +
      '83',
  );
});

test('in slices the bytes are the same, and a long list is like any other', async () => {
  const clock = new TestClock();
  const slices = new LoopSlices({ clock, timers: new TimerWheel(clock, 10) });
  const structs = Array.from(
    { length: 900 },
    (_, i) =>
      new RpcStruct({
        Contact: new RpcStruct({ Address: `sip:user${i}@192.0.2.1`.repeat(6), Q: i / 8, Flags: [i] }),
      }),
  );
  const whole = encodeReply([new RpcStruct({ AoRs: structs, Size: 900 })], cookie);
  const long = new RpcStruct({ AoRs: new RpcLongList(() => structs), Size: 900 });
  const coming = encodeInSlices([long], cookie, slices);
  for (let i = 0; i < 20; i++) {
    await new Promise(setImmediate);
    clock.advance(10);
  }
  const parts = await coming;
  assert.ok(parts.length > 2, `${parts.length} parts`);
  assert.deepEqual(Buffer.concat(parts), whole);
});
