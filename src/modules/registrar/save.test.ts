import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ScriptContext } from '../../module/context.ts';
import { contextOf } from '../../module/testing.ts';
import { XavpNode } from '../../module/variables.ts';
import { FakeDatabase } from '../usrloc/testing.ts';
import { type RegisterOptions, registerText, registrarBench } from './testing.ts';

const contact = '<sip:alice@192.0.2.1:5060>';
const instance = ';+sip.instance="<urn:uuid:f81d>"';

interface Step extends RegisterOptions {
  readonly rc: number;
  /** The whole answer; `RUID` stands for a record id. */
  readonly reply: string;
}

interface Case {
  readonly name: string;
  readonly params?: Record<string, number | string>;
  readonly usrloc?: Record<string, number | string>;
  readonly steps: readonly Step[];
}

function setXavp(fields: Record<string, number | string>): (context: ScriptContext) => void {
  return (context) => {
    const node = new XavpNode();
    for (const [name, value] of Object.entries(fields)) node.push(name, value);
    context.variables.xavps.push('reg', node);
  };
}

const received = (uri: string) => (context: ScriptContext) => context.variables.avps.push('rcv', uri);

const bad = (reason: string, contacts = '') => `400 Bad Request\n${contacts}P-Registrar-Error: ${reason}\n`;
const ok = (contacts = '') => `200 OK\n${contacts === '' ? '' : `Contact: ${contacts}\n`}`;
const long = (length: number) => `<sip:${'y'.repeat(length)}@192.0.2.1>`;

// What Kamailio 5.6.3 answers to the same requests, unless the name says what differs.
const cases: readonly Case[] = [
  { name: 'without Contact lists nothing', steps: [{ rc: 4, reply: ok() }] },
  {
    name: '* needs Expires: 0',
    steps: [
      { contacts: ['*'], rc: -1, reply: bad('* used in contact and expires is not zero') },
      {
        contacts: ['*'],
        headers: ['Expires: 10'],
        rc: -1,
        reply: bad('* used in contact and expires is not zero'),
      },
      { contacts: ['*'], headers: ['Expires: 0'], rc: 3, reply: ok() },
    ],
  },
  {
    name: '* stands alone',
    steps: [
      {
        contacts: ['*', '<sip:a@b>'],
        headers: ['Expires: 0'],
        rc: -1,
        reply: bad('* used in contact and more than 1 contact'),
      },
    ],
  },
  {
    name: '* before others in one line counts alone',
    steps: [{ contacts: ['*, <sip:a@b>'], headers: ['Expires: 0'], rc: 3, reply: ok() }],
  },
  {
    name: 'a contact stays in its place while its q fits there',
    steps: [
      { contacts: ['<sip:a@b>;q=0.5'], rc: 1, reply: ok('<sip:a@b>;q=0.5;expires=3600') },
      {
        contacts: ['<sip:c@b>'],
        cseq: 2,
        rc: 1,
        reply: ok('<sip:a@b>;q=0.5;expires=3600, <sip:c@b>;expires=3600'),
      },
      {
        contacts: ['<sip:a@b>'],
        cseq: 3,
        rc: 2,
        reply: ok('<sip:a@b>;expires=3600, <sip:c@b>;expires=3600'),
      },
    ],
  },
  {
    name: '* removes all, but not with an old CSeq',
    steps: [
      {
        contacts: [contact, '<sip:b@192.0.2.2>'],
        cseq: 5,
        rc: 1,
        reply: ok(`${contact};expires=3600, <sip:b@192.0.2.2>;expires=3600`),
      },
      {
        contacts: ['*'],
        headers: ['Expires: 0'],
        cseq: 4,
        rc: -1,
        reply: bad(
          'Invalid CSeq number',
          `Contact: ${contact};expires=3600, <sip:b@192.0.2.2>;expires=3600\n`,
        ),
      },
      { contacts: ['*'], headers: ['Expires: 0'], cseq: 6, rc: 3, reply: ok() },
    ],
  },
  {
    name: 'insert, retransmission, update, too old',
    steps: [
      { contacts: [contact], rc: 1, reply: ok(`${contact};expires=3600`) },
      { contacts: [contact], rc: 1, reply: ok(`${contact};expires=3600`) },
      { contacts: [contact], cseq: 2, rc: 2, reply: ok(`${contact};expires=3600`) },
      {
        contacts: [contact],
        cseq: 1,
        rc: -1,
        reply: bad('Invalid CSeq number', `Contact: ${contact};expires=3600\n`),
      },
    ],
  },
  {
    name: 'orders by q and shows instance and reg-id',
    steps: [
      { contacts: [contact], rc: 1, reply: ok(`${contact};expires=3600`) },
      {
        contacts: [
          '<sip:bob@192.0.2.2>;q=0.5;expires=100',
          '"Bob" <sip:bob@192.0.2.3>;q=0.75;expires=100;+sip.instance="<urn:uuid:1234>";reg-id=1',
        ],
        cseq: 3,
        rc: 1,
        reply: ok(
          '<sip:bob@192.0.2.3>;q=0.75;expires=100;+sip.instance="<urn:uuid:1234>";reg-id=1, ' +
            `<sip:bob@192.0.2.2>;q=0.5;expires=100, ${contact};expires=3600`,
        ),
      },
      {
        contacts: ['<sip:bob@192.0.2.2>;expires=0'],
        cseq: 5,
        rc: 3,
        reply: ok(
          `<sip:bob@192.0.2.3>;q=0.75;expires=100;+sip.instance="<urn:uuid:1234>";reg-id=1, ${contact};expires=3600`,
        ),
      },
    ],
  },
  {
    name: 'removing what is not there',
    steps: [{ contacts: ['<sip:nosuch@192.0.2.2>;expires=0'], rc: 1, reply: ok() }],
  },
  {
    name: 'raises a short expiry, shows received',
    params: { received_avp: '$avp(rcv)' },
    steps: [
      {
        contacts: ['<sip:r@192.0.2.9>;expires=10'],
        setUp: received('sip:192.0.2.99:1234;transport=tcp'),
        rc: 1,
        reply: ok('<sip:r@192.0.2.9>;expires=60;received="sip:192.0.2.99:1234;transport=tcp"'),
      },
    ],
  },
  {
    name: 'refuses a short expiry with min_expires_mode',
    params: { min_expires_mode: 1 },
    steps: [
      {
        contacts: ['<sip:r@192.0.2.9>;expires=20'],
        rc: -1,
        reply: '423 Interval Too Brief\nMin-Expires: 60\nP-Registrar-Error: Interval too brief\n',
      },
    ],
  },
  {
    name: 'lowers a long expiry',
    params: { max_expires: 500 },
    steps: [{ contacts: [contact], headers: ['Expires: 9999'], rc: 1, reply: ok(`${contact};expires=500`) }],
  },
  {
    name: 'too many contacts, with Retry-After',
    params: { max_contacts: 2, retry_after: 30 },
    steps: [
      { contacts: [contact], rc: 1, reply: ok(`${contact};expires=3600`) },
      {
        contacts: ['<sip:a@192.0.2.1>', '<sip:b@192.0.2.1>'],
        cseq: 2,
        rc: -2,
        reply: `503 Service Unavailable\nContact: ${contact};expires=3600\nP-Registrar-Error: Too many registered contacts\nRetry-After: 30\n`,
      },
      { contacts: [contact], cseq: 3, rc: 2, reply: ok(`${contact};expires=3600`) },
    ],
  },
  {
    name: 'xavp_cfg overrides number of contacts, expiry and q',
    params: { xavp_cfg: 'reg' },
    steps: [
      {
        contacts: ['<sip:c@192.0.2.1>;q=0.7;expires=100'],
        setUp: setXavp({ q: 300, expires: 222 }),
        rc: 1,
        reply: ok('<sip:c@192.0.2.1>;q=0.3;expires=222'),
      },
      {
        contacts: ['<sip:d@192.0.2.1>'],
        cseq: 2,
        setUp: setXavp({ max_contacts: 1 }),
        rc: -2,
        reply:
          '503 Service Unavailable\nContact: <sip:c@192.0.2.1>;q=0.3;expires=222\nP-Registrar-Error: Too many registered contacts\n',
      },
    ],
  },
  {
    name: 'malformed contacts and expiries',
    steps: [
      { contacts: ['<sip:x@192.0.2.9'], rc: -1, reply: bad('Contact parse error') },
      { contacts: [''], rc: -1, reply: bad('Contact parse error') },
      { contacts: [long(600)], rc: -1, reply: bad('Contact/received too long') },
      { contacts: [contact], headers: ['Expires: '], rc: -1, reply: bad('Expires parse error') },
      { contacts: ['<sip:x@192.0.2.9>;q=7'], rc: -1, reply: bad('Invalid q param in contact') },
      { contacts: ['<sip:x@192.0.2.9>;q=-0.5'], rc: -1, reply: bad('Invalid q param in contact') },
      { contacts: [`<sip:x@192.0.2.9>${instance};reg-id=0`], rc: -1, reply: bad('Invalid Reg-Id number') },
      { user: '', contacts: [contact], rc: -1, reply: bad('Error while parsing AOR') },
    ],
  },
  {
    name: 'the extra value that counts for a malformed expiry is 3600',
    steps: [
      {
        contacts: ['<sip:a@b>;expires=abc'],
        headers: ['Expires: 88'],
        rc: 1,
        reply: ok('<sip:a@b>;expires=3600'),
      },
      {
        contacts: ['<sip:a@b>;expires'],
        cseq: 2,
        headers: ['Expires: 88'],
        rc: 2,
        reply: ok('<sip:a@b>;expires=88'),
      },
      {
        contacts: ['<sip:a@b>'],
        cseq: 3,
        headers: ['Expires: 88;foo'],
        rc: 2,
        reply: ok('<sip:a@b>;expires=3600'),
      },
      {
        contacts: ['<sip:a@b>'],
        cseq: 4,
        headers: ['Expires: -1'],
        rc: 2,
        reply: ok('<sip:a@b>;expires=3600'),
      },
      { contacts: ['<sip:a@b>;expires=+500'], cseq: 5, rc: 2, reply: ok('<sip:a@b>;expires=500') },
    ],
  },
  {
    name: 'q keeps three digits, the last q counts',
    steps: [
      { contacts: ['<tel:+1234>;q=0.1234'], rc: 1, reply: ok('<tel:+1234>;q=0.123;expires=3600') },
      { contacts: ['<tel:+1234>;q=.5'], cseq: 2, rc: 2, reply: ok('<tel:+1234>;q=0.5;expires=3600') },
      { contacts: ['<tel:+1234>;q=1.0'], cseq: 3, rc: 2, reply: ok('<tel:+1234>;q=1;expires=3600') },
      { contacts: ['<tel:+1234>;q=0.0001'], cseq: 4, rc: 2, reply: ok('<tel:+1234>;q=0;expires=3600') },
      { contacts: ['<tel:+1234>;q=0.5;q=0.4'], cseq: 5, rc: 2, reply: ok('<tel:+1234>;q=0.4;expires=3600') },
      { contacts: ['<tel:+1234>;q'], cseq: 6, rc: 2, reply: ok('<tel:+1234>;expires=3600') },
    ],
  },
  {
    name: 'the first of two equal contacts in one REGISTER counts',
    steps: [
      {
        contacts: ['<sip:a@b>;q=1', '<sip:a@b>;q=0.3;expires=66'],
        rc: 1,
        reply: ok('<sip:a@b>;q=1;expires=3600'),
      },
    ],
  },
  {
    name: 'the values of one line are dealt with from the last to the first',
    steps: [
      {
        contacts: ['<sip:a@b>, <sip:c@b>', '<sip:d@b>, <sip:e@b>'],
        rc: 1,
        reply: ok(
          '<sip:c@b>;expires=3600, <sip:a@b>;expires=3600, <sip:e@b>;expires=3600, <sip:d@b>;expires=3600',
        ),
      },
      {
        contacts: ['<sip:a@b>, <sip:f@b>, <sip:g@b>;expires=0'],
        cseq: 2,
        rc: 2,
        reply: ok(
          '<sip:c@b>;expires=3600, <sip:a@b>;expires=3600, <sip:e@b>;expires=3600, <sip:d@b>;expires=3600, ' +
            '<sip:f@b>;expires=3600',
        ),
      },
    ],
  },
  {
    name: 'flag 4 leaves one contact',
    steps: [
      { contacts: [contact], rc: 1, reply: ok(`${contact};expires=3600`) },
      { contacts: ['<sip:only@b>'], cseq: 2, flags: 4, rc: 1, reply: ok('<sip:only@b>;expires=3600') },
    ],
  },
  {
    name: 'Path in mode 2 (a client without path support is refused; Kamailio also saves then)',
    params: { use_path: 1, path_use_received: 1 },
    usrloc: { nat_bflag: 7 },
    steps: [
      {
        contacts: ['<sip:p@192.0.2.1>'],
        headers: [
          'Path: <sip:p1;lr;received=sip:192.0.2.5:99%3btransport%3dtcp>, <sip:p2;lr>',
          'Path: <sip:p3>',
          'Supported: path',
        ],
        rc: 1,
        reply:
          'CONTACT <sip:p@192.0.2.1>;expires=3600;received="sip:192.0.2.5:99;transport=tcp"\n' +
          'Path: <sip:p1;lr;received=sip:192.0.2.5:99%3btransport%3dtcp>, <sip:p2;lr>,<sip:p3>\n',
      },
      {
        contacts: ['<sip:q@192.0.2.1>'],
        cseq: 2,
        headers: ['Path: <sip:p1;lr>'],
        rc: -1,
        reply:
          '420 Bad Extension\nContact: <sip:p@192.0.2.1>;expires=3600;received="sip:192.0.2.5:99;transport=tcp"\n' +
          'Unsupported: path\nPath: <sip:p1;lr>\nP-Registrar-Error: No support for found Path indicated\n',
      },
      {
        contacts: ['<sip:p@192.0.2.1>'],
        cseq: 3,
        headers: ['Path: <sip:p1>', 'Supported: path'],
        rc: -1,
        reply: bad('Path parse error'),
      },
    ],
  },
  {
    name: 'Path in mode 1 goes back only to those who support it',
    params: { use_path: 1, path_mode: 1, received_param: '' },
    steps: [
      {
        contacts: ['<sip:p@b>'],
        headers: ['Path: <sip:p1;lr>', 'Supported: path'],
        rc: 1,
        reply: 'CONTACT <sip:p@b>;expires=3600\nPath: <sip:p1;lr>\n',
      },
      {
        contacts: ['<sip:p@b>'],
        cseq: 2,
        headers: ['Path: <sip:p1;lr>'],
        rc: 2,
        reply: ok('<sip:p@b>;expires=3600'),
      },
    ],
  },
  {
    name: 'Path is ignored without use_path',
    steps: [
      { contacts: ['<sip:p@b>'], headers: ['Path: <sip:p1>'], rc: 1, reply: ok('<sip:p@b>;expires=3600') },
    ],
  },
  {
    name: 'GRUUs for clients that support them; the instance is the identity',
    steps: [
      {
        user: 'g',
        contacts: [`<sip:g@192.0.2.1>${instance}`],
        headers: ['Supported: gruu'],
        rc: 1,
        reply: ok(
          `<sip:g@192.0.2.1>;expires=3600;pub-gruu="sip:g@ex.org;gr=urn:uuid:f81d";temp-gruu="sip:RUID-b6@ex.org;gr"${instance}`,
        ),
      },
      {
        user: 'g',
        callId: 'other',
        contacts: [`<sip:g@192.0.2.3>${instance}`],
        rc: 2,
        reply: ok(`<sip:g@192.0.2.3>;expires=3600${instance}`),
      },
    ],
  },
  {
    name: 'outbound not supported',
    steps: [
      {
        contacts: [`${contact}${instance};reg-id=1`],
        headers: ['Require: outbound'],
        rc: -1,
        reply:
          '420 Bad Extension\nUnsupported: outbound\nP-Registrar-Error: No support for Outbound on server\n',
      },
    ],
  },
  {
    name: 'outbound supported: flows of one instance',
    params: { outbound_mode: 1, flow_timer: 25 },
    steps: [
      {
        contacts: [`<sip:o@192.0.2.1>${instance};reg-id=1`],
        headers: ['Supported: outbound, path'],
        rc: 1,
        reply: `CONTACT <sip:o@192.0.2.1>;expires=3600${instance};reg-id=1\nSupported: outbound\nRequire: outbound\nFlow-Timer: 25\n`,
      },
      {
        contacts: [`<sip:o@192.0.2.2>${instance};reg-id=2`],
        cseq: 2,
        headers: ['Supported: outbound, path'],
        rc: 1,
        reply:
          `CONTACT <sip:o@192.0.2.1>;expires=3600${instance};reg-id=1, ` +
          `<sip:o@192.0.2.2>;expires=3600${instance};reg-id=2\nSupported: outbound\nRequire: outbound\nFlow-Timer: 25\n`,
      },
      {
        contacts: [`<sip:o@192.0.2.3>${instance};reg-id=1`],
        cseq: 3,
        headers: ['Supported: outbound, path'],
        rc: 2,
        reply:
          `CONTACT <sip:o@192.0.2.3>;expires=3600${instance};reg-id=1, ` +
          `<sip:o@192.0.2.2>;expires=3600${instance};reg-id=2\nSupported: outbound\nRequire: outbound\nFlow-Timer: 25\n`,
      },
      {
        contacts: [`<sip:o@192.0.2.4>${instance};reg-id=1`],
        callId: 'x2',
        cseq: 4,
        headers: ['Supported: path'],
        rc: 2,
        reply: `CONTACT <sip:o@192.0.2.4>;expires=3600${instance};reg-id=1\nSupported: outbound\n`,
      },
    ],
  },
  {
    name: 'outbound required',
    params: { outbound_mode: 2, use_path: 1 },
    steps: [
      {
        contacts: [contact],
        headers: ['Supported: path'],
        rc: -1,
        reply:
          '421 Extension Required\nRequire: outbound\nSupported: outbound\nP-Registrar-Error: No support for Outbound indicated\n',
      },
      {
        contacts: [contact],
        rc: 1,
        reply: `CONTACT ${contact};expires=3600\nRequire: outbound\nSupported: outbound\n`,
      },
      {
        contacts: [`${contact}${instance};reg-id=1`],
        headers: ['Via: SIP/2.0/UDP 192.0.2.8;branch=z9hG4bKa', 'Supported: outbound, path'],
        cseq: 2,
        rc: -1,
        reply:
          '439 First Hop Lacks Outbound Support\nP-Registrar-Error: No support for Outbound on edge proxy\n',
      },
    ],
  },
  {
    name: 'default_q and default_expires',
    params: { default_q: 500, default_expires: 700 },
    steps: [{ contacts: ['<sip:a@b>'], rc: 1, reply: ok('<sip:a@b>;q=0.5;expires=700') }],
  },
];

describe('save answers like Kamailio', () => {
  for (const { name, params, usrloc, steps } of cases)
    it(name, async () => {
      const bench = registrarBench(params, usrloc);
      for (const step of steps) {
        bench.replies.length = 0;
        const rc = await bench.register(step);
        const reply = (bench.replies[0] ?? '').replace(/uloc-[0-9a-f]+-test-[0-9a-f]+/g, 'RUID');
        assert.equal(reply, step.reply.replace(/^CONTACT /, '200 OK\nContact: '));
        assert.equal(rc, step.rc, 'return code');
      }
    });
});

describe('save', () => {
  it('keeps the reply back and sends it later', async () => {
    const bench = registrarBench();
    const context = contextOf(registerText({ contacts: [contact] }));
    assert.equal(await bench.call('save', context, 'location', '0x02'), 1);
    assert.deepEqual(bench.replies, []);
    assert.equal(context.replyHeaders, '');
    assert.equal(await bench.call('reg_send_reply', context), 1);
    assert.deepEqual(bench.replies, [ok(`${contact};expires=3600`)]);
    assert.equal(await bench.call('reg_send_reply', contextOf(registerText({}))), -1);
  });

  it('prepares headers with flags 2 and 16', async () => {
    const bench = registrarBench();
    const context = contextOf(registerText({ contacts: [contact] }));
    await bench.call('save', context, 'location', 0x12);
    assert.equal(context.replyHeaders, `Contact: ${contact};expires=3600\r\n`);
  });

  it('handles one AoR at a time where the database is asked (db_mode 3)', async () => {
    const database = new FakeDatabase();
    database.table('version').push({ id: 1, table_name: 'location', table_version: 9 });
    const bench = registrarBench({}, { db_mode: 3 }, { database: async () => database });
    await bench.locations.start();
    const calls = ['a', 'b', 'c'].map((callId) => bench.register({ callId, contacts: [contact] }));
    assert.deepEqual(await Promise.all(calls), [1, 2, 2]);
    assert.equal(database.table('location').length, 1);
  });

  it('takes over the contacts of a 200 without answering anything', async () => {
    const bench = registrarBench();
    const response = registerText({ contacts: ['<sip:a@b>;expires=100'] }).replace(
      /^.*\n/,
      'SIP/2.0 200 OK\n',
    );
    const context = contextOf(response, { routeKind: 'onreply' });
    assert.equal(await bench.call('save', context, 'location'), 1);
    assert.deepEqual(bench.replies, []);
    assert.equal(await bench.call('registered', context, 'location'), 1);
  });

  it('gives all contacts the q of set_q_override', async () => {
    const bench = registrarBench();
    const context = contextOf(registerText({ contacts: ['<sip:a@b>;q=0.1', '<sip:c@b>'] }));
    assert.equal(await bench.call('set_q_override', context, '1.5'), -1);
    assert.equal(await bench.call('set_q_override', context, '0.7'), 1);
    await bench.call('save', context, 'location');
    assert.deepEqual(bench.replies, [ok('<sip:a@b>;q=0.7;expires=3600, <sip:c@b>;q=0.7;expires=3600')]);
  });

  it('saves for another AoR', async () => {
    const bench = registrarBench();
    const context = contextOf(registerText({ contacts: [contact] }));
    assert.equal(await bench.call('save', context, 'location', 0, 'sip:Carol@ex.org'), 1);
    assert.equal((await (await bench.locations.registerDomain('location')).getRecord('carol'))?.aor, 'carol');
  });

  it('unescapes, lowers and, with use_domain, qualifies the AoR', async () => {
    const bench = registrarBench({ realm_prefix: 'ex.' }, { use_domain: 1 });
    await bench.register({ user: 'R%20b', contacts: [contact] });
    assert.deepEqual(
      [
        ...(
          bench.locations.domains.get('location') as { table?: { records: Map<string, unknown> } }
        ).table!.records.keys(),
      ],
      ['r b@org'],
    );
  });

  it('stores what the REGISTER came with', async () => {
    const bench = registrarBench({}, { xavp_contact: 'ulattrs' });
    await bench.register({
      contacts: ['<sip:a@b>;methods="INVITE, MESSAGE"', '<sip:c@b>'],
      headers: ['Allow: INVITE, ACK, BYE'],
      context: { socket: 'tcp:127.0.0.1:5060', flow: { connectionId: 9 } },
      setUp: (context) => {
        context.target.branchFlags = 72;
        const node = new XavpNode();
        node.push('one', 1);
        context.variables.xavps.push('ulattrs', node);
      },
    });
    const record = await (await bench.locations.registerDomain('location')).getRecord('alice');
    const [first, second] = record!.bindings;
    assert.equal(first?.methods, 257);
    assert.equal(second?.methods, 13);
    assert.equal(first?.branchFlags, 72);
    assert.equal(first?.connectionId, 9);
    assert.equal(first?.socketText, 'tcp:127.0.0.1:5060');
    assert.equal(first?.userAgent, 'UA one');
    assert.equal(first?.attributes?.get('one'), 1);
  });

  it('takes the socket from a header when the flag is set', async () => {
    const bench = registrarBench({ sock_flag: 18, sock_hdr_name: 'Sock-Info' });
    const headers = ['Sock-Info: tcp:127.0.0.1:5060'];
    await bench.register({ contacts: ['<sip:a@b>'], headers, setUp: (context) => (context.flags = 1 << 18) });
    await bench.register({ user: 'bob', contacts: ['<sip:a@b>'], headers });
    const domain = await bench.locations.registerDomain('location');
    assert.equal((await domain.getRecord('alice'))?.bindings[0]?.socketText, 'tcp:127.0.0.1:5060');
    assert.equal((await domain.getRecord('bob'))?.bindings[0]?.socketText, 'udp:127.0.0.1:5060');
  });

  it('spreads expiries at random, unless told not to', async () => {
    const bench = registrarBench({ expires_range: 30, default_expires_range: 50 });
    const seconds = async (options: RegisterOptions) => {
      bench.replies.length = 0;
      await bench.register(options);
      return Number(/expires=(\d+)/.exec(bench.replies[0] ?? '')?.[1]);
    };
    const asked = await seconds({ user: 'a', contacts: ['<sip:a@b>;expires=1000'] });
    assert.ok(asked >= 700 && asked < 1000, `${asked}`);
    const fallback = await seconds({ user: 'b', contacts: ['<sip:a@b>'] });
    assert.ok(fallback >= 1800 && fallback < 3600, `${fallback}`);
    assert.equal(await seconds({ user: 'c', contacts: ['<sip:a@b>;expires=1000'], flags: 8 }), 1000);
  });

  it('tells the contact that was saved last in xavp_rcd', async () => {
    const bench = registrarBench({ xavp_rcd: 'ulrcd' });
    const context = contextOf(registerText({ contacts: ['<sip:a@b>', '<sip:c@b>;expires=100'] }));
    await bench.call('save', context, 'location');
    const { xavps } = context.variables;
    assert.equal(xavps.count('ulrcd'), 1);
    const node = xavps.get('ulrcd');
    assert.ok(node instanceof XavpNode);
    assert.deepEqual([node.get('contact'), node.get('expires')], ['sip:c@b', 100]);
  });

  it('counts', async () => {
    const bench = registrarBench();
    await bench.register({ contacts: [contact] });
    await bench.register({ contacts: ['*'] });
    const { statistics, instance: self } = {
      statistics: bench.module.loaded.declaration.statistics,
      instance: bench.module.loaded.instance,
    };
    assert.equal(statistics?.accepted_regs?.read(self), 1);
    assert.equal(statistics?.rejected_regs?.read(self), 1);
  });

  it('answers only after the row is written in db_mode 1, and 500 when db_mode 3 fails', async () => {
    for (const mode of [1, 3]) {
      const database = new FakeDatabase();
      database.table('version').push({ id: 1, table_name: 'location', table_version: 9 });
      const bench = registrarBench({}, { db_mode: mode }, { database: async () => database });
      await bench.locations.start();
      let open = () => {};
      database.gate = () => new Promise<void>((resolve) => (open = resolve));
      const rc = bench.register({ user: `u${mode}`, contacts: [contact] });
      await new Promise((resolve) => setImmediate(resolve));
      assert.deepEqual(bench.replies, []);
      database.gate = () => Promise.resolve();
      open();
      assert.equal(await rc, 1);
      assert.equal(bench.replies.length, 1);
      if (mode === 1) continue;
      database.failure = 'gone';
      assert.equal(await bench.register({ user: 'x', contacts: [contact] }), -1);
      assert.match(bench.replies[1] ?? '', /^500 Server Internal Error\nP-Registrar-Error: /);
    }
  });
});
