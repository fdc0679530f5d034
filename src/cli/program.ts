import type { Ports } from '../base/ports.ts';
import type { AnyModule } from '../module/define.ts';
import type { ProcessSignal } from './clientProgram.ts';

/** What the command line asks of the process around it; `bin/` implements it on Node. */
export interface Program {
  readonly modules: readonly AnyModule[];
  readonly core: AnyModule;
  readonly nodeVersion: string;
  readonly platform: string;
  readonly isTerminal: boolean;
  /** Home of data files of the built-in default configuration; made when it does not exist. */
  dataDirectory(): string;
  /** A directory for control sockets, made when it can be. */
  runtimeDirectory(wanted: string | undefined): string;
  /** Path of the built-in default configuration. */
  readonly defaultConfig: string;
  out(text: string): void;
  error(text: string): void;
  ports(log: LogChoice): Ports;
  /** Changes where the log goes, once the config is known. */
  redirectLog(log: LogChoice): void;
  /** Writes what is still buffered. */
  flushLog(): void;
  writePidFile(path: string, id: number): void;
  removeFile(path: string): void;
  fileExists(path: string): boolean;
  readonly pid: number;
  readonly processGroup: number;
  changeDirectory(path: string): void;
  /** To a group and user by name or number; throws with the reason. */
  changeIdentity(user: string | undefined, group: string | undefined): Promise<void>;
  /** Runs this command again in the background; resolves to its exit code, or 0 once it is ready. */
  daemonize(argv: readonly string[]): Promise<number>;
  /** True in the process that `daemonize` made. */
  readonly isDaemon: boolean;
  /** Tells the starting process that the server is ready. */
  ready(): void;
  /** Calls back on SIGTERM, SIGINT, SIGHUP, SIGUSR1 ... until the process ends. */
  onSignal(handler: (signal: ProcessSignal) => void): void;
  /** Columns of the terminal; 80 without one. */
  readonly columns: number;
  environment(name: string): string | undefined;
}

export type { ProcessSignal } from './clientProgram.ts';

export interface LogChoice {
  readonly to: 'stderr' | 'syslog';
  readonly colors: boolean;
  /** `json` or `json:flags`; undefined for text. */
  readonly engine: string | undefined;
  readonly facility: string | undefined;
  readonly name: string | undefined;
}
