import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import type { ScriptContext } from '../../module/context.ts';
import { contextOf, type FakeHost, fakeHost, ModuleUnderTest } from '../../module/testing.ts';
import type { FlowTokens } from './api.ts';
import { decodeFlow, encodeFlow } from './flowToken.ts';
import outbound from './index.ts';

/** Kamailio 5.6.3 takes the hash of nothing for its key, whatever the secret. */
const emptyKey = createHash('sha1').update('').digest();

const known = [
  {
    token: 'j8qSdqy240Nz3QF/AAABOt9/AAABkEg=',
    flow: {
      proto: 'udp',
      localAddress: '127.0.0.1',
      localPort: 15071,
      peerAddress: '127.0.0.1',
      peerPort: 36936,
    },
  },
  {
    token: 'ZQs6W8HM7gvAAAJ/AAABOt9/AAABhFA=',
    flow: {
      proto: 'tcp',
      localAddress: '127.0.0.1',
      localPort: 15071,
      peerAddress: '127.0.0.1',
      peerPort: 33872,
    },
  },
  {
    token: 't2Aes00ABqzyiYEAAAAAAAAAAAAAAAAAAAABOuEAAAAAAAAAAAAAAAAAAAABkQA=',
    flow: { proto: 'udp', localAddress: '::1', localPort: 15073, peerAddress: '::1', peerPort: 37120 },
  },
] as const;

describe('flow tokens are those of Kamailio', () => {
  for (const { token, flow } of known)
    it(`${flow.proto} ${flow.peerAddress}:${flow.peerPort}`, () => {
      assert.equal(encodeFlow(emptyKey, flow), token);
      assert.deepEqual(decodeFlow(emptyKey, token), flow);
      assert.equal(decodeFlow(createHash('sha1').update('x').digest(), token), 'tampered');
      assert.equal(decodeFlow(emptyKey, `A${token.slice(1)}`), 'tampered');
    });

  it('leaves other user parts alone', () => {
    for (const user of ['', 'alice', 'j8qSdqy240Nz3QF/AAABOt9/AAABkE==', 'x'.repeat(40), '='.repeat(32)])
      assert.equal(decodeFlow(emptyKey, user), undefined, user);
  });
});

function bench(params: Record<string, number | string> = {}): { tokens: FlowTokens; host: FakeHost } {
  const host = fakeHost();
  const module = new ModuleUnderTest(outbound, host, params);
  return { tokens: module.loaded.declaration.api?.(module.loaded.instance) as FlowTokens, host };
}

function request(method: string, contact: string, headers = ''): ScriptContext {
  return contextOf(
    `${method} sip:bob@ex.org SIP/2.0\nVia: SIP/2.0/UDP 127.0.0.2:5070;branch=z9hG4bK1\n${headers}` +
      `From: <sip:alice@ex.org>;tag=f\nTo: <sip:bob@ex.org>\nCall-ID: c\nCSeq: 1 ${method}\nContact: ${contact}\n`,
  );
}

describe('which requests want a token', () => {
  const via = 'Via: SIP/2.0/UDP 192.0.2.8;branch=z9hG4bK2\n';
  const route = 'Route: <sip:token@127.0.0.1;lr;ob>\n';
  const cases: [string, ScriptContext, boolean][] = [
    ['REGISTER with reg-id', request('REGISTER', '<sip:a@b>;reg-id=1'), true],
    ['REGISTER without', request('REGISTER', '<sip:a@b>'), false],
    ['REGISTER through a proxy', request('REGISTER', '<sip:a@b>;reg-id=1', via), false],
    ['INVITE of a client with ob', request('INVITE', '<sip:a@b;ob>'), true],
    ['INVITE of a client without', request('INVITE', '<sip:a@b>'), false],
    ['INVITE towards a flow', request('INVITE', '<sip:a@b>', via + route), true],
    ['INVITE from elsewhere', request('INVITE', '<sip:a@b;ob>', via), false],
    ['BYE', request('BYE', '<sip:a@b;ob>'), false],
  ];
  for (const [name, context, expected] of cases)
    it(`${name}: ${expected}`, () => assert.equal(bench().tokens.applies(context), expected));

  it('flags decide before all else', () => {
    const { tokens } = bench({ force_outbound_flag: 1, force_no_outbound_flag: 2 });
    const plain = request('INVITE', '<sip:a@b>');
    plain.flags = 1 << 1;
    assert.equal(tokens.applies(plain), true);
    const wanted = request('INVITE', '<sip:a@b;ob>');
    wanted.flags = 1 << 2;
    assert.equal(tokens.applies(wanted), false);
  });
});

describe('the flow behind a token', () => {
  it('leads back to the client over the socket that it came to', () => {
    const { tokens } = bench({ flow_token_secret: 'secret' });
    const context = contextOf('OPTIONS sip:a@b SIP/2.0\nVia: SIP/2.0/TCP 192.0.2.9;branch=z9hG4bK1\n', {
      socket: 'tcp:127.0.0.1:5060',
      flow: { address: '192.0.2.9', port: 4711 },
    });
    const flow = tokens.decode(tokens.encode(context));
    assert.ok(typeof flow === 'object');
    assert.equal(flow.socket.text, 'tcp:127.0.0.1:5060');
    assert.equal(flow.nextHop, 'sip:192.0.2.9:4711;transport=tcp');
  });

  it('is none when the socket is not ours, and tampered with another secret', () => {
    const one = bench({ flow_token_secret: 'one' }).tokens;
    const context = contextOf('OPTIONS sip:a@b SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1\n', {
      socket: 'udp:192.0.2.200:5060',
    });
    const token = one.encode(context);
    assert.equal(one.decode(token), undefined);
    assert.equal(bench({ flow_token_secret: 'two' }).tokens.decode(token), 'tampered');
  });

  it('offers itself to rr', () => {
    const { host } = bench();
    let offered: unknown;
    host.apis.set('rr', {
      useOutbound: (tokens: unknown) => {
        offered = tokens;
      },
    });
    const module = new ModuleUnderTest(outbound, host);
    void module.loaded.declaration.start?.(module.loaded.instance);
    assert.equal(offered, module.loaded.instance);
  });
});
