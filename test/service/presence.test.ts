/** The installed stock configuration WITH_PRESENCE: a watcher sees the state of somebody change. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Baresip, type BaresipOptions } from '../support/baresip.ts';
import { ownAddress } from '../support/loopback.ts';
import { openPhones, Phone } from '../support/phone.ts';
import type { RunningServer } from '../support/server.ts';
import { serverUnderTest } from '../support/serverUnderTest.ts';
import { headerValue, type SipText } from '../support/sipText.ts';
import { makeSqliteDatabase, sqliteRows } from '../support/sqlite.ts';
import { startStock } from '../support/stockConfig.ts';
import { requireTool } from '../support/tools.ts';

interface Stock {
  readonly server: RunningServer;
  readonly address: string;
  readonly database: string;
}

async function start(t: TestContext, defines: readonly string[]): Promise<Stock | undefined> {
  const program = serverUnderTest(t);
  if (program === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'olelo-presence-'));
  const database = join(folder, 'kamailio.sqlite');
  await makeSqliteDatabase(database);
  const address = ownAddress();
  const server = await startStock(t, { program, address, defines, dbUrl: `sqlite://${database}` });
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return server === undefined ? undefined : { server, address, database };
}

for (const defines of [['WITH_PRESENCE'], ['WITH_PRESENCE', 'WITH_MSGREBUILD']])
  test(`a subscription sees the state change, with ${defines.join(' and ')}`, (t) => watch(t, defines));

async function watch(t: TestContext, defines: readonly string[]): Promise<void> {
  const stock = await start(t, defines);
  if (stock === undefined) return;
  const { address, database } = stock;
  const bob = new Phone(address, 5071, 'bob', address, '');
  const alice = new Phone(address, 5072, 'alice', address, '');
  await openPhones(t, [bob, alice]);
  const wish = 'Event: presence\nAccept: application/pidf+xml\nExpires: 600';
  assert.equal(await bob.subscribe(alice.uri, wish), '200');
  assert.equal((await told(bob)).body, '');
  assert.equal(await alice.publish(lasting, pidf(alice, 'open')), '200');
  assert.match((await told(bob)).body, /<basic>open<\/basic>/);
  const rows = sqliteRows(database, 'SELECT username, event FROM presentity');
  assert.deepEqual(rows, [['alice', 'presence']]);
  const again = `${lasting}\nSIP-If-Match: {etag}`;
  assert.equal(await alice.publish(again, pidf(alice, 'closed')), '200');
  assert.match((await told(bob)).body, /<basic>closed<\/basic>/);
  const goodbye = [
    ['Event', 'presence'],
    ['Expires', '0'],
    ['Contact', bob.contact.slice('Contact: '.length)],
  ] as const;
  assert.equal(await bob.request('SUBSCRIBE', goodbye), '200');
  assert.match(headerValue(await told(bob), 'Subscription-State'), /^terminated/);
  assert.equal(await alice.publish(again, pidf(alice, 'open')), '200');
  assert.ok(await bob.isQuiet());
}

const lasting = 'Event: presence\nExpires: 600\nContent-Type: application/pidf+xml';

function pidf(phone: Phone, basic: string): string {
  return (
    `<?xml version="1.0"?><presence xmlns="urn:ietf:params:xml:ns:pidf" entity="${phone.uri}">` +
    `<tuple id="t1"><status><basic>${basic}</basic></status></tuple></presence>`
  );
}

/** The next NOTIFY, answered. */
async function told(watcher: Phone): Promise<SipText> {
  const notify = await watcher.expect('NOTIFY');
  watcher.reply('NOTIFY', '200 OK');
  return notify;
}

test('a voicemail question is no presence subscription: 404 without a voicemail server', async (t) => {
  const stock = await start(t, ['WITH_PRESENCE']);
  if (stock === undefined) return;
  const bob = new Phone(stock.address, 5071, 'bob', stock.address, '');
  await openPhones(t, [bob]);
  assert.equal(await bob.subscribe(bob.uri, 'Event: message-summary\nExpires: 600'), '404');
  assert.equal(await bob.subscribe(bob.uri, 'Event: nonsense\nExpires: 600'), '489');
  assert.match(bob.lastHeader('Allow-Events'), /presence/);
});

test('two baresip phones: one sees the other in its address book go online and off', async (t) => {
  if (requireTool(t, 'baresip', 'baresip-core') === undefined) return;
  const stock = await start(t, ['WITH_PRESENCE']);
  if (stock === undefined) return;
  const { address } = stock;
  const phones: Baresip[] = [];
  const phone = async (user: string, number: number, more: Partial<BaresipOptions>): Promise<Baresip> => {
    const ports = {
      sipPort: 5060 + number * 10,
      controlPort: 4440 + number,
      rtpPorts: `2${number}000-2${number}090`,
    };
    const made = await Baresip.start({ user, address, ...ports, modules: ['contact', 'presence'], ...more });
    phones.push(made);
    await made.registered();
    return made;
  };
  try {
    const alice = await phone('alice', 1, { accountParams: ';pubint=60' });
    const bob = await phone('bob', 2, { contacts: [`"Alice" <sip:alice@${address}>;presence=p2p`] });
    await shows(bob, /Online.*alice@/);
    await alice.stop();
    await shows(bob, /Offline.*alice@/);
  } finally {
    // before the server, so that they can say good-bye
    await Promise.all(phones.map((made) => made.stop()));
  }
});

/** Waits until the phone's address book reads so. */
async function shows(phone: Baresip, state: RegExp): Promise<void> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    phone.command('contacts');
    const { data = '' } = await phone.event('contacts');
    if (state.test(data)) return;
    assert.ok(Date.now() < deadline, `the address book reads ${data}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
