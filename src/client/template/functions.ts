import { TemplateError } from './syntax.ts';
import { isTrue, valueText } from './values.ts';

/** The functions of Go's templates that make sense in SIP messages. */
export function callFunction(name: string, args: readonly unknown[]): unknown {
  const found = functions[name];
  if (found === undefined || !Object.hasOwn(functions, name)) {
    throw new TemplateError(
      `template: no function "${name}" (there are ${Object.keys(functions).join(', ')})`,
    );
  }
  if (args.length < found.least) throw new TemplateError(`template: ${name} wants ${found.least} arguments`);
  return found.call(args);
}

interface TemplateFunction {
  /** Arguments at least. */
  readonly least: number;
  readonly call: (args: readonly unknown[]) => unknown;
}

function compares(test: (a: string | number, b: string | number) => boolean): TemplateFunction {
  return {
    least: 2,
    call: ([first, ...others]) =>
      others.some((other) => test(comparable(first, other), comparable(other, first))),
  };
}

/** Numbers compare as numbers where both sides are some, else as text: fields of the command line are all text. */
function comparable(value: unknown, other: unknown): string | number {
  const isNumber = (each: unknown): boolean => valueText(each) !== '' && Number.isFinite(Number(each));
  return isNumber(value) && isNumber(other) ? Number(value) : valueText(value ?? '');
}

const functions: Readonly<Record<string, TemplateFunction>> = {
  eq: compares((a, b) => a === b),
  ne: { least: 2, call: ([a, b]) => comparable(a, b) !== comparable(b, a) },
  lt: compares((a, b) => a < b),
  le: compares((a, b) => a <= b),
  gt: compares((a, b) => a > b),
  ge: compares((a, b) => a >= b),
  not: { least: 1, call: ([value]) => !isTrue(value) },
  and: { least: 1, call: (args) => args.find((arg) => !isTrue(arg)) ?? args.at(-1) },
  or: { least: 1, call: (args) => args.find(isTrue) ?? args.at(-1) },
  len: { least: 1, call: ([value]) => lengthOf(value) },
  index: { least: 2, call: ([value, ...keys]) => keys.reduce(elementOf, value) },
  print: { least: 0, call: (args) => args.map((arg) => valueText(arg ?? '')).join('') },
  printf: { least: 1, call: ([format, ...args]) => formatted(valueText(format ?? ''), args) },
};

function lengthOf(value: unknown): number {
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  if (typeof value === 'object' && value !== null) return Object.keys(value).length;
  throw new TemplateError('template: len wants text, a list or an object');
}

function elementOf(value: unknown, key: unknown): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, String(key))) return undefined;
  return (value as Record<string, unknown>)[String(key)];
}

/** %s %v %d %q %x %%, with a width such as %05d. */
function formatted(format: string, args: readonly unknown[]): string {
  let next = 0;
  return format.replace(
    /%(-?)(0?)(\d*)([a-zA-Z%])/g,
    (whole, left: string, zero: string, width: string, verb: string) => {
      if (verb === '%') return '%';
      const value = args[next++];
      const text = verbText(verb, value);
      if (text === undefined) throw new TemplateError(`template: printf does not know ${whole}`);
      const length = Math.min(Number(width), 10_000);
      return left === '-' ? text.padEnd(length) : text.padStart(length, zero === '0' ? '0' : ' ');
    },
  );
}

function verbText(verb: string, value: unknown): string | undefined {
  switch (verb) {
    case 's':
    case 'v':
      return valueText(value ?? '');
    case 'd':
      return String(Math.trunc(Number(value)));
    case 'x':
      return Math.trunc(Number(value)).toString(16);
    case 'q':
      return JSON.stringify(valueText(value ?? ''));
    default:
      return undefined;
  }
}
