import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { errorText } from '../base/errors.ts';
import type { Ports } from '../base/ports.ts';
import type { LogChoice, ProcessSignal, Program } from '../cli/program.ts';
import { modules } from '../modules/index.ts';
import { accountId, type LogOptions, LogOutput, nodePorts } from '../runtime/index.ts';
import core from '../script/core/index.ts';

const root = join(import.meta.dirname, '..', '..', '..');

/** Set in the process that `daemonize` starts, whatever its environment was. */
const daemonMark = 'OLELO_DAEMON';

/** The process around the command line, on Node. */
export function nodeProgram(): Program {
  let output: LogOutput | undefined;
  // also when an exception ends the process
  process.on('exit', () => output?.flushSync());
  const redirectLog = (choice: LogChoice): void => {
    output ??= new LogOutput(logOptions(choice));
    output.reconfigure(logOptions(choice));
  };
  return {
    modules,
    core,
    nodeVersion: process.version,
    platform: `${process.arch}/${process.platform}`,
    isTerminal: process.stderr.isTTY === true,
    defaultConfig: join(root, 'etc', 'olelo.cfg'),
    dataDirectory,
    runtimeDirectory,
    out: (text) => void process.stdout.write(`${text}\n`),
    error: (text) => void process.stderr.write(`${text}\n`),
    ports: (choice): Ports => {
      redirectLog(choice);
      return nodePorts({ logSink: output });
    },
    redirectLog,
    flushLog: () => output?.close(),
    writePidFile: (path, id) => writeFileSync(path, `${id}\n`),
    fileExists: existsSync,
    removeFile: (path) => rmSync(path, { force: true }),
    pid: process.pid,
    processGroup: processGroup(),
    changeDirectory: (path) => process.chdir(path),
    changeIdentity,
    daemonize,
    isDaemon: process.env[daemonMark] === '1',
    ready: () => {
      if (process.send === undefined) return;
      process.send('ready');
      process.disconnect();
    },
    onSignal: (handler) => {
      const signals: readonly ProcessSignal[] = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'];
      for (const signal of signals) process.on(signal, () => handler(signal));
    },
    columns: process.stdout.columns ?? 80,
    environment: (name) => process.env[name],
  };
}

function logOptions(choice: LogChoice): LogOptions {
  const json = choice.engine === undefined ? undefined : { flags: choice.engine.split(':')[1] ?? '' };
  return { to: choice.to, colors: choice.colors, json, facility: choice.facility, name: choice.name };
}

function processGroup(): number {
  // field 5 of /proc/self/stat, counted behind the command in parentheses
  const stat = readFileSync('/proc/self/stat', 'latin1');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]);
}

function dataDirectory(): string {
  const isRoot = process.getuid?.() === 0;
  const fallback = isRoot ? '/var/lib/olelo' : join(homedir(), '.local', 'share', 'olelo');
  const directory = process.env.OLELO_DATA ?? fallback;
  mkdirSync(directory, { recursive: true });
  return directory;
}

/** Kamailio's own place where it can be used, so that kamcmd and kamctl find the sockets; else one of ours. */
function runtimeDirectory(wanted: string | undefined): string {
  const candidates = wanted === undefined ? ['/run/kamailio', join(dataDirectory(), 'run')] : [wanted];
  let problem: unknown;
  for (const directory of candidates) {
    try {
      mkdirSync(directory, { recursive: true });
      accessSync(directory, constants.W_OK);
      return directory;
    } catch (error) {
      problem = error;
    }
  }
  throw new Error(`no directory for control sockets: ${errorText(problem)}`);
}

async function changeIdentity(user: string | undefined, group: string | undefined): Promise<void> {
  const gid = group === undefined ? undefined : await accountId('group', group);
  const uid = user === undefined ? undefined : await accountId('passwd', user);
  // group first: afterwards we may not be allowed to
  if (gid !== undefined) process.setgid?.(gid);
  else if (user !== undefined && uid !== undefined) initGroups(user, uid);
  if (uid !== undefined) process.setuid?.(uid);
}

/** The supplementary groups of a user; Node's types leave this function out. */
function initGroups(user: string, gid: number): void {
  (process as { initgroups?: (user: string, gid: number) => void }).initgroups?.(user, gid);
}

function daemonize(argv: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1] as string, ...argv], {
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, [daemonMark]: '1' },
  });
  return outcome(child);
}

function outcome(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.once('error', () => resolve(255));
    child.once('exit', (code) => resolve(code ?? 255));
    child.once('message', () => {
      child.unref();
      resolve(0);
    });
  });
}
