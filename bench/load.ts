/** SIPp as the load generator: a called side that stays, and callers that come with a rate. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningProgram, startProgram } from '../test/support/program.ts';
import { repository } from '../test/support/server.ts';
import { findTool } from '../test/support/tools.ts';

export interface LoadOptions {
  /** Path of the scenario below the repository. */
  readonly scenario: string;
  readonly address: string;
  readonly port: number;
  readonly target?: string;
  readonly calls?: number;
  readonly rate?: number;
  readonly pinned: readonly string[];
  /** A file of users for the scenario's `[field0]`. */
  readonly users?: string;
}

export interface LoadResult {
  readonly successful: number;
  readonly failed: number;
  readonly retransmissions: number;
}

export class SippLoad {
  readonly #program: RunningProgram;
  readonly #folder: string;

  constructor(options: LoadOptions) {
    const sipp = findTool('sipp');
    if (sipp === undefined) throw new Error('sipp is not installed (Debian package sip-tester)');
    this.#folder = mkdtempSync(join(tmpdir(), 'olelo-bench-'));
    const command = [...options.pinned, sipp, ...sippArguments(options)];
    this.#program = startProgram(command[0]!, command.slice(1), { cwd: this.#folder, timeoutMs: 600_000 });
  }

  /** Waits for the end of all calls. */
  async result(): Promise<LoadResult> {
    await this.#program.ended;
    return this.#collect();
  }

  /** Ends a called side that would go on for ever, after its last statistics. */
  async stop(): Promise<LoadResult> {
    this.#program.child.kill('SIGTERM');
    await this.#program.ended;
    return this.#collect();
  }

  /** The last line of SIPp's statistics file. */
  #collect(): LoadResult {
    const file = readdirSync(this.#folder).find((name) => name.endsWith('_.csv'));
    if (file === undefined)
      throw new Error(`sipp wrote no statistics: ${this.#program.output().slice(-2000)}`);
    const [head = '', ...rows] = readFileSync(join(this.#folder, file), 'latin1').trim().split('\n');
    const names = head.split(';');
    const last = (rows.at(-1) ?? '').split(';');
    const value = (name: string): number => Number(last[names.indexOf(name)] ?? 0);
    rmSync(this.#folder, { recursive: true, force: true });
    return {
      successful: value('SuccessfulCall(C)'),
      failed: value('FailedCall(C)'),
      retransmissions: value('Retransmissions(C)'),
    };
  }
}

/** Calls that get no answer must not keep a round for minutes: what is not over half a minute after the last one has failed. */
function timeLimit({ calls, rate }: LoadOptions): string[] {
  if (calls === undefined || rate === undefined) return [];
  return ['-timeout', `${Math.ceil(calls / rate) + 30}s`];
}

function sippArguments(options: LoadOptions): string[] {
  const limits =
    options.calls === undefined ? [] : ['-m', String(options.calls), '-l', String(options.calls)];
  return [
    ...(options.target === undefined ? [] : [options.target]),
    ...['-sf', join(repository, options.scenario), '-i', options.address, '-p', String(options.port)],
    ...(options.rate === undefined ? [] : ['-r', String(options.rate)]),
    ...limits,
    ...timeLimit(options),
    ...(options.users === undefined ? [] : ['-inf', options.users]),
    ...['-nostdin', '-trace_stat', '-fd', '1s', '-buff_size', '1048576'],
  ];
}
