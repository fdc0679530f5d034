/** Words that `log_facility` takes. */
export const syslogFacilities = [
  ...['AUTH', 'AUTHPRIV', 'CRON', 'DAEMON', 'FTP', 'KERN', 'LPR', 'MAIL', 'NEWS', 'SYSLOG', 'USER', 'UUCP'],
  ...['LOCAL0', 'LOCAL1', 'LOCAL2', 'LOCAL3', 'LOCAL4', 'LOCAL5', 'LOCAL6', 'LOCAL7'],
].map((name) => `LOG_${name}`);

/** `yes`, `on`, `1` and their opposites, as numbers; undefined for anything else. */
export function boolValue(value: number | string): 0 | 1 | undefined {
  if (typeof value === 'number') return value === 0 ? 0 : 1;
  if (/^(yes|on|true|enable)$/i.test(value)) return 1;
  return /^(no|off|false|disable)$/i.test(value) ? 0 : undefined;
}
