/** The page docs/guide/small-office.md: its SQL and its configuration, on an SQLite file. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { guideBlock } from '../support/guide.ts';
import { ownAddress } from '../support/loopback.ts';
import { callThrough, openPhones, Phone } from '../support/phone.ts';
import { runProgram } from '../support/program.ts';
import { programPath, type RunningServer, startServer } from '../support/server.ts';
import { missing, requireTool } from '../support/tools.ts';

const page = 'small-office.md';
const domain = 'office.example';

test('a small office: the page does what it says', async (t) => {
  const sqlite = requireTool(t, 'sqlite3', 'sqlite3');
  const olelo = programPath('olelo');
  if (sqlite === undefined) return;
  if (olelo === undefined) return missing(t, 'bin/olelo has not been built (npm run build)');
  const folder = mkdtempSync(join(tmpdir(), 'olelo-office-'));
  const file = join(folder, 'office.sqlite');
  const made = await runProgram(olelo, ['db', 'create', `sqlite://${file}`]);
  assert.equal(made.code, 0, made.stdout + made.stderr);
  const filled = await runProgram(sqlite, [file], { input: guideBlock(page, 'sql') });
  assert.equal(filled.code, 0, filled.stderr);
  const config = join(folder, 'office.cfg');
  writeFileSync(config, guideBlock(page, 'kamailio'));
  const address = ownAddress();
  const args = ['-l', `udp:${address}:5060`, '-A', `DBURL="sqlite://${file}"`, '-A', 'RING_MS=1000'];
  const voicemail = ['-A', `VOICEMAIL="${address}:5080"`];
  const server = await startServer({
    program: 'olelo',
    config,
    args: [...args, ...voicemail],
    readyWhen: [{ kind: 'udp', address, port: 5060 }],
  });
  t.after(() => server.stop());
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  assert.doesNotMatch(server.log(), /ERROR|WARNING/);
  const alice = new Phone(address, 5071, 'alice', domain, 'one');
  const bob = new Phone(address, 5072, 'bob', domain, 'two');
  const mailbox = new Phone(address, 5080, 'mailbox', domain, '');
  await openPhones(t, [alice, bob, mailbox]);
  const office: Office = { server, address, alice, bob, mailbox };
  await everybodyIsKnown(office);
  await notTaken(office);
  await presence(office);
});

interface Office {
  readonly server: RunningServer;
  readonly address: string;
  readonly alice: Phone;
  readonly bob: Phone;
  readonly mailbox: Phone;
}

async function everybodyIsKnown({ alice, bob, server }: Office): Promise<void> {
  assert.equal(await alice.register('guess'), '401', server.log());
  assert.equal(await alice.register(), '200');
  assert.equal(await alice.ask('OPTIONS', bob.uri, `From: <${bob.uri}>;tag=from-x`), '403');
  assert.equal(await alice.ask('OPTIONS', 'sip:x@elsewhere.example'), '403');
  assert.equal(await bob.register(), '200');
  assert.match(await callThrough(alice, bob, `sip:1002@${domain}`), /^sip:bob@/);
}

/** Busy, and no answer. */
async function notTaken({ alice, bob, mailbox, address }: Office): Promise<void> {
  for (const isBusy of [true, false]) {
    const calling = alice.invite(`sip:1002@${domain}`);
    if (isBusy) await bob.answer('486 Busy Here');
    else {
      await bob.expect('INVITE');
      bob.reply('INVITE', '180 Ringing');
    }
    assert.equal(await mailbox.answer(), `sip:bob@${address}:5080`);
    assert.equal(await calling, '200');
    alice.ack();
    await mailbox.expect('ACK');
    const ending = alice.hangUp();
    await mailbox.confirmEnd();
    assert.equal(await ending, '200');
    if (isBusy) continue;
    await bob.expect('CANCEL');
    bob.reply('CANCEL', '200 OK');
    bob.reply('INVITE', '487 Request Terminated');
  }
}

async function presence({ alice, bob }: Office): Promise<void> {
  assert.equal(await bob.subscribe(alice.uri, 'Event: presence\nExpires: 600'), '200');
  await bob.expect('NOTIFY');
  bob.reply('NOTIFY', '200 OK');
  const headers = 'Event: presence\nExpires: 600\nContent-Type: application/pidf+xml';
  const body = `<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="${alice.uri}"><tuple id="desk"><status><basic>open</basic></status></tuple></presence>`;
  assert.equal(await alice.publish(headers, body), '200');
  assert.match((await bob.expect('NOTIFY')).body, /id="desk"/);
  bob.reply('NOTIFY', '200 OK');
  assert.equal(await bob.publish(headers.replace('600', '0'), body), '200');
  const asAlice = `From: <${alice.uri}>;tag=from-x\n${headers}\n\n${body}`;
  assert.equal(await bob.ask('PUBLISH', alice.uri, asAlice), '403');
}
