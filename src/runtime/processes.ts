import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { ServerError } from '../base/errors.ts';
import type { Processes } from '../base/ports.ts';

/** What a command may print; the rest is thrown away. */
const maxOutputBytes = 1024 * 1024;

type RunOptions = Parameters<Processes['run']>[1];

/** Runs shell commands in a process group of their own, so that a timeout ends their children too. */
export class NodeProcesses implements Processes {
  run(command: string, options: RunOptions): Promise<{ status: number; stdout: string }> {
    return new Promise((resolve, reject) => {
      const child = spawn('/bin/sh', ['-c', command], {
        detached: true,
        stdio: ['pipe', 'pipe', 'inherit'],
        env: { ...process.env, ...options.env },
      });
      const chunks: Buffer[] = [];
      let length = 0;
      let timedOut = false;
      const timer = setTimeout(() => {
        timedOut = true;
        killGroup(child.pid);
      }, options.timeoutMs);
      child.stdout.on('data', (chunk: Buffer) => {
        if (length < maxOutputBytes) chunks.push(chunk.subarray(0, maxOutputBytes - length));
        length += chunk.length;
      });
      child.stdin.on('error', () => {}); // it may end without reading its input
      child.stdin.end(options.input ?? '');
      child.on('error', (error) => {
        clearTimeout(timer);
        reject(new ServerError('PROCESS_FAILED', `running '${command}': ${error.message}`, { cause: error }));
      });
      child.on('close', (status, signal) => {
        clearTimeout(timer);
        if (timedOut) reject(timeout(command, options.timeoutMs));
        else resolve({ status: status ?? 128 + signalNumber(signal), stdout: text(chunks) });
      });
    });
  }

  signalSelf(signal: number): void {
    process.kill(process.pid, signal);
  }
}

function timeout(command: string, timeoutMs: number): ServerError {
  return new ServerError('PROCESS_TIMEOUT', `running '${command}': ended after ${timeoutMs} ms`);
}

function text(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString('utf8');
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // it ended by itself in this moment
  }
}

/** As shells show it: 128 + number. */
function signalNumber(signal: NodeJS.Signals | null): number {
  return signal === null ? 0 : (constants.signals[signal] ?? 0);
}
