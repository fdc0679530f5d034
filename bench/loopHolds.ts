/** What `loopProbe.ts` has written about a server's event loop. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../test/support/server.ts';

const fileName = 'loop-holds';
/** The probe writes once a second. */
const writtenEveryMs = 1000;

/** Environment of a Node server that is to be probed. */
export function loopProbeEnvironment(folder: string): Readonly<Record<string, string>> {
  const probe = join(repository, 'dist', 'bench', 'loopProbe.js');
  return { NODE_OPTIONS: `--import ${probe}`, OLELO_LOOP_PROBE: join(folder, fileName) };
}

export class LoopProbe {
  readonly #path: string;

  constructor(folder: string) {
    this.#path = join(folder, fileName);
  }

  /** Milliseconds of the longest turn while `work` runs; NaN when nobody probes. */
  async longestDuring(work: () => Promise<void>): Promise<number> {
    const fromMs = Date.now() + writtenEveryMs; // the first line is about the time before, too
    await work();
    await new Promise((resolve) => setTimeout(resolve, writtenEveryMs + 100));
    if (!existsSync(this.#path)) return Number.NaN;
    const lines = readFileSync(this.#path, 'latin1').trim().split('\n');
    const holds = lines.map((line) => line.split(' ').map(Number));
    const during = holds.filter(([atMs = 0]) => atMs >= fromMs).map(([, heldMs = 0]) => heldMs);
    return during.length === 0 ? Number.NaN : Math.max(...during);
  }
}
