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

const defaultTimeoutMs = 30_000;

export function startProgram(
  path: string,
  args: readonly string[],
  options: ProgramOptions = {},
): RunningProgram {
  const child = spawn(path, args, { cwd: options.cwd, env: { ...process.env, ...options.env } });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (data: Buffer) => {
    output.stdout += data.toString('latin1');
  });
  child.stderr.on('data', (data: Buffer) => {
    output.stderr += data.toString('latin1');
  });
  child.stdin.on('error', () => {}); // a program need not read what it is given
  child.stdin.end(options.input ?? '');
  const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? defaultTimeoutMs);
  const ended = new Promise<ProgramResult>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ code, ...output });
    });
  });
  return { child, ended, output: () => output.stdout + output.stderr };
}

/** Runs a program to its end, which comes after `timeoutMs` (30 s unless told) at the latest. */
export function runProgram(
  path: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<ProgramResult> {
  return startProgram(path, args, options).ended;
}
