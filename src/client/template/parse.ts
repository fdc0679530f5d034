import { type Expression, type Node, templateError } from './syntax.ts';
import { cutTemplate, type Piece, type Token } from './tokens.ts';

/** Blocks inside blocks at most. */
const maxDepth = 50;

export function parseTemplate(source: string): readonly Node[] {
  return new TemplateParser(source).parse();
}

type Block = 'if' | 'with' | 'range';

class TemplateParser {
  readonly #source: string;
  readonly #pieces: readonly Piece[];
  #at = 0;
  #depth = 0;

  constructor(source: string) {
    this.#source = source;
    this.#pieces = cutTemplate(source);
  }

  parse(): readonly Node[] {
    const nodes = this.#nodes();
    const rest = this.#pieces[this.#at];
    if (rest !== undefined) throw this.#error(rest, `{{${keyword(rest)}}} without a block`);
    return nodes;
  }

  /** Up to the end of the template, or an `else` or `end`, which is left for the caller. */
  #nodes(): Node[] {
    const nodes: Node[] = [];
    for (;;) {
      const piece = this.#pieces[this.#at];
      const word = piece === undefined ? '' : keyword(piece);
      if (piece === undefined || word === 'end' || word === 'else') return nodes;
      this.#at++;
      if (piece.kind === 'text') nodes.push(piece);
      else if (word === 'if' || word === 'with' || word === 'range')
        nodes.push(this.#block(word, piece, piece.tokens.slice(1)));
      else nodes.push({ kind: 'output', expression: this.#expression(piece, piece.tokens) });
    }
  }

  #block(kind: Block, opening: Piece, condition: readonly Token[]): Node {
    if (++this.#depth > maxDepth)
      throw this.#error(opening, `more than ${maxDepth} blocks inside each other`);
    const test = this.#expression(opening, condition);
    const body = this.#nodes();
    const otherwise = this.#otherwise(kind, opening);
    this.#depth--;
    return { kind, condition: test, body, otherwise };
  }

  /** `{{else}}`, `{{else if ...}}` or `{{end}}`; leaves nothing of the block behind. */
  #otherwise(kind: Block, opening: Piece): readonly Node[] {
    const piece = this.#pieces[this.#at];
    if (piece === undefined || piece.kind === 'text')
      throw this.#error(opening, `{{${kind}}} without {{end}}`);
    this.#at++;
    if (keyword(piece) === 'end') return [];
    const [, next, ...condition] = piece.tokens;
    if (next !== undefined && next.text !== kind)
      throw this.#error(piece, `{{else ${next.text}}} in {{${kind}}}`);
    if (next !== undefined) return [this.#block(kind, piece, condition)];
    const nodes = this.#nodes();
    const end = this.#pieces[this.#at++];
    if (end === undefined || keyword(end) !== 'end')
      throw this.#error(opening, `{{${kind}}} without {{end}}`);
    return nodes;
  }

  /** A pipeline: `a | f b | g`, where each result is the last argument of the next. */
  #expression(piece: Piece, tokens: readonly Token[]): Expression {
    const reader = new ExpressionReader(tokens, (why) => this.#error(piece, why));
    return reader.read();
  }

  #error(piece: Piece, why: string): Error {
    return templateError(this.#source, piece.kind === 'action' ? piece.offset : 0, why);
  }
}

function keyword(piece: Piece): string {
  const first = piece.kind === 'action' ? piece.tokens[0] : undefined;
  return first?.kind === 'word' ? first.text : '';
}

class ExpressionReader {
  readonly #tokens: readonly Token[];
  readonly #error: (why: string) => Error;
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], error: (why: string) => Error) {
    this.#tokens = tokens;
    this.#error = error;
  }

  read(): Expression {
    const expression = this.#pipeline();
    const rest = this.#tokens[this.#at];
    if (rest !== undefined) throw this.#error(`"${rest.text}" is not expected`);
    return expression;
  }

  #pipeline(): Expression {
    let expression = this.#command();
    while (this.#tokens[this.#at]?.kind === '|') {
      this.#at++;
      const next = this.#command();
      if (next.kind !== 'call') throw this.#error('behind "|" there must be a function');
      expression = { ...next, args: [...next.args, expression] };
    }
    return expression;
  }

  /** A function with its arguments, or one operand. */
  #command(): Expression {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw this.#error('a value is missing');
    if (token.kind !== 'word' || Object.hasOwn(constants, token.text)) return this.#operand();
    this.#at++;
    const args: Expression[] = [];
    for (;;) {
      const next = this.#tokens[this.#at];
      if (next === undefined || next.kind === '|' || next.kind === ')') break;
      args.push(this.#operand());
    }
    return { kind: 'call', name: token.text, args };
  }

  #operand(): Expression {
    const token = this.#tokens[this.#at++];
    switch (token?.kind) {
      case 'field': {
        const fromRoot = token.text.startsWith('$');
        const path = token.text.replace(/^\$/, '').split('.').filter(Boolean);
        return { kind: 'field', path, fromRoot };
      }
      case 'string':
        return { kind: 'value', value: token.text };
      case 'number':
        return { kind: 'value', value: Number(token.text) };
      case 'word':
        if (Object.hasOwn(constants, token.text)) return { kind: 'value', value: constants[token.text] };
        return { kind: 'call', name: token.text, args: [] };
      case '(':
        return this.#group();
      default:
        throw this.#error('a value is missing');
    }
  }

  #group(): Expression {
    if (++this.#depth > maxDepth) throw this.#error('too many parentheses inside each other');
    const expression = this.#pipeline();
    if (this.#tokens[this.#at++]?.kind !== ')') throw this.#error('")" is missing');
    this.#depth--;
    return expression;
  }
}

const constants: Readonly<Record<string, unknown>> = { true: true, false: false, nil: undefined };
