/** The installed stock configuration with all its switches at once, each kind of database behind it: a whole telephone service. */
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { type TestContext, test } from 'node:test';
import { connect } from 'node:tls';
import { pemFolder, TestAuthority } from '../support/certificates.ts';
import { Kamctl } from '../support/kamctl.ts';
import { ownAddress } from '../support/loopback.ts';
import { callThrough, openPhones, Phone, soon } from '../support/phone.ts';
import type { RunningServer } from '../support/server.ts';
import { serverUnderTest } from '../support/serverUnderTest.ts';
import { setParameter, startStock } from '../support/stockConfig.ts';
import {
  accountingColumns,
  type StockDatabase,
  startDatabase,
  startMariadbDatabase,
} from '../support/stockDatabase.ts';
import { optionsText } from '../support/tlsPeer.ts';

/** All switches but WITH_MYSQL. */
const switches = [
  ...[
    'AUTH',
    'IPAUTH',
    'USRLOCDB',
    'PRESENCE',
    'MSGREBUILD',
    'NAT',
    'NATSIPPING',
    'RTPENGINE',
    'PSTN',
    'ALIASDB',
  ],
  ...['SPEEDDIAL', 'MULTIDOMAIN', 'TLS', 'JSONRPC', 'ANTIFLOOD', 'BLOCK3XX', 'BLOCK401407', 'VOICEMAIL'],
  ...['ACCDB', 'DEBUG'],
];

/** Of the users; the server knows it from the table domain. */
const domain = 'office.example';

interface Service {
  readonly server: RunningServer;
  readonly address: string;
  readonly database: StockDatabase;
  readonly alice: Phone;
  readonly bob: Phone;
  /** The gateway to the telephone network, and the voicemail server; its address needs no password. */
  readonly gateway: Phone;
  /** Calls from the telephone network come from there. */
  readonly carrier: Phone;
}

test('all switches together, on MariaDB with what kamdbctl and kamctl make', async (t) => {
  const address = ownAddress();
  const database = await startMariadbDatabase(t);
  if (database === undefined) return;
  const kamctl = Kamctl.on(t, database.mariadb, { database: 'kamailio', domain });
  if (kamctl === undefined) return;
  await database.sql('DROP DATABASE kamailio');
  await kamctl.createDatabase();
  for (const statement of accountingColumns) await database.sql(statement);
  await kamctl.run('domain', 'add', domain);
  await kamctl.run('add', 'alice', 'alice-secret');
  await kamctl.run('add', 'bob', 'bob-secret');
  await kamctl.run('alias_db', 'add', `1001@${domain}`, `bob@${domain}`);
  await kamctl.run('speeddial', 'add', `alice@${domain}`, `22@${domain}`, `sip:bob@${domain}`, 'Bob');
  await kamctl.run('address', 'add', '1', gatewayAddress(address), '32');
  await serve(t, { address, database, extra: ['MYSQL'] });
});

for (const kind of ['SQLite', 'PostgreSQL'] as const)
  test(`all switches together, on ${kind}`, async (t) => {
    const address = ownAddress();
    const user = (name: string) =>
      `INSERT INTO subscriber (username, domain, password) VALUES ('${name}', '${domain}', '${name}-secret')`;
    const database = await startDatabase(t, kind, [
      ...accountingColumns,
      `INSERT INTO domain (domain) VALUES ('${domain}')`,
      user('alice'),
      user('bob'),
      `INSERT INTO dbaliases (alias_username, alias_domain, username, domain) VALUES ('1001', '${domain}', 'bob', '${domain}')`,
      `INSERT INTO speed_dial (username, domain, sd_username, sd_domain, new_uri) VALUES ('alice', '${domain}', '22', '${domain}', 'sip:bob@${domain}')`,
      `INSERT INTO address (grp, ip_addr, mask, port) VALUES (1, '${gatewayAddress(address)}', 32, 0)`,
    ]);
    if (database !== undefined) await serve(t, { address, database, extra: [] });
  });

/** Another address of this machine. */
function gatewayAddress(address: string): string {
  return address.replace(/\d+$/, '99');
}

interface Order {
  readonly address: string;
  readonly database: StockDatabase;
  readonly extra: readonly string[];
}

async function serve(t: TestContext, { address, database, extra }: Order): Promise<void> {
  const program = serverUnderTest(t);
  if (program === undefined) return;
  const authority = await TestAuthority.create();
  const { certificate, key } = await authority.issue({ name: 'stock', ips: [address] });
  const folder = pemFolder({ 'cert.pem': certificate, 'key.pem': key });
  t.after(() => folder.remove());
  const tls = pemFolder({
    'tls.cfg': `[server:default]\nmethod = TLSv1.2+\nprivate_key = ${folder.path}/key.pem\ncertificate = ${folder.path}/cert.pem\n[client:default]\n`,
  });
  t.after(() => tls.remove());
  const server = await startStock(t, {
    program,
    address,
    defines: [...extra, ...switches].map((name) => `WITH_${name}`),
    dbUrl: database.url,
    args: ['-l', `tls:${address}:5061`, `--subst=#/etc/kamailio/tls.cfg#${tls.path}/tls.cfg#`],
  });
  if (server === undefined) return;
  const alice = new Phone(address, 5071, 'alice', domain, 'alice-secret');
  const bob = new Phone(address, 5072, 'bob', domain, 'bob-secret');
  const gateway = new Phone(gatewayAddress(address), 5073, 'gateway', 'carrier.example', '');
  const carrier = new Phone(gatewayAddress(address), 5074, 'carrier', 'carrier.example', '');
  await openPhones(t, [alice, bob, gateway, carrier], address);
  const service: Service = { server, address, database, alice, bob, gateway, carrier };
  await register(service);
  await calls(service);
  await numbers(service);
  await voicemail(service);
  await presence(service);
  await web(service);
  await secure(service);
}

async function register({ alice, bob, server, address }: Service): Promise<void> {
  assert.equal(await alice.register('guess'), '401', server.log());
  assert.equal(await alice.register(), '200');
  assert.equal(await bob.register(), '200');
  assert.equal(await alice.ask('OPTIONS', `sip:${address}`), '200');
}

async function calls({ alice, bob, database, address, server }: Service): Promise<void> {
  assert.match(await callThrough(alice, bob, bob.uri), /^sip:bob@/);
  const rows = () =>
    database.sql("SELECT method, sip_code, src_user, dst_user, dst_domain FROM acc WHERE sip_code = '200'");
  assert.ok(await soon(async () => (await rows()).length === 2), server.log());
  assert.deepEqual([...(await rows())].sort(), [
    ['BYE', '200', 'alice', 'bob', address],
    ['INVITE', '200', 'alice', 'bob', address],
  ]);
  for (const number of ['1001', '22'])
    assert.match(await callThrough(alice, bob, `sip:${number}@${domain}`), /^sip:bob@/);
  const calling = alice.invite(bob.uri);
  await bob.expect('INVITE');
  bob.reply('INVITE', '302 Moved', [['Contact', '<sip:x@127.0.0.1:9>']]);
  assert.equal(await calling, '404', 'a redirection stays outside');
  alice.ack();
}

async function numbers({ server, alice, bob, gateway, carrier, address }: Service): Promise<void> {
  await setParameter(server, 'pstn', 'gw_ip', gatewayAddress(address));
  await setParameter(server, 'pstn', 'gw_port', '5073');
  const uri = await callThrough(alice, gateway, `sip:0049301234567@${domain}`);
  assert.equal(uri, `sip:+49301234567@${gatewayAddress(address)}:5073`);
  // a call from the carrier needs no password: its address is known
  assert.match(await callThrough(carrier, bob, bob.uri), /^sip:bob@/);
}

async function voicemail({ server, alice, bob, gateway, address, database }: Service): Promise<void> {
  await setParameter(server, 'voicemail', 'srv_ip', gatewayAddress(address));
  await setParameter(server, 'voicemail', 'srv_port', '5073');
  const calling = alice.invite(bob.uri);
  await bob.answer('486 Busy Here');
  assert.equal(await gateway.answer(), `sip:bob@${gatewayAddress(address)}:5073`);
  assert.equal(await calling, '200');
  alice.ack();
  await gateway.expect('ACK');
  const ending = alice.hangUp();
  await gateway.confirmEnd();
  assert.equal(await ending, '200');
  const missed = () => database.sql("SELECT src_user FROM missed_calls WHERE sip_code = '486'");
  assert.ok(await soon(async () => (await missed()).length === 1), server.log());
}

async function presence({ alice, bob }: Service): Promise<void> {
  assert.equal(await bob.subscribe(alice.uri, 'Event: presence\nExpires: 600'), '200');
  await bob.expect('NOTIFY');
  bob.reply('NOTIFY', '200 OK');
  const body =
    `<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="${alice.uri}">` +
    '<tuple id="t1"><status><basic>open</basic></status></tuple></presence>';
  const headers = 'Event: presence\nExpires: 600\nContent-Type: application/pidf+xml';
  assert.equal(await alice.publish(headers, body), '200');
  assert.match((await bob.expect('NOTIFY')).body, /<basic>open<\/basic>/);
  bob.reply('NOTIFY', '200 OK');
}

async function web({ address }: Service): Promise<void> {
  const call = JSON.stringify({ jsonrpc: '2.0', method: 'ul.dump', params: [], id: 1 });
  assert.match(await post(address, '127.0.0.1', call), /"AoR":\s*"alice@/);
  assert.match(await post(address, gatewayAddress(address), call), /Not allowed from/);
}

/** Asks the server's HTTP socket from one of this machine's addresses. */
function post(host: string, localAddress: string, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': body.length };
    const options = { host, port: 5060, path: '/RPC', method: 'POST', localAddress, headers };
    const asking = request(options, (response) => {
      let text = '';
      response.on('data', (data: Buffer) => {
        text += data.toString('latin1');
      });
      response.on('end', () => resolve(text));
    });
    asking.once('error', reject);
    asking.end(body);
  });
}

async function secure({ address }: Service): Promise<void> {
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect({ host: address, port: 5061, rejectUnauthorized: false }, () =>
      socket.write(optionsText(`sip:${address}`, 'stock-tls')),
    );
    socket.once('error', reject);
    socket.once('data', (data) => {
      resolve(data.toString('latin1'));
      socket.end();
    });
  });
  assert.match(answer, /^SIP\/2.0 200 /);
}
