import type { AddressExpression, BinaryOperator, Expression, UnaryOperator } from './ast.ts';
import { coreKeywords } from './coreKeywords.ts';
import { integerOf, isIpv4 } from './lexemes.ts';
import { joinSpans } from './source.ts';
import type { Token } from './token.ts';
import type { TokenReader } from './tokenReader.ts';

/** Binding power by spelling. Not C's: comparisons bind tighter than shifts and bit operators. */
const binary: ReadonlyMap<string, readonly [power: number, operator: BinaryOperator]> = new Map([
  ['||', [1, '||']],
  ['or', [1, '||']],
  ['&&', [2, '&&']],
  ['and', [2, '&&']],
  ['|', [3, '|']],
  ['bor', [3, '|']],
  ['&', [4, '&']],
  ['band', [4, '&']],
  ['^', [5, '^']],
  ['bxor', [5, '^']],
  ['<<', [6, '<<']],
  ['>>', [7, '>>']],
  ['==', [8, '==']],
  ['!=', [8, '!=']],
  ['=~', [8, '=~']],
  ['!~', [8, '!~']],
  ['eq', [8, 'eq']],
  ['ne', [8, 'ne']],
  ['ieq', [8, 'ieq']],
  ['ine', [8, 'ine']],
  ['<', [9, '<']],
  ['>', [9, '>']],
  ['<=', [9, '<=']],
  ['>=', [9, '>=']],
  ['+', [10, '+']],
  ['-', [10, '-']],
  ['*', [11, '*']],
  ['/', [11, '/']],
  ['%', [11, '%']],
  ['mod', [11, '%']],
] as const);

const EQUALITY_POWER = 8;
const ORDER_POWER = 9;
const UNARY_POWER = 12;

/** Operators one behind the other: `a + b + c ...`. */
const MAX_OPERATORS = 1000;

const unary: ReadonlyMap<string, UnaryOperator> = new Map([
  ['!', '!'],
  ['not', '!'],
  ['-', '-'],
  ['~', '~'],
  ['bnot', '~'],
  ['defined', 'defined'],
  ['strlen', 'strlen'],
  ['strempty', 'strempty'],
]);

const booleans: ReadonlyMap<string, number> = new Map([
  ['yes', 1],
  ['true', 1],
  ['on', 1],
  ['enable', 1],
  ['no', 0],
  ['false', 0],
  ['off', 0],
  ['disable', 0],
]);

/** 1 or 0 for a word like `yes` or `off`. */
export function booleanWord(word: string): number | undefined {
  return booleans.get(word);
}

export function parseExpression(reader: TokenReader): Expression {
  return parseBinary(reader, 0);
}

function parseBinary(reader: TokenReader, minimum: number): Expression {
  return reader.nested(() => {
    let left = parseUnary(reader);
    for (let count = 0; ; count++) {
      const token = reader.peek();
      const entry = token.kind === 'symbol' || token.kind === 'word' ? binary.get(token.text) : undefined;
      if (
        !entry ||
        entry[0] < minimum ||
        (token.kind === 'word' && reader.isSymbol('(', 1) && token.firstOnLine)
      )
        return left;
      if (count === MAX_OPERATORS) reader.failExpecting(`at most ${MAX_OPERATORS} operators in a row`);
      reader.next();
      const right = parseBinary(reader, entry[0] + 1);
      left = { kind: 'binary', operator: entry[1], left, right, span: joinSpans(left.span, right.span) };
    }
  });
}

function parseUnary(reader: TokenReader): Expression {
  const token = reader.peek();
  const operator = token.kind === 'symbol' || token.kind === 'word' ? unary.get(token.text) : undefined;
  if (operator) {
    reader.next();
    return parseOperand(reader, token, operator);
  }
  const cast = castAt(reader);
  if (!cast) return parsePrimary(reader);
  for (let i = 0; i < 3; i++) reader.next();
  return parseOperand(reader, token, cast);
}

function parseOperand(reader: TokenReader, start: Token, operator: UnaryOperator): Expression {
  const operand = parseBinary(reader, UNARY_POWER);
  const span = joinSpans(start.span, operand.span);
  if (operator === '-' && operand.kind === 'number') return { kind: 'number', value: -operand.value, span };
  return { kind: 'unary', operator, operand, span };
}

function castAt(reader: TokenReader): UnaryOperator | undefined {
  if (!reader.isSymbol('(') || !reader.isSymbol(')', 2)) return undefined;
  if (reader.isWord('int', 1)) return 'int';
  return reader.isWord('str', 1) || reader.isWord('string', 1) ? 'str' : undefined;
}

function parsePrimary(reader: TokenReader): Expression {
  const token = reader.peek();
  switch (token.kind) {
    case 'string':
      return parseString(reader);
    case 'number':
      return reader.isSymbol('.', 1) ? parseAddress(reader) : parseNumber(reader);
    case 'variable':
      reader.next();
      return { kind: 'variable', text: token.text, span: token.span };
    case 'select':
      reader.next();
      return { kind: 'select', path: token.text, span: token.span };
    case 'ipv6':
      return parseAddress(reader);
    case 'word':
      return parseWord(reader);
    case 'symbol':
      if (token.text === '(') return parseParenthesized(reader);
      if (token.text === '[') return parseAddress(reader);
      if (token.text === '%') return parseAttribute(reader);
  }
  return reader.failExpecting('an expression');
}

/** `%name`, an old way to write an AVP. */
function parseAttribute(reader: TokenReader): Expression {
  const sign = reader.next();
  const name = reader.peek();
  if (name.kind !== 'word' || name.spaced) reader.failExpecting('an expression');
  reader.next();
  return { kind: 'variable', text: `%${name.text}`, span: joinSpans(sign.span, name.span) };
}

function parseParenthesized(reader: TokenReader): Expression {
  reader.next();
  const inner = parseExpression(reader);
  reader.expectSymbol(')', 'to close the parenthesis');
  return inner;
}

/** Strings that follow each other are one. */
function parseString(reader: TokenReader): Expression {
  const first = reader.next();
  let value = first.text;
  let span = first.span;
  while (reader.peek().kind === 'string') {
    const more = reader.next();
    value += more.text;
    span = joinSpans(span, more.span);
  }
  return { kind: 'string', value, span };
}

function parseNumber(reader: TokenReader): Expression {
  const token = reader.next();
  const value = integerOf(token.text);
  if (value === undefined) {
    reader.diagnostics.error('OL0104', token.span, `malformed number ${token.text}`, {
      expected: 'a decimal, 0x hexadecimal, 0 octal or 0b binary integer',
    });
  }
  return { kind: 'number', value: value ?? 0, span: token.span };
}

function parseWord(reader: TokenReader): Expression {
  const token = reader.peek();
  if (reader.isSymbol('(', 1)) return parseCall(reader);
  if (reader.isSymbol('.', 1) && !reader.peek(1).spaced) return parseAddress(reader);
  reader.next();
  const value = booleanWord(token.text);
  if (value !== undefined) return { kind: 'number', value, span: token.span };
  const word: Expression = { kind: 'word', name: token.text, span: token.span };
  return coreKeywords.has(token.text) || token.text === 'myself'
    ? parseKeywordComparison(reader, word)
    : word;
}

/** `!uri == myself` is `!(uri == myself)`: a core keyword and what it is compared with are one operand. */
function parseKeywordComparison(reader: TokenReader, left: Expression): Expression {
  const token = reader.peek();
  const [power, operator] = (token.kind === 'symbol' && binary.get(token.text)) || [0];
  if (operator === undefined || (power !== EQUALITY_POWER && power !== ORDER_POWER)) return left;
  reader.next();
  const right = parseBinary(reader, ORDER_POWER + 1);
  return { kind: 'binary', operator, left, right, span: joinSpans(left.span, right.span) };
}

/** An IP address or host name, with `/mask` behind it when there is one. */
function parseAddress(reader: TokenReader): AddressExpression {
  const start = reader.peek();
  const address = addressTextAt(reader);
  let mask: string | undefined;
  if (reader.isSymbol('/')) {
    reader.next();
    mask = addressTextAt(reader);
  }
  return { kind: 'address', address, mask, span: reader.spanFrom(start.span) };
}

function addressTextAt(reader: TokenReader): string {
  const start = reader.peek();
  if (reader.takeSymbol('[')) {
    const address = reader.next().text;
    reader.expectSymbol(']', 'after the IPv6 address');
    return address;
  }
  if (start.kind !== 'ipv6' && start.kind !== 'number' && start.kind !== 'word') {
    reader.failExpecting('an address or a mask');
  }
  let text = reader.next().text;
  while (reader.isSymbol('.') && !reader.peek().spaced) {
    reader.next();
    text += `.${reader.next().text}`;
  }
  if (/^\d+(\.\d+)+$/.test(text) && !isIpv4(text)) {
    reader.diagnostics.error('OL0201', reader.spanFrom(start.span), `'${text}' is not an IPv4 address`);
  }
  return text;
}

/** `name(arguments)`; also `route(...)` and `selval(...)`. */
export function parseCall(reader: TokenReader): Expression {
  const name = reader.next();
  reader.expectSymbol('(', `after '${name.text}'`);
  const args = parseArguments(reader, name);
  const span = reader.spanFrom(name.span);
  if (name.text === 'route' && args.length === 1) {
    return { kind: 'routeCall', route: routeNameOf(args[0]!), span };
  }
  if (name.text === 'selval' && args.length === 3) {
    return { kind: 'selval', condition: args[0]!, whenTrue: args[1]!, whenFalse: args[2]!, span };
  }
  return { kind: 'call', name: name.text, nameSpan: name.span, args, span };
}

/** A bare word is the name itself. */
function routeNameOf(argument: Expression): Expression {
  if (argument.kind === 'word') return { kind: 'string', value: argument.name, span: argument.span };
  if (argument.kind === 'number')
    return { kind: 'string', value: String(argument.value), span: argument.span };
  return argument;
}

function parseArguments(reader: TokenReader, name: Token): Expression[] {
  const args: Expression[] = [];
  if (reader.takeSymbol(')')) return args;
  for (;;) {
    args.push(parseArgument(reader));
    if (reader.takeSymbol(')')) return args;
    if (!reader.takeSymbol(',')) reader.failExpecting(`',' or ')' in the arguments of '${name.text}'`);
  }
}

/** An expression, or `proto:host:port` and `uri:host`, which have a colon that no expression has. */
function parseArgument(reader: TokenReader): Expression {
  const start = reader.peek();
  if (reader.isSymbol(',') || reader.isSymbol(')')) return { kind: 'string', value: '', span: start.span };
  const length = socketLength(reader);
  if (length === 0) return parseExpression(reader);
  let text = '';
  for (let i = 0; i < length; i++) text += reader.next().text;
  return { kind: 'socket', text, span: reader.spanFrom(start.span) };
}

/** Number of tokens of a socket argument; 0 when it is none. */
function socketLength(reader: TokenReader): number {
  const kind = reader.peek().kind;
  if (kind !== 'word' && kind !== 'number' && !reader.isSymbol('[')) return 0;
  let colon = false;
  for (let ahead = 0; ahead < 40; ahead++) {
    const token = reader.peek(ahead);
    if (token.kind === 'end') return 0;
    if (token.kind !== 'symbol') continue;
    if (token.text === ',' || token.text === ')') return colon ? ahead : 0;
    if (token.text === ':') colon = true;
    else if (token.text !== '.' && token.text !== '[' && token.text !== ']' && token.text !== '-') return 0;
  }
  return 0;
}
