import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ownAddress } from '../support/loopback.ts';
import { startMariadb } from '../support/mariadb.ts';
import { Peer } from '../support/peer.ts';
import { startPostgres } from '../support/postgres.ts';
import { runProgram } from '../support/program.ts';
import { type RunningServer, startServer } from '../support/server.ts';
import { missing, requireTool } from '../support/tools.ts';
import { hasScripts, makeMariadbTables, makePostgresTables, mariadbSql } from './realTables.ts';

// The real process on tables that Debian's scripts made: what is stored, and what happens when the database dies.

interface Backend {
  readonly url: string;
  readonly module: string;
  kill(): Promise<void>;
  restart(): Promise<void>;
  /** Lines of a query, cells apart by `|`. */
  rows(sql: string): Promise<string[]>;
}

type Start = (t: TestContext) => Promise<Backend | undefined>;

/** Programs' output is read as latin1; databases write UTF-8. */
const lines = (text: string): string[] =>
  Buffer.from(text, 'latin1')
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '');
/** UTF-8 as it stands in a message, a character for each byte. */
const agent = Buffer.from("Jürgen's phone", 'utf8').toString('latin1');

const mariadb: Start = async (t) => {
  const server = await startMariadb(t);
  if (server === undefined) return undefined;
  if (!hasScripts('mysql')) return void missing(t, 'no SQL scripts (Debian package kamailio-mysql-modules)');
  await makeMariadbTables(server, ['usrloc', 'acc']);
  return {
    url: server.url,
    module: 'db_mysql',
    kill: () => server.kill(),
    restart: () => server.restart(),
    rows: async (sql) => lines((await mariadbSql(server, sql)).replaceAll('\t', '|')),
  };
};

const postgres: Start = async (t) => {
  const server = await startPostgres(t);
  if (server === undefined) return undefined;
  if (!hasScripts('postgres')) return void missing(t, 'no SQL scripts (Debian package kamailio)');
  await makePostgresTables(server, ['usrloc', 'acc']);
  return {
    url: server.url,
    module: 'db_postgres',
    kill: () => server.kill(),
    restart: () => server.restart(),
    rows: async (sql) => lines(await server.psql(sql)),
  };
};

interface Scene {
  readonly peer: Peer;
  start(dbMode: number): Promise<RunningServer>;
  /** Sends a request and gives the status of its answer; undefined when none came. */
  ask(method: string, user: string): Promise<number | undefined>;
  control(...words: string[]): Promise<string>;
}

async function scene(t: TestContext, backend: Backend): Promise<Scene | undefined> {
  const kamcmd = requireTool(t, 'kamcmd', 'kamailio');
  if (kamcmd === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'olelo-database-'));
  const address = ownAddress();
  const config = join(folder, 'database.cfg');
  const socket = join(folder, 'ctl');
  const peer = new Peer('phone', address, 5071);
  await peer.open();
  const servers: RunningServer[] = [];
  t.after(async () => {
    for (const server of servers) await server.stop();
    await peer.close();
    rmSync(folder, { recursive: true });
  });
  let number = 0;
  return {
    peer,
    start: async (dbMode) => {
      writeFileSync(config, configText(backend, dbMode, socket));
      const readyWhen = [{ kind: 'udp', address, port: 5060 } as const];
      const server = await startServer({
        program: 'olelo',
        config,
        args: ['-l', `udp:${address}:5060`],
        readyWhen,
      });
      servers.push(server);
      return server;
    },
    ask: async (method, user) => {
      number++;
      const before = peer.inbox.length;
      peer.sendUdp(requestText(method, user, address, number), address, 5060);
      if (!(await peer.holds(before + 1, 8000))) return undefined;
      return Number(peer.inbox.at(-1)!.text.slice(8, 11));
    },
    control: async (...words) => {
      const { stdout, stderr } = await runProgram(kamcmd, ['-s', `unix:${socket}`, ...words]);
      return stdout + stderr;
    },
  };
}

function configText({ url, module }: Backend, dbMode: number, socket: string): string {
  return `
debug=0
auto_aliases=no
loadmodule "${module}.so"
loadmodule "sl.so"
loadmodule "tm.so"
loadmodule "pv.so"
loadmodule "textops.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "acc.so"
loadmodule "ctl.so"
modparam("ctl", "binrpc", "unix:${socket}")
modparam("usrloc", "db_url", "${url}")
modparam("usrloc", "db_mode", ${dbMode})
modparam("usrloc", "timer_interval", 1)
modparam("acc", "db_url", "${url}")
modparam("acc", "log_flag", -1)
request_route {
  if (is_method("REGISTER")) { if (!save("location")) sl_reply_error(); exit; }
  if (is_method("MESSAGE")) { acc_db_request("202 Kept", "acc"); sl_send_reply("202", "Kept"); exit; }
  if (lookup("location")) sl_send_reply("200", "Found"); else sl_send_reply("404", "Not Found");
}
`;
}

function requestText(method: string, user: string, address: string, number: number): string {
  const to = method === 'REGISTER' ? `sip:${address}` : `sip:${user}@${address}`;
  const contact =
    method === 'REGISTER' ? `Contact: <sip:${user}@${address}:5071>;q=0.5\r\nExpires: 600\r\n` : '';
  return (
    `${method} ${to} SIP/2.0\r\nVia: SIP/2.0/UDP ${address}:5071;branch=z9hG4bKf${number}\r\nMax-Forwards: 70\r\n` +
    `From: <sip:${user}@${address}>;tag=f${number}\r\nTo: <sip:${user}@${address}>\r\nCall-ID: f${number}@${user}\r\n` +
    `CSeq: ${number} ${method}\r\n${contact}User-Agent: ${agent}\r\nContent-Length: 0\r\n\r\n`
  );
}

/** Waits for what the server does by its timers. */
async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await isSo())) {
    assert.ok(Date.now() < deadline, what);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const stored = 'SELECT username, q, callid, user_agent FROM location ORDER BY username';

for (const [name, start] of [
  ['mysql', mariadb],
  ['postgres', postgres],
] as const) {
  test(`${name}: registrations and accounting on the tables of Debian's scripts, modes 1, 2 and 3`, async (t) => {
    const backend = await start(t);
    const stage = backend && (await scene(t, backend));
    if (backend === undefined || stage === undefined) return;
    for (const mode of [1, 2, 3]) {
      const server = await stage.start(mode);
      const user = `user${mode}`;
      assert.equal(await stage.ask('REGISTER', user), 200, `mode ${mode}`);
      assert.equal(await stage.ask('OPTIONS', user), 200, `mode ${mode}`);
      assert.equal(await stage.ask('OPTIONS', 'nobody'), 404);
      if (mode > 1) assert.equal(await stage.ask('OPTIONS', 'user1'), 200, 'kept over a restart');
      assert.equal(await stage.ask('MESSAGE', user), 202);
      const of = (line: string) => line.startsWith(`${user}|`);
      await until(`a row in mode ${mode}`, async () => (await backend.rows(stored)).some(of));
      const row = (await backend.rows(stored)).find(of) ?? '';
      assert.match(row, new RegExp(`^${user}\\|0\\.50?\\|f\\d+@${user}\\|Jürgen's phone$`));
      await server.stop();
      assert.ok(!/ERROR/.test(server.log()), server.log());
    }
    const accounted = 'SELECT method, sip_code, sip_reason FROM acc ORDER BY id';
    assert.deepEqual(await backend.rows(accounted), Array(3).fill('MESSAGE|202|Kept'));
    const now = Math.floor(Date.now() / 1000);
    const clock = name === 'mysql' ? 'UNIX_TIMESTAMP(time)' : 'CAST(EXTRACT(EPOCH FROM time) AS INTEGER)';
    const [seconds] = await backend.rows(`SELECT ${clock} FROM acc ORDER BY id DESC LIMIT 1`);
    const zoneSec = name === 'mysql' ? 0 : new Date().getTimezoneOffset() * 60;
    assert.ok(Math.abs(now - zoneSec - Number(seconds)) < 60, 'times are those of this machine');
  });

  for (const mode of [1, 2]) {
    test(`${name}: killed and back under registrations (db_mode ${mode}) and accounting`, async (t) => {
      const backend = await start(t);
      const stage = backend && (await scene(t, backend));
      if (backend === undefined || stage === undefined) return;
      const server = await stage.start(mode);
      for (let i = 0; i < 5; i++) assert.equal(await stage.ask('REGISTER', `before${i}`), 200);
      await backend.kill();
      for (let i = 0; i < 20; i++) {
        assert.equal(await stage.ask('REGISTER', `during${i}`), 200, 'memory goes on');
        assert.equal(await stage.ask('MESSAGE', `during${i}`), 202);
        assert.equal(await stage.ask('OPTIONS', 'before1'), 200);
      }
      assert.match(await stage.control('db.status'), /state: away[\s\S]*outages: 1\b/);
      await backend.restart();
      await server.logged(
        /WARNING: .*database \w+:\/\/\*\*\*@.* is back after [\d.]+ s; \d+ queries failed/,
        60_000,
      );
      const count = async () => Number((await backend.rows('SELECT COUNT(*) FROM location'))[0]);
      await until('all registrations are in the table', async () => (await count()) === 25);
      assert.equal(await stage.ask('MESSAGE', 'after'), 202);
      await until(
        'accounting works again',
        async () => (await backend.rows('SELECT id FROM acc')).length > 0,
      );
      await until('nothing is left waiting', async () =>
        /state: up[\s\S]*pending: 0\b/.test(await stage.control('db.status')),
      );
      const told = server.log().match(/is away/g) ?? [];
      assert.equal(told.length, 1, server.log());
      assert.equal((server.log().match(/ERROR/g) ?? []).length, 1, server.log());
    });
  }
}
