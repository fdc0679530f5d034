import type { Host } from '../../module/host.ts';

/** Makes record ids: unique over servers that share a table and over restarts. */
export class RuidMaker {
  readonly #start: string;
  #count = 0;

  constructor(host: Host) {
    this.#start = `${host.startedSec.toString(16)}-${host.startId}`;
  }

  /** `uloc` for registrations, `ulcx` for contacts that an operator added. */
  next(prefix: 'uloc' | 'ulcx' = 'uloc'): string {
    this.#count++;
    return `${prefix}-${this.#start}-${this.#count.toString(16)}`;
  }

  /** Was this id made since this server has started? Connection ids of others mean nothing here. */
  isOwn(ruid: string): boolean {
    return ruid.startsWith(`${this.#start}-`, ruid.indexOf('-') + 1);
  }
}
