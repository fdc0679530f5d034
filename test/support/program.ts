import { type ChildProcess, spawn } from 'node:child_process';

export interface ProgramResult {
  /** The exit code; null when it was killed because its time was over. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramOptions {
  readonly timeoutMs?: number;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Text for its standard input, which is closed after it. */
  readonly input?: string;
}

/** A program that has been started, and its end. */
export interface RunningProgram {
  readonly child: ChildProcess;
  readonly ended: Promise<ProgramResult>;
  /** What it has written so far on both outputs. */
  output(): string;
}

const defaultTimeoutMs = 60_000;

export function startProgram(
  path: string,
  args: readonly string[],
  options: ProgramOptions = {},
): RunningProgram {
  const child = spawn(path, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    detached: true, // a process group of its own: a shell script ends with all that it started
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (data: Buffer) => {
    output.stdout += data.toString('latin1');
  });
  child.stderr.on('data', (data: Buffer) => {
    output.stderr += data.toString('latin1');
  });
  child.stdin.on('error', () => {}); // a program need not read what it is given
  child.stdin.end(options.input ?? '');
  const end = (): void => killGroup(child.pid);
  process.once('exit', end);
  const timer = setTimeout(end, options.timeoutMs ?? defaultTimeoutMs);
  const ended = new Promise<ProgramResult>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      process.off('exit', end);
      resolve({ code, ...output });
    });
  });
  return { child, ended, output: () => output.stdout + output.stderr };
}

/** Ends a program and all that it started; harmless when it has ended. */
export function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // it has gone in the meantime
  }
}

/** Runs a program to its end, which comes after `timeoutMs` (60 s unless told) at the latest. */
export function runProgram(
  path: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<ProgramResult> {
  return startProgram(path, args, options).ended;
}
