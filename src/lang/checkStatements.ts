import type {
  AssignmentStatement,
  Block,
  JumpStatement,
  Statement,
  SwitchCase,
  SwitchStatement,
} from './ast.ts';
import { checkExpression, checkPattern } from './checkExpressions.ts';
import type { CheckScope } from './checkScope.ts';
import { resolveVariable } from './checkVariables.ts';
import type { IrBlock, IrCase, IrStatement } from './ir.ts';
import type { Span } from './source.ts';

/** Where a statement stands, as far as `break` cares. */
type Surrounding = 'route' | 'while' | 'switch';

export function checkBlock(scope: CheckScope, block: Block, within: Surrounding = 'route'): IrBlock {
  return { kind: 'block', statements: checkList(scope, block.statements, within), span: block.span };
}

function checkList(scope: CheckScope, statements: readonly Statement[], within: Surrounding): IrStatement[] {
  warnOfUnreachable(scope, statements);
  return statements.map((statement) => checkStatement(scope, statement, within));
}

function warnOfUnreachable(scope: CheckScope, statements: readonly Statement[]): void {
  const jump = statements.findIndex((statement) => statement.kind === 'jump');
  const next = jump < 0 ? undefined : statements[jump + 1];
  const jumpName = statements[jump];
  if (!next || jumpName?.kind !== 'jump' || isEmpty(next)) return;
  if (next.kind === 'jump' && jump + 2 === statements.length) return;
  scope.diagnostics.warning('OL0607', next.span, `never runs: '${jumpName.jump}' stands before it`);
}

function isEmpty(statement: Statement): boolean {
  return statement.kind === 'block' && statement.statements.length === 0;
}

function checkStatement(scope: CheckScope, statement: Statement, within: Surrounding): IrStatement {
  const { span } = statement;
  switch (statement.kind) {
    case 'block':
      return checkBlock(scope, statement, within);
    case 'if': {
      const condition = checkExpression(scope, statement.condition);
      const then = checkStatement(scope, statement.then, within);
      const otherwise = statement.otherwise && checkStatement(scope, statement.otherwise, within);
      return { kind: 'if', condition, then, otherwise, span };
    }
    case 'while': {
      const condition = checkExpression(scope, statement.condition);
      return { kind: 'while', condition, body: checkStatement(scope, statement.body, 'while'), span };
    }
    case 'switch':
      return checkSwitch(scope, statement);
    case 'jump':
      return checkJump(scope, statement, within);
    case 'assignment':
      return checkAssignment(scope, statement);
    case 'expression':
      return { kind: 'evaluate', expression: checkExpression(scope, statement.expression), span };
  }
}

function checkJump(scope: CheckScope, statement: JumpStatement, within: Surrounding): IrStatement {
  const { jump, span } = statement;
  // in a top-level block `break` does what was meant; in a sub-route the caller goes on
  if (jump === 'break' && within === 'route' && scope.routeKind === 'route') {
    scope.diagnostics.warning(
      'OL0610',
      span,
      "'break' outside of switch and while ends the route, with 0 as $rc",
      {
        expected: "'return' or 'exit'",
      },
    );
  }
  const value = statement.value && checkExpression(scope, statement.value);
  return { kind: 'jump', jump, value, span };
}

function checkAssignment(scope: CheckScope, statement: AssignmentStatement): IrStatement {
  const { target, operator, span } = statement;
  const value = checkExpression(scope, statement.value);
  const info = resolveVariable(scope, target.text, target.span);
  if (info && !info.writable) {
    scope.diagnostics.error('OL0606', target.span, `${target.text} cannot be assigned`);
  }
  return { kind: 'assign', id: info?.id ?? '', operator, value, span };
}

function checkSwitch(scope: CheckScope, statement: SwitchStatement): IrStatement {
  const subject = checkExpression(scope, statement.subject);
  const seen = new Set<string>();
  const cases = statement.cases.map((entry) => checkCase(scope, entry, seen));
  warnOfMixedCases(scope, cases, statement.span);
  return { kind: 'switch', subject, cases, span: statement.span };
}

function checkCase(scope: CheckScope, entry: SwitchCase, seen: Set<string>): IrCase {
  const match = entry.match && caseValue(scope, entry);
  const key = entry.match ? `${entry.regex ? '/' : ''}${typeof match?.value} ${match?.value}` : 'default';
  if (seen.has(key)) scope.diagnostics.warning('OL0611', entry.span, 'the same case stands above already');
  seen.add(key);
  return { match, statements: checkList(scope, entry.statements, 'switch') };
}

function caseValue(scope: CheckScope, entry: SwitchCase): IrCase['match'] {
  const value = checkExpression(scope, entry.match!);
  if (value.kind !== 'constant' || value.value === null) {
    scope.diagnostics.error('OL0603', value.span, 'the value of a case must be constant');
    return { value: '', regex: false };
  }
  if (entry.regex) checkPattern(scope, String(value.value), value.span);
  return { value: entry.regex ? String(value.value) : value.value, regex: entry.regex };
}

/** The real server refuses numbers and strings in one switch; here the type of each case decides. */
function warnOfMixedCases(scope: CheckScope, cases: readonly IrCase[], span: Span): void {
  const types = new Set(cases.flatMap((entry) => (entry.match ? [typeof entry.match.value] : [])));
  if (types.size > 1)
    scope.diagnostics.warning('OL0603', span, 'numbers and strings among the cases of one switch');
}
