import type { DiagnosticList } from './diagnostics.ts';
import { joinSpans, type Span } from './source.ts';
import type { Token } from './token.ts';

/** Unwinds to the nearest place where parsing can go on; the diagnostic is already written. */
export class SyntaxFailure extends Error {}

/** How deep statements and expressions may nest: far beyond any config, well below the stack. */
const MAX_NESTING = 400;

const routeWords = new Set([
  ...['request_route', 'route', 'branch_route', 'failure_route', 'onreply_route', 'reply_route'],
  ...['onsend_route', 'event_route'],
]);

/** A cursor over tokens, with the ways in which all parsers expect, complain and recover. */
export class TokenReader {
  readonly diagnostics: DiagnosticList;
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], diagnostics: DiagnosticList) {
    this.#tokens = tokens;
    this.diagnostics = diagnostics;
  }

  peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)]!;
  }

  next(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.#at++;
    return token;
  }

  get position(): number {
    return this.#at;
  }

  get atEnd(): boolean {
    return this.peek().kind === 'end';
  }

  isSymbol(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'symbol' && token.text === text;
  }

  isWord(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'word' && token.text === text;
  }

  takeSymbol(text: string): Token | undefined {
    return this.isSymbol(text) ? this.next() : undefined;
  }

  takeWord(text: string): Token | undefined {
    return this.isWord(text) ? this.next() : undefined;
  }

  expectSymbol(text: string, where: string): Token {
    return this.takeSymbol(text) ?? this.failExpecting(`'${text}' ${where}`);
  }

  expectString(what: string): Token {
    return this.peek().kind === 'string' ? this.next() : this.failExpecting(what);
  }

  /** Complains about the token at hand. */
  failExpecting(expected: string): never {
    const token = this.peek();
    this.diagnostics.error('OL0201', this.#complaintSpan(), `unexpected ${describeToken(token)}`, {
      expected,
    });
    throw new SyntaxFailure();
  }

  /** A missing `;` or `)` is told behind the last token, not at the next line's first. */
  #complaintSpan(): Span {
    const token = this.peek();
    const before = this.#tokens[this.#at - 1];
    if (!before || !(token.firstOnLine || token.kind === 'end')) return token.span;
    return { file: before.span.file, start: before.span.end, end: before.span.end + 1 };
  }

  spanFrom(start: Span): Span {
    const last = this.#tokens[this.#at - 1];
    return last ? joinSpans(start, last.span) : start;
  }

  /** Runs `parse` one level deeper. */
  nested<T>(parse: () => T): T {
    if (this.#depth >= MAX_NESTING) {
      this.diagnostics.error('OL0204', this.peek().span, `nested deeper than ${MAX_NESTING} levels`);
      this.#at = this.#tokens.length - 1;
      throw new SyntaxFailure();
    }
    this.#depth++;
    try {
      return parse();
    } finally {
      this.#depth--;
    }
  }

  /** A route block begins here, at the start of a line: inside of another one a brace is missing. */
  get atRouteStart(): boolean {
    const token = this.peek();
    if (token.kind !== 'word' || !token.firstOnLine || !routeWords.has(token.text)) return false;
    if (this.isSymbol('{', 1)) return true;
    return this.isSymbol('[', 1);
  }

  /** After a mistake in a statement: behind the next `;` of this depth, or before its `}`. */
  skipStatement(): void {
    let depth = 0;
    for (;;) {
      if (this.atEnd || this.atRouteStart) return;
      if (this.isSymbol('}')) {
        if (depth === 0) return;
        depth--;
        this.next();
        if (depth === 0) return;
        continue;
      }
      if (this.isSymbol('{')) depth++;
      if (this.next().text === ';' && depth === 0) return;
    }
  }

  /** After a mistake at top level: before the next line that begins with a word, outside of braces. */
  skipTopLevel(): void {
    let depth = 0;
    let first = true;
    for (;;) {
      const token = this.peek();
      if (token.kind === 'end' || this.atRouteStart) return;
      if (!first && depth === 0 && token.kind === 'word' && token.firstOnLine) return;
      if (token.kind === 'symbol' && token.text === '{') depth++;
      if (token.kind === 'symbol' && token.text === '}') depth = Math.max(0, depth - 1);
      this.next();
      first = false;
    }
  }
}

export function describeToken(token: Token): string {
  switch (token.kind) {
    case 'end':
      return 'end of file';
    case 'string':
      return `string "${token.text.length > 30 ? `${token.text.slice(0, 30)}...` : token.text}"`;
    case 'number':
      return `number ${token.text}`;
    case 'select':
      return `'@${token.text}'`;
    default:
      return `'${token.text}'`;
  }
}
