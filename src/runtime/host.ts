import { hostname } from 'node:os';
import type { HostInfo } from '../base/ports.ts';

/** This process and its machine. */
export class NodeHost implements HostInfo {
  readonly pid = process.pid;
  readonly hostname = hostname();
  readonly commandLine = ['olelo', ...process.argv.slice(2)];

  workingDirectory(): string {
    return process.cwd();
  }

  /** What stands behind the first dot of the host name; '' when it has none. */
  get domainname(): string {
    const dot = this.hostname.indexOf('.');
    return dot < 0 ? '' : this.hostname.slice(dot + 1);
  }

  memoryBytes(): { rss: number; heapUsed: number; heapTotal: number; external: number } {
    const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
    return { rss, heapUsed, heapTotal, external };
  }

  cpuMicros(): { user: number; system: number } {
    return process.cpuUsage();
  }

  env(name: string): string | undefined {
    return process.env[name];
  }
}
