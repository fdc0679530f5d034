import type { ScriptContext } from '../../module/context.ts';
import type { Host } from '../../module/host.ts';
import type { SlApi } from '../sl/api.ts';
import { checks, type Finding } from './checks.ts';

export interface SanityConfig {
  readonly default_checks: number;
  readonly uri_checks: number;
  readonly proxy_require: string;
  readonly autodrop: number;
  readonly noreply: number;
}

const greatestSum = 32767;
const greatestUriSum = 15;
const passed = 1;
const failed = -1;
/** Ends the script. */
const dropped = 0;

const findingKey = Symbol('sanity.finding');

export class Sanity {
  readonly #host: Host;
  readonly #config: SanityConfig;
  readonly #extensions: readonly string[];
  #sl: SlApi | undefined;

  constructor(host: Host, config: SanityConfig) {
    this.#host = host;
    this.#config = config;
    this.#extensions = config.proxy_require
      .split(',')
      .map((extension) => extension.trim().toLowerCase())
      .filter((extension) => extension !== '');
  }

  start(): void {
    this.#sl = this.#host.api<SlApi>('sl');
  }

  check(context: ScriptContext, sum: number, uriSum: number): number {
    if (!(sum >= 1 && sum <= greatestSum) || !(uriSum >= 1 && uriSum <= greatestUriSum)) {
      this.#host.log.error(
        `checks ${sum} and ${uriSum} are not in 1 to ${greatestSum} and 1 to ${greatestUriSum}`,
      );
      return failed;
    }
    const finding = this.#find(context, sum, uriSum);
    if (finding === undefined) return passed;
    if (this.#config.noreply !== 0) context.scratch.set(findingKey, finding);
    else this.#reply(context, finding);
    return this.#config.autodrop !== 0 ? dropped : failed;
  }

  checkDefaults(context: ScriptContext): number {
    return this.check(context, this.#config.default_checks, this.#config.uri_checks);
  }

  checkWithDefaultUris(context: ScriptContext, sum: number): number {
    return this.check(context, sum, this.#config.uri_checks);
  }

  #find({ message }: ScriptContext, sum: number, uris: number): Finding | undefined {
    const options = { uris, extensions: this.#extensions };
    for (const check of checks) {
      if ((sum & check.bit) === 0) continue;
      const finding = check.test(message, options);
      if (finding !== undefined) return finding;
    }
    return undefined;
  }

  /** Nobody answers an ACK or a response. */
  #reply(context: ScriptContext, { status, reason, headers }: Finding): boolean {
    const { message } = context;
    if (!message.isRequest || message.method === 'ACK') return false;
    return this.#sl?.reply(context, status, reason, { headers }) === true;
  }

  /** Sends what the last check has found (with `noreply`). */
  reply(context: ScriptContext): number {
    const finding = context.scratch.get(findingKey) as Finding | undefined;
    if (this.#config.noreply === 0 || finding === undefined) return failed;
    return this.#reply(context, finding) ? 1 : failed;
  }
}
