import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ScriptContext } from '../../module/context.ts';
import { contextOf, FakeTransport, fakeHost, ModuleUnderTest, requestText } from '../../module/testing.ts';
import type { Destination, Flow } from '../../proxy/transport.ts';
import { decrypt, encrypt, keyOfPassword, saltOf } from './aes.ts';
import type { Crypto } from './crypto.ts';
import declaration from './index.ts';
import { passageOf } from './wire.ts';

/** A variable that remembers what it was given. */
function variable() {
  const cell = { value: 'kept' as unknown };
  return {
    cell,
    ref: {
      set: (_context: unknown, value: unknown) => {
        cell.value = value;
      },
    },
  };
}

test('salts as the real server was seen to make them', () => {
  const seen: readonly (readonly [string, string])[] = [
    ['k8hTm4aZ', 'b29e51e455c2b7e5'],
    ['abcdefgh', '6cf58b737a260508'],
    ['abcdefghijklmnop', '6cf58b737a260508'],
    ['@@@@@@@@', '844cf27ba64a1476'],
    ['00000000', '148d84e3a2bd384b'],
  ];
  for (const [text, salt] of seen) assert.equal(saltOf(text).toString('hex'), salt);
});

test('texts of the real server, and what is none', () => {
  const key = keyOfPassword('my-secret-key', saltOf('k8hTm4aZ'));
  assert.equal(decrypt(Buffer.from('MuhlIZQM5lroUpmDw3SrTA==', 'base64'), key)?.toString(), 'hello world');
  assert.equal(
    decrypt(Buffer.from('MuhlIZQM5lroUpmDw3SrTA==', 'base64'), keyOfPassword('x', saltOf('k8hTm4aZ'))),
    undefined,
  );
  for (const length of [0, 1, 15, 17]) assert.equal(decrypt(Buffer.alloc(length), key), undefined);
  const raw = { key: Buffer.alloc(16, 1), iv: undefined };
  const hidden = encrypt(Buffer.from('x'), raw, () => Buffer.alloc(16, 2));
  assert.deepEqual([hidden.length, hidden[0], decrypt(hidden, raw)?.toString()], [32, 2, 'x']);
});

describe('functions', () => {
  const context = contextOf(requestText());
  const call = (module: ModuleUnderTest, name: string, text: string, key: string) => {
    const { cell, ref } = variable();
    return [module.call(name, context, text, key, ref), cell.value];
  };
  test('round trip, wrong key, HMAC', () => {
    const module = new ModuleUnderTest(declaration);
    const [code, hidden] = call(module, 'crypto_aes_encrypt', 'hello world', 'my-secret-key');
    assert.deepEqual([code, hidden], [1, 'MuhlIZQM5lroUpmDw3SrTA==']);
    assert.deepEqual(call(module, 'crypto_aes_decrypt', hidden as string, 'my-secret-key'), [
      1,
      'hello world',
    ]);
    assert.deepEqual(call(module, 'crypto_aes_decrypt', hidden as string, 'other'), [-1, 'kept']);
    const hmac = 'QG5LQ_hwlaqGymKZ0l6HWSH--hgPAgQ7spvsVoHAwtA';
    assert.deepEqual(call(module, 'crypto_hmac_sha256', 'hello', 'k'), [1, hmac]);
  });
  test('keys as they are', () => {
    const vector = Buffer.alloc(16, 3).toString('base64');
    const module = new ModuleUnderTest(declaration, fakeHost(), { key_derivation: 0, init_vector: vector });
    const key = Buffer.alloc(32, 1).toString('base64');
    const [, hidden] = call(module, 'crypto_aes_encrypt', 'hello', key);
    assert.deepEqual(call(module, 'crypto_aes_decrypt', hidden as string, key), [1, 'hello']);
    assert.deepEqual(call(module, 'crypto_aes_encrypt', 'hello', 'short'), [-1, 'kept']);
  });
  test('parameters that cannot work', () => {
    const make = (params: Record<string, number | string>) => () =>
      (new ModuleUnderTest(declaration, fakeHost(), params).loaded.instance as Crypto).start();
    assert.throws(make({ salt: 'short' }), /shorter than 8/);
    assert.throws(make({ init_vector: 'AAAA' }), /3 bytes, not of 16/);
    assert.throws(make({ register_evcb: 1 }), /needs netio_key/);
  });
  test('register_callid hands tm a maker of UUIDs', () => {
    const host = fakeHost();
    let make: (() => string) | undefined;
    host.apis.set('tm', {
      useCallIds: (maker: () => string) => {
        make = maker;
      },
    });
    const module = new ModuleUnderTest(declaration, host, { register_callid: 1 });
    (module.loaded.instance as Crypto).start();
    assert.match(make?.() ?? '', /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});

/** A transport whose two ways can be walked. */
class Wire extends FakeTransport {
  onSend: ((text: string, destination: Destination) => string | undefined) | undefined;
  onReceive: ((text: string, flow: Flow) => string | undefined) | undefined;
  interceptSend(change: (text: string, destination: Destination) => string | undefined): void {
    this.onSend = change;
  }
  interceptReceive(change: (text: string, flow: Flow) => string | undefined): void {
    this.onReceive = change;
  }
}

describe('event_route[crypto:netio]', () => {
  const start = (route: (context: ScriptContext) => number | Promise<number>, exists = true) => {
    const transport = new Wire();
    const base = fakeHost();
    const host = fakeHost({
      transport,
      routes: { ...base.routes, has: () => exists, run: (_kind, _name, context) => route(context) },
    });
    const module = new ModuleUnderTest(declaration, host, { register_evcb: 1, netio_key: 'secret' });
    (module.loaded.instance as Crypto).start();
    return { transport, module, host };
  };
  const destination = { address: '127.0.0.9', port: 5060 } as Destination;

  test('encrypts what leaves and decrypts what comes', () => {
    let module: ModuleUnderTest | undefined;
    const started = start((context) => {
      const incoming = module?.call('crypto_netio_in', context) === 1;
      assert.equal(module?.call('crypto_netio_out', context), incoming ? -1 : 1);
      return module?.call(incoming ? 'crypto_netio_decrypt' : 'crypto_netio_encrypt', context) as number;
    });
    module = started.module;
    const { transport } = started;
    const hidden = transport.onSend?.('OPTIONS sip:a SIP/2.0', destination) as string;
    assert.equal(hidden.length, 32);
    const { flow } = contextOf(requestText());
    assert.equal(transport.onReceive?.(hidden, flow), 'OPTIONS sip:a SIP/2.0');
    assert.equal(transport.onReceive?.('OPTIONS sip:a SIP/2.0', flow), undefined, 'garbage is dropped');
  });
  test('leaves alone what the route does not mark', () => {
    const { transport } = start((context) => (passageOf(context) === undefined ? -1 : 1));
    assert.equal(transport.onSend?.('text', destination), 'text');
  });
  test('a route that waits changes nothing, and is told', () => {
    const { transport, host } = start(async () => 1);
    assert.equal(transport.onSend?.('text', destination), 'text');
    assert.match(JSON.stringify(host.log), /must not call anything that waits/);
  });
  test('without the route nothing stands in the way', () => {
    assert.equal(start(() => 1, false).transport.onSend, undefined);
  });
  test('outside of it the functions are false', () => {
    const module = new ModuleUnderTest(declaration);
    const context = contextOf(requestText());
    for (const name of ['in', 'out', 'encrypt', 'decrypt']) {
      assert.equal(module.call(`crypto_netio_${name}`, context), -1);
    }
  });
});
