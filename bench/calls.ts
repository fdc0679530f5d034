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

export interface CallWorkload {
  readonly name: string;
  /** The config's path, absolute or below the repository. */
  readonly config: string;
  /** Users register first, and calls find them by the location service. */
  readonly registered: boolean;
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

export interface CallOptions {
  /** Calls per second. */
  readonly rate: number;
  readonly durationSec: number;
  readonly pinning: Pinning;
}

const serverPort = 5060;
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
  const server = await startForCalls(workload, program, options, address, folder);
  try {
    return await measure(workload, server, options, address, folder);
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
  writeFileSync(
    config,
    readFileSync(source, 'latin1').replaceAll('CALLED_ADDRESS', `${address}:${calledPort}`),
  );
  return startServer({
    program,
    config,
    args: ['-l', `udp:${address}:${serverPort}`],
    readyWhen: [{ kind: 'udp', address, port: serverPort }],
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
  const users = usersFile(folder, address);
  const called = new SippLoad({
    scenario: 'bench/scenarios/called.xml',
    address,
    port: calledPort,
    pinned,
  });
  await waitUntilReady([{ kind: 'udp', address, port: calledPort }]);
  const caller = { address, port: callerPort, target, users, pinned };
  if (workload.registered) await runLoad(caller, 'bench/scenarios/register.xml', userCount, 500);
  for (const rate of [options.rate * coldShare, options.rate])
    await runLoad(caller, 'bench/scenarios/call.xml', rate * warmUpSec, rate);
  const probe = newProbe(address);
  await probe.start();
  const cpuBefore = cpuSeconds(server.pid);
  const calls = options.rate * options.durationSec;
  const result = await runLoad(caller, 'bench/scenarios/call.xml', calls, options.rate);
  await probe.stop(settleMs);
  const cpuAfter = cpuSeconds(server.pid);
  const memory = memoryMb(server.pid);
  const calledResult = await called.stop();
  return {
    program: server.program,
    calls,
    cpuPerCallUs: ((cpuAfter - cpuBefore) * 1e6) / (calls + probe.sent),
    failed: calls - result.successful + (probe.sent - probe.latenciesMs.length),
    callerRetransmissions: result.retransmissions,
    calledRetransmissions: calledResult.retransmissions,
    p50Ms: percentile(probe.latenciesMs, 0.5),
    p99Ms: percentile(probe.latenciesMs, 0.99),
    memoryMb: memory,
  };
}

function usersFile(folder: string, address: string): string {
  const path = join(folder, 'users.csv');
  const lines = Array.from({ length: userCount }, (_, i) => `user${i};${address}:${calledPort}`);
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

function newProbe(address: string): Probe {
  let next = 0;
  const user = (): string => {
    next = (next + 1) % userCount;
    return `user${next}`;
  };
  const everyMs = probeEveryMs;
  return new Probe({ address, port: probePort, serverPort, method: 'INVITE', user, everyMs });
}
