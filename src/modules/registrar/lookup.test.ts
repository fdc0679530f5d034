import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ScriptContext } from '../../module/context.ts';
import type { PvReference } from '../../module/define.ts';
import { contextOf } from '../../module/testing.ts';
import { XavpNode } from '../../module/variables.ts';
import { makeTarget } from '../../proxy/target.ts';
import type { Registrar } from './registrar.ts';
import { type RegistrarBench, registrarBench, requestTo } from './testing.ts';

const two = ['<sip:a@192.0.2.9>;q=0.9', '<sip:b@192.0.2.9>;q=0.7'];

/** A reference as the binder makes it, with a constant name and index. */
function reference(inner: string, index?: number): PvReference {
  return {
    syntax: { name: 'ulc', inner, innerParts: undefined, index, transformations: [], text: `$ulc(${inner})` },
    inner,
    innerOf: () => inner,
    index,
    hasIndex: index !== undefined,
    indexOf: () => index,
  };
}

function ulc(bench: RegistrarBench, context: ScriptContext, inner: string, index?: number): unknown {
  const bound = (bench.module.loaded.instance as Registrar).profiles.bind(reference(inner, index));
  assert.ok('get' in bound);
  return bound.get(context);
}

function xavp(context: ScriptContext, name: string, field: string, index = 0): unknown {
  const node = context.variables.xavps.get(name, index);
  return node instanceof XavpNode ? node.get(field) : null;
}

describe('lookup', () => {
  it('puts the best contact into the target and the others into branches', async () => {
    const bench = registrarBench({ received_avp: '$avp(rcv)', xavp_rcd: 'ulrcd' });
    await bench.register({
      user: 'r',
      contacts: two,
      setUp: (context) => {
        context.variables.avps.push('rcv', 'sip:192.0.2.99:1234;transport=tcp');
        context.target.branchFlags = 72;
      },
    });
    const context = contextOf(requestTo('sip:R@ex.org'));
    assert.equal(await bench.call('lookup', context, 'location'), 1);
    const { target, branches } = context;
    assert.equal(target.requestUri, 'sip:a@192.0.2.9');
    assert.equal(target.nextHop, 'sip:192.0.2.99:1234;transport=tcp');
    assert.equal(target.branchFlags, 72);
    assert.equal(target.q, 900);
    assert.equal(target.socket?.text, 'udp:127.0.0.1:5060');
    assert.equal(target.locationUser, 'r');
    assert.equal(context.uriChanged, true);
    assert.deepEqual(
      branches.map((branch) => [branch.requestUri, branch.q, branch.branchFlags]),
      [['sip:b@192.0.2.9', 700, 72]],
    );
    assert.equal(xavp(context, 'ulrcd', 'contact'), 'sip:a@192.0.2.9');
    assert.equal(xavp(context, 'ulrcd', 'ruid'), target.ruid);
    assert.equal(xavp(context, 'ulrcd', 'expires'), 3600);
    assert.equal(xavp(context, 'ulrcd', 'path'), null);
  });

  it('says what it does not find', async () => {
    const bench = registrarBench();
    for (const uri of ['sip:nobody@ex.org', 'sip:ex.org', 'http://x'])
      assert.equal(await bench.call('lookup', contextOf(requestTo('sip:x@y')), 'location', uri), -1);
  });

  it('takes the best contact only without append_branches', async () => {
    const bench = registrarBench({ append_branches: 0 });
    await bench.register({ contacts: two });
    const context = contextOf(requestTo('sip:alice@ex.org'));
    await bench.call('lookup', context, 'location');
    assert.equal(context.branches.length, 0);
  });

  it('leaves the Request-URI alone in lookup_to_dset', async () => {
    const bench = registrarBench();
    await bench.register({ contacts: two });
    const context = contextOf(requestTo('sip:alice@ex.org'));
    assert.equal(await bench.call('lookup_to_dset', context, 'location'), 1);
    assert.equal(context.target.requestUri, 'sip:alice@ex.org');
    assert.deepEqual(
      context.branches.map((branch) => branch.requestUri),
      ['sip:a@192.0.2.9', 'sip:b@192.0.2.9'],
    );
  });

  it('looks up plain branches too in lookup_branches', async () => {
    const bench = registrarBench();
    await bench.register({ user: 'a', contacts: ['<sip:a@192.0.2.1>'] });
    await bench.register({ user: 'b', contacts: ['<sip:b@192.0.2.2>', '<sip:b2@192.0.2.2>'] });
    const context = contextOf(requestTo('sip:a@ex.org'));
    context.branches.push(makeTarget('sip:b@ex.org'), makeTarget('sip:nobody@ex.org'));
    assert.equal(await bench.call('lookup_branches', context, 'location'), 1);
    assert.equal(context.target.requestUri, 'sip:a@192.0.2.1');
    assert.deepEqual(
      context.branches.map((branch) => branch.requestUri),
      ['sip:b@192.0.2.2', 'sip:nobody@ex.org', 'sip:b2@192.0.2.2'],
    );
  });

  it('makes no more branches than max_branches allows', async () => {
    const bench = registrarBench();
    await bench.register({ contacts: Array.from({ length: 30 }, (_, i) => `<sip:c${i}@192.0.2.1>`) });
    const context = contextOf(requestTo('sip:alice@ex.org'));
    await bench.call('lookup', context, 'location');
    assert.equal(context.branches.length, 11);
  });

  it('does not find what has expired, unless told to', async () => {
    for (const [use, rc] of [
      [0, -1],
      [1, 1],
    ] as const) {
      const bench = registrarBench({ use_expired_contacts: use });
      await bench.register({ contacts: ['<sip:a@b>;expires=60'] });
      bench.host.clock.advance(61_000);
      assert.equal(await bench.call('lookup', contextOf(requestTo('sip:alice@ex.org')), 'location'), rc);
      assert.equal(await bench.call('registered', contextOf(requestTo('sip:alice@ex.org')), 'location'), rc);
    }
  });

  it('filters by method outside dialogs', async () => {
    const bench = registrarBench({ method_filtering: 1 });
    await bench.register({ contacts: ['<sip:a@b>'], headers: ['Allow: INVITE'] });
    await bench.register({ contacts: ['<sip:m@b>'], cseq: 2, headers: ['Allow: MESSAGE'] });
    const lookup = async (method: string, toTag = '') => {
      const context = contextOf(requestTo('sip:alice@ex.org', method, toTag));
      const rc = await bench.call('lookup', context, 'location');
      return [rc, context.target.requestUri, context.branches.length];
    };
    assert.deepEqual(await lookup('INVITE'), [1, 'sip:a@b', 0]);
    assert.deepEqual(await lookup('MESSAGE'), [1, 'sip:m@b', 0]);
    assert.deepEqual(await lookup('BYE'), [-2, 'sip:alice@ex.org', 0]);
    assert.deepEqual(await lookup('BYE', 'tag'), [1, 'sip:a@b', 1]);
  });

  it('filters by branch flags and by connection', async () => {
    const bench = registrarBench({ lookup_filter_mode: 3, xavp_cfg: 'reg' });
    await bench.register({ contacts: ['<sip:a@b>'], setUp: (context) => (context.target.branchFlags = 8) });
    await bench.register({ user: 'tcp', contacts: ['<sip:t@b>'], context: { socket: 'tcp:127.0.0.1:5060' } });
    const lookup = async (uri: string, flags?: number) => {
      const context = contextOf(requestTo(uri));
      const node = new XavpNode();
      if (flags !== undefined) node.push('rlf_bflags', flags);
      context.variables.xavps.push('reg', node);
      return bench.call('lookup', context, 'location');
    };
    assert.equal(await lookup('sip:alice@ex.org'), 1);
    assert.equal(await lookup('sip:alice@ex.org', 8), 1);
    assert.equal(await lookup('sip:alice@ex.org', 4), -1);
    assert.equal(await lookup('sip:tcp@ex.org'), -1);
  });

  it('keeps to the connection of a flow, not to that of other contacts', async () => {
    const bench = registrarBench({ outbound_mode: 1 });
    const context = { socket: 'tcp:127.0.0.1:5060', flow: { connectionId: 9 } };
    const flow = '<sip:f@192.0.2.1;transport=tcp>;+sip.instance="<urn:uuid:1>";reg-id=1';
    await bench.register({ user: 'flow', contacts: [flow], headers: ['Supported: outbound'], context });
    await bench.register({ user: 'plain', contacts: ['<sip:p@192.0.2.1;transport=tcp>'], context });
    const connectionOf = async (user: string) => {
      const request = contextOf(requestTo(`sip:${user}@ex.org`));
      await bench.call('lookup', request, 'location');
      return request.target.connectionId;
    };
    assert.deepEqual([await connectionOf('flow'), await connectionOf('plain')], [9, 0]);
  });

  it('goes along the path, over its own hop if told so', async () => {
    for (const [checkLocal, nextHop, path] of [
      [0, 'sip:127.0.0.1:5060;lr', '<sip:127.0.0.1:5060;lr>,<sip:p2@192.0.2.2;lr>'],
      [1, 'sip:p2@192.0.2.2;lr', '<sip:p2@192.0.2.2;lr>'],
    ] as const) {
      const bench = registrarBench({ use_path: 1, path_mode: 0, path_check_local: checkLocal });
      await bench.register({
        contacts: ['<sip:a@b>'],
        headers: ['Path: <sip:127.0.0.1:5060;lr>,<sip:p2@192.0.2.2;lr>'],
      });
      const context = contextOf(requestTo('sip:alice@ex.org'));
      await bench.call('lookup', context, 'location');
      assert.equal(context.target.nextHop, nextHop);
      assert.equal(context.target.path, path);
    }
  });

  it('resolves public and temporary GRUUs', async () => {
    const bench = registrarBench();
    await bench.register({
      contacts: ['<sip:a@192.0.2.1>;+sip.instance="<urn:uuid:f81d>"', '<sip:b@192.0.2.1>;q=1'],
      headers: ['Supported: gruu'],
    });
    const temporary = /temp-gruu="([^"]+)"/.exec(bench.replies[0] ?? '')?.[1] ?? '';
    for (const uri of ['sip:alice@ex.org;gr=urn:uuid:f81d', temporary]) {
      const context = contextOf(requestTo(uri));
      assert.equal(await bench.call('lookup', context, 'location'), 1, uri);
      assert.equal(context.target.requestUri, 'sip:a@192.0.2.1');
      assert.equal(context.branches.length, 0);
    }
    for (const uri of [
      'sip:alice@ex.org;gr=urn:uuid:other',
      'sip:uloc-1-2-3-ff@ex.org;gr',
      'sip:x@ex.org;gr',
    ])
      assert.equal(await bench.call('lookup', contextOf(requestTo(uri)), 'location'), -1, uri);
  });

  it('restores the attributes of each contact, in their order', async () => {
    const bench = registrarBench({}, { xavp_contact: 'ulattrs' });
    for (const [cseq, contact, value] of [
      [1, '<sip:a@b>;q=0.1', 'A1'],
      [2, '<sip:c@b>;q=0.2', 'A2'],
    ] as const)
      await bench.register({
        contacts: [contact],
        cseq,
        setUp: (context) => {
          const node = new XavpNode();
          node.push('one', value);
          context.variables.xavps.push('ulattrs', node);
        },
      });
    const context = contextOf(requestTo('sip:alice@ex.org'));
    await bench.call('lookup', context, 'location');
    assert.equal(xavp(context, 'ulattrs', 'one', 0), 'A2');
    assert.equal(xavp(context, 'ulattrs', 'one', 1), 'A1');
  });
});

describe('registered and unregister', () => {
  it('matches what xavp_cfg asks for', async () => {
    const bench = registrarBench({ xavp_cfg: 'reg', xavp_rcd: 'ulrcd', xavp_rcd_mask: 4 });
    await bench.register({ contacts: ['<sip:a@b>'] });
    const ask = async (fields: Record<string, string>, ...args: unknown[]) => {
      const context = contextOf(requestTo('sip:alice@ex.org'));
      const node = new XavpNode();
      for (const [name, value] of Object.entries(fields)) node.push(name, value);
      context.variables.xavps.push('reg', node);
      const rc = await bench.call('registered', context, 'location', 'sip:alice@ex.org', ...args);
      return [rc, xavp(context, 'ulrcd', 'contact'), xavp(context, 'ulrcd', 'expires')];
    };
    assert.deepEqual(await ask({}), [1, 'sip:a@b', null]);
    assert.deepEqual(await ask({ match_callid: 'call1' }, 1), [1, 'sip:a@b', null]);
    assert.deepEqual(await ask({ match_callid: 'other' }, 1), [-1, null, null]);
    assert.deepEqual(await ask({ match_contact: 'sip:z' }, 4), [-1, null, null]);
    assert.deepEqual(await ask({ match_received: 'sip:z' }, 2), [-1, null, null]);
    assert.deepEqual(await ask({ match_contact: 'sip:z' }, 1), [1, 'sip:a@b', null]);
    assert.deepEqual(await ask({}, 0, 2), [1, null, null]);
  });

  it('removes all contacts, or one by its record id', async () => {
    const bench = registrarBench();
    await bench.register({ contacts: two });
    const domain = await bench.locations.registerDomain('location');
    const ruid = (await domain.getRecord('alice'))!.bindings[0]!.ruid;
    const context = contextOf(requestTo('sip:alice@ex.org'));
    assert.equal(await bench.call('unregister', context, 'location', 'sip:bob@ex.org', ruid), -3);
    assert.equal(await bench.call('unregister', context, 'location', '', ruid), 1);
    assert.equal(domain.contactCount, 1);
    assert.equal(await bench.call('unregister', context, 'location', 'sip:alice@ex.org'), 1);
    assert.equal(domain.contactCount, 0);
    assert.equal(await bench.call('unregister', context, 'location', 'sip:alice@ex.org'), 1);
    assert.equal(await bench.call('unregister', context, 'location', 'nonsense'), -1);
  });
});

describe('$ulc', () => {
  it('reads the contacts of a profile', async () => {
    const bench = registrarBench();
    await bench.register({ contacts: two });
    const context = contextOf(requestTo('sip:x@y'));
    assert.equal(await bench.call('reg_fetch_contacts', context, 'location', 'sip:nobody@ex.org', 'c'), -1);
    assert.equal(await bench.call('reg_fetch_contacts', context, 'location', 'sip:alice@ex.org', 'c'), 1);
    const facts: [string, number | undefined, unknown][] = [
      ['c=>aor', undefined, 'alice'],
      ['c=>domain', undefined, 'location'],
      ['c=>count', undefined, 2],
      ['c=>addr', undefined, 'sip:a@192.0.2.9'],
      ['c=>addr', 1, 'sip:b@192.0.2.9'],
      ['c=>addr', -1, 'sip:a@192.0.2.9'],
      ['c=>addr', 9, null],
      ['c=>q', 0, 900],
      ['c=>methods', 0, 4294967295],
      ['c=>instance', 0, null],
      ['c=>conid', 0, null],
      ['c=>expires', 0, 1_700_003_600],
      ['other=>addr', 0, null],
    ];
    for (const [inner, index, value] of facts) assert.equal(ulc(bench, context, inner, index), value, inner);
    await bench.call('reg_free_contacts', context, 'c');
    assert.equal(ulc(bench, context, 'c=>count'), null);
  });

  it('refuses unknown attributes at load', () => {
    const bench = registrarBench();
    const { profiles } = bench.module.loaded.instance as Registrar;
    assert.ok('message' in profiles.bind(reference('c=>nosuch')));
    assert.ok('message' in profiles.bind(reference('c')));
  });
});

describe('event_route[usrloc:contact-expired]', () => {
  it('runs with the expired contact in $ulc(exp=>...)', async () => {
    const seen: unknown[] = [];
    const blocks = new Map([
      [
        'event:usrloc:contact-expired',
        (context: ScriptContext) => {
          seen.push(ulc(bench, context, 'exp=>aor'), ulc(bench, context, 'exp=>addr'));
          return 1;
        },
      ],
    ]);
    const host = registrarBench().host;
    const bench: RegistrarBench = registrarBench(
      {},
      { timer_interval: 5 },
      {
        routes: {
          ...host.routes,
          has: (kind, name) => blocks.has(`${kind}:${name}`),
          run: (kind, name, context) => blocks.get(`${kind}:${name}`)?.(context) ?? 1,
        },
      },
    );
    await bench.locations.start();
    await bench.register({ contacts: ['<sip:a@b>;expires=60'] });
    for (let i = 0; i < 14; i++) {
      bench.host.clock.advance(5000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.deepEqual(seen, ['alice', 'sip:a@b']);
  });
});

describe('add_sock_hdr', () => {
  it('adds the receiving socket', async () => {
    const bench = registrarBench();
    const context = contextOf(requestTo('sip:x@y', 'REGISTER'));
    assert.equal(await bench.call('add_sock_hdr', context, 'Sock-Info'), 1);
    assert.equal(context.message.edits.edits[0]?.text, 'Sock-Info: udp:127.0.0.1:5060\r\n');
    assert.equal(await bench.call('add_sock_hdr', context, 'Sock Info:'), -1);
  });
});
