import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Database } from '../src/base/ports.ts';
import { sqliteDriver } from '../src/runtime/sqlite/driver.ts';
import { createTables } from '../src/server/schema/index.ts';
import { ownAddress } from './support/loopback.ts';
import { Peer } from './support/peer.ts';
import { type RunningServer, startServer } from './support/server.ts';

// The real process against faults of its machine: a kill, a locked and a removed database file.

const databaseOptions = { maxPending: 1000, busyTimeoutMs: 1000 };

interface Scene {
  readonly peer: Peer;
  readonly database: Database;
  readonly path: string;
  start(): Promise<RunningServer>;
  /** Sends a request and gives the status of its answer; undefined when none came. */
  ask(method: string, user: string): Promise<number | undefined>;
}

async function scene(t: TestContext): Promise<Scene> {
  const folder = mkdtempSync(join(tmpdir(), 'olelo-faults-'));
  const address = ownAddress();
  const path = join(folder, 'location.db');
  const config = join(folder, 'faults.cfg');
  writeFileSync(config, configText(path));
  const database = await sqliteDriver.open(`sqlite://${path}`, databaseOptions);
  await createTables(database, ['standard']);
  const peer = new Peer('phone', address, 5071);
  await peer.open();
  const servers: RunningServer[] = [];
  t.after(async () => {
    for (const server of servers) await server.stop();
    await peer.close();
    await database.close();
    rmSync(folder, { recursive: true });
  });
  let number = 0;
  return {
    peer,
    database,
    path,
    start: async () => {
      const args = ['-l', `udp:${address}:5060`];
      const readyWhen = [{ kind: 'udp', address, port: 5060 } as const];
      const server = await startServer({ program: 'olelo', config, args, readyWhen });
      servers.push(server);
      return server;
    },
    ask: async (method, user) => {
      number++;
      const before = peer.inbox.length;
      peer.sendUdp(requestText(method, user, address, number), address, 5060);
      if (!(await peer.holds(before + 1, 5000))) return undefined;
      return Number(peer.inbox.at(-1)!.text.slice(8, 11));
    },
  };
}

function configText(path: string): string {
  return `
debug=0
auto_aliases=no
loadmodule "db_sqlite.so"
loadmodule "sl.so"
loadmodule "tm.so"
loadmodule "pv.so"
loadmodule "textops.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
modparam("db_sqlite", "db_set_busy_timeout", 100)
modparam("usrloc", "db_url", "sqlite://${path}")
modparam("usrloc", "db_mode", 1)
request_route {
  if (is_method("REGISTER")) { if (!save("location")) sl_reply_error(); exit; }
  if (lookup("location")) sl_send_reply("200", "Found"); else sl_send_reply("404", "Not Found");
}
`;
}

function requestText(method: string, user: string, address: string, number: number): string {
  const to = method === 'REGISTER' ? `sip:${address}` : `sip:${user}@${address}`;
  const contact = method === 'REGISTER' ? `Contact: <sip:${user}@${address}:5071>\r\nExpires: 600\r\n` : '';
  return (
    `${method} ${to} SIP/2.0\r\nVia: SIP/2.0/UDP ${address}:5071;branch=z9hG4bKf${number}\r\nMax-Forwards: 70\r\n` +
    `From: <sip:${user}@${address}>;tag=f${number}\r\nTo: <sip:${user}@${address}>\r\nCall-ID: f${number}@${user}\r\n` +
    `CSeq: ${number} ${method}\r\n${contact}Content-Length: 0\r\n\r\n`
  );
}

test('kill -9 and restart: all registrations that were answered are there', async (t) => {
  const { start, ask, database } = await scene(t);
  const first = await start();
  const users = Array.from({ length: 50 }, (_, i) => `user${i}`);
  for (const user of users) assert.equal(await ask('REGISTER', user), 200);
  process.kill(first.pid, 'SIGKILL');
  await first.exited;
  assert.equal((await database.query({ table: 'location', columns: ['username'] })).rows.length, 50);
  await start();
  for (const user of users) assert.equal(await ask('OPTIONS', user), 200, user);
  assert.equal(await ask('OPTIONS', 'nobody'), 404);
});

test('a locked database file is reported, and calls go on; then registering works again', async (t) => {
  const { start, ask, database } = await scene(t);
  const server = await start();
  assert.equal(await ask('REGISTER', 'ann'), 200);
  await database.raw('BEGIN EXCLUSIVE');
  const status = await ask('REGISTER', 'bob');
  assert.ok(status !== undefined, 'REGISTER was answered');
  assert.equal(await ask('OPTIONS', 'ann'), 200);
  await server.logged(/ERROR: .*locked/);
  await database.raw('COMMIT');
  assert.equal(await ask('REGISTER', 'cy'), 200);
  assert.equal(await ask('OPTIONS', 'cy'), 200);
});

test('a removed database file is reported, and calls go on', async (t) => {
  const { start, ask, path } = await scene(t);
  const server = await start();
  assert.equal(await ask('REGISTER', 'ann'), 200);
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
  await new Promise((resolve) => setTimeout(resolve, 1100)); // the driver looks once a second
  assert.ok((await ask('REGISTER', 'bob')) !== undefined, 'REGISTER was answered');
  assert.equal(await ask('OPTIONS', 'ann'), 200);
  await server.logged(/ERROR: .*no such table/);
});
