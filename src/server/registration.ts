import type { LogLevels } from '../base/log.ts';
import type { Ports } from '../base/ports.ts';
import type { LoadedModule, ModuleRegistry } from '../module/registry.ts';
import type { DnsCache } from '../proxy/dnsCache.ts';
import type { CoreCounters } from './coreCounters.ts';
import { coreVariables } from './coreVariables.ts';
import type { Databases } from './databases.ts';
import { databasesRpc } from './rpc/databases.ts';
import { dnsRpc } from './rpc/dns.ts';
import { processRpc } from './rpc/process.ts';
import { systemRpc } from './rpc/system.ts';
import { transportRpc } from './rpc/transport.ts';
import type { ServerRpc } from './rpcRegistry.ts';
import type { ServerRuntimeConfig } from './runtimeConfig.ts';
import { tuneResolver } from './serverLocation.ts';
import type { ServerSettings } from './settings.ts';
import type { StatisticsRegistry } from './statistics.ts';
import {
  type TcpOptions,
  type TransportLayer,
  tcpStatistics,
  transportStatistics,
} from './transport/index.ts';

export interface RegistrationParts {
  readonly ports: Ports;
  readonly levels: LogLevels;
  readonly settings: ServerSettings;
  readonly registry: ModuleRegistry;
  readonly counters: CoreCounters;
  readonly statistics: StatisticsRegistry;
  readonly rpc: ServerRpc;
  readonly runtimeConfig: ServerRuntimeConfig;
  readonly transport: TransportLayer;
  readonly tcp: TcpOptions;
  readonly dnsCache: DnsCache;
  readonly databases: Databases;
  readonly startedSec: number;
  readonly customDescriptions: ReadonlyMap<string, string>;
  nowMs(): number;
  defines(): ReadonlyMap<string, string>;
}

/** Settings that ports want to know; counters, RPC methods and run-time variables of the core and of all loaded modules. */
export function registerEverything(parts: RegistrationParts): void {
  const { counters, statistics, rpc, runtimeConfig, registry } = parts;
  tuneResolver(parts.ports.resolver, parts.settings);
  counters.registerIn(statistics);
  registerTransport(parts);
  rpc.addCore(coreRpc(parts)); // a module may put its own method in place of one of these
  rpc.addModules(registry);
  runtimeConfig.addCore(coreVariables(parts));
  runtimeConfig.addModules(registry);
  runtimeConfig.addCustom(parts.customDescriptions);
  for (const module of registry.loaded) registerStatistics(module, statistics);
}

function registerTransport({ transport, statistics }: RegistrationParts): void {
  const { counters } = transport;
  for (const name of tcpStatistics) statistics.register('tcp', name, () => counters[name]);
  for (const name of transportStatistics) statistics.register('transport', name, () => counters[name]);
}

function coreRpc(parts: RegistrationParts) {
  const { ports, rpc, transport, tcp, settings, registry, startedSec } = parts;
  return {
    ...systemRpc(rpc),
    ...transportRpc(transport, tcp, settings),
    ...dnsRpc(parts.dnsCache, settings, () => parts.nowMs()),
    ...databasesRpc(parts.databases),
    ...processRpc({
      clock: ports.clock,
      host: ports.host,
      processes: ports.processes,
      registry,
      startedSec,
      defines: () => parts.defines(),
    }),
  };
}

function registerStatistics(
  { name: moduleName, declaration, instance }: LoadedModule,
  to: StatisticsRegistry,
): void {
  for (const [name, { group, read, reset }] of Object.entries(declaration.statistics ?? {})) {
    const resetIt = reset === undefined ? undefined : () => reset(instance);
    to.register(group ?? moduleName, name, () => read(instance), resetIt);
  }
}
