/**
 * The ports: everything that Olelo asks of the world outside. `runtime/` implements them on Node,
 * `sim/` implements them in virtual time. Nothing else opens a socket, reads a clock or makes randomness.
 */

import type { DatabaseDriver } from './databasePort.ts';
import type { HttpCodec, HttpLimits } from './httpCodecPort.ts';
import type { HttpClient } from './httpPort.ts';
import type {
  SocketAddress,
  StreamConnection,
  StreamConnectOptions,
  StreamListener,
  StreamListenOptions,
} from './streamPort.ts';
import type { TlsNet } from './tlsPort.ts';

export type * from './databasePort.ts';
export type * from './httpCodecPort.ts';
export type * from './httpPort.ts';
export type * from './streamPort.ts';
export type * from './tlsPort.ts';
export type * from './webSocketPort.ts';

/** Transport protocols as they stand in a Via, lower case. */
export type TransportProtocol = 'udp' | 'tcp' | 'tls' | 'sctp' | 'ws' | 'wss';

export interface TimerHandle {
  cancel(): void;
}

export interface Clock {
  /** Monotonic milliseconds; only differences mean something. */
  nowMs(): number;
  /** Milliseconds since the Unix epoch. */
  wallMs(): number;
  /** Calls `fire` once, not before `delayMs` have passed. */
  after(delayMs: number, fire: () => void): TimerHandle;
}

export interface Entropy {
  /** An integer from 0 to 2^32-1. */
  uint32(): number;
  bytes(length: number): Uint8Array;
}

/** Kamailio's log levels: lower is graver. */
export const LogLevel = {
  alert: -5,
  bug: -4,
  crit2: -3,
  crit: -2,
  error: -1,
  warn: 0,
  notice: 1,
  info: 2,
  debug: 3,
} as const;

/** One finished log record on its way to a sink. */
export interface LogRecord {
  readonly level: number;
  /** The module or `<core>` / `<script>` that speaks. */
  readonly component: string;
  readonly text: string;
  /** Written instead of the name of the level. */
  readonly levelName?: string | undefined;
  /** Syslog facility, when the record asks for another than the default one. */
  readonly facility?: string | undefined;
  /** Structured fields for the JSON engine. */
  readonly fields?: LogFields | undefined;
}

/** Any name may come; these are known to the sinks. */
export interface LogFields {
  /** `log_prefix`, evaluated. */
  readonly logprefix?: string | undefined;
  readonly callid?: string | undefined;
  /** Source position and function of the speaker. */
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  readonly function?: string | undefined;
  readonly [name: string]: string | number | undefined;
}

export interface LogSink {
  write(record: LogRecord): void;
}

/** What components log through; see `base/log.ts`. */
export interface Log {
  /** True if a record of this level would be written: ask before building an expensive text. */
  enabled(level: number): boolean;
  write(level: number, text: string, fields?: LogFields): void;
  /** Writes in another component's name (`<script>`) or to another facility, under this one's level. */
  record(record: LogRecord): void;
  error(text: string): void;
  warn(text: string): void;
  notice(text: string): void;
  info(text: string): void;
  debug(text: string): void;
}

export interface DatagramHandler {
  /** `data` is only valid during the call. */
  onDatagram(data: Buffer, address: string, port: number): void;
  /** A `TransportError` names the destination when the failure belongs to one datagram. */
  onError(error: Error): void;
}

export interface DatagramSocket {
  readonly local: SocketAddress;
  /** Sends latin1 text. Errors come back by `onError`, never as an exception. */
  send(text: string, address: string, port: number): void;
  sendBytes(bytes: Uint8Array, address: string, port: number): void;
  close(): void;
}

export interface InterfaceAddress {
  readonly name: string;
  readonly address: string;
  readonly family: 4 | 6;
  readonly netmask: string;
  readonly internal: boolean;
}

export interface DatagramOptions {
  readonly receiveBufferBytes?: number | undefined;
  readonly sendBufferBytes?: number | undefined;
  /** Interface, by name or address, that joins when a multicast address is bound; the system's choice without. */
  readonly multicastInterface?: string | undefined;
  readonly multicastLoopback?: boolean | undefined;
  readonly multicastTtl?: number | undefined;
  /** Talk to this peer only, and be told (`onError`) when nobody listens there. */
  readonly peer?: SocketAddress | undefined;
}

export interface Net {
  /** Rejects with a `TransportError` that names address and port. */
  bindDatagram(
    address: string,
    port: number,
    handler: DatagramHandler,
    options?: DatagramOptions,
  ): Promise<DatagramSocket>;
  listenStream(
    address: string,
    port: number,
    onConnection: (connection: StreamConnection) => void,
    options?: StreamListenOptions,
  ): Promise<StreamListener>;
  connectStream(address: string, port: number, options: StreamConnectOptions): Promise<StreamConnection>;
  readonly tls: TlsNet;
  /** HTTP spoken by clients of SIP ports; the connections stay with their holder. */
  httpCodec(limits: HttpLimits): HttpCodec;
  interfaces(): readonly InterfaceAddress[];
  /** The local address the system would send from to reach `address` (for `mhomed`). */
  sourceAddressFor(address: string): Promise<string>;
  /** Unix stream server socket (ctl). Removes a stale file first. */
  listenUnix(
    path: string,
    onConnection: (connection: StreamConnection) => void,
    access?: UnixAccess,
  ): Promise<{ close(): void }>;
  /** Unix datagram server socket (jsonrpcs). */
  bindUnixDatagram(
    path: string,
    onDatagram: (data: Buffer, from: string) => void,
    access?: UnixAccess,
  ): Promise<{ send(data: Uint8Array, to: string): void; close(): void }>;
  /** Reads lines of requests from a FIFO that it makes; writes replies to other FIFOs. */
  openFifo(path: string, onData: (data: Buffer) => void, access?: UnixAccess): Promise<{ close(): void }>;
  /** Writes to an existing FIFO without ever blocking; rejects when nobody reads it. */
  writeFifo(path: string, data: Uint8Array): Promise<void>;
}

export interface UnixAccess {
  readonly mode?: number | undefined;
  readonly user?: string | undefined;
  readonly group?: string | undefined;
}

export interface NaptrRecord {
  readonly order: number;
  readonly preference: number;
  readonly flags: string;
  readonly service: string;
  readonly regexp: string;
  readonly replacement: string;
  readonly ttlSec: number;
}

export interface SrvRecord {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  readonly target: string;
  readonly ttlSec: number;
}

export interface HostRecord {
  readonly address: string;
  readonly ttlSec: number;
}

/** An empty array means that the name has no such record; a rejection means that nobody could tell. */
export interface Resolver {
  /** How patient later questions are: `tries` times `timeoutMs` in all. */
  tune?(options: { readonly timeoutMs: number; readonly tries: number }): void;
  naptr(name: string): Promise<readonly NaptrRecord[]>;
  srv(name: string): Promise<readonly SrvRecord[]>;
  a(name: string): Promise<readonly HostRecord[]>;
  aaaa(name: string): Promise<readonly HostRecord[]>;
  txt(name: string): Promise<readonly string[]>;
  ptr(address: string): Promise<readonly string[]>;
}

export interface Files {
  read(path: string): Promise<Buffer>;
  /** Rejects or resolves; writes to a temporary name and renames. `mode` is that of a new file, 0o666 less the umask without. */
  write(path: string, data: string | Uint8Array, mode?: number): Promise<void>;
  append(path: string, data: string | Uint8Array): Promise<void>;
  exists(path: string): Promise<boolean>;
  /** When the file was last written, ms since the epoch; undefined when there is none. */
  modifiedMs(path: string): Promise<number | undefined>;
  /** For the start-up phase only, where nothing else is waiting. */
  readTextSync(path: string): string;
  existsSync(path: string): boolean;
  /** Names in a directory, sorted; for include_file patterns. */
  listSync(path: string): readonly string[];
}

/** Starts other programs (exec module, logger). */
export interface Processes {
  run(
    command: string,
    options: { input?: string; timeoutMs: number; env?: Readonly<Record<string, string>> },
  ): Promise<{ status: number; stdout: string }>;
  /** Sends a signal by its number to this process, as `kill` would. Throws for numbers that are none. */
  signalSelf(signal: number): void;
}

/** Facts about this process that RPC and statistics report. */
export interface HostInfo {
  readonly pid: number;
  readonly hostname: string;
  readonly domainname: string;
  /** The command and its arguments. */
  readonly commandLine: readonly string[];
  workingDirectory(): string;
  memoryBytes(): { rss: number; heapUsed: number; heapTotal: number; external: number };
  cpuMicros(): { user: number; system: number };
  env(name: string): string | undefined;
}

/** All ports together, as a composition root hands them to a `Server`. */
export interface Ports {
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly logSink: LogSink;
  readonly net: Net;
  readonly resolver: Resolver;
  readonly files: Files;
  readonly http: HttpClient;
  readonly processes: Processes;
  readonly host: HostInfo;
  readonly databaseDrivers: readonly DatabaseDriver[];
}
