import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { ClientProgram, ProcessSignal } from '../cli/clientProgram.ts';
import { nodeClientPorts } from '../runtime/clientPorts.ts';

const signals: readonly ProcessSignal[] = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'];

/** As a shell shows the end by SIGPIPE. */
const brokenPipe = 141;

/** The process around a client, on Node. */
export function nodeClientProgram(): ClientProgram {
  // `olelo send ... | head`: nobody reads on
  process.stdout.on('error', () => process.exit(brokenPipe));
  return {
    pid: process.pid,
    out: (text) => void process.stdout.write(`${text}\n`),
    error: (text) => void process.stderr.write(`${text}\n`),
    write: (text) => void process.stdout.write(text),
    outputIsTerminal: process.stdout.isTTY === true,
    columns: process.stdout.columns ?? 80,
    readFile: (path) => readFileSync(path, 'latin1'),
    onInputLine: (line, end) =>
      void createInterface({ input: process.stdin }).on('line', line).on('close', end),
    onSignal: (handler) => {
      for (const signal of signals) process.on(signal, () => handler(signal));
    },
    environment: (name) => process.env[name],
    exit: (code) => process.exit(code),
    clientPorts: nodeClientPorts,
  };
}
