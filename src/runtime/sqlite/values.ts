import { DatabaseError } from '../../base/errors.ts';
import type { DbValue } from '../../base/ports.ts';

/** Julian day of the Unix epoch. Kamailio's driver stores times as Julian days (UTC), and so do we. */
const epochJulianDay = 2440587.5;
const secondsPerDay = 86400;
/** Numbers below are Julian days, above they are seconds: day 10,000,000 is in the year 22666. */
const largestJulianDay = 10_000_000;

/** Does a column of this declared type hold a time? */
export function isTimeType(type: string | null | undefined): boolean {
  return type !== null && type !== undefined && /^(TIMESTAMP|DATE)/i.test(type);
}

/** A value as the library binds it: it takes every JavaScript number for a REAL, so integers go as bigint. */
export function toSqlite(value: DbValue, isTime: boolean): DbValue {
  if (typeof value !== 'number') return typeof value === 'bigint' ? BigInt.asIntN(64, value) : plain(value);
  if (isTime) return value / secondsPerDay + epochJulianDay;
  return Number.isInteger(value) && Math.abs(value) < 2 ** 63 ? BigInt(value) : value;
}

/** The library aborts the process on values of other types: they must not reach it. */
function plain(value: DbValue | boolean | undefined | object): DbValue {
  if (value === null || value === undefined) return null;
  // SQLite would keep it, but the library hands out what stands before the NUL
  if (typeof value === 'string' && value.includes('\0')) {
    throw new DatabaseError('DB_VALUE', 'text with a NUL character');
  }
  if (typeof value === 'string' || value instanceof Uint8Array) return value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  return String(value);
}

/** A cell as the port promises it: times as seconds since the epoch, whatever way they are stored. */
export function fromSqlite(value: DbValue, isTime: boolean): DbValue {
  if (!isTime) return value;
  if (typeof value === 'number') {
    return value < largestJulianDay ? Math.round((value - epochJulianDay) * secondsPerDay) : value;
  }
  return typeof value === 'string' ? secondsOfText(value) : value;
}

/** `2030-05-28 21:32:15`, UTC: the defaults of the tables. Other text stays. */
function secondsOfText(text: string): DbValue {
  const match = /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d):(\d\d))?/.exec(text);
  if (match === null) return text;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  return Date.UTC(year, month - 1, day, hour, minute, second) / 1000;
}
