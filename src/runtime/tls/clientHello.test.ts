import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maxHelloBytes, serverNameOf } from './clientHello.ts';

function lengthPrefixed(bytes: Buffer, lengthBytes: number): Buffer {
  const length = Buffer.alloc(lengthBytes);
  length.writeUIntBE(bytes.length, 0, lengthBytes);
  return Buffer.concat([length, bytes]);
}

function hello(extensions: Buffer): Buffer {
  const body = Buffer.concat([
    Buffer.alloc(34, 3),
    lengthPrefixed(Buffer.alloc(32, 1), 1),
    lengthPrefixed(Buffer.from([0x13, 1]), 2),
    lengthPrefixed(Buffer.from([0]), 1),
    lengthPrefixed(extensions, 2),
  ]);
  return Buffer.concat([Buffer.from([1]), lengthPrefixed(body, 3)]);
}

function record(payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from([22, 3, 1]), lengthPrefixed(payload, 2)]);
}

function serverName(name: string): Buffer {
  const entry = Buffer.concat([Buffer.from([0]), lengthPrefixed(Buffer.from(name), 2)]);
  const other = Buffer.concat([Buffer.from([0, 43]), lengthPrefixed(Buffer.from([2, 3, 4]), 2)]);
  return Buffer.concat([other, Buffer.from([0, 0]), lengthPrefixed(lengthPrefixed(entry, 2), 2)]);
}

test('the name, whatever the pieces', () => {
  const payload = hello(serverName('sip.example.com'));
  const whole = record(payload);
  assert.equal(serverNameOf(whole), 'sip.example.com');
  for (let length = 0; length < whole.length; length++) {
    assert.equal(serverNameOf(whole.subarray(0, length)), undefined);
  }
  const split = Buffer.concat([record(payload.subarray(0, 3)), record(payload.subarray(3, 60))]);
  assert.equal(serverNameOf(split), undefined);
  assert.equal(serverNameOf(Buffer.concat([split, record(payload.subarray(60))])), 'sip.example.com');
});

test('no name, no TLS, and no end', () => {
  assert.equal(serverNameOf(record(hello(Buffer.alloc(0)))), '');
  assert.equal(serverNameOf(Buffer.from('OPTIONS sip:a SIP/2.0')), '');
  assert.equal(serverNameOf(record(Buffer.from([2, 0, 0, 0]))), '');
  const endless = Buffer.alloc(maxHelloBytes + 1);
  for (let at = 0; at < endless.length; at += 5) endless[at] = 22;
  assert.equal(serverNameOf(endless), '');
  const lying = record(hello(Buffer.from([0, 0, 255, 255, 255, 255])));
  assert.equal(serverNameOf(lying), '');
});
