import { callAction, statementActions } from './actionNames.ts';
import type { FunctionContext } from './functionContext.ts';
import { generateArguments } from './generateArguments.ts';
import { comparison, equality, sum } from './generateOperators.ts';
import type {
  IrArgument,
  IrBinary,
  IrCall,
  IrExpression,
  IrMatch,
  IrRouteCall,
  IrSelval,
  IrTest,
  IrUnary,
} from './ir.ts';
import { hasCall } from './irWalk.ts';
import {
  asCondition,
  asInt,
  asNonZero,
  asText,
  asValue,
  constantInt,
  constantOperand,
  type Operand,
} from './operand.ts';
import type { Span } from './source.ts';

/**
 * Writes statements for all calls inside of an expression, in order, and answers what is left as a JavaScript
 * expression. So a function that ends the run can leave the route, and one that waits can be awaited.
 */
export function generateExpression(context: FunctionContext, expression: IrExpression): Operand {
  switch (expression.kind) {
    case 'constant':
      return constantOperand(expression.value);
    case 'get':
      return { code: `${context.names.link('getter', expression.id)}(c)`, type: expression.type };
    case 'unary':
      return generateUnary(context, expression);
    case 'binary':
      return generateBinary(context, expression);
    case 'match':
      return generateMatch(context, expression);
    case 'addressMatch': {
      const value = asText(generateExpression(context, expression.value));
      const range = context.names.make('addressRange', expression.network);
      return { code: `${expression.negated ? '!' : ''}${range}.contains(${value})`, type: 'bool' };
    }
    case 'test':
      return generateTest(context, expression);
    case 'call':
      if (!expression.args.every(isConstant)) resetReturnCode(context);
      return generateCall(context, expression);
    case 'routeCall':
      resetReturnCode(context);
      return generateRouteCall(context, expression);
    case 'selval':
      return generateSelval(context, expression);
  }
}

/** A call that is a statement of its own: what it calls still sees the `$rc` of before. */
export function generateCallStatement(context: FunctionContext, expression: IrExpression): Operand {
  if (expression.kind === 'call') return generateCall(context, expression);
  if (expression.kind === 'routeCall') return generateRouteCall(context, expression);
  return generateExpression(context, expression);
}

/** Inside of an expression `$rc` is 0 for what is called, as the real server has it. */
function resetReturnCode(context: FunctionContext): void {
  context.writer.line('c.returnCode = 0;');
}

/** Cannot look at `$rc`. */
function isConstant(arg: IrArgument): boolean {
  return arg.kind === 'value' ? arg.value.kind === 'constant' : arg.kind !== 'format';
}

function generateUnary(context: FunctionContext, expression: IrUnary): Operand {
  const operand = generateExpression(context, expression.operand);
  switch (expression.operator) {
    case '!':
      return { code: `!(${asNonZero(operand)})`, type: 'bool' };
    case '-':
      return { code: `(0 - ${asInt(operand)})`, type: 'int' };
    case '~':
      return { code: `(~${asInt(operand)})`, type: 'int' };
    case 'int':
      return { code: asInt(operand), type: 'int' };
    case 'str':
      return { code: asText(operand), type: 'string' };
    case 'strlen':
      return { code: `${asText(operand)}.length`, type: 'int' };
    case 'strempty':
      return { code: `(${asText(operand)} === "")`, type: 'bool' };
    case 'defined':
      return { code: operand.type === 'any' ? `(${operand.code} !== null)` : 'true', type: 'bool' };
  }
}

function generateBinary(context: FunctionContext, expression: IrBinary): Operand {
  const { operator } = expression;
  if (operator === '&&' || operator === '||') return generateLogical(context, expression);
  const [left, right] = generateBoth(context, expression.left, expression.right);
  switch (operator) {
    case '==':
    case '!=':
      return equality(left, right, operator === '!=');
    case '+':
      return sum(left, right);
    case '/':
      return { code: division(left, right), type: 'int' };
    case 'eq':
      return { code: `(${asText(left)} === ${asText(right)})`, type: 'bool' };
    case 'ne':
      return { code: `(${asText(left)} !== ${asText(right)})`, type: 'bool' };
    case 'ieq':
    case 'ine':
    case '<':
    case '>':
    case '<=':
    case '>=':
      return comparison(operator, left, right);
    default:
      return { code: `(${asInt(left)} ${operator} ${asInt(right)})`, type: 'int' };
  }
}

function division(left: Operand, right: Operand): string {
  const known = right.constant !== undefined && constantInt(right.constant) !== 0;
  return known ? `Math.trunc(${asInt(left)} / ${asInt(right)})` : `divide(${asInt(left)}, ${asInt(right)})`;
}

/** Left before right: what is left of the left side is kept while calls of the right side run. */
function generateBoth(context: FunctionContext, left: IrExpression, right: IrExpression): [Operand, Operand] {
  const first = generateExpression(context, left);
  if (first.constant !== undefined || !hasCall(right)) return [first, generateExpression(context, right)];
  const kept = context.temporary();
  context.writer.line(`${kept} = ${first.code};`);
  return [{ code: kept, type: first.type }, blocked(context, () => generateExpression(context, right))];
}

/** A call in there cannot be gone on from: what stands before it would be evaluated twice. */
function blocked(context: FunctionContext, write: () => Operand): Operand {
  return context.tracker ? context.tracker.block(write) : write();
}

/** A constant that decides nothing leaves the other side as it is, as the real server's optimizer does. */
function generateLogical(context: FunctionContext, expression: IrBinary): Operand {
  const { left, right } = expression;
  const isAnd = expression.operator === '&&';
  if (isNeutral(left, right, isAnd)) return generateExpression(context, right);
  if (isNeutral(right, left, isAnd)) return generateExpression(context, left);
  const first = asNonZero(generateExpression(context, left));
  if (!hasCall(right)) {
    const second = asNonZero(generateExpression(context, right));
    return { code: `(${first} ${expression.operator} ${second})`, type: 'bool' };
  }
  const { writer } = context;
  const outcome = context.temporary();
  writer.line(`${outcome} = ${first};`);
  writer.open(`if (${isAnd ? '' : '!'}${outcome}) {`);
  const second = asNonZero(blocked(context, () => generateExpression(context, right)));
  writer.line(`${outcome} = ${second};`);
  writer.close();
  return { code: outcome, type: 'bool' };
}

function isNeutral(expression: IrExpression, other: IrExpression, isAnd: boolean): boolean {
  if (expression.kind !== 'constant' || typeof expression.value !== 'number') return false;
  if (other.kind === 'constant') return false;
  return expression.value === (isAnd ? 1 : 0);
}

function generateMatch(context: FunctionContext, expression: IrMatch): Operand {
  const [value, pattern] = generateBoth(context, expression.value, expression.pattern);
  const sign = expression.negated ? '!' : '';
  if (pattern.constant === undefined) {
    return { code: `${sign}ops.matches(${asText(value)}, ${asText(pattern)})`, type: 'bool' };
  }
  const regex = context.names.make('pattern', String(pattern.constant ?? ''));
  return { code: `${sign}${regex}.test(${asText(value)})`, type: 'bool' };
}

/** A question that core syntax asks: neither `$rc` nor the end of the run. */
function generateTest(context: FunctionContext, expression: IrTest): Operand {
  const { writer, names, tracker } = context;
  const sign = expression.negated ? '<=' : '>';
  const call = (): string => {
    const args = expression.args.map((arg) => asText(generateExpression(context, arg)));
    return `${[`${names.link('call', expression.id)}(c`, ...args].join(', ')})`;
  };
  if (!expression.waits) return { code: `(${call()} ${sign} 0)`, type: 'bool' };
  const answer = context.temporary();
  if (!writeResumed(context, answer, expression.span)) {
    writer.line(`${answer} = ${call()};`, expression.span);
    tracker?.countCall();
    writeWait(context, answer);
  }
  return { code: `(${answer} ${sign} 0)`, type: 'bool' };
}

/** A function's answer is `$rc`, and 0 ends the run. */
function generateCall(context: FunctionContext, expression: IrCall): Operand {
  const { writer, tracker } = context;
  const result = context.temporary();
  if (!writeResumed(context, result, expression.span)) {
    const args = generateArguments(context, expression.args, generateExpression);
    context.trace(expression.span, callAction(expression.name, expression.args.length));
    const callee = context.names.link('call', expression.id);
    writer.line(`${result} = ${[`${callee}(c`, ...args].join(', ')});`, expression.span);
    tracker?.countCall();
    if (expression.waits) writeWait(context, result);
  }
  writer.line(`if ((c.returnCode = ${result}) === 0) { c.exited = true; return 0; }`);
  return { code: result, type: context.resultType };
}

function generateRouteCall(context: FunctionContext, expression: IrRouteCall): Operand {
  const { writer } = context;
  const result = context.temporary();
  if (!writeResumed(context, result, expression.span)) writeRouteCall(context, expression, result);
  writer.line(`if (c.exited) return ${result};`);
  writer.line(`c.returnCode = ${result};`);
  return { code: result, type: context.resultType };
}

function writeRouteCall(context: FunctionContext, expression: IrRouteCall, result: string): void {
  const { writer, tracker } = context;
  const target = generateExpression(context, expression.target);
  context.trace(expression.span, statementActions.route);
  let mayWait = context.dynamicAsync;
  if (target.constant !== undefined) {
    const { callee, isAsync } = context.routeCall(String(target.constant));
    mayWait = isAsync;
    writer.line(`${result} = ${callee}(c);`, expression.span);
  } else {
    const { file, start } = expression.span;
    const place = `${JSON.stringify(file.path)}, ${file.locate(start).line}`;
    writer.line(`${result} = callRoute(c, ${asText(target)}, ${place});`, expression.span);
  }
  tracker?.countCall();
  if (mayWait) writeWait(context, result);
}

/** In a continuation the first call has been made already: its promise is waited for. */
function writeResumed(context: FunctionContext, result: string, span: Span): boolean {
  const promise = context.takeResumed();
  if (promise === undefined) return false;
  context.writer.line(`${result} = await ${promise};`, span);
  return true;
}

/** The answer may be a promise: an async function awaits it, a plain one lets its continuation do so. */
function writeWait(context: FunctionContext, result: string): void {
  const { writer, tracker } = context;
  const isPromise = `typeof ${result} !== "number"`;
  if (!tracker) writer.line(`if (${isPromise}) ${result} = await ${result};`);
  else writer.line(`if (${isPromise}) return ${context.functionName}_${tracker.addPoint()}(c, ${result});`);
}

function generateSelval(context: FunctionContext, expression: IrSelval): Operand {
  const { writer } = context;
  const condition = asCondition(generateExpression(context, expression.condition));
  const chosen = context.temporary();
  writer.open(`if (${condition}) {`);
  writer.line(
    `${chosen} = ${asValue(blocked(context, () => generateExpression(context, expression.whenTrue)))};`,
  );
  writer.reopen('} else {');
  writer.line(
    `${chosen} = ${asValue(blocked(context, () => generateExpression(context, expression.whenFalse)))};`,
  );
  writer.close();
  return { code: chosen, type: 'any' };
}
