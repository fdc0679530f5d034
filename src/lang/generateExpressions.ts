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
  return [{ code: kept, type: first.type }, generateExpression(context, right)];
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
  const second = asNonZero(generateExpression(context, right));
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
  const { writer, names } = context;
  const args = expression.args.map((arg) => asText(generateExpression(context, arg)));
  const call = `${[`${names.link('call', expression.id)}(c`, ...args].join(', ')})`;
  const sign = expression.negated ? '<=' : '>';
  if (!expression.waits) return { code: `(${call} ${sign} 0)`, type: 'bool' };
  const answer = context.temporary();
  writer.line(`${answer} = ${call};`, expression.span);
  writer.line(`if (typeof ${answer} !== "number") ${answer} = await ${answer};`);
  return { code: `(${answer} ${sign} 0)`, type: 'bool' };
}

/** A function's answer is `$rc`, and 0 ends the run. */
function generateCall(context: FunctionContext, expression: IrCall): Operand {
  const { writer } = context;
  const args = generateArguments(context, expression.args, generateExpression);
  const callee = context.names.link('call', expression.id);
  const result = context.temporary();
  writer.line(`${result} = ${[`${callee}(c`, ...args].join(', ')});`, expression.span);
  if (expression.waits) writer.line(`if (typeof ${result} !== "number") ${result} = await ${result};`);
  writer.line(`if ((c.returnCode = ${result}) === 0) { c.exited = true; return 0; }`);
  return { code: result, type: context.resultType };
}

function generateRouteCall(context: FunctionContext, expression: IrRouteCall): Operand {
  const { writer } = context;
  const target = generateExpression(context, expression.target);
  const result = context.temporary();
  if (target.constant !== undefined) {
    const { callee, isAsync } = context.routeCall(String(target.constant));
    writer.line(`${result} = ${isAsync ? 'await ' : ''}${callee}(c);`, expression.span);
  } else {
    const { file, start } = expression.span;
    const place = `${JSON.stringify(file.path)}, ${file.locate(start).line}`;
    writer.line(`${result} = callRoute(c, ${asText(target)}, ${place});`, expression.span);
    if (context.dynamicAsync) {
      writer.line(`if (typeof ${result} !== "number") ${result} = await ${result};`);
    }
  }
  writer.line(`if (c.exited) return ${result};`);
  writer.line(`c.returnCode = ${result};`);
  return { code: result, type: context.resultType };
}

function generateSelval(context: FunctionContext, expression: IrSelval): Operand {
  const { writer } = context;
  const condition = asCondition(generateExpression(context, expression.condition));
  const chosen = context.temporary();
  writer.open(`if (${condition}) {`);
  writer.line(`${chosen} = ${asValue(generateExpression(context, expression.whenTrue))};`);
  writer.reopen('} else {');
  writer.line(`${chosen} = ${asValue(generateExpression(context, expression.whenFalse))};`);
  writer.close();
  return { code: chosen, type: 'any' };
}
