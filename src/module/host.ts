import type { LogLevels } from '../base/log.ts';
import type {
  Clock,
  Database,
  Entropy,
  Files,
  HostInfo,
  HttpClient,
  Log,
  LogFields,
  Net,
  Processes,
  Resolver,
} from '../base/ports.ts';
import type { TimerQueue } from '../base/timerQueue.ts';
import type { RouteKind, Value, VariableRef } from '../lang/catalogue.ts';
import type { ServerLocation } from '../proxy/location.ts';
import type { StatelessProxy } from '../proxy/stateless.ts';
import type { Flow, Transport } from '../proxy/transport.ts';
import type { SipMessage } from '../sip/message.ts';
import type { ScriptContext } from './context.ts';
import type { GroupInstances } from './groupInstances.ts';
import type { RpcArgument, RpcMethod, RpcReply } from './rpc.ts';

/** What a module instance gets of its server. One per instance: `log` speaks in the module's name. */
export interface Host {
  readonly log: Log;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly files: Files;
  readonly http: HttpClient;
  readonly net: Net;
  readonly resolver: Resolver;
  readonly processes: Processes;
  readonly machine: HostInfo;
  readonly timers: TimerQueue;
  readonly transport: Transport;
  /** Where a next hop is (RFC 3263), with the server's DNS cache. */
  readonly location: ServerLocation;
  /** Forwarding without transactions. */
  readonly stateless: StatelessProxy;
  readonly settings: CoreSettings;
  readonly routes: Routes;
  readonly statistics: Statistics;
  readonly hooks: Hooks;
  readonly rpc: RpcRegistry;
  readonly runtimeConfig: RuntimeConfig;
  readonly formats: Formats;

  /** `log_prefix` and Call-ID for a record about this message; needed only behind a wait, else they come by themselves. */
  logFieldsOf?(context: ScriptContext): LogFields;

  /** `#!define`s in force at the end of the config: value as written, '' for a plain name. */
  readonly defines?: ReadonlyMap<string, string> | undefined;

  /** The main config file, as it was named; '' for a text without one. */
  readonly configFile?: string | undefined;
  /** The message being routed in this very turn; undefined between messages and behind a wait. */
  runningContext?(): ScriptContext | undefined;

  /** Place in the config that is running now; undefined where nobody can tell. Slow: only for debugging output. */
  currentSite?(): Site | undefined;

  /** Following the script step by step; undefined where that cannot be done. */
  readonly debugging?: ScriptDebugging | undefined;

  /** The `api` of another loaded module; undefined when it is not loaded. Ask in `start`, not in `create`. */
  api<T>(module: string): T | undefined;
  isModuleLoaded(name: string): boolean;
  /** Opens (or shares) a database by URL. */
  database(url: string): Promise<Database>;
  /** Unique to this server start: part of generated tags, ruids and Call-IDs. */
  readonly startId: string;
  /** Seconds since the epoch of the start. */
  readonly startedSec: number;
  /** Log, drain and stop with a failure exit code. */
  fail(reason: string): void;
}

/** One step of a script: a statement or a function call that is about to run. */
export interface ScriptStep {
  readonly file: string;
  readonly line: number;
  /** Kamailio's name and number of the action. */
  readonly name: string;
  readonly number: number;
  /** `request_route=[RELAY]`. */
  readonly block: string;
}

/** Hears of steps; in mode `step` the script goes on behind the promise. */
export type StepTracer = (context: ScriptContext, step: ScriptStep) => Promise<void> | undefined;

export type AssignmentWatcher = (context: ScriptContext, variable: string, value: Value) => void;

export interface ScriptDebugging {
  /** Tells of the steps of all runs that begin from now on: not at all, or each, or each and waits for the answer. */
  follow(mode: 'off' | 'trace' | 'step', tracer: StepTracer): void;
  /** Hears of each assignment behind it; for the constructors of modules, the code is linked with it or without. */
  watchAssignments(watcher: AssignmentWatcher): void;
  /** All variables that the config names. */
  variableNames(): Iterable<string>;
  /** `$mi` begins anew. */
  resetMessageIds(): void;
  /** Log levels and facilities by component; the core's is `<core>`. */
  readonly levels: LogLevels;
}

/** A place in the config. */
export interface Site {
  readonly file: string;
  readonly line: number;
  /** JavaScript name of the block: `request_route`, `route_RELAY`, with `_1` behind it after a wait. */
  readonly functionName?: string | undefined;
}

/** Script text in parameters (`log_extra`, `received_avp`, `ka_logmsg`). For `start`, when all modules are there. */
export interface Formats {
  /** The text with its variables, as it reads in a context. Throws `ServerError` naming what is malformed or unknown. */
  text(format: string): (context: ScriptContext) => string;
  /** A single variable such as `$avp(x)`. Throws like `text`. */
  variable(text: string): VariableRef;
}

/** Global parameters that modules look at; the whole table is in server/globalParameters.ts. */
export interface CoreSettings {
  /** Any global parameter by its canonical name, as the config has it or its default. */
  get(name: string): number | string | undefined;
  /** `server_header` line for own responses without CRLF; '' when `server_signature` is off. */
  readonly serverHeader: string;
  /** `user_agent_header` line for own requests. */
  readonly userAgentHeader: string;
  readonly maxBranches: number;
  /** Custom parameters: `group.name = value`. */
  custom(group: string, name: string): number | string | undefined;
}

/** Running script blocks from modules. */
export interface Routes {
  has(kind: RouteKind, name: string): boolean;
  /**
   * Runs a block if it exists and gives its return code; 1 when there is no such block. `context.dropped`
   * tells of `drop`. Stays synchronous where the block is. Sets routeKind and routeName for the run.
   */
  run(kind: RouteKind, name: string, context: ScriptContext): number | Promise<number>;
  /** Calls `route[name]` from the block that runs now, as `route(name)` does; undefined when there is none. */
  call(name: string, context: ScriptContext): number | Promise<number> | undefined;
  /** A context for a message that is not being routed now (failure routes, event routes, local requests). */
  contextFor(message: SipMessage, flow: Flow): ScriptContext;
  /** A context with a stand-in OPTIONS request, for event routes that have no message of their own. */
  fakeContext(): ScriptContext;
}

/** Counters by group and name, as `stats.*` and `$stat` show them. */
export interface Statistics {
  /** Without `reset`, `stats.reset_statistics` leaves it alone. */
  register(group: string, name: string, read: () => number, reset?: () => void): void;
  unregister(group: string, name: string): void;
  read(name: string, group?: string): number | undefined;
  reset(name: string, group?: string): boolean;
  list(group?: string): readonly { readonly group: string; readonly name: string; readonly value: number }[];
}

export interface RpcRegistry {
  find(name: string): RpcMethod | undefined;
  names(): readonly string[];
  /** Checks arguments, runs, turns an escaped error into a fault 500. */
  call(name: string, args: readonly RpcArgument[]): Promise<RpcReply>;
}

/** Parameters that may change while running (`cfg.*` RPC, `$sel(cfg_get.x)`). */
export interface RuntimeConfig {
  groups(): readonly string[];
  variables(group: string): readonly RuntimeVariable[];
  find(group: string, name: string): RuntimeVariable | undefined;
  /** Instances of groups of custom parameters. */
  readonly instances: GroupInstances;
  /** May this group have instances? */
  isCustom(group: string): boolean;
}

export interface RuntimeVariable {
  readonly group: string;
  readonly name: string;
  readonly type: 'int' | 'string';
  readonly doc: string;
  readonly readOnly: boolean;
  get(): number | string;
  /** An error text when the value is refused. */
  set(value: number | string): string | undefined;
}

export type ResponseHandler = (response: SipMessage, context: ScriptContext) => boolean | Promise<boolean>;

/** Points where modules take part in every message. Handlers run in order of registration. */
export interface Hooks {
  /** Before the request script; false ends the processing of this request. */
  onRequest(handler: (context: ScriptContext) => boolean): void;
  /** Fetches what variables of the request script will show, which cannot wait; the script runs when that is there. */
  beforeRequest(prepare: (context: ScriptContext) => Promise<void> | undefined): void;
  /** After the request script has ended, also behind a wait. */
  afterRequest(handler: (context: ScriptContext) => void): void;
  /** First look at a response (tm); true when it was consumed, else it is forwarded statelessly. */
  onResponse(handler: ResponseHandler): void;
  onConnectionClosed(handler: (connectionId: number) => void): void;
  /** A destination did not take a message: ICMP error, refused or broken connection. */
  onUnreachable(handler: (address: string, port: number, proto: string) => void): void;
  /** A stateless response has been sent (sl); acc and others listen. */
  onStatelessReply(handler: (context: ScriptContext, status: number, reason: string) => void): void;
  emitStatelessReply(context: ScriptContext, status: number, reason: string): void;
}
