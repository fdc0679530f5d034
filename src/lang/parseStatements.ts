import type {
  Block,
  Expression,
  IfStatement,
  JumpStatement,
  Statement,
  SwitchCase,
  SwitchStatement,
  VariableExpression,
  WhileStatement,
} from './ast.ts';
import { parseCall, parseExpression } from './parseExpressions.ts';
import { SyntaxFailure, type TokenReader } from './tokenReader.ts';

const jumps: ReadonlyMap<string, JumpStatement['jump']> = new Map([
  ['return', 'return'],
  ['exit', 'exit'],
  ['drop', 'drop'],
  ['break', 'break'],
]);

/** `{ ... }`. Mistakes inside are told and stepped over. */
export function parseBlock(reader: TokenReader, what: string): Block {
  const open = reader.expectSymbol('{', `to open ${what}`);
  const statements = parseStatements(reader, () => reader.isSymbol('}'));
  if (!reader.takeSymbol('}')) {
    reader.diagnostics.error('OL0202', open.span, `${what} is never closed`, { expected: '}' });
  }
  return { kind: 'block', statements, span: reader.spanFrom(open.span) };
}

/** Statements until `ends`, the end of the file, or what must be the next route. */
function parseStatements(reader: TokenReader, ends: () => boolean): Statement[] {
  const statements: Statement[] = [];
  while (!reader.atEnd && !reader.atRouteStart && !ends()) {
    if (reader.takeSymbol(';')) continue;
    const before = reader.position;
    const statement = recovering(reader, () => parseStatement(reader));
    if (statement) statements.push(statement);
    if (reader.position === before) reader.next();
  }
  return statements;
}

function recovering(reader: TokenReader, parse: () => Statement): Statement | undefined {
  try {
    return parse();
  } catch (failure) {
    if (!(failure instanceof SyntaxFailure)) throw failure;
    reader.skipStatement();
    return undefined;
  }
}

export function parseStatement(reader: TokenReader): Statement {
  return reader.nested(() => parseAnyStatement(reader));
}

function parseAnyStatement(reader: TokenReader): Statement {
  const token = reader.peek();
  if (token.kind === 'symbol') {
    if (token.text === '{') return parseBlock(reader, 'the block');
    if (token.text === ';') return emptyStatement(reader);
  }
  if (token.kind === 'variable') return parseAssignment(reader);
  if (token.kind !== 'word') return reader.failExpecting('a statement');
  const jump = jumps.get(token.text);
  if (jump) return parseJump(reader, jump);
  switch (token.text) {
    case 'if':
      return parseIf(reader);
    case 'while':
      return parseWhile(reader);
    case 'switch':
      return parseSwitch(reader);
    case 'else':
      return reader.failExpecting('a statement; this else belongs to no if');
    case 'case':
    case 'default':
      return reader.failExpecting('a statement; case and default stand inside of a switch');
    default:
      return parseCallStatement(reader);
  }
}

function emptyStatement(reader: TokenReader): Statement {
  const token = reader.next();
  return { kind: 'block', statements: [], span: token.span };
}

function parseCallStatement(reader: TokenReader): Statement {
  const name = reader.peek();
  let expression: Expression;
  if (reader.isSymbol('(', 1)) {
    expression = parseCall(reader);
  } else if (reader.isSymbol(';', 1) || reader.isSymbol('}', 1)) {
    reader.next();
    expression = { kind: 'call', name: name.text, nameSpan: name.span, args: [], span: name.span };
  } else {
    reader.next();
    reader.failExpecting(`'(' after '${name.text}'`);
  }
  endStatement(reader);
  return { kind: 'expression', expression, span: reader.spanFrom(name.span) };
}

function parseAssignment(reader: TokenReader): Statement {
  const token = reader.next();
  const target: VariableExpression = { kind: 'variable', text: token.text, span: token.span };
  const operator = reader.takeSymbol('=') ? '=' : reader.takeSymbol(':=') ? ':=' : undefined;
  if (!operator) reader.failExpecting(`'=' after '${token.text}'`);
  const value = parseExpression(reader);
  endStatement(reader);
  return { kind: 'assignment', target, operator, value, span: reader.spanFrom(token.span) };
}

/** `return`, `return()`, `return 1`, `return(1)`; the same for exit and drop. */
function parseJump(reader: TokenReader, jump: JumpStatement['jump']): JumpStatement {
  const word = reader.next();
  let value: Expression | undefined;
  if (reader.isSymbol('(') && reader.isSymbol(')', 1)) {
    reader.next();
    reader.next();
  } else if (!reader.isSymbol(';') && !reader.isSymbol('}') && jump !== 'break') {
    value = parseExpression(reader);
  }
  endStatement(reader);
  return { kind: 'jump', jump, value, span: reader.spanFrom(word.span) };
}

/** The `;` may be missing before a `}` only. */
function endStatement(reader: TokenReader): void {
  if (reader.takeSymbol(';') || reader.isSymbol('}')) return;
  reader.failExpecting("';' after the statement");
}

function parseIf(reader: TokenReader): IfStatement {
  const word = reader.next();
  const condition = parseExpression(reader);
  const then = parseStatement(reader);
  const otherwise = reader.takeWord('else') ? parseStatement(reader) : undefined;
  return { kind: 'if', condition, then, otherwise, span: reader.spanFrom(word.span) };
}

function parseWhile(reader: TokenReader): WhileStatement {
  const word = reader.next();
  const condition = parseExpression(reader);
  const body = parseStatement(reader);
  return { kind: 'while', condition, body, span: reader.spanFrom(word.span) };
}

function parseSwitch(reader: TokenReader): SwitchStatement {
  const word = reader.next();
  const subject = parseExpression(reader);
  const open = reader.expectSymbol('{', 'to open the switch');
  const cases: SwitchCase[] = [];
  while (!reader.atEnd && !reader.atRouteStart && !reader.isSymbol('}')) {
    if (reader.takeSymbol(';')) continue;
    cases.push(parseCase(reader));
  }
  if (!reader.takeSymbol('}')) {
    reader.diagnostics.error('OL0202', open.span, 'the switch is never closed', { expected: '}' });
  }
  return { kind: 'switch', subject, cases, span: reader.spanFrom(word.span) };
}

function parseCase(reader: TokenReader): SwitchCase {
  const word = reader.peek();
  const isDefault = reader.takeWord('default') !== undefined;
  if (!isDefault && !reader.takeWord('case')) reader.failExpecting("'case', 'default' or '}'");
  const regex = !isDefault && reader.takeSymbol('/') !== undefined;
  const match = isDefault ? undefined : parseExpression(reader);
  reader.expectSymbol(':', isDefault ? "after 'default'" : "after the value of 'case'");
  const statements = parseStatements(reader, () => atCaseEnd(reader));
  return { match, regex, statements, span: reader.spanFrom(word.span) };
}

function atCaseEnd(reader: TokenReader): boolean {
  return reader.isSymbol('}') || reader.isWord('case') || reader.isWord('default');
}
