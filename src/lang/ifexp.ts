/**
 * The expressions of `#!ifexp` and `#!defexp`: numbers and strings with C's operators. The right operand
 * is converted to the type of the left one (core cookbook, "ifexp").
 */

export type ExpressionValue = number | string;

export type Lookup = (name: string) => ExpressionValue;

type Result = { readonly value: ExpressionValue } | { readonly error: string };

interface Piece {
  readonly kind: 'number' | 'string' | 'name' | 'op' | 'end';
  readonly text: string;
}

const operators = ['**', '<<', '>>', '<=', '>=', '==', '!=', '&&', '||', ...'+-*/%&|^<>!=(),~'];

const precedence: Readonly<Record<string, number>> = {
  ',': 1,
  '||': 3,
  '&&': 4,
  '|': 5,
  '^': 6,
  '&': 7,
  '==': 8,
  '!=': 8,
  '<': 9,
  '>': 9,
  '<=': 9,
  '>=': 9,
  '<<': 10,
  '>>': 10,
  '+': 11,
  '-': 11,
  '*': 12,
  '/': 12,
  '%': 12,
  '**': 13,
};

const MAX_DEPTH = 100;

class SyntaxProblem extends Error {}

export function evaluateExpression(text: string, lookup: Lookup): Result {
  try {
    const reader = new Reader(split(text), lookup);
    const value = reader.expression(0, 0);
    reader.expectEnd();
    return { value };
  } catch (error) {
    if (error instanceof SyntaxProblem) return { error: error.message };
    throw error;
  }
}

export function isTruthy(value: ExpressionValue): boolean {
  return typeof value === 'number' ? value !== 0 : value.length > 0;
}

export function expressionText(value: ExpressionValue): string {
  return typeof value === 'string' ? value : String(value);
}

function split(text: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text[at]!;
    if (/\s/.test(char)) {
      at++;
      continue;
    }
    const piece = pieceAt(text, at);
    pieces.push(piece.piece);
    at = piece.next;
  }
  pieces.push({ kind: 'end', text: 'end of line' });
  return pieces;
}

function pieceAt(text: string, at: number): { piece: Piece; next: number } {
  const char = text[at]!;
  if (char === '"' || char === "'") {
    const close = text.indexOf(char, at + 1);
    if (close < 0) throw new SyntaxProblem('unterminated string');
    return { piece: { kind: 'string', text: text.slice(at + 1, close) }, next: close + 1 };
  }
  const token = /^(?:0[xX][0-9a-fA-F]+|\d+(?:\.\d+)?|[A-Za-z_]\w*)/.exec(text.slice(at, at + 256))?.[0];
  if (token) {
    const kind = /^\d/.test(token) ? 'number' : 'name';
    return { piece: { kind, text: token }, next: at + token.length };
  }
  const op = operators.find((candidate) => text.startsWith(candidate, at));
  if (!op) throw new SyntaxProblem(`unexpected character '${char}'`);
  return { piece: { kind: 'op', text: op }, next: at + op.length };
}

class Reader {
  readonly #pieces: readonly Piece[];
  readonly #lookup: Lookup;
  #at = 0;

  constructor(pieces: readonly Piece[], lookup: Lookup) {
    this.#pieces = pieces;
    this.#lookup = lookup;
  }

  expectEnd(): void {
    const piece = this.#peek();
    if (piece.kind !== 'end') throw new SyntaxProblem(`unexpected '${piece.text}'`);
  }

  expression(minimum: number, depth: number): ExpressionValue {
    if (depth > MAX_DEPTH) throw new SyntaxProblem('nested too deep');
    let left = this.#operand(depth);
    for (;;) {
      const piece = this.#peek();
      const power = piece.kind === 'op' ? precedence[piece.text] : undefined;
      if (power === undefined || power < minimum) return left;
      this.#at++;
      const right = this.expression(power + (piece.text === '**' ? 0 : 1), depth + 1);
      left = apply(piece.text, left, right);
    }
  }

  #operand(depth: number): ExpressionValue {
    if (depth > MAX_DEPTH) throw new SyntaxProblem('nested too deep');
    const piece = this.#peek();
    this.#at++;
    switch (piece.kind) {
      case 'number':
        return Number(piece.text);
      case 'string':
        return piece.text;
      case 'name':
        return this.#lookup(piece.text);
      case 'op':
        return this.#prefixed(piece.text, depth);
      default:
        this.#at--;
        throw new SyntaxProblem('an operand is missing');
    }
  }

  #prefixed(op: string, depth: number): ExpressionValue {
    switch (op) {
      case '(': {
        const value = this.expression(0, depth + 1);
        if (this.#peek().text !== ')') throw new SyntaxProblem("')' is missing");
        this.#at++;
        return value;
      }
      case '!':
        return isTruthy(this.#operand(depth + 1)) ? 0 : 1;
      case '-':
        return -toNumber(this.#operand(depth + 1));
      case '+':
        return toNumber(this.#operand(depth + 1));
      case '^':
      case '~':
        return ~toNumber(this.#operand(depth + 1));
      default:
        throw new SyntaxProblem(`unexpected '${op}'`);
    }
  }

  #peek(): Piece {
    return this.#pieces[this.#at]!;
  }
}

function toNumber(value: ExpressionValue): number {
  if (typeof value === 'number') return value;
  const number = Number.parseFloat(value);
  return Number.isNaN(number) ? 0 : number;
}

function apply(op: string, left: ExpressionValue, right: ExpressionValue): ExpressionValue {
  switch (op) {
    case ',':
      return right;
    case '&&':
      return isTruthy(left) && isTruthy(right) ? 1 : 0;
    case '||':
      return isTruthy(left) || isTruthy(right) ? 1 : 0;
    default:
      return typeof left === 'string'
        ? applyToStrings(op, left, expressionText(right))
        : applyToNumbers(op, left, toNumber(right));
  }
}

function applyToStrings(op: string, left: string, right: string): ExpressionValue {
  switch (op) {
    case '+':
      return left + right;
    case '==':
      return left === right ? 1 : 0;
    case '!=':
      return left !== right ? 1 : 0;
    case '<':
      return left < right ? 1 : 0;
    case '>':
      return left > right ? 1 : 0;
    case '<=':
      return left <= right ? 1 : 0;
    case '>=':
      return left >= right ? 1 : 0;
    default:
      return applyToNumbers(op, toNumber(left), toNumber(right));
  }
}

function applyToNumbers(op: string, left: number, right: number): number {
  const compute = numeric[op];
  if (!compute) throw new SyntaxProblem(`'${op}' cannot be used here`);
  return compute(left, right);
}

const numeric: Readonly<Record<string, (left: number, right: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => divide(a, b),
  '%': (a, b) => (b === 0 ? divide(a, b) : a % b),
  '**': (a, b) => a ** b,
  '<<': (a, b) => a << b,
  '>>': (a, b) => a >> b,
  '&': (a, b) => a & b,
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
  '==': (a, b) => (a === b ? 1 : 0),
  '!=': (a, b) => (a !== b ? 1 : 0),
  '<': (a, b) => (a < b ? 1 : 0),
  '>': (a, b) => (a > b ? 1 : 0),
  '<=': (a, b) => (a <= b ? 1 : 0),
  '>=': (a, b) => (a >= b ? 1 : 0),
};

function divide(left: number, right: number): number {
  if (right === 0) throw new SyntaxProblem('division by zero');
  return left / right;
}
