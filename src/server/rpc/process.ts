import { errorText } from '../../base/errors.ts';
import type { Clock, HostInfo, Processes } from '../../base/ports.ts';
import { breakDown, strftime } from '../../base/strftime.ts';
import type { ModuleRegistry } from '../../module/registry.ts';
import { type RpcArgument, RpcFault, type RpcReply, RpcStruct } from '../../module/rpc.ts';
import { oleloVersion } from '../settings.ts';
import { type CoreMethods, method, rest } from './methods.ts';

export interface ProcessRpcParts {
  readonly clock: Clock;
  readonly host: HostInfo;
  readonly processes: Processes;
  readonly registry: ModuleRegistry;
  readonly startedSec: number;
  /** `#!define`s, '' for a plain name. */
  readonly defines: () => ReadonlyMap<string, string>;
}

const description = 'main process - all sockets and timers';

/** `core.*` about the process: there is one, where Kamailio has many. */
export function processRpc(parts: ProcessRpcParts): CoreMethods {
  const { host, processes, registry } = parts;
  return {
    'core.version': method('Name and version.', () => [`olelo ${oleloVersion} (node)`]),
    'core.uptime': method('Time of the start and seconds since.', () => [uptime(parts)]),
    'core.info': method('About this build.', () => [info()]),
    'core.runinfo': method('About this build and run.', () => [runInfo(parts)]),
    'core.flags': method('Build flags: there are none to choose.', () => ['USE_TCP, NODE']),
    'core.echo': method('Gives its arguments back, as texts.', textsOf, {
      args: [rest('argument')],
      returnsArray: true,
    }),
    'core.prints': method('Gives texts back.', (args) => args.map(String), {
      args: [rest('text', 'string')],
      returnsArray: true,
    }),
    'core.printi': method('Gives numbers back.', numbersOf, {
      args: [rest('number', 'int')],
      returnsArray: true,
    }),
    'core.ps': method('Process id and description.', () => [host.pid, description]),
    'core.psx': method('Processes as records.', () => [processRecord(host)], { returnsArray: true }),
    'core.psa': method('Processes as records with all there is.', () => [fullProcessRecord(host)], {
      returnsArray: true,
    }),
    'core.pwd': method('Working directory.', () => [host.workingDirectory()]),
    'core.arg': method('The command line.', () => [...host.commandLine], { returnsArray: true }),
    'core.modules': method('Loaded modules, the last one first.', () => loadedNames(registry), {
      returnsArray: true,
    }),
    'core.ppdefines': method('Names of #!define.', () => [...parts.defines().keys()], { returnsArray: true }),
    'core.ppdefines_full': method('#!defines with their values.', () => definesOf(parts), {
      returnsArray: true,
    }),
    'core.shmmem': method(
      'Memory of the process; b, k, m or g for the unit.',
      ([unit]) => memory(host, unit),
      {
        args: [{ name: 'unit', type: 'string', optional: true }],
      },
    ),
    'core.kill': method('Sends a signal to the server; 15 without a number.', ([n]) => kill(processes, n), {
      args: [{ name: 'signal', type: 'int', optional: true }],
    }),
  };
}

/** `Fri Nov 20 21:53:02 2026`, local time. */
function ctime(epochSec: number): string {
  return strftime('%a %b %e %H:%M:%S %Y', breakDown(epochSec, false));
}

function nowSec({ clock }: ProcessRpcParts): number {
  return Math.floor(clock.wallMs() / 1000);
}

function uptime(parts: ProcessRpcParts): RpcStruct {
  const now = nowSec(parts);
  return new RpcStruct({
    now: ctime(now),
    up_since: ctime(parts.startedSec),
    uptime: now - parts.startedSec,
  });
}

function info(): RpcStruct {
  return new RpcStruct({
    version: `olelo ${oleloVersion}`,
    id: 'unknown',
    compiler: 'node',
    compiled: '',
    flags: '',
  });
}

function runInfo(parts: ProcessRpcParts): RpcStruct {
  const now = nowSec(parts);
  const seconds = now - parts.startedSec;
  const days = Math.floor(seconds / 86_400);
  const rest = `${Math.floor(seconds / 3600) % 24}h ${Math.floor(seconds / 60) % 60}m ${seconds % 60}s`;
  return new RpcStruct({
    name: 'olelo',
    version: oleloVersion,
    sourceid: 'unknown',
    compiler: 'node',
    compiled: '',
    time_now: ctime(now),
    time_started: ctime(parts.startedSec),
    uptime_secs: seconds,
    utime_days: `${days}d ${rest}`,
  });
}

function textsOf(args: readonly RpcArgument[]): RpcReply {
  return args.map((arg) => (typeof arg === 'number' ? String(arg) : arg));
}

/** Kamailio's `core.printi` stops at the first argument that is no number. */
function numbersOf(args: readonly RpcArgument[]): RpcReply {
  const end = args.findIndex((arg) => typeof arg !== 'number' && Number.isNaN(Number(arg)));
  return args.slice(0, end < 0 ? args.length : end).map(Number);
}

function processRecord({ pid }: HostInfo): RpcStruct {
  return new RpcStruct({ IDX: 0, PID: pid, DSC: description });
}

function fullProcessRecord({ pid }: HostInfo): RpcStruct {
  return new RpcStruct({ index: 0, pid, status: 1, rank: 0, description });
}

function loadedNames(registry: ModuleRegistry): readonly string[] {
  return registry.loaded
    .map(({ name }) => name)
    .filter((name) => name !== 'core')
    .reverse();
}

function definesOf({ defines }: ProcessRpcParts): readonly RpcStruct[] {
  return [...defines()].map(
    ([name, value]) =>
      new RpcStruct({ name, type: value === '' ? 0 : 1, value: value === '' ? 'none' : value }),
  );
}

const unitBytes: Readonly<Record<string, number>> = { b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

function memory(host: HostInfo, unit: RpcArgument | undefined): RpcReply {
  const divisor = unitBytes[unit === undefined ? 'b' : String(unit)];
  if (divisor === undefined) return new RpcFault(500, 'bad param (b, k, m or g expected)');
  const { rss, heapUsed, heapTotal, external } = host.memoryBytes();
  const whole = (bytes: number) => Math.floor(bytes / divisor);
  return [
    new RpcStruct({
      total: whole(heapTotal + external),
      free: whole(heapTotal - heapUsed),
      used: whole(heapUsed + external),
      real_used: whole(rss),
      max_used: whole(rss),
      fragments: 1,
    }),
  ];
}

function kill(processes: Processes, signal: RpcArgument | undefined): RpcReply {
  try {
    processes.signalSelf(typeof signal === 'number' ? signal : 15);
    return [];
  } catch (error) {
    return new RpcFault(500, errorText(error));
  }
}
