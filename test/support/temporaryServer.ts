/** What the private database servers of tests have in common: a folder, a user, a port, a process that cannot stay behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { chownSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killGroup, runProgram } from './program.ts';
import { findTool } from './tools.ts';

const startTimeoutMs = 60_000;
const stopTimeoutMs = 30_000;

/** Who runs a server: these programs refuse to run as root. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** The first of these users that exists, when we are root; undefined when we are somebody else and stay that. */
export function accountFor(names: readonly string[]): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync('/etc/passwd', 'latin1')
    .split('\n')
    .map((line) => line.split(':'));
  for (const name of [...names, 'nobody']) {
    const user = users.find(([known]) => known === name);
    if (user !== undefined) return { uid: Number(user[2]), gid: Number(user[3]) };
  }
  throw new Error(`there is no user ${names.join(' or ')} to run as`);
}

/** A temporary folder that belongs to the account. */
export function folderFor(account: Account | undefined, prefix: string): string {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  if (account !== undefined) chownSync(folder, account.uid, account.gid);
  return folder;
}

/**
 * A TCP port of 127.0.0.1 that is free now and that the system gives to nobody by itself (it is below the ephemeral
 * ports), so that a server can come back on it.
 */
export async function freeTcpPort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    if (await canListen(port)) return port;
  }
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** The command that runs a program as the account, and ends it with this process, however that ends. */
function commandFor(account: Account | undefined, path: string, args: readonly string[]): string[] {
  const setpriv = findTool('setpriv');
  if (setpriv === undefined) throw new Error('setpriv is not installed (Debian package util-linux)');
  const identity =
    account === undefined ? [] : [`--reuid=${account.uid}`, `--regid=${account.gid}`, '--clear-groups'];
  return [setpriv, ...identity, '--pdeathsig=KILL', '--', path, ...args];
}

/** Runs a program as the account to its end; rejects with its output unless it succeeds. */
export async function runAs(
  account: Account | undefined,
  path: string,
  args: readonly string[],
  cwd: string,
): Promise<string> {
  const [command = '', ...rest] = commandFor(account, path, args);
  const { code, stdout, stderr } = await runProgram(command, rest, { timeoutMs: startTimeoutMs, cwd });
  if (code !== 0) throw new Error(`${path} failed (${code})\n${stdout}${stderr}`);
  return stdout;
}

/** A server process that can be killed, paused and started again with the same arguments. */
export class ServerProcess {
  readonly #account: Account | undefined;
  readonly #path: string;
  readonly #args: readonly string[];
  readonly #folder: string;
  readonly #ready: RegExp;
  readonly #onExit = () => killGroup(this.#child?.pid);
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();
  #log = '';

  /** @param ready what the server writes when it takes connections */
  constructor(
    account: Account | undefined,
    path: string,
    args: readonly string[],
    options: { readonly folder: string; readonly ready: RegExp },
  ) {
    this.#account = account;
    this.#path = path;
    this.#args = args;
    this.#folder = options.folder;
    this.#ready = options.ready;
    process.once('exit', this.#onExit);
  }

  get pid(): number {
    return this.#child?.pid ?? -1;
  }

  log(): string {
    return this.#log;
  }

  /** Resolves when the server takes connections; rejects with its log when it does not. */
  async start(): Promise<void> {
    const [command = '', ...args] = commandFor(this.#account, this.#path, this.#args);
    const child = spawn(command, args, {
      cwd: this.#folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.#child = child;
    this.#log = '';
    this.#ended = new Promise((resolve) => {
      child.once('close', () => resolve());
      child.once('error', () => resolve());
    });
    try {
      await this.#untilReady(child);
    } catch (error) {
      await this.kill();
      throw error;
    }
  }

  /** SIGKILL: no good-bye to anybody. */
  async kill(): Promise<void> {
    killGroup(this.#child?.pid);
    await this.#ended;
    this.#child = undefined;
  }

  /** Stops answering, with its connections open. */
  pause(): void {
    this.#signal('SIGSTOP');
  }

  resume(): void {
    this.#signal('SIGCONT');
  }

  /** Ends for good and removes the folder. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    process.off('exit', this.#onExit);
    this.#signal('SIGCONT');
    this.#signal(signal);
    const timer = setTimeout(() => killGroup(this.#child?.pid), stopTimeoutMs);
    await this.#ended;
    clearTimeout(timer);
    this.#child = undefined;
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.#child?.exitCode === null) this.#child.kill(signal);
  }

  #untilReady(child: ChildProcess): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (why: string) => reject(new Error(`${this.#path} ${why}\n${this.#log}`));
      const timer = setTimeout(() => fail('does not get ready'), startTimeoutMs);
      child.once('close', (code) => {
        clearTimeout(timer);
        fail(`ended with ${code}`);
      });
      child.once('error', (error) => fail(error.message));
      const keep = (data: Buffer): void => {
        this.#log += data.toString('latin1');
        if (!this.#ready.test(this.#log)) return;
        clearTimeout(timer);
        resolve();
      };
      child.stdout?.on('data', keep);
      child.stderr?.on('data', keep);
    });
  }
}

/** Who may enter a private database, and where. */
export interface DatabaseAccess {
  readonly user?: string;
  readonly password?: string;
  readonly database?: string;
}

/** What a private database server of any kind can do. */
export class PrivateDatabase {
  readonly port: number;
  readonly folder: string;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  protected readonly process: ServerProcess;
  readonly #scheme: string;

  constructor(
    scheme: string,
    process: ServerProcess,
    place: { readonly folder: string; readonly port: number },
    access: DatabaseAccess,
  ) {
    this.#scheme = scheme;
    this.process = process;
    this.folder = place.folder;
    this.port = place.port;
    this.user = access.user ?? 'kamailio';
    this.password = access.password ?? 'kamailiorw';
    this.database = access.database ?? 'kamailio';
  }

  /** `scheme://user:password@127.0.0.1:port/database`, as kamailio.cfg has it. */
  get url(): string {
    return this.urlOf();
  }

  /** The URL with another user, password, port (of a link to it) or database. */
  urlOf(other: DatabaseAccess & { readonly port?: number } = {}): string {
    const { user = this.user, password = this.password, port = this.port, database = this.database } = other;
    return `${this.#scheme}://${user}:${password}@127.0.0.1:${port}/${database}`;
  }

  get pid(): number {
    return this.process.pid;
  }

  log(): string {
    return this.process.log();
  }

  /** SIGKILL: no good-bye to anybody. */
  kill(): Promise<void> {
    return this.process.kill();
  }

  /** Stops answering, with its connections open. */
  pause(): void {
    this.process.pause();
  }

  resume(): void {
    this.process.resume();
  }
}
