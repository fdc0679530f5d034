import type { Value } from '../../../lang/catalogue.ts';
import type {
  Transformation,
  TransformationArgument,
  TransformationDeclaration,
} from '../../../module/define.ts';
import type { PvState } from '../state.ts';
import { text } from '../values.ts';

export type Transformations = Readonly<Record<string, TransformationDeclaration<PvState>>>;
type Declaration = TransformationDeclaration<PvState>;
type Args = readonly TransformationArgument[];

/** How an argument is checked at load when it holds no variable: an error text, or undefined. */
export type ArgumentCheck = (text: string) => string | undefined;

export const isInteger: ArgumentCheck = (written) =>
  /^\s*-?\d+\s*$/.test(written) ? undefined : `expected a number, not "${written}"`;

export const isNaturalNumber: ArgumentCheck = (written) =>
  /^\s*\d+\s*$/.test(written) ? undefined : `expected a number not below 0, not "${written}"`;

export const anyText: ArgumentCheck = () => undefined;

function check(args: Args, checks: readonly ArgumentCheck[]): { message: string } | undefined {
  for (let i = 0; i < args.length; i++) {
    const written = args[i]?.text ?? '';
    const error = written.includes('$') ? undefined : checks[i]?.(written);
    if (error !== undefined) return { message: error };
  }
  return undefined;
}

/** `$null` and what an operation cannot handle become empty text, as Kamailio prints them. */
const nothing = '';

/** An operation on text without arguments. */
export function onText(doc: string, operation: (value: string) => Value): Declaration {
  const run: Transformation = (value) => (value === null ? nothing : operation(text(value)));
  return { doc, minArgs: 0, maxArgs: 0, bind: () => run };
}

/** An operation on text with one argument, which may be missing when `optional`. */
export function withOne(
  doc: string,
  checkArgument: ArgumentCheck,
  operation: (value: string, argument: Value) => Value,
  optional = false,
): Declaration {
  return {
    doc,
    minArgs: optional ? 0 : 1,
    maxArgs: 1,
    bind: (_self, args) => {
      const [only] = args;
      return (
        check(args, [checkArgument]) ??
        ((value, context) => (value === null ? nothing : operation(text(value), only?.of(context) ?? null)))
      );
    },
  };
}

/** An operation on text with two arguments; the second may be missing when `optional`. */
export function withTwo(
  doc: string,
  checks: readonly [ArgumentCheck, ArgumentCheck],
  operation: (value: string, first: Value, second: Value) => Value,
  optional = false,
): Declaration {
  return {
    doc,
    minArgs: optional ? 1 : 2,
    maxArgs: 2,
    bind: (_self, args) => {
      const [first, second] = args;
      return (
        check(args, checks) ??
        ((value, context) =>
          value === null
            ? nothing
            : operation(text(value), first?.of(context) ?? null, second?.of(context) ?? null))
      );
    },
  };
}

/** The integer in an argument; undefined when it is none. */
export function integer(value: Value): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) ? number : undefined;
}
