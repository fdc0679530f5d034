/**
 * What one call costs the server's own code: a whole server on a configuration, in this process, without sockets and
 * in virtual time. The kernel's share is missing, so is the noise of other processes: `npm run bench` has both.
 *
 *     node --single-threaded-gc --min-semi-space-size=64 --max-semi-space-size=64 dist/bench/costOfCall.js w1 20000
 *
 * `--cpu-prof` and `--heap-prof` work as for any program.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PerformanceObserver } from 'node:perf_hooks';
import { TestClock } from '../src/base/testClock.ts';
import { modules } from '../src/modules/index.ts';
import { nodePorts } from '../src/runtime/index.ts';
import core from '../src/script/core/index.ts';
import { Server } from '../src/server/server.ts';
import { repository } from '../test/support/server.ts';
import { SyntheticCalls } from './syntheticCalls.ts';

const configs: Readonly<Record<string, string>> = {
  w1: join(repository, 'bench', 'configs', 'w1.cfg'),
  w2: '/etc/kamailio/kamailio.cfg',
};
const userCount = 1000;
/** Time between two calls: 2,000 a second. */
const callEveryMs = 0.5;
const warmUpCalls = 14_000;

const [workload = 'w1', count = '20000'] = process.argv.slice(2);
const calls = Number(count);
const path = configs[workload];
if (path === undefined) throw new Error(`no workload ${workload}`);

const clock = new TestClock(Date.now());
const wire = new SyntheticCalls(clock, userCount);
const folder = mkdtempSync(join(tmpdir(), 'olelo-bench-'));
const ports = nodePorts();
const server = new Server({ ports: { ...ports, clock, net: wire.net(ports.net) }, modules, core });
const text = readFileSync(path, 'latin1').replaceAll('CALLED_ADDRESS', wire.calledPlace);
const loaded = server.load({ file: path, text, listen: [wire.listen], runDirectory: folder });
if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics));
await server.start();

if (workload === 'w2') await wire.register();
await wire.run(warmUpCalls, callEveryMs);

let collections = 0;
let collectMs = 0;
let longestMs = 0;
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) {
    collections++;
    collectMs += duration;
    longestMs = Math.max(longestMs, duration);
  }
}).observe({ entryTypes: ['gc'] });

const before = process.cpuUsage();
const failedBefore = wire.unfinished;
await wire.run(calls, callEveryMs);
const { user, system } = process.cpuUsage(before);
await new Promise((resolve) => setTimeout(resolve, 10));
const { heapUsed, rss } = process.memoryUsage();
const us = (value: number): string => (value / calls).toFixed(1);
console.log(
  `${workload}: ${us(user + system)} µs per call (the synthetic peers' work included), garbage collection ${us(collectMs * 1000)} µs ` +
    `in ${collections} runs, the longest ${longestMs.toFixed(1)} ms; unfinished ${wire.unfinished - failedBefore}; ` +
    `heap ${(heapUsed / 2 ** 20).toFixed(0)} MB, resident ${(rss / 2 ** 20).toFixed(0)} MB`,
);
rmSync(folder, { recursive: true, force: true });
process.exit(0);
