/** Two baresip soft-phones call each other through the server, on the configuration that Debian installs. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Baresip, callBetween } from '../support/baresip.ts';
import { ownAddress } from '../support/loopback.ts';
import { startServer } from '../support/server.ts';
import { serverUnderTest } from '../support/serverUnderTest.ts';
import { makeSqliteDatabase } from '../support/sqlite.ts';
import { missing, requireTool } from '../support/tools.ts';

const stockConfig = '/etc/kamailio/kamailio.cfg';
const serverPort = 5060;

test('two phones register and call each other in both directions over UDP', (t) => phoneCalls(t, 'udp'));
test('two phones register and call each other in both directions over TCP', (t) => phoneCalls(t, 'tcp'));
test('two phones show their passwords', (t) => phoneCalls(t, 'udp', ['one', 'two']));

/** `passwords`: of alice and bob, in a database; without, everybody may call. */
async function phoneCalls(
  t: TestContext,
  transport: 'udp' | 'tcp',
  passwords: readonly string[] = [],
): Promise<void> {
  const program = serverUnderTest(t);
  if (program === undefined || requireTool(t, 'baresip', 'baresip-core') === undefined) return;
  if (!existsSync(stockConfig)) return missing(t, `${stockConfig} is not there (Debian package kamailio)`);
  const address = ownAddress();
  const authentication = passwords.length === 0 ? [] : await withUsers(t, address, passwords);
  const server = await startServer({
    program,
    config: stockConfig,
    args: ['-l', `udp:${address}:${serverPort}`, '-l', `tcp:${address}:${serverPort}`, ...authentication],
    readyWhen: [
      { kind: 'udp', address, port: serverPort },
      { kind: 'tcp', address, port: serverPort },
    ],
  });
  const phones: Baresip[] = [];
  try {
    for (const [i, user] of users.entries())
      phones.push(await phone(user, address, i + 1, transport, passwords[i]));
    for (const each of phones) await each.registered();
    await callBetween(phones[0]!, phones[1]!, `sip:bob@${address}`);
    await callBetween(phones[1]!, phones[0]!, `sip:alice@${address}`);
    await refuse(phones[0]!, phones[1]!, `sip:bob@${address}`);
    await nobody(phones[0]!, `sip:nobody@${address}`);
  } catch (error) {
    const said = phones.map((each) => each.log().slice(-2000)).join('\n');
    throw new Error(
      `${error instanceof Error ? error.message : error}\n${said}\n${server.log().slice(-3000)}`,
    );
  } finally {
    for (const each of phones) await each.stop();
    await server.stop();
  }
}

const users = ['alice', 'bob'];

/** Words of the command line for a database in which the users are. */
async function withUsers(t: TestContext, address: string, passwords: readonly string[]): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'olelo-phones-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'kamailio.sqlite');
  const rows = passwords.map((password, i) => `('${users[i]}', '${address}', '${password}')`);
  await makeSqliteDatabase(
    file,
    `INSERT INTO subscriber (username, domain, password) VALUES ${rows.join(', ')};`,
  );
  return ['--loadmodule=db_sqlite.so', '-A', 'WITH_AUTH', '-A', `DBURL="sqlite://${file}"`];
}

function phone(
  user: string,
  address: string,
  number: number,
  transport: 'udp' | 'tcp',
  password = 'none',
): Promise<Baresip> {
  const firstRtpPort = 20_000 + number * 100;
  return Baresip.start({
    user,
    address,
    transport,
    password,
    sipPort: 5060 + number * 10, // TLS takes the port after it
    controlPort: 4440 + number,
    rtpPorts: `${firstRtpPort}-${firstRtpPort + 90}`,
  });
}

/** The called side hangs up without taking the call. */
async function refuse(from: Baresip, to: Baresip, uri: string): Promise<void> {
  from.command('dial', uri);
  await to.event('CALL_INCOMING');
  to.command('hangup');
  const closed = await from.event('CALL_CLOSED');
  assert.match(closed.param ?? '', /486|603/);
  await to.event('CALL_CLOSED');
}

async function nobody(from: Baresip, uri: string): Promise<void> {
  from.command('dial', uri);
  const closed = await from.event('CALL_CLOSED');
  assert.match(closed.param ?? '', /404/);
}
