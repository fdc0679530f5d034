import { equalsIgnoreCase, isSpaceCode, skipSpace } from './scan.ts';

/** A parameter of `Digest a="b", c=d`, without quotes; undefined when it is not there. */
export function digestParam(value: string, name: string): string | undefined {
  let position = skipSpace(value, 0, value.length);
  while (position < value.length && !isSpaceCode(value.charCodeAt(position))) position++;
  while (position < value.length) {
    position = skipSpace(value, position, value.length);
    const equals = value.indexOf('=', position);
    if (equals < 0) return undefined;
    const start = skipSpace(value, equals + 1, value.length);
    const quoted = value.charCodeAt(start) === 0x22;
    let end = quoted ? value.indexOf('"', start + 1) : value.indexOf(',', start);
    if (end < 0) end = value.length;
    if (equalsIgnoreCase(value.slice(position, equals).trimEnd(), name))
      return quoted ? value.slice(start + 1, end) : value.slice(start, end).trimEnd();
    const comma = value.indexOf(',', end);
    position = comma < 0 ? value.length : comma + 1;
  }
  return undefined;
}
