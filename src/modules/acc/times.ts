import { breakDown, strftime } from '../../base/strftime.ts';
import type { AccConfig } from './params.ts';

/** `time_mode`. */
const TimeMode = { micros: 1, millis: 2, local: 3, utc: 4 } as const;

export interface TimeValue {
  readonly name: string;
  readonly value: number | string;
}

/** The further time values of a log line. */
export function logTimes(config: AccConfig, timeMicros: number): TimeValue[] {
  const all = dbTimes(config, timeMicros);
  // whole seconds are the timestamp of the line already
  if (config.time_mode === TimeMode.micros) return all.filter(({ name }) => name === config.time_exten);
  return all.map(({ name, value }) => ({
    name,
    value: typeof value === 'number' ? value.toFixed(3) : value,
  }));
}

/** The further time columns of a row. */
export function dbTimes(config: AccConfig, timeMicros: number): TimeValue[] {
  const seconds = Math.floor(timeMicros / 1_000_000);
  switch (config.time_mode) {
    case TimeMode.micros:
      return named([
        [config.time_attr, seconds],
        [config.time_exten, timeMicros % 1_000_000],
      ]);
    case TimeMode.millis:
      return named([[config.time_attr, Math.floor(timeMicros / 1000) / 1000]]);
    case TimeMode.local:
    case TimeMode.utc: {
      const broken = breakDown(seconds, config.time_mode === TimeMode.utc);
      return named([[config.time_attr, strftime(config.time_format, broken)]]);
    }
    default:
      return [];
  }
}

function named(values: readonly [string, number | string][]): TimeValue[] {
  return values.filter(([name]) => name !== '').map(([name, value]) => ({ name, value }));
}
