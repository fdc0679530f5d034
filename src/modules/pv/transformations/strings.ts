import { createHash } from 'node:crypto';
import { coreHash } from '../../../base/coreHash.ts';
import { breakDown, strftime } from '../../../base/strftime.ts';
import type { Value } from '../../../lang/catalogue.ts';
import { text as textOf } from '../values.ts';
import {
  anyText,
  integer,
  isNaturalNumber,
  onText,
  type Transformations,
  withOne,
  withTwo,
} from './makers.ts';

/** `{s....}`: numbers, hashes, letter case, white space, searching and replacing. */

/** A whole decimal number, else ''. */
function toInteger(value: string): Value {
  return /^[+-]?\d+$/.test(value) ? Number(value) : '';
}

const hash =
  (algorithm: string) =>
  (value: string): string =>
    createHash(algorithm).update(value, 'latin1').digest('hex');

function isWhite(code: number): boolean {
  return code === 0x20 || code === 9 || code === 13 || code === 10;
}

function trimLeft(value: string): string {
  let start = 0;
  while (start < value.length && isWhite(value.charCodeAt(start))) start++;
  return value.slice(start);
}

function trimRight(value: string): string {
  let end = value.length;
  while (end > 0 && isWhite(value.charCodeAt(end - 1))) end--;
  return value.slice(0, end);
}

function removeAll(value: string, match: string): string {
  return match === '' ? value : value.replaceAll(match, '');
}

function countOf(value: string, match: string): number {
  let count = 0;
  if (match === '') return 0;
  for (let at = value.indexOf(match); at >= 0; at = value.indexOf(match, at + 1)) count++;
  return count;
}

/** `'...'` or `"..."`. */
export function unquote(value: string): string {
  const first = value[0];
  const isQuoted = value.length >= 2 && (first === '"' || first === "'") && value.endsWith(first);
  return isQuoted ? value.slice(1, -1) : value;
}

const brackets: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}', '<': '>' };

function unbracket(value: string): string {
  const close = brackets[value[0] ?? ''];
  return value.length >= 2 && close !== undefined && value.endsWith(close) ? value.slice(1, -1) : value;
}

/** Prefixes of growing length, with a comma between, each in `quote`. */
function prefixes(value: string, most: Value, quote: string): string {
  const limit = integer(most) ?? 0;
  const longest = limit > 0 ? Math.min(limit, value.length) : value.length;
  const list: string[] = [];
  for (let length = 1; length <= longest; length++) list.push(quote + value.slice(0, length) + quote);
  return list.join(',');
}

/** Lines of `width` characters, each further one indented. */
function formatLines(value: string, width: Value, indent: Value, fill: string): string {
  const size = integer(width) ?? 0;
  if (size <= 0) return value;
  const start = `\r\n${fill.repeat(Math.max(0, integer(indent) ?? 0))}`;
  const lines: string[] = [];
  for (let at = 0; at < value.length; at += size) lines.push(value.slice(at, at + size));
  return lines.join(start);
}

function hashOf(value: string, size: Value): string {
  const spread = coreHash(value);
  const slots = integer(size);
  return String(slots === undefined || slots <= 0 ? spread : (spread & (slots - 1)) >>> 0);
}

export const stringTransformations: Transformations = {
  's.len': onText('length', (value) => value.length),
  's.int': onText('number in a text', toInteger),
  's.intv': onText('number in a text', toInteger),
  's.md5': onText('MD5 in hex', hash('md5')),
  's.sha1': onText('SHA-1 in hex', hash('sha1')),
  's.sha256': onText('SHA-256 in hex', hash('sha256')),
  's.sha384': onText('SHA-384 in hex', hash('sha384')),
  's.sha512': onText('SHA-512 in hex', hash('sha512')),
  's.numeric': onText('the digits only', (value) => value.replace(/\D/g, '')),
  's.tolower': onText('ASCII letters in lower case', (value) =>
    value.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()),
  ),
  's.toupper': onText('ASCII letters in upper case', (value) =>
    value.replace(/[a-z]+/g, (letters) => letters.toUpperCase()),
  ),
  's.trim': onText('without white space at both ends', (value) => trimRight(trimLeft(value))),
  's.ltrim': onText('without white space at the start', trimLeft),
  's.rtrim': onText('without white space at the end', trimRight),
  's.rmws': onText('without any white space', (value) => value.replace(/[ \t\r\n]/g, '')),
  's.rmhdws': onText('runs of line ends and white space as one space', (value) =>
    value.replace(/\r?\n[ \t]+|[ \t]{2,}/g, ' '),
  ),
  's.rmhlws': onText('without line folding', (value) => value.replace(/\r?\n[ \t]+/g, '')),
  's.rm': withOne('without all occurrences of a text', anyText, (value, match) =>
    removeAll(value, textOf(match)),
  ),
  's.replace': withTwo('with all occurrences of a text replaced', [anyText, anyText], (value, match, by) =>
    match === null || match === '' ? value : value.replaceAll(textOf(match), () => textOf(by)),
  ),
  's.count': withOne('number of occurrences', anyText, (value, match) => countOf(value, textOf(match))),
  's.corehash': withOne('hash, of `n` slots when given', isNaturalNumber, hashOf, true),
  's.unquote': onText('without quotes around it', unquote),
  's.unbracket': onText('without brackets around it', unbracket),
  's.prefixes': withOne('all prefixes', isNaturalNumber, (value, most) => prefixes(value, most, ''), true),
  's.prefixes.quoted': withOne(
    'all prefixes in quotes',
    isNaturalNumber,
    (value, most) => prefixes(value, most, "'"),
    true,
  ),
  's.ftime': withOne('a time in the format of strftime', anyText, (value, format) => {
    const seconds = integer(value);
    return seconds === undefined ? '' : strftime(textOf(format), breakDown(seconds, false));
  }),
  's.fmtlines': withTwo(
    'lines of n characters, further ones behind m spaces',
    [isNaturalNumber, isNaturalNumber],
    (value, n, m) => formatLines(value, n, m, ' '),
  ),
  's.fmtlinet': withTwo(
    'lines of n characters, further ones behind m tabs',
    [isNaturalNumber, isNaturalNumber],
    (value, n, m) => formatLines(value, n, m, '\t'),
  ),
};
