import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { killGroup } from './program.ts';
import { findTool } from './tools.ts';

/** The repository, seen from dist/test/support. */
export const repository = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

export type Program = 'kamailio' | 'olelo';

/** What must be there before a server counts as started. */
export type Readiness =
  | { readonly kind: 'udp' | 'tcp'; readonly address: string; readonly port: number }
  | { readonly kind: 'file'; readonly path: string };

export interface ServerOptions {
  readonly program: Program;
  /** The configuration file; none starts Olelo's built-in default. */
  readonly config?: string;
  readonly args?: readonly string[];
  readonly readyWhen: readonly Readiness[];
  /** Milliseconds until the start counts as failed. */
  readonly startTimeoutMs?: number;
  /** Runs the server under this command, e.g. `['taskset', '-c', '0']`. */
  readonly wrapper?: readonly string[];
  /** Shared and private memory pools of Kamailio in megabytes. */
  readonly memoryMb?: { readonly shared: number; readonly private: number };
  readonly env?: Readonly<Record<string, string>>;
}

export interface RunningServer {
  readonly program: Program;
  readonly pid: number;
  /** The temporary runtime folder (`-Y`), removed by `stop`. */
  readonly folder: string;
  /** All that it wrote on stderr and stdout so far. */
  log(): string;
  /** Resolves when the log matches; rejects with the log when it does not in time. */
  logged(pattern: RegExp, timeoutMs?: number): Promise<void>;
  /** Resolves with the exit code when the process ends by itself or is stopped. */
  readonly exited: Promise<number | null>;
  stop(): Promise<number | null>;
}

/** Process groups of servers that run now: they must not outlive this process, however it ends. */
const liveGroups = new Set<number>();

process.once('exit', killLiveGroups);
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  process.once(signal, () => process.exit(1));
}

function killLiveGroups(): void {
  for (const group of liveGroups) killGroup(group);
}

/** Servers share the machine with other tests: a long wait costs only where something is wrong. */
const patienceMs = 60_000;
/** How often the system's tables are read while a server starts. */
const probeIntervalMs = 10;
const stopTimeoutMs = 30_000;

/** The path of a server program, or undefined when it is not there. `OLELO_BIN` names another build of Olelo. */
export function programPath(program: Program): string | undefined {
  if (program === 'kamailio') return findTool('kamailio');
  if (process.env.OLELO_BIN !== undefined) return process.env.OLELO_BIN;
  const built = join(repository, 'dist', 'src', 'bin', 'olelo.js');
  return existsSync(built) ? join(repository, 'bin', 'olelo') : undefined;
}

/** Starts a server in the foreground and resolves when all its sockets are bound. Rejects with its log. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const path = programPath(options.program);
  if (path === undefined) throw new Error(`${options.program} is not installed`);
  const folder = mkdtempSync(join(tmpdir(), 'olelo-test-'));
  const command = [...(options.wrapper ?? []), path, ...commandLine(options, folder)];
  const child = spawn(command[0]!, command.slice(1), {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // a process group of its own, so that a hanging server goes with all its children
    env: { ...process.env, ...options.env },
  });
  const server = watch(options.program, child, folder);
  try {
    await ready(options, server);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

function commandLine(options: ServerOptions, folder: string): string[] {
  const memory = options.memoryMb ?? { shared: 32, private: 8 };
  return [
    ...(options.config === undefined ? [] : ['-f', options.config]),
    ...['-DD', '-E', '-Y', folder, '-m', String(memory.shared), '-M', String(memory.private)],
    ...(options.args ?? []),
  ];
}

function watch(program: Program, child: ChildProcess, folder: string): RunningServer {
  let log = '';
  const keep = (data: Buffer): void => {
    log += data.toString('latin1');
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  if (child.pid !== undefined) liveGroups.add(child.pid);
  const exited = new Promise<number | null>((resolve) => {
    child.once('close', (code) => {
      liveGroups.delete(child.pid ?? 0);
      resolve(code);
    });
    child.once('error', (error) => {
      log += `${error.message}\n`;
      resolve(null);
    });
  });
  const stop = async (): Promise<number | null> => {
    const code = await endProcess(child, exited);
    rmSync(folder, { recursive: true, force: true });
    return code;
  };
  const logged = async (pattern: RegExp, timeoutMs = patienceMs): Promise<void> => {
    const deadline = Date.now() + timeoutMs;
    while (!pattern.test(log)) {
      if (Date.now() > deadline) throw new Error(`the log does not match ${pattern}:\n${log}`);
      await new Promise((resolve) => setTimeout(resolve, probeIntervalMs));
    }
  };
  return { program, pid: child.pid ?? -1, folder, log: () => log, logged, exited, stop };
}

async function endProcess(child: ChildProcess, exited: Promise<number | null>): Promise<number | null> {
  if (child.pid === undefined) return exited;
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
  const group = child.pid;
  const timer = setTimeout(() => killGroup(group), stopTimeoutMs);
  const code = await exited;
  clearTimeout(timer);
  return code;
}

async function ready(options: ServerOptions, server: RunningServer): Promise<void> {
  let ended = false;
  void server.exited.then(() => {
    ended = true;
  });
  const inTime = await waitUntilReady(options.readyWhen, options.startTimeoutMs, () => ended);
  if (ended) throw new Error(`${options.program} ended while it started:\n${server.log()}`);
  if (!inTime) throw new Error(`${options.program} was not ready in time:\n${server.log()}`);
}

/** Resolves true once all is there, false when `timeoutMs` have passed or `stopped` says so. */
export async function waitUntilReady(
  readyWhen: readonly Readiness[],
  timeoutMs = patienceMs,
  stopped: () => boolean = () => false,
): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (!readyWhen.every(isThere)) {
    if (stopped() || Date.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, probeIntervalMs));
  }
  return true;
}

function isThere(readiness: Readiness): boolean {
  if (readiness.kind === 'file') return existsSync(readiness.path);
  const wanted = ` ${procAddress(readiness.address)}:${readiness.port.toString(16).toUpperCase().padStart(4, '0')} `;
  const table = readFileSync(`/proc/net/${readiness.kind}`, 'latin1');
  const listening = readiness.kind === 'udp' ? '' : ' 0A ';
  return table.split('\n').some((line) => line.slice(0, 30).includes(wanted) && line.includes(listening));
}

/** An IPv4 address as /proc/net writes it: the bytes in reverse, in hexadecimal. */
function procAddress(address: string): string {
  const bytes = address.split('.').reverse().map(Number);
  return bytes.map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join('');
}
