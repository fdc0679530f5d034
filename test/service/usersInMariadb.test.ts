/** The page docs/guide/users-in-mariadb.md: its SQL and its configuration, on a private MariaDB. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { guideBlock } from '../support/guide.ts';
import { ownAddress } from '../support/loopback.ts';
import { startMariadb } from '../support/mariadb.ts';
import { callThrough, openPhones, Phone, soon } from '../support/phone.ts';
import { runProgram } from '../support/program.ts';
import { programPath, startServer } from '../support/server.ts';
import { requireTool } from '../support/tools.ts';

const page = 'users-in-mariadb.md';

test('users in MariaDB: the page does what it says', async (t) => {
  const client = requireTool(t, 'mariadb', 'mariadb-client');
  const mariadb = client === undefined ? undefined : await startMariadb(t, { database: 'telephony' });
  const olelo = programPath('olelo');
  if (client === undefined || mariadb === undefined || olelo === undefined) return;
  const made = await runProgram(olelo, ['db', 'create', mariadb.url]);
  assert.equal(made.code, 0, made.stdout + made.stderr);
  const sql = await runProgram(
    client,
    ['--no-defaults', `--socket=${mariadb.socket}`, '-u', 'root', 'telephony'],
    {
      input: guideBlock(page, 'sql'),
    },
  );
  assert.equal(sql.code, 0, sql.stderr);
  const folder = mkdtempSync(join(tmpdir(), 'olelo-guide-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const config = join(folder, 'users.cfg');
  writeFileSync(config, guideBlock(page, 'kamailio'));
  const address = ownAddress();
  const server = await startServer({
    program: 'olelo',
    config,
    args: ['-l', `udp:${address}:5060`, '-A', `DBURL="${mariadb.url}"`],
    readyWhen: [{ kind: 'udp', address, port: 5060 }],
  });
  t.after(() => server.stop());
  assert.doesNotMatch(server.log(), /ERROR|WARNING/);
  const alice = new Phone(address, 5071, 'alice', 'example.com', 'one');
  const bob = new Phone(address, 5072, 'bob', 'example.com', 'two');
  const stranger = new Phone(address, 5073, 'eve', 'elsewhere.example', '');
  await openPhones(t, [alice, bob, stranger]);
  assert.equal(await alice.register('guess'), '401');
  assert.equal(await alice.register(), '200');
  assert.equal(await bob.register(), '200');
  assert.match(await callThrough(alice, bob, 'sip:200@example.com'), /^sip:bob@/);
  assert.match(await callThrough(stranger, bob, 'sip:bob@example.com'), /^sip:bob@/);
  assert.equal(await stranger.ask('OPTIONS', 'sip:x@elsewhere.example'), '403');
  assert.equal(await alice.ask('OPTIONS', bob.uri, `From: <${bob.uri}>;tag=from-x`), '403');
  await mariadb.kill();
  assert.equal(await alice.register(), '503');
  await mariadb.restart();
  assert.ok(await soon(async () => (await alice.register()) === '200'), server.log());
});
