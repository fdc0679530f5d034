import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DbValue } from '../../base/ports.ts';
import { RpcFault, RpcLongList, RpcStruct, type RpcValue } from '../../module/rpc.ts';
import { type FakeHost, fakeHost, ModuleUnderTest } from '../../module/testing.ts';
import { XavpNode } from '../../module/variables.ts';
import { aorHash, type BindingData, type LocationDomain, type MatchKey } from './api.ts';
import usrloc from './index.ts';
import type { Locations } from './service.ts';
import { FakeDatabase } from './testing.ts';

const startSec = 1_700_000_000;

function data(over: Partial<BindingData> = {}): BindingData {
  return {
    contact: 'sip:alice@192.0.2.1',
    expiresSec: startSec + 3600,
    q: -1,
    callId: 'call1',
    cseq: 1,
    flags: 0,
    branchFlags: 0,
    userAgent: 'UA one',
    received: '',
    path: '',
    socketText: 'udp:127.0.0.1:5060',
    socket: undefined,
    methods: -1,
    instance: '',
    regId: 0,
    serverId: 0,
    connectionId: 0,
    lastModifiedSec: startSec,
    attributes: undefined,
    ...over,
  };
}

function key(over: Partial<MatchKey> = {}): MatchKey {
  const plain = {
    contact: 'sip:alice@192.0.2.1',
    callId: 'call1',
    path: '',
    cseq: 2,
    instance: '',
    regId: 0,
  };
  return { ...plain, ...over };
}

interface Bench {
  readonly locations: Locations;
  readonly module: ModuleUnderTest;
  readonly host: FakeHost;
  readonly database: FakeDatabase;
  readonly domain: LocationDomain;
  /** Moves time and lets what waits for promises run. */
  pass(seconds: number): Promise<void>;
}

async function bench(
  params: Record<string, number | string> = {},
  database = new FakeDatabase(),
): Promise<Bench> {
  const closed: ((id: number) => void)[] = [];
  const host = fakeHost({
    database: async () => database,
    hooks: { ...fakeHost().hooks, onConnectionClosed: (handler) => closed.push(handler) },
  });
  Object.assign(host, { closed });
  if (database.table('version').length === 0)
    database.table('version').push({ id: 1, table_name: 'location', table_version: 9 });
  const module = new ModuleUnderTest(usrloc, host, params);
  await module.loaded.declaration.start?.(module.loaded.instance);
  const locations = module.loaded.instance as Locations;
  const domain = await locations.registerDomain('location');
  const pass = async (seconds: number) => {
    for (let left = seconds * 1000; left > 0; left -= 500) {
      host.clock.advance(Math.min(500, left));
      await settle();
    }
  };
  return { locations, module, host, database, domain, pass };
}

async function settle(): Promise<void> {
  for (let i = 0; i < 50; i++) await Promise.resolve();
}

function rowsOf(database: FakeDatabase): Record<string, DbValue>[] {
  return database.table('location');
}

/** RPC values as plain objects, repeated names in arrays. */
function plain(value: RpcValue): unknown {
  if (value instanceof RpcStruct)
    return Object.fromEntries(value.members.map(({ name, value: inner }) => [name, plain(inner)]));
  if (value instanceof RpcLongList) return Array.from(value.items(), plain);
  return Array.isArray(value) ? value.map(plain) : value;
}

describe('location table in memory', () => {
  it('keeps the order of q, and of coming where q is equal', async () => {
    const { domain } = await bench();
    for (const [user, q] of [
      ['a', 500],
      ['b', -1],
      ['c', 750],
      ['d', 500],
    ] as const)
      await domain.insert('alice', data({ contact: `sip:${user}`, q }));
    const record = await domain.getRecord('alice');
    assert.deepEqual(
      record?.bindings.map((binding) => binding.contact),
      ['sip:c', 'sip:a', 'sip:d', 'sip:b'],
    );
    await domain.update(record!.bindings[3]!, data({ contact: 'sip:b', q: 1000 }));
    assert.equal(record?.bindings[0]?.contact, 'sip:b');
  });

  it('orders by time with desc_time_order', async () => {
    const { domain } = await bench({ desc_time_order: 1 });
    await domain.insert('alice', data({ contact: 'sip:a', q: 900 }));
    await domain.insert('alice', data({ contact: 'sip:b' }));
    const record = await domain.getRecord('alice');
    assert.equal(record?.bindings[0]?.contact, 'sip:b');
    await domain.update(record!.bindings[1]!, data({ contact: 'sip:a' }));
    assert.equal(record?.bindings[0]?.contact, 'sip:a');
  });

  it('answers at once in db_mode 0', async () => {
    const { domain, locations } = await bench();
    assert.ok(!(domain.insert('alice', data()) instanceof Promise));
    assert.ok(!(domain.getRecord('alice') instanceof Promise));
    assert.equal(locations.readsWait, false);
  });

  it('forgets a record with its last binding, and finds bindings by record id', async () => {
    const { domain } = await bench();
    const binding = await domain.insert('alice', data());
    assert.equal((await domain.getByRuid(binding.ruid))?.contact, binding.contact);
    assert.equal(domain.contactCount, 1);
    await domain.remove(binding);
    assert.equal(await domain.getRecord('alice'), undefined);
    assert.equal(await domain.getByRuid(binding.ruid), undefined);
    assert.equal(domain.userCount, 0);
    assert.equal(await domain.removeByRuid(binding.ruid), false);
  });

  it('does not keep the message alive that a contact was cut from', async () => {
    const { domain } = await bench();
    const message = `Contact: <sip:somebody-with-a-long-name@192.0.2.1>${'x'.repeat(100)}`;
    const binding = await domain.insert('alice', data({ contact: message.slice(10, 49) }));
    assert.equal(binding.contact, 'sip:somebody-with-a-long-name@192.0.2.1');
  });

  it('removes what has expired, tells the listeners and counts', async () => {
    const { domain, locations, host, pass } = await bench({ timer_interval: 5 });
    const seen: string[] = [];
    locations.on((event, binding) => void seen.push(`${event} ${binding.contact}`));
    await domain.insert('alice', data({ expiresSec: startSec + 7 }));
    await domain.insert('bob', data({ contact: 'sip:bob', expiresSec: 0 }));
    await pass(6);
    assert.equal(domain.contactCount, 2);
    await pass(6);
    assert.equal(domain.contactCount, 1);
    assert.deepEqual(seen, ['insert sip:alice@192.0.2.1', 'insert sip:bob', 'expire sip:alice@192.0.2.1']);
    assert.equal(host.statistics.read('location_expires', 'usrloc'), 1);
    assert.equal(host.statistics.read('location_users', 'usrloc'), 1);
    assert.equal(host.statistics.read('registered_users', 'usrloc'), 1);
    assert.ok(host.statistics.reset('location_expires', 'usrloc'));
    assert.equal(host.statistics.read('location_expires', 'usrloc'), 0);
  });

  it('goes on when a listener throws', async () => {
    const { domain, locations, host } = await bench();
    locations.on(() => {
      throw new Error('oops');
    });
    await domain.insert('alice', data());
    assert.equal(domain.contactCount, 1);
    assert.match(host.log.lines.join(), /a listener for insert failed: oops/);
  });

  it('gives the loop its turn while it sweeps many', async () => {
    const { domain, host, pass } = await bench({ timer_interval: 5 });
    for (let i = 0; i < 5000; i++)
      await domain.insert(`u${i}`, data({ contact: `sip:u${i}`, expiresSec: startSec + 1 }));
    host.clock.advance(5010);
    await settle();
    const left = domain.contactCount;
    assert.ok(left > 0 && left < 5000, `one slice must not take all: ${left} left`);
    await pass(20);
    assert.equal(domain.contactCount, 0);
  });

  it('removes the contacts of a lost connection when told to', async () => {
    const { domain, host } = await bench({ handle_lost_tcp: 1 });
    await domain.insert('alice', data({ connectionId: 7 }));
    await domain.insert('bob', data({ connectionId: 8 }));
    for (const handler of (host as unknown as { closed: ((id: number) => void)[] }).closed) handler(7);
    assert.equal(await domain.getRecord('alice'), undefined);
    assert.notEqual(await domain.getRecord('bob'), undefined);
  });
});

describe('matching of contacts', () => {
  const cases: [string, Record<string, number>, Partial<BindingData>, Partial<MatchKey>, string][] = [
    ['other contact', {}, {}, { contact: 'sip:other' }, 'new'],
    ['higher CSeq', {}, {}, { cseq: 2 }, 'update'],
    ['equal CSeq at once', {}, {}, { cseq: 1 }, 'retransmission'],
    ['equal CSeq, delay off', { cseq_delay: 0 }, {}, { cseq: 1 }, 'out-of-order'],
    ['equal CSeq, too late', {}, { lastModifiedSec: startSec - 21 }, { cseq: 1 }, 'out-of-order'],
    ['lower CSeq', {}, { cseq: 9 }, { cseq: 8 }, 'out-of-order'],
    ['lower CSeq of another Call-ID', {}, { cseq: 9 }, { cseq: 8, callId: 'other' }, 'update'],
    ['mode 1, other Call-ID', { matching_mode: 1 }, {}, { callId: 'other' }, 'new'],
    ['mode 2, other path', { matching_mode: 2 }, { path: '<sip:a;lr>' }, { path: '<sip:b;lr>' }, 'new'],
    ['mode 2, no path', { matching_mode: 2 }, { path: '<sip:a;lr>' }, {}, 'update'],
    ['mode 3, other contact', { matching_mode: 3 }, {}, { contact: 'sip:other' }, 'update'],
    ['mode 3, other Call-ID', { matching_mode: 3 }, {}, { callId: 'other' }, 'new'],
    ['same instance', {}, { instance: '<i>' }, { contact: 'sip:x', callId: 'y', instance: '<i>' }, 'update'],
    [
      'same flow',
      {},
      { instance: '<i>', regId: 1 },
      { contact: 'sip:x', instance: '<i>', regId: 1 },
      'update',
    ],
    ['other flow', {}, { instance: '<i>', regId: 1 }, { instance: '<i>', regId: 2 }, 'new'],
  ];
  for (const [name, params, stored, asked, outcome] of cases)
    it(`${name}: ${outcome}`, async () => {
      const { domain } = await bench(params);
      await domain.insert('alice', data(stored));
      const record = await domain.getRecord('alice');
      assert.equal(domain.match(record, key(asked)).kind, outcome);
    });
});

describe('db_mode 1: write-through', () => {
  it('finishes a write when the row is there', async () => {
    const { domain, database } = await bench({ db_mode: 1 });
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    database.gate = () => gate;
    let finished = false;
    const write = Promise.resolve(domain.insert('alice', data({ q: 500 }))).then((binding) => {
      finished = true;
      return binding;
    });
    await settle();
    assert.equal(finished, false);
    open();
    const binding = await write;
    assert.equal(binding.state, 'CS_SYNC');
    const [row] = rowsOf(database);
    assert.equal(row?.ruid, binding.ruid);
    assert.equal(row?.q, 0.5);
    assert.equal(row?.connection_id, -1);
    assert.ok(!('path' in row!), 'null columns are left out');
    await domain.update(binding, data({ cseq: 2, path: '<sip:p;lr>' }));
    assert.equal(rowsOf(database)[0]?.path, '<sip:p;lr>');
    await domain.remove(binding);
    assert.equal(rowsOf(database).length, 0);
  });

  it('shares one transaction among simultaneous writes', async () => {
    const { domain, database } = await bench({ db_mode: 1 });
    const before = database.batches;
    await Promise.all(Array.from({ length: 50 }, (_, i) => domain.insert(`u${i}`, data())));
    assert.equal(rowsOf(database).length, 50);
    assert.ok(database.batches - before <= 2, `${database.batches - before} transactions`);
  });

  it('goes on when the database fails, says so, and writes later', async () => {
    const { domain, database, host, pass } = await bench({ db_mode: 1, timer_interval: 5 });
    database.failure = 'database is locked';
    const binding = await domain.insert('alice', data());
    assert.equal((await domain.getRecord('alice'))?.bindings.length, 1);
    assert.match(host.log.lines.join('\n'), /cannot write 1 binding.*location.*database is locked/);
    database.failure = undefined;
    await pass(6);
    assert.equal(rowsOf(database)[0]?.ruid, binding.ruid);
    assert.equal(binding.state, 'CS_SYNC');
  });

  it('writes the others when one row is refused', async () => {
    const { domain, database } = await bench({ db_mode: 1 });
    database.unique.location = 'username';
    database.table('location').push({ id: 99, ruid: 'foreign', username: 'c' });
    await Promise.all(['c', 'd'].map((user) => domain.insert(user, data())));
    assert.ok(rowsOf(database).some((row) => row.username === 'd'));
  });

  it('does not bring back what is removed while it is being written', async () => {
    const { domain, database } = await bench({ db_mode: 1 });
    const inserted = domain.insert('alice', data());
    await Promise.resolve();
    const record = await domain.getRecord('alice');
    await domain.remove(record!.bindings[0]!);
    await inserted;
    await settle();
    assert.equal(rowsOf(database).length, 0);
  });

  it('saves attributes and loads all at the next start', async () => {
    const database = new FakeDatabase();
    const first = await bench({ db_mode: 1, xavp_contact: 'ulattrs', fetch_rows: 2 }, database);
    const attributes = new XavpNode();
    attributes.push('one', 1);
    attributes.push('str', 'abc');
    for (let i = 0; i < 5; i++)
      await first.domain.insert(
        `u${i}`,
        data({ connectionId: 3, attributes: i === 2 ? attributes : undefined }),
      );
    assert.deepEqual(
      database.table('location_attrs').map((row) => [row.aname, row.atype, row.avalue]),
      [
        ['str', 0, 'abc'],
        ['one', 1, '1'],
      ],
    );
    const second = await bench({ db_mode: 1, xavp_contact: 'ulattrs', fetch_rows: 2 }, database);
    assert.equal(second.domain.contactCount, 5);
    const binding = (await second.domain.getRecord('u2'))?.bindings[0];
    assert.equal(binding?.attributes?.get('one'), 1);
    assert.equal(binding?.attributes?.get('str'), 'abc');
    assert.equal(binding?.connectionId, 0, 'the connection is gone with the restart');
    assert.equal(binding?.state, 'CS_SYNC');
  });

  it('finds the sockets of loaded rows when they are open, and leaves out foreign ones when told to', async () => {
    const database = new FakeDatabase();
    const first = await bench({ db_mode: 1 }, database);
    await first.domain.insert('alice', data());
    await first.domain.insert('bob', data({ socketText: 'udp:192.0.2.77:5060' }));
    for (const [skip, left] of [
      [0, 2],
      [1, 1],
    ] as const) {
      const second = await bench({ db_mode: 1, skip_remote_socket: skip }, database);
      second.locations.ready();
      assert.equal((await second.domain.getRecord('alice'))?.bindings[0]?.socket?.text, 'udp:127.0.0.1:5060');
      assert.equal(second.domain.contactCount, left);
      assert.match(
        second.host.log.lines.join(),
        /1 contact\(s\) of location have a socket of another server/,
      );
      assert.equal(rowsOf(database).length, 2);
    }
  });

  it('refuses a table of another version', async () => {
    const database = new FakeDatabase();
    database.table('version').push({ id: 1, table_name: 'location', table_version: 8 });
    await assert.rejects(bench({ db_mode: 1 }, database), /version 8, expected 9/);
  });

  it('deletes stream contacts at start with db_clean_tcp', async () => {
    const database = new FakeDatabase();
    const first = await bench({ db_mode: 1 }, database);
    await first.domain.insert('alice', data({ socketText: 'tcp:127.0.0.1:5060' }));
    await first.domain.insert('bob', data());
    const second = await bench({ db_mode: 1, db_clean_tcp: 1 }, database);
    assert.equal(second.domain.contactCount, 1);
    assert.deepEqual(
      rowsOf(database).map((row) => row.username),
      ['bob'],
    );
  });
});

describe('db_mode 2: write-back', () => {
  it('writes at the timer, at ul.flush and at the stop', async () => {
    const { domain, database, pass, module } = await bench({ db_mode: 2, timer_interval: 5 });
    const binding = domain.insert('alice', data());
    assert.ok(!(binding instanceof Promise), 'nobody waits for the database');
    assert.equal(rowsOf(database).length, 0);
    await pass(6);
    assert.equal(rowsOf(database).length, 1);
    await domain.update(await binding, data({ cseq: 5 }));
    assert.equal((await binding).state, 'CS_DIRTY');
    await module.rpc('ul.flush');
    assert.equal(rowsOf(database)[0]?.cseq, 5);
    await domain.remove(await binding);
    await module.loaded.declaration.stop?.(module.loaded.instance);
    assert.equal(rowsOf(database).length, 0);
  });

  it('deletes the rows of expired bindings', async () => {
    const { domain, database, pass } = await bench({ db_mode: 2, timer_interval: 5 });
    domain.insert('alice', data({ expiresSec: startSec + 8 }));
    await pass(6);
    assert.equal(rowsOf(database).length, 1);
    await pass(6);
    assert.equal(rowsOf(database).length, 0);
  });
});

describe('db_mode 3: database only', () => {
  it('asks the database each time, and tells of failures', async () => {
    const { domain, database, module } = await bench({ db_mode: 3 });
    const binding = await domain.insert('alice', data({ q: 300 }));
    await domain.insert('alice', data({ contact: 'sip:two', q: 700 }));
    assert.deepEqual(
      (await domain.getRecord('alice'))?.bindings.map((other) => other.contact),
      ['sip:two', 'sip:alice@192.0.2.1'],
    );
    assert.equal(await domain.removeByRuid(binding.ruid), true);
    assert.equal((await domain.getRecord('alice'))?.bindings.length, 1);
    assert.deepEqual(await module.rpc('ul.db_contacts', 'location'), [1]);
    database.failure = 'gone';
    await assert.rejects(Promise.resolve(domain.getRecord('alice')), /gone/);
  });

  it('announces and deletes expired rows', async () => {
    const { domain, locations, database, pass } = await bench({ db_mode: 3, timer_interval: 5 });
    const seen: string[] = [];
    locations.on((event, binding) => void seen.push(`${event} ${binding.aor}`));
    await domain.insert('alice', data({ expiresSec: startSec + 3 }));
    await pass(11);
    assert.deepEqual(seen, ['insert alice', 'expire alice']);
    assert.equal(rowsOf(database).length, 0);
  });
});

describe('use_domain', () => {
  it('keeps user and domain in their columns', async () => {
    const { domain, database, module } = await bench({ db_mode: 1, use_domain: 1 });
    await domain.insert('alice@example.com', data());
    assert.equal(rowsOf(database)[0]?.username, 'alice');
    assert.equal(rowsOf(database)[0]?.domain, 'example.com');
    assert.deepEqual(
      await module.rpc('ul.lookup', 'location', 'alice'),
      new RpcFault(500, 'Domain missing in AOR'),
    );
  });
});

describe('RPC', () => {
  it('dumps like Kamailio', async () => {
    const { domain, module } = await bench({ nat_bflag: 6 });
    const binding = await domain.insert('alice', data({ q: 500, branchFlags: 72, methods: 13 }));
    const [full] = (await module.rpc('ul.dump')) as RpcValue[];
    const contact = {
      Address: 'sip:alice@192.0.2.1',
      Expires: 3600,
      Q: 0.5,
      'Call-ID': 'call1',
      CSeq: 1,
      'User-Agent': 'UA one',
      Received: '[not set]',
      Path: '[not set]',
      State: 'CS_NEW',
      Flags: 0,
      CFlags: 72,
      Socket: 'udp:127.0.0.1:5060',
      Methods: 13,
      Ruid: binding.ruid,
      Instance: '[not set]',
      'Reg-Id': 0,
      'Server-Id': 0,
      'Tcpconn-Id': -1,
      Keepalive: 1,
      'Last-Keepalive': startSec,
      'KA-Roundtrip': 0,
      'Last-Modified': startSec,
    };
    const aors = [{ Info: { AoR: 'alice', HashID: 1834153949, Contacts: [{ Contact: contact }] } }];
    const domainPart = { Domain: 'location', Size: 1024, AoRs: aors, Stats: { Records: 1, 'Max-Slots': 1 } };
    assert.deepEqual(plain(full!), { Domains: [{ Domain: domainPart }] });
    const [brief] = (await module.rpc('ul.dump', 'brief')) as RpcValue[];
    assert.deepEqual(plain(brief!), { Domains: [{ Domain: { ...domainPart, AoRs: [{ AoR: 'alice' }] } }] });
  });

  it('adds and removes', async () => {
    const { domain, module } = await bench();
    const args = ['location', 'zed', 'sip:z@192.0.2.4', 0, 0.7, '.', 1, 2, 5951, 'sip:192.0.2.9:99'];
    assert.deepEqual(await module.rpc('ul.add', ...args), []);
    const [found] = (await module.rpc('ul.lookup', 'location', 'zed')) as RpcValue[];
    const { Contacts } = plain(found!) as { Contacts: { Contact: Record<string, unknown> }[] };
    assert.equal(Contacts[0]?.Contact.Expires, 'permanent');
    assert.equal(Contacts[0]?.Contact.Q, 0.7);
    assert.equal(Contacts[0]?.Contact.Received, 'sip:192.0.2.9:99');
    assert.match(String(Contacts[0]?.Contact.Ruid), /^ulcx-/);
    assert.deepEqual(
      await module.rpc('ul.rm_contact', 'location', 'zed', 'sip:other'),
      new RpcFault(404, 'Contact not found'),
    );
    assert.deepEqual(await module.rpc('ul.rm_contact', 'location', 'zed', 'sip:z@192.0.2.4'), []);
    assert.equal(domain.contactCount, 0);
    assert.deepEqual(await module.rpc('ul.rm', 'location', 'zed'), []);
  });

  it('refuses as Kamailio does', async () => {
    const { module } = await bench();
    const faults: [string, string[], number, string][] = [
      ['ul.lookup', ['location', 'x'], 500, 'AOR not found in location table'],
      ['ul.lookup', ['nosuch', 'x'], 500, 'Domain table not found'],
      ['ul.lookup', ['location'], 500, 'Not enough parameters (table and AOR to lookup)'],
      ['ul.rm_contact', ['location'], 500, 'Not enough parameters (table, AOR and contact)'],
      ['ul.rm_contact', ['location', 'x', 'y'], 404, 'AOR not found'],
      ['ul.add', ['location', 'x'], 500, 'Not enough parameters or wrong format'],
      ['ul.db_users', ['location'], 500, 'Command is not supported in db_mode=0'],
    ];
    for (const [name, args, code, text] of faults)
      assert.deepEqual(await module.rpc(name, ...args), new RpcFault(code, text));
  });
});

describe('hash of an AoR', () => {
  for (const [aor, hash] of [
    ['alice', 1834153949],
    ['rab', 8143028],
    ['r b', 8157149],
    ['o', 98],
  ] as const)
    it(`${aor} is ${hash}`, () => assert.equal(aorHash(aor), hash));
});
