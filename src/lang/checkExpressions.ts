import { compilePosixRegex } from '../base/posixRegex.ts';
import { AddressRange } from './addressRange.ts';
import type { BinaryExpression, Expression, RouteCallExpression, WordExpression } from './ast.ts';
import { internalFunctions } from './catalogue.ts';
import { checkCall } from './checkCalls.ts';
import type { CheckScope } from './checkScope.ts';
import { nullAt, readKeyword, readSelect, readVariable } from './checkVariables.ts';
import { coreKeywords, coreValues, type KeywordClass } from './coreKeywords.ts';
import type { IrBinaryOperator, IrExpression } from './ir.ts';
import type { Span } from './source.ts';
import { suggest } from './suggest.ts';

export function checkExpression(scope: CheckScope, expression: Expression): IrExpression {
  const { span } = expression;
  switch (expression.kind) {
    case 'number':
    case 'string':
      return { kind: 'constant', value: expression.value, span };
    case 'variable':
      return readVariable(scope, expression.text, span);
    case 'select':
      return readSelect(scope, expression.path, span);
    case 'word':
      return checkWord(scope, expression);
    case 'address':
      return { kind: 'constant', value: addressText(expression), span };
    case 'socket':
      return { kind: 'constant', value: expression.text, span };
    case 'unary': {
      const operand = checkExpression(scope, expression.operand);
      return { kind: 'unary', operator: expression.operator, operand, span };
    }
    case 'binary':
      return checkBinary(scope, expression);
    case 'call':
      return checkCall(scope, expression);
    case 'routeCall':
      return checkRouteCall(scope, expression);
    case 'selval': {
      const condition = checkExpression(scope, expression.condition);
      const whenTrue = checkExpression(scope, expression.whenTrue);
      const whenFalse = checkExpression(scope, expression.whenFalse);
      return { kind: 'selval', condition, whenTrue, whenFalse, span };
    }
  }
}

function addressText(expression: { readonly address: string; readonly mask: string | undefined }): string {
  return expression.mask === undefined ? expression.address : `${expression.address}/${expression.mask}`;
}

function checkWord(scope: CheckScope, word: WordExpression): IrExpression {
  const keyword = readKeyword(scope, word.name, word.span);
  if (keyword) return keyword;
  const value = coreValues.get(word.name);
  if (value !== undefined) return { kind: 'constant', value, span: word.span };
  const names = [...coreKeywords.keys(), ...scope.defines.names()];
  scope.diagnostics.error('OL0613', word.span, `unknown name '${word.name}'`, {
    suggestion: suggest(word.name, names),
  });
  return nullAt(word.span);
}

/** `route(X)`: a constant name must be that of a block. */
export function checkRouteCall(scope: CheckScope, call: RouteCallExpression): IrExpression {
  const target = checkExpression(scope, call.route);
  if (target.kind !== 'constant') {
    scope.dynamicCalls = true;
    return { kind: 'routeCall', target, span: call.span };
  }
  const name = String(target.value ?? '');
  scope.routeUses.push({ name, fromKind: scope.routeKind, fromName: scope.routeName });
  if (!scope.hasRoute('route', name)) {
    scope.diagnostics.error('OL0502', target.span, `route '${name}' is not defined`, {
      expected: `route[${name}] { ... }`,
      suggestion: suggest(name, scope.routeNames('route')),
    });
  }
  return { kind: 'routeCall', target: { ...target, value: name }, span: call.span };
}

function checkBinary(scope: CheckScope, expression: BinaryExpression): IrExpression {
  const { operator } = expression;
  if (operator === '=~' || operator === '!~') return checkMatch(scope, expression);
  if (operator === '==' || operator === '!=') return checkEquality(scope, expression);
  const left = checkExpression(scope, expression.left);
  const right = checkExpression(scope, expression.right);
  if ((operator === '/' || operator === '%') && right.kind === 'constant' && right.value === 0) {
    scope.diagnostics.warning('OL0608', right.span, 'division by zero: nothing is computed here');
  }
  return { kind: 'binary', operator, left, right, span: expression.span };
}

function checkMatch(scope: CheckScope, expression: BinaryExpression): IrExpression {
  const value = checkExpression(scope, expression.left);
  const pattern = checkExpression(scope, expression.right);
  if (pattern.kind === 'constant') checkPattern(scope, String(pattern.value ?? ''), pattern.span);
  return { kind: 'match', value, pattern, negated: expression.operator === '!~', span: expression.span };
}

export function checkPattern(scope: CheckScope, pattern: string, span: Span): void {
  const compiled = compilePosixRegex(pattern);
  if ('error' in compiled) {
    scope.diagnostics.error('OL0609', span, `bad regular expression: ${compiled.error}`);
  }
}

function isKeyword(expression: Expression): expression is WordExpression {
  return expression.kind === 'word' && coreKeywords.has(expression.name);
}

/** Where one side is a core keyword the other may be an address, `myself` or a word. */
function checkEquality(scope: CheckScope, expression: BinaryExpression): IrExpression {
  const { left, right } = expression;
  const operator: IrBinaryOperator = expression.operator === '!=' ? '!=' : '==';
  const swapped = left.kind === 'word' && !isKeyword(left) && isKeyword(right);
  const [subject, object] = swapped ? [right, left] : [left, right];
  if (isKeyword(subject)) {
    const special = checkKeywordEquality(scope, subject, object, operator === '!=', expression.span);
    if (special) return special;
  }
  warnOfComparedResult(scope, left, right);
  return {
    kind: 'binary',
    operator,
    left: checkExpression(scope, subject),
    right: isKeyword(subject) ? checkObject(scope, object) : checkExpression(scope, object),
    span: expression.span,
  };
}

/** `method == INVITE`: a bare word that has no other meaning is a string. */
function checkObject(scope: CheckScope, object: Expression): IrExpression {
  const plain = object.kind === 'word' && !coreValues.has(object.name) && !coreKeywords.has(object.name);
  return plain ? { kind: 'constant', value: object.name, span: object.span } : checkExpression(scope, object);
}

function checkKeywordEquality(
  scope: CheckScope,
  subject: WordExpression,
  object: Expression,
  negated: boolean,
  span: Span,
): IrExpression | undefined {
  const keywordClass = coreKeywords.get(subject.name)!.keywordClass;
  if (object.kind === 'word' && object.name === 'myself') {
    return checkMyself(scope, subject, keywordClass, negated, span);
  }
  if (keywordClass !== 'address') return undefined;
  const constant = object.kind === 'address' || object.kind === 'string';
  if (!constant) return undefined;
  const network = object.kind === 'address' ? addressText(object) : object.value;
  if (!AddressRange.parse(network)) return checkHost(scope, subject, object, negated, span);
  const value = checkExpression(scope, subject);
  return { kind: 'addressMatch', value, network, negated, span };
}

function checkMyself(
  scope: CheckScope,
  subject: WordExpression,
  keywordClass: KeywordClass,
  negated: boolean,
  span: Span,
): IrExpression {
  if (keywordClass === 'other') {
    scope.diagnostics.error('OL0603', span, `'${subject.name}' cannot be compared with myself`, {
      expected: 'uri, from_uri, to_uri, src_ip, dst_ip, snd_ip or to_ip',
    });
    return nullAt(span);
  }
  const name = keywordClass === 'uri' ? internalFunctions.uriIsMyself : internalFunctions.addressIsMyself;
  return askCore(scope, name, [checkExpression(scope, subject)], negated, span);
}

/** `src_ip == host.example.com`: any address that the name has at that time. */
function checkHost(
  scope: CheckScope,
  subject: WordExpression,
  object: Expression,
  negated: boolean,
  span: Span,
): IrExpression {
  const name = object.kind === 'address' ? addressText(object) : object.kind === 'string' ? object.value : '';
  if (!/^[\w-]+(\.[\w-]+)*\.?$/.test(name) || /^[\d.]+$/.test(name)) {
    scope.diagnostics.error('OL0603', object.span, `'${name}' is no IP address and no host name`, {
      expected: 'an IP address, with /mask for a network, or a host name',
    });
    return nullAt(span);
  }
  const host: IrExpression = { kind: 'constant', value: name, span: object.span };
  return askCore(
    scope,
    internalFunctions.addressIsHost,
    [checkExpression(scope, subject), host],
    negated,
    span,
  );
}

function askCore(
  scope: CheckScope,
  name: string,
  args: readonly IrExpression[],
  negated: boolean,
  span: Span,
): IrExpression {
  const signature = scope.catalogue.findFunction(name)?.signatures[0];
  if (!signature) {
    scope.diagnostics.error('OL0613', span, `the core offers no ${name}`);
    return nullAt(span);
  }
  return { kind: 'test', id: signature.id, waits: signature.waits, args, negated, span };
}

/** A function in an expression is 1 or 0, so comparing it with a return code is never what was meant. */
function warnOfComparedResult(scope: CheckScope, left: Expression, right: Expression): void {
  const call = [left, right].find((side) => side.kind === 'call' || side.kind === 'routeCall');
  if (!call) return;
  scope.diagnostics.warning(
    'OL0612',
    call.span,
    'in a comparison the result is 1 or 0, not the return code',
    {
      expected: 'call it first, then compare $rc',
    },
  );
}
