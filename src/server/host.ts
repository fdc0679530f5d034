import { ComponentLog, type LogLevels } from '../base/log.ts';
import type { Database, Log, LogFields, Ports } from '../base/ports.ts';
import type { TimerQueue } from '../base/timerQueue.ts';
import type { ScriptContext } from '../module/context.ts';
import type { Formats, Host, ScriptDebugging, Site } from '../module/host.ts';
import type { LoadedModule, ModuleRegistry } from '../module/registry.ts';
import type { DnsLocation } from '../proxy/dnsLocation.ts';
import type { StatelessProxy } from '../proxy/stateless.ts';
import type { Transport } from '../proxy/transport.ts';
import type { Databases } from './databases.ts';
import type { ServerHooks } from './hooks.ts';
import type { RouteRunner } from './routes.ts';
import type { ServerRpc } from './rpcRegistry.ts';
import type { ServerRuntimeConfig } from './runtimeConfig.ts';
import type { ServerSettings } from './settings.ts';
import type { StatisticsRegistry } from './statistics.ts';

/** What modules get of the configuration. */
export interface ConfigParts {
  readonly formats: Formats;
  readonly defines: ReadonlyMap<string, string>;
  readonly debugging: ScriptDebugging;
}

/** What all modules of one server share. */
export interface ServerParts {
  readonly ports: Ports;
  readonly levels: LogLevels;
  readonly timers: TimerQueue;
  readonly transport: Transport;
  readonly location: DnsLocation;
  readonly stateless: StatelessProxy;
  readonly settings: ServerSettings;
  readonly routes: RouteRunner;
  readonly statistics: StatisticsRegistry;
  readonly hooks: ServerHooks;
  readonly rpc: ServerRpc;
  readonly runtimeConfig: ServerRuntimeConfig;
  readonly databases: Databases;
  /** What the configuration brings; known once it is linked, which is before any module starts. */
  readonly loaded: () => ConfigParts;
  readonly logFieldsOf: (context: ScriptContext) => LogFields;
  readonly configFile: () => string;
  readonly runningContext: () => ScriptContext | undefined;
  readonly startId: string;
  readonly startedSec: number;
  readonly fail: (reason: string) => void;
  /** Known once the registry exists, which is before any module asks. */
  readonly registry: () => ModuleRegistry;
}

/** The `Host` of one module: the server's parts, and a log in the module's name. */
export class ModuleHost implements Host {
  readonly log: Log;
  readonly #parts: ServerParts;

  constructor(module: LoadedModule, parts: ServerParts) {
    this.#parts = parts;
    const component = module.name === 'core' ? '<core>' : module.name;
    this.log = new ComponentLog(component, parts.levels, parts.ports.logSink);
  }

  get clock() {
    return this.#parts.ports.clock;
  }
  get entropy() {
    return this.#parts.ports.entropy;
  }
  get files() {
    return this.#parts.ports.files;
  }
  get http() {
    return this.#parts.ports.http;
  }
  get net() {
    return this.#parts.ports.net;
  }
  get resolver() {
    return this.#parts.ports.resolver;
  }
  get processes() {
    return this.#parts.ports.processes;
  }
  get machine() {
    return this.#parts.ports.host;
  }
  get timers() {
    return this.#parts.timers;
  }
  get transport() {
    return this.#parts.transport;
  }
  get location() {
    return this.#parts.location;
  }
  get stateless() {
    return this.#parts.stateless;
  }
  get settings() {
    return this.#parts.settings;
  }
  get routes() {
    return this.#parts.routes;
  }
  get statistics() {
    return this.#parts.statistics;
  }
  get hooks() {
    return this.#parts.hooks;
  }
  get rpc() {
    return this.#parts.rpc;
  }
  get runtimeConfig() {
    return this.#parts.runtimeConfig;
  }
  get formats(): Formats {
    return this.#parts.loaded().formats;
  }
  get startId(): string {
    return this.#parts.startId;
  }
  get startedSec(): number {
    return this.#parts.startedSec;
  }

  get defines(): ReadonlyMap<string, string> {
    return this.#parts.loaded().defines;
  }

  get debugging(): ScriptDebugging {
    return this.#parts.loaded().debugging;
  }

  get configFile(): string {
    return this.#parts.configFile();
  }

  runningContext(): ScriptContext | undefined {
    return this.#parts.runningContext();
  }

  currentSite(): Site | undefined {
    return this.#parts.routes.currentSite();
  }

  logFieldsOf(context: ScriptContext): LogFields {
    return this.#parts.logFieldsOf(context);
  }

  api<T>(module: string): T | undefined {
    const loaded = this.#parts.registry().get(module);
    return loaded === undefined ? undefined : (loaded.declaration.api?.(loaded.instance) as T | undefined);
  }

  isModuleLoaded(name: string): boolean {
    return this.#parts.registry().isLoaded(name);
  }

  database(url: string): Promise<Database> {
    return this.#parts.databases.open(url);
  }

  fail(reason: string): void {
    this.#parts.fail(reason);
  }
}
