import type { Value } from '../../lang/catalogue.ts';

/** Which way of quoting the databases of the config take. */
export type Quoting = 'backslash' | 'standard';

/**
 * A text as an SQL literal. `backslash` is MySQL's way, and Kamailio's for all; where only databases stand behind the
 * config to which a backslash is a character like others, it would open a hole, and `standard` is used.
 */
export function quotedText(text: string, quoting: Quoting): string {
  if (quoting === 'standard') return `'${text.replaceAll("'", "''").replaceAll('\0', '')}'`;
  let literal = "'";
  for (const character of text) literal += escapes.get(character) ?? character;
  return `${literal}'`;
}

const escapes: ReadonlyMap<string, string> = new Map([
  ["'", "\\'"],
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\0', '\\0'],
]);

/** A value as an SQL literal, with what stands for null. */
export function literalOf(value: Value, ofNull: string, quoting: Quoting): string {
  if (value === null) return ofNull;
  return typeof value === 'number' ? String(value) : quotedText(value, quoting);
}

/** Only databases that know no backslashes? */
export function quotingFor(urls: readonly string[]): Quoting {
  const isStandard = (url: string) => /^(db_)?(sqlite|postgres|postgresql|text):/i.test(url);
  return urls.length > 0 && urls.every(isStandard) ? 'standard' : 'backslash';
}
