/** The configuration that Debian installs, run with `WITH_...` defines and a database; and phones that follow a script. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { Actor } from '../differential/actor.ts';
import { ownAddress } from '../support/loopback.ts';
import { runProgram } from '../support/program.ts';
import { type RunningServer, startServer } from '../support/server.ts';
import { serverUnderTest } from '../support/serverUnderTest.ts';
import { kindOf, readSip, type SipText } from '../support/sipText.ts';
import { makeSqliteDatabase, sqliteRows } from '../support/sqlite.ts';
import { findTool, missing } from '../support/tools.ts';

const stockConfig = '/etc/kamailio/kamailio.cfg';
const serverPort = 5060;
const commandTimeoutMs = 8_000;

/** A database for the server, and a way for the test to look into it. */
export interface StockDatabase {
  /** The value of DBURL. */
  readonly url: string;
  /** The module that the config does not load by itself. */
  readonly module: string;
  rows(sql: string): Promise<readonly (readonly unknown[])[]>;
}

/** An SQLite file with the standard tables; `sql` runs after they are made. */
export async function sqliteStock(t: TestContext, sql = ''): Promise<StockDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'olelo-stock-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'kamailio.sqlite');
  await makeSqliteDatabase(path, sql);
  return {
    url: `sqlite://${path}`,
    module: 'db_sqlite.so',
    rows: async (query) => sqliteRows(path, query),
  };
}

export interface StockOptions {
  /** Without `WITH_`. */
  readonly defines: readonly string[];
  readonly database?: StockDatabase | undefined;
  readonly address?: string;
  readonly args?: readonly string[];
}

export interface Stock {
  readonly address: string;
  readonly server: RunningServer;
  /** A scripted phone at a port of the server's address. */
  phone(user: string, port: number): Promise<Phone>;
  /** Runs kamcmd on the server's control socket; its output. */
  control(...words: string[]): Promise<string>;
}

/** Starts the server for one test, and ends it with the test; undefined where something is not installed. */
export async function startStock(t: TestContext, options: StockOptions): Promise<Stock | undefined> {
  const program = serverUnderTest(t);
  if (program === undefined) return undefined;
  if (!existsSync(stockConfig))
    return void missing(t, `${stockConfig} is not there (Debian package kamailio)`);
  const address = options.address ?? ownAddress();
  const { database } = options;
  const server = await startServer({
    program,
    config: stockConfig,
    args: [
      ...['-l', `udp:${address}:${serverPort}`, '-l', `tcp:${address}:${serverPort}`],
      ...options.defines.flatMap((name) => ['-A', `WITH_${name}`]),
      ...(database === undefined ? [] : ['-A', `DBURL="${database.url}"`, `--loadmodule=${database.module}`]),
      ...(options.args ?? []),
    ],
    readyWhen: [
      { kind: 'udp', address, port: serverPort },
      { kind: 'tcp', address, port: serverPort },
    ],
  });
  t.after(() => server.stop());
  const phone = async (user: string, port: number): Promise<Phone> => {
    const made = new Phone(user, address, port);
    await made.open();
    t.after(() => made.close());
    return made;
  };
  const control = (...words: string[]): Promise<string> => runControl(server, words);
  return { address, server, phone, control };
}

async function runControl(server: RunningServer, words: readonly string[]): Promise<string> {
  const kamcmd = findTool('kamcmd');
  if (kamcmd === undefined) throw new Error('kamcmd is not installed (Debian package kamailio)');
  const socket = `unix:${join(server.folder, 'kamailio_ctl')}`;
  const { stdout, stderr } = await runProgram(kamcmd, ['-s', socket, ...words], {
    timeoutMs: commandTimeoutMs,
  });
  return stdout + stderr;
}

const defaultTimeoutMs = 4_000;

/** A phone that sends what it is told and waits for what it expects. */
export class Phone extends Actor {
  readonly user: string;
  readonly domain: string;

  constructor(user: string, address: string, port: number) {
    super(user, address, port, `stock-${port}`);
    this.user = user;
    this.domain = address;
  }

  get contact(): string {
    return `<sip:${this.user}@${this.address}:${this.port}>`;
  }

  /** Sends a request; header lines and body as in a case file, the usual headers come by themselves. */
  ask(method: string, uri: string, headers: readonly string[] = [], body = ''): void {
    const own = [`From: <sip:${this.user}@${this.domain}>;tag=from-${this.user}-${this.port}`];
    const contact = method === 'REGISTER' || method === 'INVITE' || method === 'SUBSCRIBE';
    const to = method === 'REGISTER' ? [`To: <sip:${this.user}@${this.domain}>`] : [];
    const lines = [...own, ...to, ...(contact ? [`Contact: ${this.contact}`] : []), ...headers];
    const given = new Set(headers.map((line) => line.split(':')[0]?.toLowerCase()));
    const kept = lines.filter(
      (line, i) => i >= lines.length - headers.length || !given.has(line.split(':')[0]?.toLowerCase()),
    );
    this.sendText(
      `${method} ${uri} SIP/2.0\n${kept.join('\n')}\n*${body === '' ? '' : `\n\n${body}`}`,
      false,
    );
  }

  /** The next message that has not been looked at, which must be of this kind (provisional responses are skipped). */
  async expect(kind: string, timeoutMs = defaultTimeoutMs): Promise<SipText> {
    for (;;) {
      if (!(await this.holds(this.seen + 1, timeoutMs))) throw new Error(`${this.user} received no ${kind}`);
      const message = readSip(this.inbox[this.seen++]?.text ?? '');
      const got = kindOf(message);
      if (got === kind) return message;
      if (/^1/.test(got) && !/^1/.test(kind)) continue;
      throw new Error(`${this.user} received ${got} instead of ${kind}: ${message.startLine}`);
    }
  }

  /** True when nothing comes for a while. */
  async isQuiet(forMs = 300): Promise<boolean> {
    return !(await this.holds(this.seen + 1, forMs));
  }

  answer(status: string, reason: string, headers: readonly [string, string][] = []): void {
    this.reply({ status, reason, method: undefined, nth: undefined, tag: undefined, headers, body: '' });
  }

  async register(expires = 600): Promise<SipText> {
    this.ask('REGISTER', `sip:${this.domain}`, [`Expires: ${expires}`]);
    return await this.expect('200');
  }
}
