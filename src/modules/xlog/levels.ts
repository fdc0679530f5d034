import { LogLevel } from '../../base/ports.ts';
import type { Value } from '../../lang/catalogue.ts';

/** Levels by the third letter of their name, which is all that Kamailio looks at: L_ERR, L_WARN ... */
const byLetter: Readonly<Record<string, number>> = {
  A: LogLevel.alert,
  B: LogLevel.bug,
  C: LogLevel.crit,
  E: LogLevel.error,
  W: LogLevel.warn,
  N: LogLevel.notice,
  I: LogLevel.info,
  D: LogLevel.debug,
};

/** A level from a number, its text, or a name such as `L_INFO`; undefined for anything else. */
export function levelOf(value: Value): number | undefined {
  if (typeof value === 'number') return value;
  if (value === null) return undefined;
  if (value === 'L_CRIT2') return LogLevel.crit2;
  const number = Number(value);
  if (value.trim() !== '' && Number.isInteger(number)) return number;
  return value.startsWith('L_') ? byLetter[value[2] ?? ''] : undefined;
}

const facilities: ReadonlySet<string> = new Set([
  'LOG_AUTH',
  'LOG_AUTHPRIV',
  'LOG_CRON',
  'LOG_DAEMON',
  'LOG_FTP',
  'LOG_KERN',
  'LOG_LOCAL0',
  'LOG_LOCAL1',
  'LOG_LOCAL2',
  'LOG_LOCAL3',
  'LOG_LOCAL4',
  'LOG_LOCAL5',
  'LOG_LOCAL6',
  'LOG_LOCAL7',
  'LOG_LPR',
  'LOG_MAIL',
  'LOG_NEWS',
  'LOG_SYSLOG',
  'LOG_USER',
  'LOG_UUCP',
]);

export function isFacility(name: string): boolean {
  return facilities.has(name);
}

/** Load-time check of a constant level. */
export function checkLevel(value: Value): string | undefined {
  return levelOf(value) === undefined ? `"${value ?? ''}" is no log level (L_ALERT ... L_DBG)` : undefined;
}

export function checkFacility(value: Value): string | undefined {
  return isFacility(String(value))
    ? undefined
    : `"${value ?? ''}" is no syslog facility (LOG_DAEMON, LOG_LOCAL0 ...)`;
}
