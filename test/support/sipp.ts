import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ProgramResult, startProgram } from './program.ts';
import { repository } from './server.ts';
import { findTool } from './tools.ts';

export interface SippOptions {
  /** A file of test/clients/scenarios, without `.xml`. */
  readonly scenario: string;
  readonly address: string;
  readonly port: number;
  /** Where requests go; a called side needs none. */
  readonly target?: string;
  readonly calls: number;
  /** New calls per second. */
  readonly rate?: number;
  /** The user part of the Request-URI. */
  readonly service?: string;
  readonly transport?: 'udp' | 'tcp';
  /** Keywords that the scenario uses as `[name]`. */
  readonly keys?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

export interface RunningSipp {
  /** Resolves when all calls are over: what failed, in words, or undefined. */
  readonly ended: Promise<string | undefined>;
  kill(): void;
}

/** Starts SIPp with a scenario. It listens as soon as its port is in /proc/net. */
export function startSipp(options: SippOptions): RunningSipp {
  const path = findTool('sipp');
  if (path === undefined) throw new Error('sipp is not installed');
  const folder = mkdtempSync(join(tmpdir(), 'olelo-sipp-'));
  const program = startProgram(path, sippArguments(options), {
    cwd: folder,
    timeoutMs: options.timeoutMs ?? 60_000,
  });
  const ended = program.ended.then((result) => {
    const problem = problemOf(options, result, folder);
    rmSync(folder, { recursive: true, force: true });
    return problem;
  });
  return { ended, kill: () => program.child.kill('SIGTERM') };
}

function sippArguments(options: SippOptions): string[] {
  const scenario = join(repository, 'test', 'clients', 'scenarios', `${options.scenario}.xml`);
  const keys = Object.entries(options.keys ?? {}).flatMap(([name, value]) => ['-key', name, value]);
  return [
    ...(options.target === undefined ? [] : [options.target]),
    ...['-sf', scenario, '-i', options.address, '-p', String(options.port)],
    ...['-t', options.transport === 'tcp' ? 't1' : 'u1', '-s', options.service ?? 'service'],
    ...['-m', String(options.calls), '-r', String(options.rate ?? 10), '-l', String(options.calls)],
    ...['-nostdin', '-trace_err', '-timeout', `${Math.floor((options.timeoutMs ?? 60_000) / 1000) - 1}s`],
    ...keys,
  ];
}

function problemOf(options: SippOptions, result: ProgramResult, folder: string): string | undefined {
  if (result.code === 0) return undefined;
  const errors = readdirSync(folder).filter((file) => file.endsWith('_errors.log'));
  const text = errors.map((file) => readFileSync(join(folder, file), 'latin1')).join('\n');
  const end = result.stdout.slice(-2500);
  return `sipp ${options.scenario} ended with ${result.code}\n${text.slice(0, 3000)}\n${result.stderr}\n${end}`;
}
