/** The installed stock configuration WITH_PRESENCE: a watcher sees the state of somebody change. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Baresip, type BaresipOptions } from '../support/baresip.ts';
import { headerValue } from '../support/sipText.ts';
import { requireTool } from '../support/tools.ts';
import { type Phone, type Stock, sqliteStock, startStock } from './stock.ts';

for (const defines of [['PRESENCE'], ['PRESENCE', 'MSGREBUILD']]) {
  test(`a subscription sees the state change, with ${defines.join(' and ')}`, (t) => watch(t, defines));
}

async function watch(t: TestContext, defines: readonly string[]): Promise<void> {
  const database = await sqliteStock(t);
  const stock = await startStock(t, { defines, database });
  if (stock === undefined) return;
  const watcher = await stock.phone('bob', 5071);
  const publisher = await stock.phone('alice', 5072);
  subscribe(watcher, stock, 600);
  assert.equal(headerValue(await watcher.expect('200'), 'Expires'), '600');
  assert.equal((await told(watcher)).body, '');
  publish(publisher, stock, 'open');
  await publisher.expect('200');
  assert.match((await told(watcher)).body, /<basic>open<\/basic>/);
  assert.deepEqual(await database.rows('SELECT username, event FROM presentity'), [['alice', 'presence']]);
  publish(publisher, stock, 'closed', true);
  await publisher.expect('200');
  assert.match((await told(watcher)).body, /<basic>closed<\/basic>/);
  watcher.request(
    'SUBSCRIBE',
    [
      ['Event', 'presence'],
      ['Expires', '0'],
      ['Contact', watcher.contact],
    ],
    '',
  );
  await watcher.expect('200');
  assert.match(headerValue(await told(watcher), 'Subscription-State'), /^terminated/);
  publish(publisher, stock, 'open', true);
  await publisher.expect('200');
  assert.ok(await watcher.isQuiet());
}

/** The next NOTIFY, answered. */
async function told(watcher: Phone) {
  const notify = await watcher.expect('NOTIFY');
  watcher.answer('200', 'OK');
  return notify;
}

function subscribe(watcher: Phone, stock: Stock, expires: number): void {
  watcher.ask('SUBSCRIBE', `sip:alice@${stock.address}`, [
    'Event: presence',
    'Accept: application/pidf+xml',
    `Expires: ${expires}`,
  ]);
}

function publish(publisher: Phone, stock: Stock, basic: string, isAgain = false): void {
  const headers = ['Event: presence', 'Expires: 600', 'Content-Type: application/pidf+xml'];
  const body =
    `<?xml version="1.0"?><presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:alice@${stock.address}">` +
    `<tuple id="t1"><status><basic>${basic}</basic></status></tuple></presence>`;
  const match = isAgain ? ['SIP-If-Match: {etag}'] : [];
  publisher.ask('PUBLISH', `sip:alice@${stock.address}`, [...headers, ...match], body);
}

test('a voicemail question is no presence subscription: 404 without a voicemail server', async (t) => {
  const stock = await startStock(t, { defines: ['PRESENCE'], database: await sqliteStock(t) });
  if (stock === undefined) return;
  const phone = await stock.phone('bob', 5071);
  phone.ask('SUBSCRIBE', `sip:bob@${stock.address}`, ['Event: message-summary', 'Expires: 600']);
  assert.match((await phone.expect('404')).startLine, /No voicemail service/);
  phone.ask('SUBSCRIBE', `sip:bob@${stock.address}`, ['Event: nonsense', 'Expires: 600']);
  assert.match(headerValue(await phone.expect('489'), 'Allow-Events'), /presence/);
});

test('two baresip phones: one sees the other in its address book go online', async (t) => {
  if (requireTool(t, 'baresip', 'baresip-core') === undefined) return;
  const stock = await startStock(t, { defines: ['PRESENCE'], database: await sqliteStock(t) });
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
  const deadline = Date.now() + 8_000;
  for (;;) {
    phone.command('contacts');
    const { data = '' } = await phone.event('contacts');
    if (state.test(data)) return;
    assert.ok(Date.now() < deadline, `the address book reads ${data}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
