import { type Action, statementActions } from './actionNames.ts';
import type { FunctionContext } from './functionContext.ts';
import { generateCallStatement, generateExpression } from './generateExpressions.ts';
import type {
  IrAssign,
  IrBlock,
  IrCase,
  IrEvaluate,
  IrExpression,
  IrIf,
  IrJump,
  IrStatement,
  IrSwitch,
  IrWhile,
} from './ir.ts';
import { asCondition, asInt, asNonZero, asText, asValue, constantInt, type Operand } from './operand.ts';
import type { Span } from './source.ts';
import type { Position, ResumePoint } from './waitTracker.ts';

export function generateRouteBody(context: FunctionContext, statements: readonly IrStatement[]): void {
  generateList(context, statements, { tail: true, inLoop: false, breaks: 'route' });
}

/** What is left of a route from a call on that has waited: its statement again, then all that follows outwards. */
export function generateContinuation(context: FunctionContext, point: ResumePoint): void {
  const innermost = point.length - 1;
  for (let i = innermost; i >= 0; i--) {
    const { statements, index, at } = point[i]!;
    // a frame has the position of its statement; in the list only the last one is in the tail
    const list: Position = { ...at, tail: i === 0 || listIsTail(point, i) };
    generateList(context, statements, list, i === innermost ? index : index + 1);
  }
}

/** A branch is in the tail when the statement around it is. */
function listIsTail(point: ResumePoint, i: number): boolean {
  return point[i - 1]!.at.tail;
}

function generateList(
  context: FunctionContext,
  statements: readonly IrStatement[],
  at: Position,
  from = 0,
): void {
  const { tracker } = context;
  const inner: Position = { ...at, tail: false };
  const last = statements.length - 1;
  tracker?.enterList(statements);
  for (let i = from; i <= last; i++) {
    const position = i === last ? at : inner;
    tracker?.beginStatement(i, position);
    generateStatement(context, statements[i]!, position);
  }
  tracker?.leaveList();
  if (last < 0) generateOutcome(context, at, '1');
}

/** One statement in a place of its own, e.g. behind `else`. */
function generateBranch(context: FunctionContext, statement: IrStatement, at: Position): void {
  generateList(context, statement.kind === 'block' ? statement.statements : [statement], at);
}

function generateStatement(context: FunctionContext, statement: IrStatement, at: Position): void {
  if (statement.kind === 'block') {
    generateList(context, statement.statements, at);
    return;
  }
  // calls tell of themselves
  if (statement.kind !== 'evaluate') context.trace(statement.span, actionOf(statement));
  switch (statement.kind) {
    case 'if':
      generateIf(context, statement, at);
      break;
    case 'while':
      generateWhile(context, statement, at);
      break;
    case 'switch':
      generateSwitch(context, statement, at);
      break;
    case 'jump':
      generateJump(context, statement, at);
      break;
    case 'assign':
      generateAssign(context, statement, at);
      break;
    case 'evaluate': {
      const operand = generateCallStatement(context, statement.expression);
      if (at.tail) context.writer.line(`r = ${asValue(operand)};`);
    }
  }
}

function actionOf(statement: Exclude<IrStatement, IrBlock | IrEvaluate>): Action {
  return statementActions[statement.kind === 'jump' ? statement.jump : statement.kind];
}

function breaksTo(at: Position): 'inside' | 'toTail' {
  return at.tail ? 'toTail' : 'inside';
}

/** The outcome of a statement that is not a function: `r` begins as 1, so only other values need code. */
function generateOutcome(context: FunctionContext, at: Position, code: string): void {
  if (at.tail && (code !== '1' || at.inLoop)) context.writer.line(`r = ${code};`);
}

function generateIf(context: FunctionContext, statement: IrIf, at: Position): void {
  const { writer } = context;
  const condition = asCondition(generateExpression(context, statement.condition));
  writer.open(`if (${condition}) {`, statement.span);
  generateBranch(context, statement.then, at);
  const resets = at.tail && at.inLoop;
  if (statement.otherwise || resets) {
    writer.reopen('} else {');
    if (statement.otherwise) generateBranch(context, statement.otherwise, at);
    else generateOutcome(context, at, '1');
  }
  writer.close();
}

function generateWhile(context: FunctionContext, statement: IrWhile, at: Position): void {
  const { writer } = context;
  const rounds = context.temporary();
  const { file, start } = statement.span;
  writer.line(`${rounds} = 0;`);
  generateOutcome(context, at, '1');
  writer.open('while (true) {', statement.span);
  const test = (): Operand => generateExpression(context, statement.condition);
  const condition = asNonZero(context.tracker ? context.tracker.block(test) : test());
  writer.line(`if (!(${condition})) break;`, statement.condition.span);
  writer.open(`if (${rounds}++ >= host.maxWhileLoops && host.maxWhileLoops > 0) {`);
  writer.line(`host.loopTooLong(c, ${JSON.stringify(file.path)}, ${file.locate(start).line});`);
  generateOutcome(context, at, '-1');
  writer.line('break;');
  writer.close();
  generateBranch(context, statement.body, { tail: at.tail, inLoop: true, breaks: breaksTo(at) });
  writer.close();
}

/** A JavaScript switch over the number of the case that matches, or over the value itself where that will do. */
function generateSwitch(context: FunctionContext, statement: IrSwitch, at: Position): void {
  const { writer } = context;
  const subject = generateExpression(context, statement.subject);
  const labels = plainLabels(statement.cases);
  generateOutcome(context, at, '1');
  if (labels) {
    const value = typeof labels.values[0] === 'string' ? asText(subject) : asInt(subject);
    writer.open(`switch (${value}) {`, statement.span);
  } else {
    writer.open(`switch (${caseNumber(context, statement.cases, subject)}) {`, statement.span);
  }
  statement.cases.forEach((entry, i) => {
    const label = labels ? JSON.stringify(entry.match?.value) : String(i);
    writer.open(entry.match ? `case ${label}: {` : 'default: {');
    const last = i === statement.cases.length - 1;
    generateList(context, entry.statements, {
      tail: at.tail,
      inLoop: at.inLoop || !last,
      breaks: breaksTo(at),
    });
    writer.close();
  });
  writer.close();
}

/** All cases strings, or all numbers. */
function plainLabels(
  cases: readonly IrCase[],
): { readonly values: readonly (string | number)[] } | undefined {
  const values: (string | number)[] = [];
  for (const { match } of cases) {
    if (match?.regex) return undefined;
    if (match) values.push(match.value);
  }
  return new Set(values.map((value) => typeof value)).size <= 1 ? { values } : undefined;
}

function caseNumber(context: FunctionContext, cases: readonly IrCase[], subject: Operand): string {
  const value = context.temporary();
  context.writer.line(`${value} = ${asValue(subject)};`);
  const kept: Operand = { code: value, type: subject.type === 'bool' ? 'int' : subject.type };
  let code = '-1';
  for (let i = cases.length - 1; i >= 0; i--) {
    const { match } = cases[i]!;
    if (match) code = `${caseTest(context, kept, match)} ? ${i} : ${code}`;
  }
  return code;
}

function caseTest(context: FunctionContext, subject: Operand, match: NonNullable<IrCase['match']>): string {
  if (match.regex)
    return `${context.names.make('casePattern', String(match.value))}.test(${asText(subject)})`;
  const value = typeof match.value === 'string' ? asText(subject) : asInt(subject);
  return `${value} === ${JSON.stringify(match.value)}`;
}

function generateJump(context: FunctionContext, statement: IrJump, at: Position): void {
  const { writer } = context;
  const { jump, span } = statement;
  if (jump === 'break') {
    if (at.breaks === 'toTail') writer.line('r = 0;', span);
    writer.line(at.breaks === 'route' ? 'return 0;' : 'break;', span);
    return;
  }
  const value = statement.value ? jumpValue(context, statement.value) : jump === 'drop' ? '0' : '1';
  if (jump === 'return') {
    generateReturn(context, value, span);
    return;
  }
  writer.line(`c.exited = true;${jump === 'drop' ? ' c.dropped = true;' : ''} return ${value};`, span);
}

function jumpValue(context: FunctionContext, value: IrExpression): string {
  return asInt(generateExpression(context, value));
}

/** `return 0` ends the run like `exit`. */
function generateReturn(context: FunctionContext, value: string, span: Span): void {
  const { writer } = context;
  if (/^\(?-?\d+\)?$/.test(value)) {
    writer.line(value === '0' ? 'c.exited = true; return 0;' : `return ${value};`, span);
    return;
  }
  const kept = context.temporary();
  writer.line(`${kept} = ${value};`, span);
  writer.line(`if (${kept} === 0) c.exited = true;`);
  writer.line(`return ${kept};`);
}

function generateAssign(context: FunctionContext, statement: IrAssign, at: Position): void {
  const { writer } = context;
  const value = asValue(generateExpression(context, statement.value));
  const setter = context.names.link('setter', statement.id);
  const operator = JSON.stringify(statement.operator);
  if (!mayFail(statement.value)) {
    writer.line(`${setter}(c, ${value}, ${operator});`, statement.span);
    generateOutcome(context, at, '1');
    return;
  }
  const kept = context.temporary();
  writer.line(`${kept} = ${value};`, statement.span);
  writer.open(`if (${kept} === ${kept}) {`);
  writer.line(`${setter}(c, ${kept}, ${operator});`, statement.span);
  generateOutcome(context, at, '1');
  if (at.tail) {
    writer.reopen('} else {');
    writer.line('r = -1;');
  }
  writer.close();
}

/** Division by something unknown gives NaN when that is 0, and then nothing is assigned. */
function mayFail(expression: IrExpression): boolean {
  if (expression.kind === 'unary') return mayFail(expression.operand);
  if (expression.kind !== 'binary') return false;
  const { operator, left, right } = expression;
  const divides = operator === '/' || operator === '%';
  if (divides && !(right.kind === 'constant' && constantInt(right.value) !== 0)) return true;
  return mayFail(left) || mayFail(right);
}
