/** W3: very many registered contacts: their memory, lookup, expiry, and the start from a full table. */
import { execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownAddress } from '../test/support/loopback.ts';
import { type Program, type RunningServer, repository, startServer } from '../test/support/server.ts';
import { findTool } from '../test/support/tools.ts';
import { LoopProbe, loopProbeEnvironment } from './loopHolds.ts';
import { percentile } from './measure.ts';
import type { Pinning } from './pinning.ts';
import { Probe } from './probe.ts';
import { memoryMb } from './processes.ts';

export interface Latency {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export interface ContactRound {
  readonly program: Program;
  readonly bytesPerContact: number;
  readonly registrationsPerSec: number;
  readonly emptyLookup: Latency;
  readonly fullLookup: Latency;
  /** The longest time to an answer while the expired contacts are swept. */
  readonly sweepMaxMs: number;
  /** CPU time of the longest turn of the event loop meanwhile; NaN for a server without one. */
  readonly sweepHoldMs: number;
  /** Likewise while all contacts are dumped over the control socket. */
  readonly dumpHoldMs: number;
  readonly startFromTableSec: number;
}

export interface ContactOptions {
  readonly contacts: number;
  /** With a database that is written behind the scenes (`db_mode` 2). */
  readonly writeBack: boolean;
  readonly pinning: Pinning;
}

const serverPort = 5060;
const senderPort = 5081;
const probePort = 5083;
/** Registrations under way at once. */
const window = 64;
const lookupSec = 3;
const probeEveryMs = 1;
/** All contacts expire this long after the first was registered; the sweep runs every five seconds. */
const expiresSec = 60;
const sweepSec = 15;
const askEveryMs = 20;
const giveUpMs = 60_000;
const tablesFile = '/usr/share/kamailio/db_sqlite/usrloc-create.sql';
const versionFile = '/usr/share/kamailio/db_sqlite/standard-create.sql';

export async function contactRound(program: Program, options: ContactOptions): Promise<ContactRound> {
  const startFromTableSec = options.writeBack ? Number.NaN : await timeStartFromTable(program, options);
  console.error(`w3: ${program} started from the table in ${startFromTableSec.toFixed(2)} s`);
  const address = ownAddress();
  const folder = mkdtempSync(join(tmpdir(), 'olelo-bench-'));
  const [module, parameters] = options.writeBack
    ? writeBackDatabase(folder)
    : ['', 'modparam("usrloc", "db_mode", 0)'];
  const server = await startRegistrar(program, options, address, folder, module, parameters);
  const probe = new LoopProbe(folder);
  try {
    const emptyLookup = await measureLookup(address, 1, lookupSec);
    const before = memoryMb(server.pid);
    const registeredAt = Date.now();
    await registerAll(address, options.contacts);
    const registerSec = (Date.now() - registeredAt) / 1000;
    const after = memoryMb(server.pid);
    console.error(`w3: ${program} took all registrations in ${registerSec.toFixed(1)} s`);
    const fullLookup = await measureLookup(address, options.contacts, lookupSec);
    const dumpHoldMs = await probe.longestDuring(() => dumpAll(server));
    await untilMs(registeredAt + expiresSec * 1000);
    let sweep: Latency = { p50Ms: Number.NaN, p99Ms: Number.NaN, maxMs: Number.NaN };
    const sweepHoldMs = await probe.longestDuring(async () => {
      sweep = await measureLookup(address, options.contacts, registerSec + sweepSec);
    });
    return {
      program,
      bytesPerContact: ((after - before) * 2 ** 20) / options.contacts,
      registrationsPerSec: options.contacts / registerSec,
      emptyLookup,
      fullLookup,
      sweepMaxMs: sweep.maxMs,
      sweepHoldMs,
      dumpHoldMs,
      startFromTableSec,
    };
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function startRegistrar(
  program: Program,
  options: ContactOptions,
  address: string,
  folder: string,
  databaseModule: string,
  databaseParameters: string,
): Promise<RunningServer> {
  const config = join(folder, 'bench.cfg');
  const template = readFileSync(join(repository, 'bench', 'configs', 'w3.cfg'), 'latin1');
  writeFileSync(
    config,
    template
      .replace(/^DATABASE_MODULE$/m, databaseModule)
      .replace(/^DATABASE_PARAMETERS$/m, databaseParameters),
  );
  return startServer({
    program,
    config,
    args: ['-l', `udp:${address}:${serverPort}`],
    readyWhen: [{ kind: 'udp', address, port: serverPort }],
    wrapper: options.pinning.server,
    memoryMb: { shared: 1024, private: 1024 },
    startTimeoutMs: 120_000,
    env: program === 'olelo' ? loopProbeEnvironment(folder) : {},
  });
}

/** Reads all of `ul.dump` through kamcmd, where that is installed. */
async function dumpAll(server: RunningServer): Promise<void> {
  const kamcmd = findTool('kamcmd');
  if (kamcmd === undefined || server.program !== 'olelo') return;
  const args = ['-s', `unixs:${join(server.folder, 'kamailio_ctl')}`, 'ul.dump'];
  const child = spawn(kamcmd, args, { stdio: 'ignore', timeout: 60_000 });
  await once(child, 'exit');
}

function writeBackDatabase(folder: string): [module: string, parameters: string] {
  const sqlite = findTool('sqlite3');
  if (sqlite === undefined) throw new Error('sqlite3 is not installed');
  const database = join(folder, 'location.sqlite');
  fillTable(sqlite, database, 0);
  return ['loadmodule "db_sqlite.so"', databaseParameters(database)];
}

function databaseParameters(database: string): string {
  return `modparam("usrloc", "db_mode", 2)\nmodparam("usrloc", "db_url", "sqlite:///${database}")`;
}

async function measureLookup(address: string, users: number, seconds: number): Promise<Latency> {
  const user = (): string => `user${Math.floor(Math.random() * users)}`;
  const probe = new Probe({
    address,
    port: probePort,
    serverPort,
    method: 'OPTIONS',
    user,
    everyMs: probeEveryMs,
  });
  await probe.start();
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  await probe.stop();
  return {
    p50Ms: percentile(probe.latenciesMs, 0.5),
    p99Ms: percentile(probe.latenciesMs, 0.99),
    maxMs: Math.max(...probe.latenciesMs),
  };
}

/** Registers `user0` to `user<count-1>`, with as many requests under way as the window allows. */
async function registerAll(address: string, count: number): Promise<void> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(senderPort, address, resolve));
  const waiting = new Map<number, number>();
  let next = 0;
  const send = (number: number): void => {
    waiting.set(number, Date.now());
    socket.send(registerText(address, number), serverPort, address);
  };
  await new Promise<void>((resolve) => {
    const repeat = setInterval(() => {
      for (const [number, at] of waiting) if (Date.now() - at > 1000) send(number);
    }, 250);
    socket.on('message', (data) => {
      const number = Number(/^Call-ID: (\d+)-/m.exec(data.toString('latin1'))?.[1] ?? -1);
      if (!waiting.delete(number)) return;
      if (next < count) send(next++);
      else if (waiting.size === 0) {
        clearInterval(repeat);
        resolve();
      }
    });
    while (next < Math.min(window, count)) send(next++);
  });
  await new Promise<void>((resolve) => socket.close(() => resolve()));
}

function registerText(address: string, number: number): string {
  const user = `sip:user${number}@${address}`;
  return [
    `REGISTER sip:${address}:${serverPort} SIP/2.0`,
    `Via: SIP/2.0/UDP ${address}:${senderPort};branch=z9hG4bK-r${number}`,
    'Max-Forwards: 70',
    `From: <${user}>;tag=r${number}`,
    `To: <${user}>`,
    `Call-ID: ${number}-registration@${address}`,
    'CSeq: 1 REGISTER',
    `Contact: <sip:user${number}@192.0.2.${number % 250}:5060;transport=udp>`,
    `Expires: ${expiresSec}`,
    'User-Agent: Some Phone 1.2.3',
    'Content-Length: 0\r\n\r\n',
  ].join('\r\n');
}

/** Seconds from the start of the process to the first found contact, with all of them in an SQLite table. */
async function timeStartFromTable(program: Program, options: ContactOptions): Promise<number> {
  const sqlite = findTool('sqlite3');
  if (sqlite === undefined) return Number.NaN;
  const folder = mkdtempSync(join(tmpdir(), 'olelo-bench-'));
  const database = join(folder, 'location.sqlite');
  fillTable(sqlite, database, options.contacts);
  const address = ownAddress();
  const startedAt = Date.now();
  const parameters = databaseParameters(database);
  const server = await startRegistrar(
    program,
    options,
    address,
    folder,
    'loadmodule "db_sqlite.so"',
    parameters,
  );
  try {
    const found = await firstFound(address, options.contacts - 1);
    return found ? (Date.now() - startedAt) / 1000 : Number.NaN;
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Kamailio's SQLite driver keeps times as Julian days. */
function fillTable(sqlite: string, database: string, count: number): void {
  const rows = `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i+1 FROM n WHERE i < ${count - 1})
    INSERT INTO location (ruid, username, contact, expires, q, callid, cseq, last_modified, user_agent, connection_id)
    SELECT 'uloc-1-1-' || i, 'user' || i, 'sip:user' || i || '@192.0.2.1:5060', julianday('now', '+1 day'), -1.0,
      i || '-registration@bench', 1, julianday('now'), 'Some Phone 1.2.3', -1 FROM n WHERE i < ${count};`;
  const input = `.read ${versionFile}\n.read ${tablesFile}\nBEGIN;\n${rows}\nCOMMIT;\n`;
  execFileSync(sqlite, [database], { input });
}

/** Asks for the user until a 200 says that the contact is there; false when that takes too long. */
async function firstFound(address: string, number: number): Promise<boolean> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(probePort, address, resolve));
  const found = await new Promise<boolean>((resolve) => {
    let asked = 0;
    const timer = setInterval(() => {
      asked++;
      if (asked * askEveryMs > giveUpMs) resolve(false);
      socket.send(questionText(address, number, asked), serverPort, address);
    }, askEveryMs);
    socket.on('message', (data) => {
      if (data.toString('latin1').startsWith('SIP/2.0 200')) resolve(true);
    });
    socket.once('close', () => clearInterval(timer));
  });
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return found;
}

function questionText(address: string, number: number, asked: number): string {
  const target = `sip:user${number}@${address}:${serverPort}`;
  return [
    `OPTIONS ${target} SIP/2.0`,
    `Via: SIP/2.0/UDP ${address}:${probePort};branch=z9hG4bK-f${asked}`,
    'Max-Forwards: 70',
    `From: <sip:probe@${address}>;tag=f`,
    `To: <${target}>`,
    `Call-ID: found-${asked}@${address}`,
    `CSeq: ${asked} OPTIONS`,
    'Content-Length: 0\r\n\r\n',
  ].join('\r\n');
}

async function untilMs(wallMs: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, wallMs - Date.now())));
}
