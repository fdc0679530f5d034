/** SIP-date (RFC 3261 §20.17, §25.1): `Sat, 13 Nov 2010 23:29:00 GMT`; no other zone is allowed. */

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Milliseconds since the Unix epoch, or undefined. */
export function parseSipDate(text: string): number | undefined {
  const match = /^([A-Z][a-z]{2}), (\d{2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT$/i.exec(text);
  if (match === null) return undefined;
  const [, day = '', date, month = '', year, hour, minute, second] = match;
  const monthIndex = indexIn(months, month);
  if (monthIndex < 0 || indexIn(days, day) < 0) return undefined;
  const [h, m, s] = [Number(hour), Number(minute), Number(second)];
  if (h > 23 || m > 59 || s > 60) return undefined;
  const timeMs = Date.UTC(Number(year), monthIndex, Number(date), h, m, s);
  return new Date(timeMs).getUTCMonth() === monthIndex ? timeMs : undefined;
}

export function isSipDate(text: string): boolean {
  return parseSipDate(text) !== undefined;
}

/** `wallMs`: milliseconds since the Unix epoch. */
export function formatSipDate(wallMs: number): string {
  const date = new Date(wallMs);
  const two = (number: number): string => String(number).padStart(2, '0');
  const day = `${days[date.getUTCDay()]}, ${two(date.getUTCDate())} ${months[date.getUTCMonth()]}`;
  const time = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  return `${day} ${String(date.getUTCFullYear()).padStart(4, '0')} ${time} GMT`;
}

function indexIn(names: readonly string[], name: string): number {
  const lower = name.toLowerCase();
  return names.findIndex((known) => known.toLowerCase() === lower);
}
