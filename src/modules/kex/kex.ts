import type { Host } from '../../module/host.ts';

/** The instance of module kex. */
export class Kex {
  readonly host: Host;
  /** Log level of the config while `setdebug` is in force. */
  #configuredLevel: number | string | undefined;

  constructor(host: Host) {
    this.host = host;
  }

  /** There is one process here: the level holds for all messages until `resetdebug`. */
  setDebug(level: number): number {
    const debug = this.host.runtimeConfig.find('core', 'debug');
    if (debug === undefined) return -1;
    this.#configuredLevel ??= debug.get();
    return debug.set(level) === undefined ? 1 : -1;
  }

  resetDebug(): number {
    const level = this.#configuredLevel;
    this.#configuredLevel = undefined;
    if (level === undefined) return 1;
    return this.host.runtimeConfig.find('core', 'debug')?.set(level) === undefined ? 1 : -1;
  }
}
