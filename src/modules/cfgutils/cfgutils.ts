import { createHash } from 'node:crypto';
import { coreHash } from '../../base/coreHash.ts';
import { errorText } from '../../base/errors.ts';
import { Locks } from '../../base/locks.ts';
import type { Host } from '../../module/host.ts';

export interface CfgutilsConfig {
  readonly initial_probability: number;
  readonly hash_file: string;
  readonly initial_gflags: number;
  readonly lock_set_size: number;
}

/** Longest wait of `sleep` and `usleep`, ms. */
export const maxSleepMs = 3_600_000;

/** The instance of module cfgutils. */
export class Cfgutils {
  readonly host: Host;
  readonly config: CfgutilsConfig;
  readonly locks: Locks;
  /** 0 to 100, percent. */
  probability: number;
  /** Global flags, 32 bits. */
  flags: number;
  /** Of hash_file at start; undefined when none is configured or it could not be read. */
  fileHash: string | undefined;

  constructor(host: Host, config: CfgutilsConfig) {
    this.host = host;
    this.config = config;
    this.locks = new Locks(host.timers);
    this.probability = config.initial_probability;
    this.flags = config.initial_gflags;
    host.hooks.afterRequest((context) => this.locks.releaseAll(context));
  }

  async start(): Promise<void> {
    if (this.config.hash_file === '') return;
    try {
      this.fileHash = await this.hashFile();
    } catch (error) {
      this.host.log.error(`cannot hash ${this.config.hash_file}: ${errorText(error)}`);
    }
  }

  /** MD5 of hash_file as it is now; rejects when it cannot be read. */
  async hashFile(): Promise<string> {
    return createHash('md5')
      .update(await this.host.files.read(this.config.hash_file))
      .digest('hex');
  }

  /** Suspends only the message that calls. */
  sleep(delayMs: number): number | Promise<number> {
    if (!(delayMs > 0)) return delayMs === 0 ? 1 : -1;
    return new Promise((resolve) => {
      this.host.timers.schedule(Math.min(delayMs, maxSleepMs), (done) => done(1), resolve);
    });
  }

  /** True with the probability in force. */
  isChosen(): boolean {
    return this.host.entropy.uint32() % 100 < this.probability;
  }

  setProbability(percent: number): boolean {
    if (!(percent >= 0 && percent <= 100)) return false;
    this.probability = percent;
    return true;
  }

  /** From 1 on, because 0 would end the script; `bits` is the size of the hash space as a power of 2. */
  hash(first: string, second: string, bits: number): number {
    const slots = bits > 0 && bits < 31 ? 2 ** bits : 2;
    return (coreHash(first, second) % slots) + 1;
  }

  /** There is one heap here instead of private and shared pools. */
  logMemory(what: string): number {
    const { rss, heapUsed, heapTotal, external } = this.host.machine.memoryBytes();
    this.host.log.notice(
      `${what}: heap ${heapUsed} of ${heapTotal} bytes, external ${external}, resident ${rss}`,
    );
    return 1;
  }
}
