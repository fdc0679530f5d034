import type { LoadModule, LoadPath, ModParam } from './ast.ts';
import { booleanWord, parseExpression } from './parseExpressions.ts';
import type { Span } from './source.ts';
import type { TokenReader } from './tokenReader.ts';

/** `loadmodule "x"`, `loadmodule("x")`, `loadmodule("x", "g")`, and the same with `x` at the end. */
export function parseLoadModule(reader: TokenReader): LoadModule {
  const word = reader.next();
  const parenthesis = reader.takeSymbol('(');
  const path = reader.expectString('the name of a module as string');
  let options: string | undefined;
  if (parenthesis) {
    if (reader.takeSymbol(',')) options = reader.expectString('options as string').text;
    reader.expectSymbol(')', 'after the module');
  } else if (reader.peek().kind === 'string' && !reader.peek().firstOnLine) {
    options = reader.next().text;
  }
  return {
    kind: 'loadModule',
    path: path.text,
    pathSpan: path.span,
    evaluated: word.text === 'loadmodulex',
    options,
    span: reader.spanFrom(word.span),
  };
}

/** `loadpath "a:b"`, `mpath="a:b"`, `loadpath("a")`. */
export function parseLoadPath(reader: TokenReader): LoadPath {
  const word = reader.next();
  reader.takeSymbol('=');
  const parenthesis = reader.takeSymbol('(');
  const path = reader.expectString('a path as string');
  if (parenthesis) reader.expectSymbol(')', 'after the path');
  return { kind: 'loadPath', path: path.text, span: reader.spanFrom(word.span) };
}

/** `modparam("module", "parameter", value)`. */
export function parseModParam(reader: TokenReader): ModParam {
  const word = reader.next();
  reader.expectSymbol('(', `after '${word.text}'`);
  const module = reader.expectString('the name of a module as string');
  reader.expectSymbol(',', "after the module's name");
  const parameter = reader.expectString('the name of a parameter as string');
  reader.expectSymbol(',', "after the parameter's name");
  const { value, span } = parseConstant(reader);
  reader.expectSymbol(')', "after the parameter's value");
  return {
    kind: 'modParam',
    module: module.text,
    moduleSpan: module.span,
    parameter: parameter.text,
    parameterSpan: parameter.span,
    value,
    valueSpan: span,
    evaluated: word.text === 'modparamx',
    span: reader.spanFrom(word.span),
  };
}

/** A number, a word like `yes`, or strings one behind the other. */
export function parseConstant(reader: TokenReader): { value: string | number; span: Span } {
  const start = reader.peek();
  if (start.kind === 'string' || start.kind === 'number' || reader.isSymbol('-')) {
    const expression = parseExpression(reader);
    if (expression.kind === 'string' || expression.kind === 'number') return expression;
    reader.diagnostics.error('OL0201', expression.span, 'the value is not constant', {
      expected: 'a number or a string',
    });
    return { value: 0, span: expression.span };
  }
  const value = start.kind === 'word' ? booleanWord(start.text) : undefined;
  if (value === undefined) reader.failExpecting('a number or a string');
  reader.next();
  return { value, span: start.span };
}
