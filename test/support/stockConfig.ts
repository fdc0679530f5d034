/** The configuration that the package kamailio installs, unmodified, with parts of it switched on. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { runProgram } from './program.ts';
import { type Program, type RunningServer, startServer } from './server.ts';
import { findTool, missing } from './tools.ts';

const path = '/etc/kamailio/kamailio.cfg';

export interface StockOptions {
  /** The server's address, port 5060, UDP and TCP. */
  readonly address: string;
  /** Names such as `WITH_AUTH`. */
  readonly defines: readonly string[];
  /** What `DBURL` stands for. */
  readonly dbUrl?: string;
  readonly args?: readonly string[];
  readonly program?: Program;
}

/** Starts Olelo (or Kamailio) with it for one test; undefined when it is not installed (the test is skipped). */
export async function startStock(t: TestContext, options: StockOptions): Promise<RunningServer | undefined> {
  if (!existsSync(path)) return void missing(t, `${path} is not there (Debian package kamailio)`);
  const { address, dbUrl } = options;
  const server = await startServer({
    program: options.program ?? 'olelo',
    config: path,
    args: [
      ...['-l', `udp:${address}:5060`, '-l', `tcp:${address}:5060`],
      ...options.defines.flatMap((name) => ['-A', name]),
      ...(dbUrl === undefined ? [] : ['-A', `DBURL="${dbUrl}"`]),
      ...moduleFor(dbUrl),
      ...(options.args ?? []),
    ],
    readyWhen: [
      { kind: 'udp', address, port: 5060 },
      { kind: 'tcp', address, port: 5060 },
    ],
  });
  t.after(() => server.stop());
  return server;
}

/** The config loads db_mysql only. */
function moduleFor(dbUrl = ''): readonly string[] {
  if (dbUrl.startsWith('sqlite')) return ['--loadmodule=db_sqlite.so'];
  return dbUrl.startsWith('postgres') ? ['--loadmodule=db_postgres.so'] : [];
}

/** Sets a custom parameter of the config (`pstn.gw_ip`) while it runs. */
export async function setParameter(
  server: RunningServer,
  group: string,
  name: string,
  value: string,
): Promise<void> {
  const kamcmd = findTool('kamcmd');
  if (kamcmd === undefined) throw new Error('kamcmd is not installed (Debian package kamailio)');
  const socket = `unix:${join(server.folder, 'kamailio_ctl')}`;
  const words = ['-s', socket, 'cfg.sets', group, name, `s:${value}`];
  const { code, stdout, stderr } = await runProgram(kamcmd, words);
  assert.equal(code, 0, stdout + stderr);
}
