import type { DatabaseDriver, LogSink, Ports } from '../base/ports.ts';
import { NodeClock } from './clock.ts';
import { NodeEntropy } from './entropy.ts';
import { NodeFiles } from './files.ts';
import { NodeHost } from './host.ts';
import { NodeHttpClient } from './httpClient.ts';
import { LogOutput } from './log/output.ts';
import { nodeNet } from './net.ts';
import { NodeProcesses } from './processes.ts';
import { NodeResolver, type ResolverOptions } from './resolver.ts';
import { serverDrivers } from './sql/drivers.ts';
import { sqliteDriver } from './sqlite/driver.ts';

export { type LogOptions, LogOutput } from './log/output.ts';
export { facilityNumber } from './log/syslogSink.ts';
export type { ResolverOptions } from './resolver.ts';
export { accountId } from './unix.ts';

export interface NodePortsOptions {
  /** Default: stderr. Keep your own `LogOutput` to redirect it later. */
  readonly logSink?: LogSink | undefined;
  readonly resolver?: ResolverOptions | undefined;
  /** Default: SQLite, MySQL, PostgreSQL. */
  readonly databaseDrivers?: readonly DatabaseDriver[] | undefined;
}

/** The ports on Node: the one place where Olelo meets the real world. */
export function nodePorts(options: NodePortsOptions = {}): Ports {
  const clock = new NodeClock();
  const entropy = new NodeEntropy();
  return {
    clock,
    entropy,
    logSink: options.logSink ?? new LogOutput({ to: 'stderr' }),
    net: nodeNet,
    resolver: new NodeResolver(options.resolver),
    files: new NodeFiles(),
    http: new NodeHttpClient(),
    processes: new NodeProcesses(),
    host: new NodeHost(),
    databaseDrivers: options.databaseDrivers ?? [sqliteDriver, ...serverDrivers({ clock, entropy })],
  };
}
