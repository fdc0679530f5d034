/** Times as SQL writes them without a zone: in the local time of this process, as Kamailio's drivers do. */

/** `2026-11-20 21:19:12` */
export function sqlTime(epochSec: number): string {
  const date = new Date(epochSec * 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

const shape = /^(\d{4,})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d):(\d\d)(?:\.\d+)?)?([+-]\d\d(?::?\d\d)?|Z)?$/;

/** Seconds since the epoch of a date or a date with time, in local time unless it names its zone; undefined for other texts. */
export function secondsOfSqlTime(text: string): number | undefined {
  const match = shape.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  if (year === 0 && month === 0) return 0; // MySQL's zero date
  const zone = match[7];
  if (zone === undefined)
    return Math.floor(new Date(year, month - 1, day, hour, minute, second).getTime() / 1000);
  return Date.UTC(year, month - 1, day, hour, minute, second) / 1000 - zoneSeconds(zone);
}

function zoneSeconds(zone: string): number {
  if (zone === 'Z') return 0;
  const [hours = '0', minutes = '0'] = [zone.slice(1, 3), zone.slice(3).replace(':', '')];
  return (zone.startsWith('-') ? -1 : 1) * (Number(hours) * 3600 + Number(minutes || 0) * 60);
}
