import type { Value } from '../../../lang/catalogue.ts';
import { text as textOf } from '../values.ts';
import {
  anyText,
  integer,
  isInteger,
  isNaturalNumber,
  type Transformations,
  withOne,
  withTwo,
} from './makers.ts';

/** `{s....}` that take a part of a text, and `{line....}`. */

/** From `offset` (negative: from the end); length 0 goes to the end. '' when it begins outside. */
export function substring(value: string, offset: Value, length: Value): string {
  const at = integer(offset);
  const count = integer(length);
  if (at === undefined || count === undefined || count < 0) return '';
  const start = at < 0 ? value.length + at : at;
  if (start < 0 || start >= value.length) return '';
  return count === 0 ? value.slice(start) : value.slice(start, start + count);
}

function strip(value: string, count: Value): string {
  const length = integer(count) ?? 0;
  return length <= 0 ? value : value.slice(length);
}

function stripTail(value: string, count: Value): string {
  const length = integer(count) ?? 0;
  return length <= 0 ? value : value.slice(0, Math.max(0, value.length - length));
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\', t: '\t', n: '\n', r: '\r', w: ' ' };

/** The field between separators; negative indexes count from the end. */
function select(value: string, index: Value, separator: Value): string {
  const written = textOf(separator);
  const escaped = written.startsWith('\\') ? written[1] : undefined;
  if (escaped === 's') return selectWhite(value, index);
  const by = (escaped === undefined ? written[0] : escapes[escaped]) ?? '';
  return by === '' ? '' : pick(value.split(by), index);
}

function selectWhite(value: string, index: Value): string {
  return pick(value.split(/[ \t\r\n]/), index);
}

function pick(fields: readonly string[], index: Value): string {
  const at = integer(index);
  return at === undefined ? '' : (fields.at(at) ?? '');
}

/** A part before or behind a text found from the left or the right. */
function before(value: string, mark: Value, fromRight: boolean): string {
  const at = find(value, mark, fromRight);
  return at < 0 ? value : value.slice(0, at);
}

function after(value: string, mark: Value, fromRight: boolean): string {
  const at = find(value, mark, fromRight);
  return at < 0 ? '' : value.slice(at + 1);
}

function find(value: string, mark: Value, fromRight: boolean): number {
  const character = textOf(mark)[0];
  if (character === undefined) return -1;
  return fromRight ? value.lastIndexOf(character) : value.indexOf(character);
}

/** Lines without their ends; a line end at the very end begins no further line. */
function linesOf(value: string): string[] {
  const lines = value.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

export const cuttingTransformations: Transformations = {
  's.substr': withTwo(
    'part from an offset with a length (0: to the end)',
    [isInteger, isNaturalNumber],
    substring,
  ),
  's.select': withTwo('field by its index between separators', [isInteger, anyText], select),
  's.selectsw': withOne('field by its index between white space', isInteger, selectWhite),
  's.strip': withOne('without the first characters', isInteger, strip),
  's.striptail': withOne('without the last characters', isInteger, stripTail),
  's.before': withOne('part before the first occurrence of a character', anyText, (value, mark) =>
    before(value, mark, false),
  ),
  's.rbefore': withOne('part before the last occurrence of a character', anyText, (value, mark) =>
    before(value, mark, true),
  ),
  's.after': withOne('part behind the first occurrence of a character', anyText, (value, mark) =>
    after(value, mark, false),
  ),
  's.rafter': withOne('part behind the last occurrence of a character', anyText, (value, mark) =>
    after(value, mark, true),
  ),
  'line.count': withOne(
    'number of lines',
    anyText,
    (value) => (value === '' ? '' : linesOf(value).length),
    true,
  ),
  'line.at': withOne('line by its index', isInteger, (value, index) => pick(linesOf(value), index)),
  'line.sw': withOne(
    'first line that starts with a text',
    anyText,
    (value, start) => linesOf(value).find((line) => line.startsWith(textOf(start))) ?? '',
  ),
};
