import type { LogRecord } from '../src/base/ports.ts';
import type { AnyModule } from '../src/module/define.ts';
import { modules as allModules } from '../src/modules/index.ts';
import core from '../src/script/core/index.ts';
import type { ConfigSource } from '../src/server/configLoader.ts';
import { Server } from '../src/server/server.ts';
import type { SimPorts, SimWorld } from './world.ts';

export interface SimServerOptions {
  /** The text of a kamailio.cfg. */
  readonly config: string;
  readonly address: string;
  readonly name?: string;
  /** Further addresses of its machine. */
  readonly moreAddresses?: readonly string[];
  /** Files that the config includes or reads, by absolute path. */
  readonly files?: Readonly<Record<string, string>>;
  /** Command line: defines, listen, and the rest. */
  readonly source?: Partial<ConfigSource>;
  readonly modules?: readonly AnyModule[];
}

/** How long a server may take to open everything, in virtual time. */
const startLimitMs = 60_000;

/** A whole server in a world. */
export class SimServer {
  readonly server: Server;
  readonly ports: SimPorts;
  readonly address: string;
  /** Timers that run as long as the server does: what is left when nothing is under way. */
  readonly idleTimers: number;
  readonly #world: SimWorld;

  private constructor(world: SimWorld, server: Server, ports: SimPorts, address: string) {
    this.#world = world;
    this.server = server;
    this.ports = ports;
    this.address = address;
    this.idleTimers = server.timers.size;
  }

  /** @throws Error with all diagnostics when the config has mistakes. */
  static async start(world: SimWorld, options: SimServerOptions): Promise<SimServer> {
    const { address, name = 'server', moreAddresses = [] } = options;
    const ports = world.addHost({
      name,
      addresses: [address, ...moreAddresses],
      ...(options.files !== undefined && { files: options.files }),
    });
    const server = new Server({ ports, modules: options.modules ?? allModules, core });
    const loaded = server.load({
      file: `/etc/${name}.cfg`,
      text: options.config,
      listen: options.source?.listen ?? [address],
      ...options.source,
    });
    if (!loaded.ok) throw new Error(problemsOf(loaded));
    await within(world, server.start(), startLimitMs);
    return new SimServer(world, server, ports, address);
  }

  get log(): readonly LogRecord[] {
    return this.ports.log;
  }

  /** Log lines of this level or graver. */
  logged(level: number): readonly string[] {
    return this.log
      .filter((record) => record.level <= level)
      .map(({ component, text }) => `${component}: ${text}`);
  }

  /** Timers beyond those of an idle server and of its open connections. */
  get busyTimers(): number {
    const owned = this.server.transport.connections().filter(({ timer }) => timer !== undefined).length;
    return this.server.timers.size - this.idleTimers - owned;
  }

  /** Ends it as SIGTERM does. */
  async stop(): Promise<void> {
    await within(this.#world, this.server.drain(5000), 10_000);
    await within(this.#world, this.server.stop(), 10_000);
  }
}

function problemsOf(loaded: ReturnType<Server['load']>): string {
  const lines = loaded.diagnostics.map(
    ({ code, message, file, line, column }) => `${file}:${line}:${column}: ${code} ${message}`,
  );
  return ['the config has mistakes:', ...lines, ...loaded.problems].join('\n');
}

/** Lets virtual time pass until a promise settles. */
export async function within<T>(world: SimWorld, promise: Promise<T>, limitMs: number): Promise<T> {
  let settled = false;
  const watched = promise.finally(() => {
    settled = true;
  });
  watched.catch(() => {});
  if (!(await world.clock.advanceUntil(() => settled, limitMs))) {
    throw new Error(`not done within ${limitMs} ms of virtual time`);
  }
  return watched;
}
