import type { FunctionContext } from './functionContext.ts';
import type { Conversion, IrArgument, IrExpression, IrFormatPart } from './ir.ts';
import { hasCall } from './irWalk.ts';
import { asInt, asText, asValue, type Operand } from './operand.ts';

type Generate = (context: FunctionContext, expression: IrExpression) => Operand;

/** Code of each argument. Calls inside of arguments run first, so what stands before them is kept. */
export function generateArguments(
  context: FunctionContext,
  args: readonly IrArgument[],
  generate: Generate,
): string[] {
  const lastCall = args.findLastIndex((arg) => arg.kind === 'value' && hasCall(arg.value));
  const { tracker } = context;
  return args.map((arg, i) => {
    const write = (): string => generateArgument(context, arg, generate);
    // what a call inside of an argument waits for cannot be gone on from
    const code = tracker && lastCall >= 0 ? tracker.block(write) : write();
    if (i >= lastCall) return code;
    const kept = context.temporary();
    context.writer.line(`${kept} = ${code};`);
    return kept;
  });
}

function generateArgument(context: FunctionContext, arg: IrArgument, generate: Generate): string {
  switch (arg.kind) {
    case 'value':
      return convert(generate(context, arg.value), arg.as);
    case 'format':
      return generateFormat(context, arg.parts, arg.as);
    case 'variable':
      return context.names.link('variable', arg.id);
    case 'regex':
      if (typeof arg.pattern === 'string') return context.names.make('regexArgument', arg.pattern);
      return `ops.cachedRegexArgument(${generateArgument(context, arg.pattern, generate)})`;
  }
}

function convert(operand: Operand, as: Conversion): string {
  switch (as) {
    case 'int':
      return asInt(operand);
    case 'string':
      return asText(operand);
    default:
      return asValue(operand);
  }
}

/** A concatenation. One variable alone that is wanted as a number needs no text between. */
function generateFormat(
  context: FunctionContext,
  parts: readonly IrFormatPart[],
  as: 'int' | 'string',
): string {
  const [first] = parts;
  const { names } = context;
  if (as === 'int' && parts.length === 1 && typeof first === 'object') {
    return `toInt(${names.link('getter', first.id)}(c))`;
  }
  const codes = parts.map((part) =>
    typeof part === 'string' ? JSON.stringify(part) : `toShown(${names.link('getter', part.id)}(c))`,
  );
  const text = codes.join(' + ');
  return as === 'int' ? `toInt(${text})` : text;
}
