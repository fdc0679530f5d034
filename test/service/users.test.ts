/** The stock configuration with its switches for users, on SQLite and PostgreSQL, and on MariaDB with what the package's tools make. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Kamctl } from '../support/kamctl.ts';
import { ownAddress } from '../support/loopback.ts';
import { startMariadb } from '../support/mariadb.ts';
import { callThrough, openPhones, Phone, soon } from '../support/phone.ts';
import type { RunningServer } from '../support/server.ts';
import { startStock } from '../support/stockConfig.ts';
import { type DatabaseKind, startDatabase } from '../support/stockDatabase.ts';

/** Who may register and call with WITH_AUTH. */
async function checkAuthentication(alice: Phone, bob: Phone): Promise<void> {
  assert.equal(await alice.register('wrong'), '401');
  assert.equal(await alice.register(), '200');
  assert.equal(await bob.register(), '200');
  assert.match(await callThrough(alice, bob, bob.uri), /^sip:bob@/);
  // the credentials are for this server only
  assert.equal(await alice.ask('OPTIONS', bob.uri, '', 'wrong'), '407');
  const asBob = `From: <${bob.uri}>;tag=from-x`;
  assert.equal(await alice.ask('OPTIONS', bob.uri, asBob), '407');
  assert.equal(
    await alice.ask('OPTIONS', 'sip:x@elsewhere.example', 'From: <sip:eve@elsewhere.example>;tag=from-x'),
    '403',
  );
}

function subscriber(user: string, domain: string, password: string): string {
  return `INSERT INTO subscriber (username, domain, password) VALUES ('${user}', '${domain}', '${password}');`;
}

function alias(name: string, domain: string, user: string, host: string): string {
  return `INSERT INTO dbaliases (alias_username, alias_domain, username, domain) VALUES ('${name}', '${domain}', '${user}', '${host}');`;
}

function shortNumber(owner: string, domain: string, number: string, uri: string): string {
  return `INSERT INTO speed_dial (username, domain, sd_username, sd_domain, new_uri) VALUES ('${owner}', '${domain}', '${number}', '${domain}', '${uri}');`;
}

/** The server with these switches on a database with these rows; undefined where something is not installed. */
async function startOn(
  t: TestContext,
  kind: DatabaseKind,
  address: string,
  defines: readonly string[],
  rows: readonly string[],
): Promise<RunningServer | undefined> {
  const database = await startDatabase(t, kind, rows);
  return database && startStock(t, { address, defines, dbUrl: database.url });
}

test('WITH_AUTH: only who knows the password registers and calls', async (t) => {
  const address = ownAddress();
  const rows = [subscriber('alice', address, 'one'), subscriber('bob', address, 'two')];
  const server = await startOn(t, 'SQLite', address, ['WITH_AUTH'], rows);
  if (server === undefined) return;
  const alice = new Phone(address, 5071, 'alice', address, 'one');
  const bob = new Phone(address, 5072, 'bob', address, 'two');
  await openPhones(t, [alice, bob]);
  await checkAuthentication(alice, bob);
});

test('WITH_ALIASDB: a call to an alias arrives', async (t) => {
  const address = ownAddress();
  const rows = [alias('1001', 'x', 'bob', address)];
  const server = await startOn(t, 'SQLite', address, ['WITH_ALIASDB'], rows);
  if (server === undefined) return;
  const alice = new Phone(address, 5071, 'alice', address, '');
  const bob = new Phone(address, 5072, 'bob', address, '');
  await openPhones(t, [alice, bob]);
  assert.equal(await bob.register(), '200');
  assert.match(await callThrough(alice, bob, `sip:1001@${address}`), /^sip:bob@/);
  assert.equal(await alice.invite(`sip:1002@${address}`), '404');
});

test('WITH_SPEEDDIAL: a call to a short number arrives', async (t) => {
  const address = ownAddress();
  const rows = [shortNumber('alice', address, '22', `sip:bob@${address}`)];
  const server = await startOn(t, 'SQLite', address, ['WITH_SPEEDDIAL'], rows);
  if (server === undefined) return;
  const alice = new Phone(address, 5071, 'alice', address, '');
  const bob = new Phone(address, 5072, 'bob', address, '');
  await openPhones(t, [alice, bob]);
  assert.equal(await bob.register(), '200');
  assert.match(await callThrough(alice, bob, `sip:22@${address}`), /^sip:bob@/);
  assert.equal(await alice.invite(`sip:23@${address}`), '404');
});

const everyKind: readonly DatabaseKind[] = ['SQLite', 'PostgreSQL'];
for (const kind of everyKind)
  test(`WITH_MULTIDOMAIN and the others on ${kind}: users of the same name in two domains`, async (t) => {
    const address = ownAddress();
    const rows = [
      subscriber('alice', 'a.example', 'one'),
      subscriber('alice', 'b.example', 'other'),
      "INSERT INTO domain (domain) VALUES ('a.example'), ('b.example');",
      alias('1001', 'b.example', 'alice', 'b.example'),
      shortNumber('alice', 'a.example', '22', 'sip:alice@b.example'),
    ];
    const defines = ['WITH_AUTH', 'WITH_MULTIDOMAIN', 'WITH_ALIASDB', 'WITH_SPEEDDIAL'];
    const server = await startOn(t, kind, address, defines, rows);
    if (server === undefined) return;
    const alice = new Phone(address, 5071, 'alice', 'a.example', 'one');
    const namesake = new Phone(address, 5072, 'alice', 'b.example', 'other');
    await openPhones(t, [alice, namesake]);
    assert.equal(await alice.register('other'), '401');
    assert.equal(await alice.register(), '200');
    assert.equal(await namesake.register(), '200');
    for (const uri of ['sip:alice@b.example', 'sip:1001@b.example', 'sip:22@a.example'])
      await callThrough(alice, namesake, uri);
    assert.equal(await alice.invite('sip:1001@a.example'), '404');
  });

test('on MariaDB, with tables and users made by kamdbctl and kamctl', async (t) => {
  const address = ownAddress();
  const mariadb = await startMariadb(t);
  if (mariadb === undefined) return;
  const kamctl = Kamctl.on(t, mariadb, { database: 'telephony', domain: address });
  if (kamctl === undefined) return;
  await kamctl.createDatabase();
  await kamctl.run('add', 'alice', 'one');
  await kamctl.run('add', `bob@${address}`, 'two');
  await kamctl.run('alias_db', 'add', `1001@${address}`, `bob@${address}`);
  await kamctl.run('speeddial', 'add', `alice@${address}`, `22@${address}`, `sip:bob@${address}`, 'Bob');
  const server = await startStock(t, {
    address,
    defines: ['WITH_MYSQL', 'WITH_AUTH', 'WITH_ALIASDB', 'WITH_SPEEDDIAL', 'WITH_USRLOCDB'],
    dbUrl: mariadb.urlOf({ database: 'telephony' }),
  });
  if (server === undefined) return;
  const alice = new Phone(address, 5071, 'alice', address, 'one');
  const bob = new Phone(address, 5072, 'bob', address, 'two');
  await openPhones(t, [alice, bob]);
  await checkAuthentication(alice, bob);
  for (const uri of [`sip:1001@${address}`, `sip:22@${address}`])
    assert.match(await callThrough(alice, bob, uri), /^sip:bob@/);
  await kamctl.run('passwd', 'alice', 'three');
  assert.equal(await alice.register(), '401');
  assert.equal(await alice.register('three'), '200');
  // an outage: nobody is let in, who needs no database is served, and it ends by itself
  await mariadb.kill();
  assert.equal(await bob.register(), '401');
  assert.equal(await alice.ask('OPTIONS', `sip:${address}`), '200');
  await mariadb.restart();
  const isBack = await soon(async () => (await bob.register()) === '200');
  assert.ok(isBack, server.log());
});

test('on MariaDB, a domain is added while it runs', async (t) => {
  const address = ownAddress();
  const mariadb = await startMariadb(t);
  if (mariadb === undefined) return;
  const kamctl = Kamctl.on(t, mariadb, { database: 'telephony', domain: 'a.example' });
  if (kamctl === undefined) return;
  await kamctl.createDatabase();
  await kamctl.run('domain', 'add', 'a.example');
  await kamctl.run('add', 'alice', 'one');
  await kamctl.run('add', 'alice@b.example', 'other');
  const defines = ['WITH_MYSQL', 'WITH_AUTH', 'WITH_MULTIDOMAIN', 'WITH_ALIASDB'];
  const dbUrl = mariadb.urlOf({ database: 'telephony' });
  const server = await startStock(t, { address, defines, dbUrl });
  if (server === undefined) return;
  kamctl.useServer(server);
  const alice = new Phone(address, 5071, 'alice', 'a.example', 'one');
  const namesake = new Phone(address, 5072, 'alice', 'b.example', 'other');
  await openPhones(t, [alice, namesake]);
  assert.equal(await alice.register(), '200');
  assert.equal(await namesake.register(), '403');
  await kamctl.run('domain', 'add', 'b.example');
  await kamctl.run('domain', 'reload');
  assert.match(await kamctl.run('domain', 'show'), /b\.example/);
  assert.equal(await namesake.register('one'), '401');
  assert.equal(await namesake.register(), '200');
  await callThrough(alice, namesake, 'sip:alice@b.example');
});
