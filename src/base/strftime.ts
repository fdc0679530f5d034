/** `strftime` of the C locale: what `$timef`, `$Tf` and `{s.ftime}` print. */

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** Broken-down time: as C's `struct tm`, but months from 1 and full years. What is rarely asked is made when asked. */
export class BrokenTime {
  readonly epochSec: number;
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  readonly #date: Date;
  readonly #utc: boolean;

  constructor(epochSec: number, utc: boolean) {
    const date = new Date(epochSec * 1000);
    this.#date = date;
    this.#utc = utc;
    this.epochSec = epochSec;
    this.year = utc ? date.getUTCFullYear() : date.getFullYear();
    this.month = 1 + (utc ? date.getUTCMonth() : date.getMonth());
    this.day = utc ? date.getUTCDate() : date.getDate();
    this.hour = utc ? date.getUTCHours() : date.getHours();
    this.minute = utc ? date.getUTCMinutes() : date.getMinutes();
    this.second = utc ? date.getUTCSeconds() : date.getSeconds();
    this.weekday = utc ? date.getUTCDay() : date.getDay();
  }

  /** 1 to 366. */
  get yearday(): number {
    return (
      Math.round((Date.UTC(this.year, this.month - 1, this.day) - Date.UTC(this.year, 0, 1)) / dayMs) + 1
    );
  }

  /** Minutes east of Greenwich. */
  get offsetMinutes(): number {
    return this.#utc ? 0 : -this.#date.getTimezoneOffset();
  }

  /** Is daylight saving time in force? */
  get isDst(): boolean {
    if (this.#utc) return false;
    const offsets = [0, 6].map((month) => -new Date(this.year, month, 1).getTimezoneOffset());
    return this.offsetMinutes > Math.min(...offsets);
  }

  get zone(): string {
    return this.#utc ? 'GMT' : zoneName(this.#date);
  }
}

const dayMs = 86_400_000;

/** Breaks down in the local time zone, or in UTC. */
export function breakDown(epochSec: number, utc: boolean): BrokenTime {
  return new BrokenTime(epochSec, utc);
}

function zoneName(date: Date): string {
  const parts = new Intl.DateTimeFormat('en-US', { timeZoneName: 'short' }).formatToParts(date);
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? '';
}

function pad(number: number, width = 2, fill = '0'): string {
  return String(number).padStart(width, fill);
}

const hour12 = (time: BrokenTime): number => time.hour % 12 || 12;
const dayName = (time: BrokenTime): string => days[time.weekday] ?? '';
const monthName = (time: BrokenTime): string => months[time.month - 1] ?? '';

/** Week of the year with `firstDay` (0 Sunday, 1 Monday) as the first day of a week. */
function week(time: BrokenTime, firstDay: number): number {
  return Math.floor((time.yearday + 6 - ((time.weekday - firstDay + 7) % 7)) / 7);
}

/** ISO 8601 week and its year. */
function isoWeek(time: BrokenTime): { year: number; week: number } {
  const monday = (time.weekday + 6) % 7;
  const thursday = new Date(Date.UTC(time.year, time.month - 1, time.day - monday + 3));
  const first = Date.UTC(thursday.getUTCFullYear(), 0, 4);
  const firstMonday = first - ((new Date(first).getUTCDay() + 6) % 7) * 86_400_000;
  return {
    year: thursday.getUTCFullYear(),
    week: 1 + Math.floor((thursday.getTime() - firstMonday) / (7 * 86_400_000)),
  };
}

function offsetText(minutes: number): string {
  const absolute = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${pad(Math.floor(absolute / 60))}${pad(absolute % 60)}`;
}

const specifiers: Readonly<Record<string, (time: BrokenTime) => string>> = {
  a: (time) => dayName(time).slice(0, 3),
  A: dayName,
  b: (time) => monthName(time).slice(0, 3),
  B: monthName,
  c: (time) => strftime('%a %b %e %H:%M:%S %Y', time),
  C: (time) => pad(Math.floor(time.year / 100)),
  d: (time) => pad(time.day),
  D: (time) => strftime('%m/%d/%y', time),
  e: (time) => pad(time.day, 2, ' '),
  F: (time) => strftime('%Y-%m-%d', time),
  g: (time) => pad(isoWeek(time).year % 100),
  G: (time) => String(isoWeek(time).year),
  h: (time) => monthName(time).slice(0, 3),
  H: (time) => pad(time.hour),
  I: (time) => pad(hour12(time)),
  j: (time) => pad(time.yearday, 3),
  k: (time) => pad(time.hour, 2, ' '),
  l: (time) => pad(hour12(time), 2, ' '),
  m: (time) => pad(time.month),
  M: (time) => pad(time.minute),
  n: () => '\n',
  p: (time) => (time.hour < 12 ? 'AM' : 'PM'),
  P: (time) => (time.hour < 12 ? 'am' : 'pm'),
  r: (time) => strftime('%I:%M:%S %p', time),
  R: (time) => strftime('%H:%M', time),
  s: (time) => String(time.epochSec),
  S: (time) => pad(time.second),
  t: () => '\t',
  T: (time) => strftime('%H:%M:%S', time),
  u: (time) => String(time.weekday || 7),
  U: (time) => pad(week(time, 0)),
  V: (time) => pad(isoWeek(time).week),
  w: (time) => String(time.weekday),
  W: (time) => pad(week(time, 1)),
  x: (time) => strftime('%m/%d/%y', time),
  X: (time) => strftime('%H:%M:%S', time),
  y: (time) => pad(time.year % 100),
  Y: (time) => String(time.year),
  z: (time) => offsetText(time.offsetMinutes),
  Z: (time) => time.zone,
  '%': () => '%',
};

/** Unknown specifiers stay as written, as in the C library. */
export function strftime(format: string, time: BrokenTime): string {
  let out = '';
  let from = 0;
  for (let at = format.indexOf('%'); at >= 0 && at + 1 < format.length; at = format.indexOf('%', from)) {
    const specifier = specifiers[format[at + 1] as string];
    out += format.slice(from, at);
    out += specifier === undefined ? format.slice(at, at + 2) : specifier(time);
    from = at + 2;
  }
  return out + format.slice(from);
}
