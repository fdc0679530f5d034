import type { ClientPorts } from '../client/link.ts';

/** What `olelo send` and `olelo ws` ask of the process around them; `bin/` implements it on Node. */
export interface ClientProgram {
  readonly pid: number;
  out(text: string): void;
  error(text: string): void;
  /** Writes without a line end. */
  write(text: string): void;
  readonly outputIsTerminal: boolean;
  /** Columns of the terminal; 80 without one. */
  readonly columns: number;
  /** The whole of a file, latin1 (one character a byte). Throws with the reason. */
  readFile(path: string): string;
  /** Calls back for each line of the standard input, then at its end. */
  onInputLine(line: (text: string) => void, end: () => void): void;
  /** Calls back on SIGTERM, SIGINT, SIGHUP, SIGUSR1 ... until the process ends. */
  onSignal(handler: (signal: ProcessSignal) => void): void;
  environment(name: string): string | undefined;
  /** Ends the process at once. */
  exit(code: number): void;
  /** What a client stands on. */
  clientPorts(): ClientPorts;
}

export type ProcessSignal = 'SIGTERM' | 'SIGINT' | 'SIGHUP' | 'SIGUSR1' | 'SIGUSR2';
