/**
 * The installed stock configuration with one switch after the other, and what each of them promises. Those of users, of
 * presence, of floods, of media and of web transports have files of their own beside this one.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { ownAddress } from '../support/loopback.ts';
import { callThrough, openPhones, Phone, soon } from '../support/phone.ts';
import type { RunningServer } from '../support/server.ts';
import { serverUnderTest } from '../support/serverUnderTest.ts';
import { setParameter, startStock } from '../support/stockConfig.ts';
import {
  accountingColumns,
  type DatabaseKind,
  type StockDatabase,
  startDatabase,
} from '../support/stockDatabase.ts';

const kinds: readonly DatabaseKind[] = ['SQLite', 'MariaDB', 'PostgreSQL'];

interface Stage {
  readonly server: RunningServer;
  readonly address: string;
  readonly alice: Phone;
  readonly bob: Phone;
  /** Anything else that speaks SIP: a gateway, a voicemail server. */
  readonly carl: Phone;
}

interface Wish {
  readonly defines: readonly string[];
  readonly database?: StockDatabase;
  readonly args?: readonly string[];
}

/** The server with three phones, alice and bob registered; undefined where something is not installed. */
async function stage(t: TestContext, { defines, database, args = [] }: Wish): Promise<Stage | undefined> {
  const program = serverUnderTest(t);
  if (program === undefined) return undefined;
  const address = ownAddress();
  const dbUrl = database === undefined ? {} : { dbUrl: database.url };
  const server = await startStock(t, { program, address, defines, args, ...dbUrl });
  if (server === undefined) return undefined;
  const [alice, bob, carl] = ['alice', 'bob', 'carl'].map(
    (user, i) => new Phone(address, 5071 + i, user, address, `${user}-secret`),
  ) as [Phone, Phone, Phone];
  await openPhones(t, [alice, bob, carl]);
  assert.equal(await alice.register(), '200');
  assert.equal(await bob.register(), '200');
  return { server, address, alice, bob, carl };
}

const callee = 'bob';

// ---- accounting

for (const kind of kinds)
  test(`WITH_ACCDB on ${kind}: calls and missed calls become rows with who called whom`, async (t) => {
    const database = await startDatabase(t, kind, accountingColumns);
    if (database === undefined) return;
    const defines = kind === 'MariaDB' ? ['WITH_MYSQL', 'WITH_ACCDB'] : ['WITH_ACCDB'];
    const staged = await stage(t, { defines, database });
    if (staged === undefined) return;
    await checkAccounting(staged, database);
  });

async function checkAccounting(
  { address, alice, bob, server }: Stage,
  database: StockDatabase,
): Promise<void> {
  await callThrough(alice, bob, bob.uri);
  const columns = 'method, sip_code, src_user, src_domain, src_ip, dst_ouser, dst_user, dst_domain';
  const calls = () => database.sql(`SELECT ${columns} FROM acc ORDER BY method DESC`);
  assert.ok(await soon(async () => (await calls()).length === 2), server.log());
  assert.deepEqual(await calls(), [
    ['INVITE', '200', 'alice', address, address, callee, callee, address],
    ['BYE', '200', 'alice', address, address, callee, callee, address],
  ]);
  const calling = alice.invite(bob.uri);
  await bob.answer('486 Busy Here');
  assert.equal(await calling, '486');
  alice.ack();
  const missed = () => database.sql(`SELECT ${columns} FROM missed_calls ORDER BY id`);
  assert.ok(await soon(async () => (await missed()).length === 1), server.log());
  assert.deepEqual(await missed(), [['INVITE', '486', 'alice', address, address, callee, callee, address]]);
}

// ---- registrations in a database

for (const kind of kinds)
  test(`WITH_USRLOCDB on ${kind}: registrations outlive the server`, async (t) => {
    const database = await startDatabase(t, kind);
    if (database === undefined) return;
    const defines = kind === 'MariaDB' ? ['WITH_MYSQL', 'WITH_USRLOCDB'] : ['WITH_USRLOCDB'];
    const staged = await stage(t, { defines, database });
    if (staged === undefined) return;
    const { server, address, alice, bob } = staged;
    await server.stop();
    const rows = await database.sql('SELECT username FROM location ORDER BY username');
    assert.deepEqual(rows, [['alice'], ['bob']]);
    const { program } = server;
    const again = await startStock(t, { program, address, defines, dbUrl: database.url });
    assert.ok(again);
    assert.match(await callThrough(alice, bob, bob.uri), /^sip:bob@/);
  });

// ---- gateways

test('WITH_PSTN: international numbers go to the gateway, for our own users', async (t) => {
  const staged = await stage(t, { defines: ['WITH_PSTN'] });
  if (staged === undefined) return;
  const { server, address, alice, carl } = staged;
  assert.equal(await alice.invite(`sip:0049301234567@${address}`), '404');
  alice.ack();
  await setParameter(server, 'pstn', 'gw_ip', address);
  await setParameter(server, 'pstn', 'gw_port', '5073');
  const uri = await callThrough(alice, carl, `sip:0049301234567@${address}`);
  assert.equal(uri, `sip:+49301234567@${address}:5073`);
  const stranger = 'From: <sip:eve@elsewhere.example>;tag=from-eve';
  assert.equal(await carl.invite(`sip:+49301234567@${address}`, stranger), '403');
  carl.ack();
  // what is no such number goes to our own users
  assert.match(await callThrough(alice, staged.bob, staged.bob.uri), /^sip:bob@/);
});

test('WITH_VOICEMAIL: who is away, busy or does not answer, and message-summary', async (t) => {
  const staged = await stage(t, { defines: ['WITH_VOICEMAIL'] });
  if (staged === undefined) return;
  const { server, address, alice, bob, carl } = staged;
  const box = (user: string): string => `sip:${user}@${address}:5073`;
  assert.equal(await alice.invite(`sip:nobody@${address}`), '404');
  alice.ack();
  await setParameter(server, 'voicemail', 'srv_ip', address);
  await setParameter(server, 'voicemail', 'srv_port', '5073');
  assert.equal(await callThrough(alice, carl, `sip:nobody@${address}`), box('nobody'));
  for (const status of ['486 Busy Here', '408 Request Timeout']) {
    const calling = alice.invite(bob.uri);
    await bob.answer(status);
    assert.equal(await carl.answer(), box('bob'), status);
    assert.equal(await calling, '200');
    alice.ack();
    await carl.expect('ACK');
    const ending = alice.hangUp();
    await carl.confirmEnd();
    assert.equal(await ending, '200');
  }
  const watching = bob.subscribe(bob.uri, 'Event: message-summary\nExpires: 600');
  const subscribe = await carl.expect('SUBSCRIBE');
  assert.equal(subscribe.startLine, `SUBSCRIBE ${box('bob')} SIP/2.0`);
  carl.reply('SUBSCRIBE', '200 OK', [['Expires', '600']]);
  assert.equal(await watching, '200');
});

// ---- answers that must not get through

for (const [define, status, headers] of [
  ['WITH_BLOCK3XX', '302 Moved Temporarily', [['Contact', '<sip:x@127.0.0.1:9>']]],
  ['WITH_BLOCK401407', '401 Unauthorized', [['WWW-Authenticate', 'Digest realm="x", nonce="y"']]],
  [
    'WITH_BLOCK401407',
    '407 Proxy Authentication Required',
    [['Proxy-Authenticate', 'Digest realm="x", nonce="y"']],
  ],
] as const)
  test(`${define}: ${status} of a phone is 404 for the caller`, async (t) => {
    for (const [defines, seen] of [
      [[define], '404'],
      [[], status.slice(0, 3)],
    ] as const) {
      const staged = await stage(t, { defines });
      if (staged === undefined) return;
      const { alice, bob } = staged;
      // the caller has no password: it does not answer the challenge
      const calling = alice.inviteOnce(bob.uri);
      await bob.expect('INVITE');
      bob.reply('INVITE', status, headers);
      assert.equal(await calling, seen);
      alice.ack();
      await staged.server.stop();
    }
  });
