/**
 * Which core does what: the server has one to itself, the load generator and this process have another. Without
 * taskset, or with a single core, nothing is pinned, and the report says so.
 */
import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { findTool } from '../test/support/tools.ts';

export interface Pinning {
  readonly server: readonly string[];
  readonly load: readonly string[];
  readonly text: string;
}

export function choosePinning(): Pinning {
  const taskset = findTool('taskset');
  if (taskset === undefined || availableParallelism() < 2) {
    return { server: [], load: [], text: 'nothing is pinned to a core' };
  }
  execFileSync(taskset, ['-cp', '1', String(process.pid)], { stdio: 'ignore' });
  return {
    server: [taskset, '-c', '0'],
    load: [taskset, '-c', '1'],
    text: 'the server runs on core 0, the load generator (SIPp caller, SIPp called, probe) on core 1 (taskset)',
  };
}
