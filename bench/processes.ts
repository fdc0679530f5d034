/** What the system says about the processes of a server: CPU time and memory, over the whole tree below one pid. */
import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks per second in /proc; fixed at 100 on Linux. */
const ticksPerSec = 100;

interface Stat {
  readonly pid: number;
  readonly parent: number;
  readonly cpuTicks: number;
}

/** User and system seconds spent so far by all processes of the tree. */
export function cpuSeconds(pid: number): number {
  return tree(pid).reduce((sum, stat) => sum + stat.cpuTicks, 0) / ticksPerSec;
}

/** Megabytes of memory of the tree; memory that processes share counts once (the proportional set size). */
export function memoryMb(pid: number): number {
  const kilobytes = tree(pid).reduce((sum, stat) => sum + proportionalKilobytes(stat.pid), 0);
  return kilobytes / 1024;
}

function proportionalKilobytes(pid: number): number {
  try {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1');
    return Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0);
  } catch {
    return 0; // it has ended since
  }
}

function tree(root: number): Stat[] {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const stats = all.map((name) => readStat(Number(name))).filter((stat) => stat !== undefined);
  const inTree = new Set([root]);
  for (let before = 0; before !== inTree.size; ) {
    before = inTree.size;
    for (const stat of stats) if (inTree.has(stat.parent)) inTree.add(stat.pid);
  }
  return stats.filter((stat) => inTree.has(stat.pid));
}

function readStat(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { pid, parent: Number(fields[1]), cpuTicks: Number(fields[11]) + Number(fields[12]) };
  } catch {
    return undefined;
  }
}
