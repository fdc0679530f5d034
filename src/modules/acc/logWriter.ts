import type { Value } from '../../lang/catalogue.ts';
import type { Host } from '../../module/host.ts';
import {
  bindExtras,
  bindLegs,
  type Extra,
  type ExtraValue,
  type LegAttribute,
  legsOf,
  valuesOf,
} from './extras.ts';
import type { AccConfig } from './params.ts';
import type { AccountRecord } from './record.ts';
import { logTimes } from './times.ts';

/** Accounting to the log: one line a record. */
export class LogWriter {
  readonly #host: Host;
  readonly #config: AccConfig;
  #extras: readonly Extra[] = [];
  #legs: readonly LegAttribute[] = [];

  constructor(host: Host, config: AccConfig) {
    this.#host = host;
    this.#config = config;
  }

  start(): void {
    const { log_extra, multi_leg_info, acc_extra_size } = this.#config;
    this.#extras = bindExtras('log_extra', log_extra, acc_extra_size, this.#host.formats);
    this.#legs = bindLegs(multi_leg_info, acc_extra_size, this.#host.formats);
  }

  /** `event` begins the line: `ACC: transaction answered: `. */
  write(event: string, record: AccountRecord): void {
    const level = this.#config.log_level;
    if (!this.#host.log.enabled(level)) return;
    this.#host.log.record({
      level,
      component: 'acc',
      text: event + this.#line(record),
      facility: this.#config.log_facility,
    });
  }

  #line(record: AccountRecord): string {
    let line = `timestamp=${Math.floor(record.timeMicros / 1_000_000)}`;
    for (const { name, value } of logTimes(this.#config, record.timeMicros)) line += `;${name}=${value}`;
    line +=
      `;method=${record.method};from_tag=${record.fromTag};to_tag=${record.toTag}` +
      `;call_id=${record.callId};code=${record.code};reason=${oneLine(record.reason)}`;
    line += joined(valuesOf(this.#extras, record.context));
    for (const set of legsOf(this.#legs, record.context.variables.avps)) line += joined(set);
    return line;
  }
}

function joined(values: readonly ExtraValue[]): string {
  let out = '';
  for (const { name, value } of values) out += `;${name}=${oneLine(textOf(value))}`;
  return out;
}

function textOf(value: Value): string {
  return value === null ? '' : `${value}`;
}

/** A record stays one line, whatever came over the wire. */
function oneLine(text: string): string {
  return /[\r\n]/.test(text) ? text.replace(/[\r\n]+/g, ' ') : text;
}
