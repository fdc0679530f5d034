import type { PosixRegex } from '../../base/posixRegex.ts';
import { compilePosixRegex } from '../../base/posixRegex.ts';

/** A shell pattern (POSIX fnmatch: `*`, `?`, `[...]`, backslash) as an anchored regular expression. */
export function compileWildcard(pattern: string, ignoreCase: boolean): PosixRegex {
  let source = '^';
  for (let at = 0; at < pattern.length; ) {
    const char = pattern[at] as string;
    const bracket = char === '[' ? bracketAt(pattern, at) : undefined;
    if (bracket !== undefined) {
      source += bracket.text;
      at = bracket.next;
      continue;
    }
    if (char === '*') source += '.*';
    else if (char === '?') source += '.';
    else if (char === '\\' && at + 1 < pattern.length) source += literal(pattern[++at] as string);
    else source += literal(char);
    at++;
  }
  return compilePosixRegex(`${source}$`, ignoreCase ? 'i' : '');
}

/** `[!a-z]` as `[^a-z]`; undefined where the bracket does not close and so means itself. */
function bracketAt(pattern: string, start: number): { text: string; next: number } | undefined {
  const match = /^\[([!^]?)(\]?(?:\[[:.=][^\]]*[:.=]\]|[^\]])*)\]/.exec(pattern.slice(start));
  if (match === null || match[2] === '') return undefined;
  return { text: `[${match[1] === '' ? '' : '^'}${match[2]}]`, next: start + match[0].length };
}

function literal(char: string): string {
  return /[\\^$.*+?()[\]{}|]/.test(char) ? `\\${char}` : char;
}
