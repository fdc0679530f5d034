import { compilePosixRegex, compileRegexArgument, type PosixRegex, RegexCache } from '../base/posixRegex.ts';
import { AddressRange } from './addressRange.ts';
import type { Value } from './catalogue.ts';
import type { RouteHost } from './routeState.ts';

/**
 * Kamailio's conversions and operators, as observed of the real server. Comparisons answer booleans;
 * generated code makes them 1 or 0 where a value is needed. Division by zero gives NaN, which an assignment
 * refuses and which is false everywhere.
 */

const integerText = /^[+-]?(?:\d+|0[xX][0-9a-fA-F]+)$/;

/** Text that is an integer as a whole (decimal or 0x), else 0. */
export function textToInt(text: string): number {
  const first = text.charCodeAt(0);
  const negative = first === 45;
  const signed = negative || first === 43;
  // most texts that are asked for their number are none: they end here
  if (!signed && !(first >= 48 && first <= 57)) return 0;
  if (!integerText.test(text)) return 0;
  const number = Number(signed ? text.slice(1) : text);
  if (!Number.isSafeInteger(number)) return 0;
  return negative ? -number : number;
}

export function toInt(value: Value): number {
  if (typeof value === 'number') return value;
  return value === null ? 0 : textToInt(value);
}

/** `null` is the empty string in expressions. */
export function toText(value: Value): string {
  if (typeof value === 'string') return value;
  return value === null ? '' : String(value);
}

/** `null` shows as `<null>` in strings with variables. */
export function toShown(value: Value): string {
  if (typeof value === 'string') return value;
  return value === null ? '<null>' : String(value);
}

/** A number adds; a string, or nothing, is concatenated: the left operand decides. */
export function add(left: Value, right: Value): Value {
  if (typeof left === 'number') return left + toInt(right);
  return left === null ? toText(right) : left + toText(right);
}

export function divide(left: number, right: number): number {
  return right === 0 ? Number.NaN : Math.trunc(left / right);
}

/** `==`: the right operand is converted to the type of the left; with nothing on the left, the other way. */
export function equal(left: Value, right: Value): boolean {
  if (typeof left === 'number') return left === toInt(right);
  if (typeof left === 'string') return left === toText(right);
  return typeof right === 'number' ? right === 0 : right === null || right === '';
}

/** `left == text`, `number` being the text's value as integer. */
export function equalText(left: Value, text: string, number: number): boolean {
  if (typeof left === 'string') return left === text;
  return left === null ? text === '' : left === number;
}

/** `left == number`, `text` being the number as text. */
export function equalInt(left: Value, number: number, text: string): boolean {
  if (typeof left === 'number') return left === number;
  return left === null ? number === 0 : left === text;
}

const ignoringCase = 'i';

/** The operators together with what needs state of its own: compiled patterns. One per compiled config. */
export class Operators {
  readonly toInt = toInt;
  readonly toText = toText;
  readonly toShown = toShown;
  readonly add = add;
  readonly divide = divide;
  readonly equal = equal;
  readonly equalText = equalText;
  readonly equalInt = equalInt;
  readonly host: RouteHost;
  readonly #patterns = new RegexCache((pattern) => compilePosixRegex(pattern, ignoringCase));
  readonly #arguments = new RegexCache(compileRegexArgument);

  constructor(host: RouteHost) {
    this.host = host;
  }

  /** Pattern of `=~`: POSIX extended, letter case aside. */
  pattern(pattern: string): RegExp {
    return this.#orNothing(pattern, compilePosixRegex(pattern, ignoringCase));
  }

  /** Pattern of `case /...`: letter case counts. */
  casePattern(pattern: string): RegExp {
    return this.#orNothing(pattern, compilePosixRegex(pattern));
  }

  /** A constant pattern as argument of a function. */
  regexArgument(pattern: string): RegExp {
    return this.#orNothing(pattern, compileRegexArgument(pattern));
  }

  /** One that is made at run time. */
  cachedRegexArgument(pattern: string): RegExp {
    return this.#orNothing(pattern, this.#arguments.get(pattern));
  }

  /** `value =~ pattern` with a pattern made at run time. */
  matches(value: string, pattern: string): boolean {
    return this.#orNothing(pattern, this.#patterns.get(pattern)).test(value);
  }

  #orNothing(pattern: string, compiled: PosixRegex): RegExp {
    if ('regex' in compiled) return compiled.regex;
    this.host.badRegex(pattern, compiled.error);
    return matchesNothing;
  }

  /** Address or network of a constant like `10.0.0.0/8`. */
  addressRange(text: string): AddressRange {
    const range = AddressRange.parse(text);
    if (!range) throw new Error(`'${text}' is no address range`);
    return range;
  }
}

const matchesNothing = /^(?!)/;
