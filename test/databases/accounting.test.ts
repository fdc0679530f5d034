import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ownAddress } from '../support/loopback.ts';
import { startMariadb } from '../support/mariadb.ts';
import { Peer } from '../support/peer.ts';
import { startPostgres } from '../support/postgres.ts';
import { type Program, startServer } from '../support/server.ts';
import { missing, requireTool } from '../support/tools.ts';
import { hasScripts, makeMariadbTables, makePostgresTables, mariadbSql } from './realTables.ts';

// The same requests, accounted by the real server and by Olelo in one database: the rows must be the same.

interface Backend {
  readonly url: string;
  readonly module: string;
  /** Runs SQL; lines of cells apart by `|`. */
  sql(text: string): Promise<string>;
}

/** Columns beyond those of the scripts: extra ones, those of legs, and the times of `time_mode`. */
const columns = [
  'src_user VARCHAR(64)',
  'agent VARCHAR(64)',
  'number INTEGER',
  'leg_src VARCHAR(64)',
  'leg_dst VARCHAR(64)',
  'time_attr INTEGER',
  'time_exten INTEGER',
];
const alterations = ['acc', 'missed_calls'].flatMap((table) =>
  columns.map((column) => `ALTER TABLE ${table} ADD COLUMN ${column};`),
);

const shown = [
  'method, from_tag, to_tag, callid, sip_code, sip_reason, src_user, agent, number, leg_src, leg_dst',
  'CASE WHEN time_attr > 1000000000 THEN 1 ELSE 0 END',
  'CASE WHEN time_exten IS NULL THEN -1 WHEN time_exten < 1000000 THEN 1 ELSE 0 END',
].join(', ');

async function mariadb(t: TestContext): Promise<Backend | undefined> {
  const server = await startMariadb(t);
  if (server === undefined) return undefined;
  if (!hasScripts('mysql')) return void missing(t, 'no SQL scripts (Debian package kamailio-mysql-modules)');
  await makeMariadbTables(server, ['acc']);
  return {
    url: server.url,
    module: 'db_mysql',
    sql: async (text) => (await mariadbSql(server, text)).replaceAll('\t', '|').replaceAll('NULL', ''),
  };
}

async function postgres(t: TestContext): Promise<Backend | undefined> {
  const server = await startPostgres(t);
  if (server === undefined) return undefined;
  if (!hasScripts('postgres')) return void missing(t, 'no SQL scripts (Debian package kamailio)');
  await makePostgresTables(server, ['acc']);
  return {
    url: server.url,
    module: 'db_postgres',
    sql: (text) => server.psql(text.startsWith('ALTER') ? `SET ROLE "${server.user}"; ${text}` : text),
  };
}

function configText({ url, module }: Backend, address: string): string {
  return `#!KAMAILIO
debug=-1
log_stderror=yes
children=1
auto_aliases=no
listen=udp:${address}:5060
mpath="/usr/lib/x86_64-linux-gnu/kamailio/modules/"
loadmodule "${module}.so"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "acc.so"
modparam("acc", "db_url", "${url}")
modparam("acc", "log_flag", -1)
modparam("acc", "db_flag", 1)
modparam("acc", "db_missed_flag", 2)
modparam("acc", "db_extra", "src_user=$fU;agent=$hdr(User-Agent);number=$cs")
modparam("acc", "multi_leg_info", "leg_src=$avp(src);leg_dst=$avp(dst)")
modparam("acc", "time_mode", 1)
request_route {
  if (is_method("ACK")) { t_relay(); exit; }
  if (is_method("MESSAGE")) {
    $avp(src) = "s1"; $avp(dst) = "d1"; $avp(src) = "s2"; $avp(dst) = "it's \\"d2\\" \\\\";
    acc_db_request("202 Kept", "acc");
    sl_send_reply("202", "Kept");
    exit;
  }
  setflag(1); setflag(2);
  $ru = "sip:bob@${address}:5072";
  t_relay();
}
`;
}

function request(address: string, method: string, call: string, cseq: number): string {
  return (
    `${method} sip:bob@${address} SIP/2.0\r\nVia: SIP/2.0/UDP ${address}:5071;branch=z9hG4bK${call}${method}\r\n` +
    `Max-Forwards: 70\r\nFrom: <sip:alice@${address}>;tag=ft\r\nTo: <sip:bob@${address}>\r\nCall-ID: ${call}\r\n` +
    `CSeq: ${cseq} ${method}\r\nContact: <sip:alice@${address}:5071>\r\nUser-Agent: it's "so" \\ here\r\nContent-Length: 0\r\n\r\n`
  );
}

/** A message, an answered call and a missed one; then the rows of both tables. */
async function account(backend: Backend, program: Program): Promise<string> {
  const address = ownAddress();
  const folder = mkdtempSync(join(tmpdir(), 'olelo-accounting-'));
  const config = join(folder, 'accounting.cfg');
  writeFileSync(config, configText(backend, address));
  const [caller, called] = [new Peer('caller', address, 5071), new Peer('called', address, 5072)];
  await Promise.all([caller.open(), called.open()]);
  const readyWhen = [{ kind: 'udp', address, port: 5060 } as const];
  const server = await startServer({ program, config, readyWhen });
  try {
    caller.sendUdp(request(address, 'MESSAGE', 'message', 7), address, 5060);
    await caller.holds(1, 5000);
    for (const [call, status] of [
      ['answered', '200 OK'],
      ['missed', '486 Busy Here'],
    ] as const) {
      const before = called.inbox.length;
      caller.sendUdp(request(address, 'INVITE', call, 8), address, 5060);
      assert.ok(await called.holds(before + 1, 5000), server.log());
      called.sendUdp(answer(called.inbox[before]!.text, status), address, 5060);
    }
    // two legs of the message, the answered call, the missed one
    const counted = 'SELECT (SELECT COUNT(*) FROM acc) + (SELECT COUNT(*) FROM missed_calls)';
    for (let tries = 0; Number(await backend.sql(counted)) < 4 && tries < 50; tries++)
      await new Promise((resolve) => setTimeout(resolve, 100));
  } finally {
    await server.stop();
    await Promise.all([caller.close(), called.close()]);
    rmSync(folder, { recursive: true });
  }
  const rows: string[] = [];
  for (const table of ['acc', 'missed_calls']) {
    rows.push(table, await backend.sql(`SELECT ${shown} FROM ${table} ORDER BY id`));
    await backend.sql(`DELETE FROM ${table}`);
  }
  return rows.join('\n');
}

function answer(invite: string, status: string): string {
  const kept = invite.split('\r\n').filter((line) => /^(Via|From|To|Call-ID|CSeq):/i.test(line));
  const lines = kept.map((line) => (/^To:/i.test(line) ? `${line};tag=tt` : line));
  return `SIP/2.0 ${status}\r\n${lines.join('\r\n')}\r\nContent-Length: 0\r\n\r\n`;
}

for (const [name, start] of [
  ['mysql', mariadb],
  ['postgres', postgres],
] as const) {
  test(`${name}: rows of accounting are those of the real server`, async (t) => {
    if (requireTool(t, 'kamailio', 'kamailio') === undefined) return;
    const backend = await start(t);
    if (backend === undefined) return;
    for (const alteration of alterations) await backend.sql(alteration);
    const theirs = await account(backend, 'kamailio');
    const ours = await account(backend, 'olelo');
    assert.match(theirs, /^acc\n(.+\n){3}/);
    assert.equal(ours, theirs);
  });
}
