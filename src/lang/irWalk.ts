import type { IrArgument, IrExpression, IrStatement } from './ir.ts';

/** Calls `visit` for each expression of a statement and of all that is in it. */
export function visitStatement(statement: IrStatement, visit: (expression: IrExpression) => void): void {
  switch (statement.kind) {
    case 'block':
      for (const inner of statement.statements) visitStatement(inner, visit);
      return;
    case 'if':
      visitExpression(statement.condition, visit);
      visitStatement(statement.then, visit);
      if (statement.otherwise) visitStatement(statement.otherwise, visit);
      return;
    case 'while':
      visitExpression(statement.condition, visit);
      visitStatement(statement.body, visit);
      return;
    case 'switch':
      visitExpression(statement.subject, visit);
      for (const entry of statement.cases) for (const inner of entry.statements) visitStatement(inner, visit);
      return;
    case 'jump':
      if (statement.value) visitExpression(statement.value, visit);
      return;
    case 'assign':
      visitExpression(statement.value, visit);
      return;
    case 'evaluate':
      visitExpression(statement.expression, visit);
  }
}

export function visitExpression(expression: IrExpression, visit: (expression: IrExpression) => void): void {
  visit(expression);
  for (const inner of operandsOf(expression)) visitExpression(inner, visit);
}

function operandsOf(expression: IrExpression): readonly IrExpression[] {
  switch (expression.kind) {
    case 'unary':
      return [expression.operand];
    case 'binary':
      return [expression.left, expression.right];
    case 'match':
      return [expression.value, expression.pattern];
    case 'addressMatch':
      return [expression.value];
    case 'test':
      return expression.args;
    case 'call':
      return expression.args.flatMap(valuesOf);
    case 'routeCall':
      return [expression.target];
    case 'selval':
      return [expression.condition, expression.whenTrue, expression.whenFalse];
    default:
      return [];
  }
}

function valuesOf(argument: IrArgument): readonly IrExpression[] {
  if (argument.kind === 'value') return [argument.value];
  return argument.kind === 'regex' && typeof argument.pattern === 'object' ? valuesOf(argument.pattern) : [];
}

/** Calls something that sets the return code, waits or may end the run: is no JavaScript expression. */
export function hasCall(expression: IrExpression): boolean {
  if (expression.kind === 'test' && expression.waits) return true;
  if (expression.kind === 'call' || expression.kind === 'routeCall') return true;
  return operandsOf(expression).some(hasCall);
}
