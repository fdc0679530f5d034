import { ServerError } from '../src/base/errors.ts';
import type { HostInfo, LogRecord, Ports, Processes } from '../src/base/ports.ts';
import { SimClock } from './clock.ts';
import { SimDatabaseServer } from './database.ts';
import { SimFiles } from './files.ts';
import { SimListeners, SimNet } from './hostNet.ts';
import { SimHttp } from './http.ts';
import { SimNetwork } from './network.ts';
import { SimRandom } from './random.ts';
import { SimResolver } from './resolver.ts';

export interface HostOptions {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

/** Ports that are virtual all through, with their virtual parts at hand. */
export interface SimPorts extends Ports {
  readonly clock: SimClock;
  readonly net: SimNet;
  readonly resolver: SimResolver;
  readonly files: SimFiles;
  /** Everything logged by this host. */
  readonly log: LogRecord[];
}

/** A world from a seed: one time, one network, one DNS, one database, and as many hosts as you like. */
export class SimWorld {
  readonly seed: number;
  readonly clock: SimClock;
  readonly random: SimRandom;
  readonly network: SimNetwork;
  readonly resolver: SimResolver;
  readonly database: SimDatabaseServer;
  readonly web: SimHttp;
  readonly #listeners = new SimListeners();
  readonly #nets = new Map<string, SimNet>();

  constructor(seed = 1) {
    this.seed = seed;
    this.clock = new SimClock();
    this.random = new SimRandom(seed);
    this.network = new SimNetwork(this.clock, this.random.fork('network'));
    this.resolver = new SimResolver(this.clock);
    this.database = new SimDatabaseServer(this.clock);
    this.web = new SimHttp(this.clock);
  }

  /** A machine with addresses of its own. */
  addHost(options: HostOptions): SimPorts {
    const log: LogRecord[] = [];
    const net = new SimNet(this.network, this.#listeners, options.addresses);
    this.#nets.set(options.name, net);
    return {
      clock: this.clock,
      entropy: this.random.fork(options.name),
      log,
      logSink: { write: (record) => void log.push(record) },
      net,
      resolver: this.resolver,
      files: new SimFiles(options.files, () => this.clock.wallMs()),
      http: this.web,
      processes: noProcesses,
      host: hostInfo(options),
      databaseDrivers: [this.database],
    };
  }

  /** A floating address comes to a host. */
  giveAddress(host: string, address: string): void {
    this.#nets.get(host)?.addAddress(address);
  }

  /** Lets time pass. */
  advance(ms: number, afterEach?: () => void): Promise<void> {
    return this.clock.advance(ms, afterEach);
  }

  /** Breaks all streams of an address, as when its machine restarts. */
  breakStreams(address: string): number {
    let broken = 0;
    for (const stream of this.#listeners.streams) {
      if (stream.isClosed) this.#listeners.streams.delete(stream);
      else if (stream.local.address === address || stream.remote.address === address) {
        stream.breakDown();
        broken++;
      }
    }
    return broken;
  }

  /** One number for all that happened on the wire: equal seeds give equal ones. */
  get traceHash(): number {
    let hash = 0x811c9dc5;
    const mix = (byte: number) => {
      hash = Math.imul(hash ^ byte, 0x01000193);
    };
    for (const { atMs, kind, from, to, bytes } of this.network.trace) {
      for (const byte of Buffer.from(`${atMs.toFixed(3)} ${kind} ${from} ${to}\n`)) mix(byte);
      for (const byte of bytes) mix(byte);
    }
    return hash >>> 0;
  }
}

const noProcesses: Processes = {
  run: async (command) => {
    throw new ServerError('PROCESS_FAILED', `no programs run in the simulator: ${command}`);
  },
  signalSelf: (signal) => {
    throw new ServerError('PROCESS_FAILED', `no signals in the simulator: ${signal}`);
  },
};

function hostInfo({ name, env = {} }: HostOptions): HostInfo {
  const dot = name.indexOf('.');
  return {
    pid: 1,
    hostname: name,
    commandLine: ['olelo'],
    workingDirectory: () => '/',
    domainname: dot < 0 ? '' : name.slice(dot + 1),
    memoryBytes: () => ({ rss: 0, heapUsed: 0, heapTotal: 0, external: 0 }),
    cpuMicros: () => ({ user: 0, system: 0 }),
    env: (key) => env[key],
  };
}
