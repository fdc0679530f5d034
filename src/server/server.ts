import { assert, errorText } from '../base/errors.ts';
import { ComponentLog, LogLevels } from '../base/log.ts';
import type { Log, Ports } from '../base/ports.ts';
import { TimerWheel } from '../base/timerWheel.ts';
import type { AnyModule } from '../module/define.ts';
import { type LoadedModule, ModuleRegistry } from '../module/registry.ts';
import type { RpcArgument, RpcReply } from '../module/rpc.ts';
import type { DnsLocation } from '../proxy/dnsLocation.ts';
import { StatelessProxy } from '../proxy/stateless.ts';
import type { Flow } from '../proxy/transport.ts';
import { ConfigLoader, type ConfigSource, type LoadedConfig } from './configLoader.ts';
import { CoreCounters } from './coreCounters.ts';
import type { Databases } from './databases.ts';
import { globalDefault } from './globalParameters.ts';
import { ServerHooks } from './hooks.ts';
import { ModuleHost, type ServerParts } from './host.ts';
import { LogScope } from './logScope.ts';
import { noSocketYet } from './noSocket.ts';
import { Receiver } from './receiver.ts';
import { registerEverything } from './registration.ts';
import { RouteRunner } from './routes.ts';
import { ServerRpc } from './rpcRegistry.ts';
import { ServerRuntimeConfig } from './runtimeConfig.ts';
import { serverDatabases } from './serverDatabases.ts';
import { makeLocation } from './serverLocation.ts';
import { ServerSettings } from './settings.ts';
import { StatisticsRegistry } from './statistics.ts';
import { TransportLayer } from './transport/index.ts';
import { TransportSettings } from './transportSettings.ts';
import { withinTime } from './withinTime.ts';

export interface ServerOptions {
  readonly ports: Ports;
  /** What `loadmodule` can load. */
  readonly modules: readonly AnyModule[];
  /** The core's own declaration, always loaded. */
  readonly core: AnyModule;
  /** Called when the server cannot go on; it stops by itself. */
  readonly onFailure?: (reason: string) => void;
}

export type ServerState = 'new' | 'loaded' | 'starting' | 'running' | 'draining' | 'stopped';

/**
 * One server: a configuration, its modules, its sockets. Several live in one process without knowing of each
 * other. Life: `load`, `start`, perhaps `drain`, `stop`.
 */
export class Server {
  readonly settings: ServerSettings;
  readonly statistics = new StatisticsRegistry();
  readonly counters = new CoreCounters();
  readonly levels = new LogLevels();
  readonly rpc: ServerRpc;
  readonly runtimeConfig: ServerRuntimeConfig;
  readonly transport: TransportLayer;
  readonly transportSettings: TransportSettings;
  readonly registry: ModuleRegistry;
  readonly timers: TimerWheel;
  readonly routes: RouteRunner;
  readonly log: Log;
  readonly startId: string;
  readonly startedSec: number;
  readonly #ports: Ports;
  readonly #logScope: LogScope;
  readonly #hooks: ServerHooks;
  readonly #location: DnsLocation;
  readonly #stateless: StatelessProxy;
  readonly databases: Databases;
  readonly #receiver: Receiver;
  readonly #loader: ConfigLoader;
  readonly #onFailure: (reason: string) => void;
  readonly #started: LoadedModule[] = [];
  #state: ServerState = 'new';

  constructor(options: ServerOptions) {
    this.#logScope = new LogScope(options.ports.logSink);
    const ports: Ports = { ...options.ports, logSink: this.#logScope };
    this.#ports = ports;
    this.#onFailure = options.onFailure ?? (() => undefined);
    this.log = new ComponentLog('<core>', this.levels, ports.logSink);
    this.settings = new ServerSettings(globalDefault);
    this.startedSec = Math.floor(ports.clock.wallMs() / 1000);
    this.startId = ports.entropy.uint32().toString(16).padStart(8, '0');
    this.timers = new TimerWheel(ports.clock, 10, this.log);
    this.#hooks = new ServerHooks(this.log);
    this.rpc = new ServerRpc(this.log);
    this.runtimeConfig = new ServerRuntimeConfig(this.settings);
    const { log, settings } = this;
    this.databases = serverDatabases(ports, { log, settings, registry: () => this.registry });
    this.transportSettings = new TransportSettings(this.settings);
    this.transport = this.#makeTransport();
    this.#location = makeLocation(
      ports.resolver,
      ports.entropy,
      this.settings,
      this.transport,
      () => this.timers.nowMs,
    );
    this.#stateless = new StatelessProxy(this.transport, this.#location);
    this.routes = new RouteRunner(
      this.log,
      ports.clock,
      this.counters,
      () => this.#localFlow(),
      this.#logScope,
    );
    this.registry = new ModuleRegistry(
      [options.core, ...options.modules],
      (module) => new ModuleHost(module, this.#parts()),
    );
    this.#receiver = this.#makeReceiver();
    this.#loader = new ConfigLoader({
      ...this.#parts(),
      log: this.log,
      files: ports.files,
      registry: this.registry,
      transportSettings: this.transportSettings,
    });
    const problem = this.registry.load(options.core.name);
    assert(problem === undefined, `core: ${problem}`);
  }

  get state(): ServerState {
    return this.#state;
  }

  /** Reads and checks a configuration; nothing is opened. All mistakes are in the report. */
  load(source: ConfigSource): LoadedConfig {
    const loaded = this.#loader.load(source);
    if (!loaded.ok) return loaded;
    const problem = this.#logScope.configureFrom(this.settings, this.#loader.formats);
    if (problem !== undefined) return { ...loaded, ok: false, problems: [...loaded.problems, problem] };
    this.#state = 'loaded';
    return loaded;
  }

  /** The configuration with includes and conditions evaluated. */
  print(source: ConfigSource): ReturnType<ConfigLoader['print']> {
    return this.#loader.print(source);
  }

  /**
   * Opens everything. When something cannot start, what has been opened is closed again and the error thrown.
   */
  async start(): Promise<void> {
    this.#state = 'starting';
    this.#registerEverything();
    try {
      await this.#runEvent('core:modinit-before');
      for (const module of this.registry.loaded) {
        await module.declaration.start?.(module.instance);
        this.#started.push(module);
      }
      await this.transport.open();
      for (const module of this.registry.loaded) await module.declaration.ready?.(module.instance);
      await this.#runEvent('core:worker-one-init');
    } catch (error) {
      await this.stop();
      throw error;
    }
    // a module may have called `fail` meanwhile, which stops the server
    if (this.state === 'starting') this.#state = 'running';
  }

  /** One message as if it had come in on `flow`. */
  receive(text: string, flow: Flow): void {
    this.#receiver.receive(text, flow);
  }

  /** Runs an RPC method as a control client would. */
  call(method: string, args: readonly RpcArgument[] = []): Promise<RpcReply> {
    return this.rpc.call(method, args);
  }

  /** Lets what is under way come to its end: waiting messages and the modules' own work, at most `timeoutMs`. */
  async drain(timeoutMs: number): Promise<void> {
    if (this.#state !== 'running') return;
    this.#state = 'draining';
    const modules = this.registry.loaded.map((module) => module.declaration.drain?.(module.instance));
    await withinTime(
      this.#ports.clock,
      timeoutMs,
      Promise.allSettled([this.#receiver.drained(), ...modules]),
    );
  }

  /** Closes everything, in the reverse order of the start. Harmless when called again. */
  async stop(): Promise<void> {
    if (this.#state === 'stopped') return;
    this.#state = 'stopped';
    await this.#withinExitTimeout(this.#stopModules());
    this.transport.close();
    await this.#withinExitTimeout(this.databases.closeAll());
  }

  async #stopModules(): Promise<void> {
    for (const module of this.#started.splice(0).reverse()) {
      try {
        await module.declaration.stop?.(module.instance);
      } catch (error) {
        this.log.error(`module ${module.name} did not stop well: ${errorText(error)}`);
      }
    }
  }

  /** Waits no longer than `exit_timeout`: a dependency that hangs must not keep the process. */
  async #withinExitTimeout(work: Promise<void>): Promise<void> {
    const limitSec = this.settings.number('exit_timeout', 60);
    if (await withinTime(this.#ports.clock, limitSec * 1000, work)) return;
    this.log.error(`stopping takes longer than exit_timeout (${limitSec} s): going on without the rest`);
  }

  /** Calls with a message that waits for something. */
  get busyCalls(): number {
    return this.#receiver.busyCalls;
  }

  #registerEverything(): void {
    registerEverything({
      ...this, // levels, settings, registry, counters, statistics, rpc and so on
      ports: this.#ports,
      tcp: this.transportSettings.tcp,
      dnsCache: this.#location.cache,
      customDescriptions: this.#loader.customDescriptions,
      nowMs: () => this.timers.nowMs,
      defines: () => this.#loader.defines,
    });
  }

  async #runEvent(name: string): Promise<void> {
    if (this.routes.has('event', name)) await this.routes.run('event', name, this.routes.fakeContext());
  }

  #parts(): ServerParts {
    return {
      ...this, // levels, timers, transport, settings, routes, statistics, rpc and so on
      ports: this.#ports,
      location: this.#location,
      stateless: this.#stateless,
      hooks: this.#hooks,
      loaded: () => this.#loader,
      logFieldsOf: (context) => this.#logScope.fieldsOf(context),
      configFile: () => this.#loader.configFile,
      runningContext: () => this.#logScope.context,
      fail: (reason) => this.#fail(reason),
      registry: () => this.registry,
    };
  }

  #makeTransport(): TransportLayer {
    const { net, resolver, clock } = this.#ports;
    return new TransportLayer({
      net,
      resolver,
      clock,
      timers: this.timers,
      log: this.log,
      options: this.transportSettings,
      events: {
        onMessage: (text, flow) => this.receive(text, flow),
        onConnectionClosed: (id) => this.#hooks.emitConnectionClosed(id),
        onUnreachable: (address, port, proto) => this.#hooks.emitUnreachable(address, port, proto),
      },
    });
  }

  #makeReceiver(): Receiver {
    return new Receiver({
      logScope: this.#logScope,
      log: this.log,
      clock: this.#ports.clock,
      counters: this.counters,
      hooks: this.#hooks,
      routes: this.routes,
      settings: this.settings,
      transport: this.transport,
      forwardResponse: (context) => this.#stateless.forwardResponse(context.message, context.flow),
    });
  }

  #localFlow(): Flow {
    const [socket = noSocketYet] = this.transport.sockets; // event routes of the start run before they open
    return { socket, proto: socket.proto, address: socket.address, port: socket.port, connectionId: 0 };
  }

  #fail(reason: string): void {
    this.log.write(-2, reason);
    if (this.#state === 'stopped') return;
    this.#onFailure(reason);
  }
}
