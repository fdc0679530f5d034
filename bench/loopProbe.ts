/**
 * Preloaded into a server under measurement (`node --import`): how much CPU time one turn of its event loop takes. CPU
 * time of the main thread and not elapsed time, because on a busy machine another process may hold the core meanwhile,
 * which is not the server's doing. Each second one line with the longest turn goes to the file that `OLELO_LOOP_PROBE`
 * names: milliseconds since the epoch, milliseconds held, milliseconds of the longest garbage collection.
 */
import { appendFileSync, openSync, readSync } from 'node:fs';
import { PerformanceObserver } from 'node:perf_hooks';

const path = process.env.OLELO_LOOP_PROBE;
/** A turn is seen at the first timer behind it, so that this much may be counted to it. */
const lookEveryMs = 1;
const writeEveryMs = 1000;

/** Milliseconds of CPU that the main thread has had. */
function threadCpuReader(): () => number {
  const file = openSync(`/proc/self/task/${process.pid}/schedstat`, 'r');
  const buffer = Buffer.alloc(64);
  return () => Number.parseInt(buffer.toString('latin1', 0, readSync(file, buffer, 0, 64, 0)), 10) / 1e6;
}

if (path !== undefined) {
  const cpuMs = threadCpuReader();
  let last = cpuMs();
  let longest = 0;
  let longestGc = 0;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longestGc = Math.max(longestGc, duration);
  }).observe({ entryTypes: ['gc'] });
  setInterval(() => {
    const now = cpuMs();
    longest = Math.max(longest, now - last);
    last = now;
  }, lookEveryMs).unref();
  setInterval(() => {
    appendFileSync(path, `${Date.now()} ${longest.toFixed(2)} ${longestGc.toFixed(2)}\n`);
    longest = longestGc = 0;
    last = cpuMs();
  }, writeEveryMs).unref();
}
