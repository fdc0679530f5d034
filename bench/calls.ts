/** W1 and W2: calls through the server, one round at a time. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownAddress } from '../test/support/loopback.ts';
import {
  type Program,
  type RunningServer,
  repository,
  startServer,
  waitUntilReady,
} from '../test/support/server.ts';
import { SippLoad } from './load.ts';
import { percentile } from './measure.ts';
import type { Pinning } from './pinning.ts';
import { Probe } from './probe.ts';
import { cpuSeconds, memoryMb } from './processes.ts';
import { makeCertificate, ownCertificate, streamConfig } from './streamConfig.ts';
import { StreamPeers } from './streamPeers.ts';
import { makeUserDatabase, passwordOf } from './userDatabase.ts';

export interface CallWorkload {
  readonly name: string;
  /** The config's path, absolute or below the repository. */
  readonly config: string;
  /** Users register first by this scenario, and calls find them by the location service. */
  readonly registerBy?: string;
  /** What is measured; default: a call. */
  readonly scenario?: string;
  /** The config has a DATABASE_URL: users are in its table of subscribers. */
  readonly usesDatabase?: boolean;
  /** No called side takes part, and no probe. */
  readonly isAlone?: boolean;
  /** Calls over one connection on each side. */
  readonly stream?: 'TCP' | 'TLS';
}

export interface CallRound {
  readonly program: Program;
  readonly calls: number;
  /** Microseconds of user and system time over all processes of the server. */
  readonly cpuPerCallUs: number;
  readonly failed: number;
  readonly callerRetransmissions: number;
  readonly calledRetransmissions: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly memoryMb: number;
}

export const scenarios = {
  call: 'bench/scenarios/call.xml',
  callWithDigest: 'bench/scenarios/call-digest.xml',
  register: 'bench/scenarios/register.xml',
  registerWithDigest: 'bench/scenarios/register-digest.xml',
} as const;

export interface CallOptions {
  /** Calls per second. */
  readonly rate: number;
  readonly durationSec: number;
  readonly pinning: Pinning;
}

const serverPort = 5060;
const tlsServerPort = 5061;
const callerPort = 5081;
const calledPort = 5082;
const probePort = 5083;
const userCount = 1000;
/**
 * Calls before the measured ones: code gets compiled, pools get filled. First at a part of the rate, because a storm of
 * retransmissions in a cold server would reach into what is measured.
 */
const warmUpSec = 3;
const coldShare = 0.2;
const probeEveryMs = 20;
/** Lets what follows a call (timers of ended transactions) be counted with it. */
const settleMs = 500;

export async function callRound(
  workload: CallWorkload,
  program: Program,
  options: CallOptions,
): Promise<CallRound> {
  const address = ownAddress();
  const folder = mkdtempSync(join(tmpdir(), 'olelo-bench-'));
  if (workload.stream !== undefined) await makeCertificate(folder);
  const server = await startForCalls(workload, program, options, address, folder);
  try {
    return workload.stream === undefined
      ? await measure(workload, server, options, address, folder)
      : await measureStreams(workload.stream, server, options, address, folder);
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function startForCalls(
  workload: CallWorkload,
  program: Program,
  options: CallOptions,
  address: string,
  folder: string,
): Promise<RunningServer> {
  const config = join(folder, 'bench.cfg');
  const source = workload.config.startsWith('/') ? workload.config : join(repository, workload.config);
  let text = readFileSync(source, 'latin1').replaceAll('CALLED_ADDRESS', `${address}:${calledPort}`);
  if (workload.usesDatabase === true)
    text = text.replaceAll('DATABASE_URL', makeUserDatabase(folder, address, userCount));
  const proto = workload.stream?.toLowerCase() ?? 'udp';
  const port = portFor(workload.stream);
  if (workload.stream !== undefined) text = streamConfig(text, proto, folder);
  writeFileSync(config, text);
  return startServer({
    program,
    config,
    args: ['-l', `${proto}:${address}:${port}`],
    readyWhen: [{ kind: proto === 'udp' ? 'udp' : 'tcp', address, port }],
    wrapper: options.pinning.server,
    memoryMb: { shared: 512, private: 32 },
  });
}

async function measure(
  workload: CallWorkload,
  server: RunningServer,
  options: CallOptions,
  address: string,
  folder: string,
): Promise<CallRound> {
  const pinned = options.pinning.load;
  const target = `${address}:${serverPort}`;
  const caller = { address, port: callerPort, target, users: usersFile(folder, address), pinned };
  const called = workload.isAlone === true ? undefined : calledSide(address, pinned);
  if (called !== undefined) await waitUntilReady([{ kind: 'udp', address, port: calledPort }]);
  if (workload.registerBy !== undefined) await runLoad(caller, workload.registerBy, userCount, 500);
  const scenario = workload.scenario ?? scenarios.call;
  for (const rate of [options.rate * coldShare, options.rate])
    await runLoad(caller, scenario, rate * warmUpSec, rate);
  const probe = workload.isAlone === true ? undefined : newProbe(address, workload);
  await probe?.start();
  const cpuBefore = cpuSeconds(server.pid);
  const calls = options.rate * options.durationSec;
  const result = await runLoad(caller, scenario, calls, options.rate);
  await probe?.stop(settleMs);
  const cpuAfter = cpuSeconds(server.pid);
  const memory = memoryMb(server.pid);
  const calledResult = await called?.stop();
  const probes = workload.usesDatabase === true ? 0 : (probe?.sent ?? 0);
  const latencies = probe?.latenciesMs ?? [];
  return {
    program: server.program,
    calls,
    cpuPerCallUs: ((cpuAfter - cpuBefore) * 1e6) / (calls + probes),
    failed: calls - result.successful + ((probe?.sent ?? 0) - latencies.length),
    callerRetransmissions: result.retransmissions,
    calledRetransmissions: calledResult?.retransmissions ?? Number.NaN,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    memoryMb: memory,
  };
}

function portFor(stream: CallWorkload['stream']): number {
  return stream === 'TLS' ? tlsServerPort : serverPort;
}

function calledSide(address: string, pinned: readonly string[]): SippLoad {
  return new SippLoad({ scenario: 'bench/scenarios/called.xml', address, port: calledPort, pinned });
}

/** Calls over TCP or TLS, from this process: it is pinned like the other load generators. */
async function measureStreams(
  stream: 'TCP' | 'TLS',
  server: RunningServer,
  options: CallOptions,
  address: string,
  folder: string,
): Promise<CallRound> {
  const { certificate, key } = ownCertificate(folder);
  const places = { transport: stream, address, serverPort: portFor(stream), calledPort };
  const peers = new StreamPeers({ ...places, certificate, key });
  await peers.open();
  try {
    for (const rate of [options.rate * coldShare, options.rate]) await peers.run(rate * warmUpSec, rate);
    const calls = options.rate * options.durationSec;
    const cpuBefore = cpuSeconds(server.pid);
    const { successful, latenciesMs } = await peers.run(calls, options.rate);
    await new Promise((resolve) => setTimeout(resolve, settleMs));
    return {
      program: server.program,
      calls,
      cpuPerCallUs: ((cpuSeconds(server.pid) - cpuBefore) * 1e6) / calls,
      failed: calls - successful,
      callerRetransmissions: 0,
      calledRetransmissions: 0,
      p50Ms: percentile(latenciesMs, 0.5),
      p99Ms: percentile(latenciesMs, 0.99),
      memoryMb: memoryMb(server.pid),
    };
  } finally {
    peers.close();
  }
}

function usersFile(folder: string, address: string): string {
  const path = join(folder, 'users.csv');
  const lines = Array.from({ length: userCount }, (_, i) => {
    const credentials = `[authentication username=user${i} password=${passwordOf(i)}]`;
    return `user${i};${address}:${calledPort};${credentials};user${(i + 1) % userCount}`;
  });
  writeFileSync(path, `SEQUENTIAL\n${lines.join('\n')}\n`);
  return path;
}

function runLoad(
  caller: { address: string; port: number; target: string; users: string; pinned: readonly string[] },
  scenario: string,
  calls: number,
  rate: number,
): ReturnType<SippLoad['result']> {
  return new SippLoad({ ...caller, scenario, calls, rate }).result();
}

/** Where users have to authenticate, a plain question. */
function newProbe(address: string, workload: CallWorkload): Probe {
  let next = 0;
  const user = (): string => {
    next = (next + 1) % userCount;
    return `user${next}`;
  };
  const everyMs = probeEveryMs;
  const method = workload.usesDatabase === true ? 'OPTIONS' : 'INVITE';
  return new Probe({ address, port: probePort, serverPort, method, user, everyMs });
}
