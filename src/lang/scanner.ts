import type { DiagnosticList } from './diagnostics.ts';
import { Includes, type SourceReader } from './includes.ts';
import {
  decodeEscapes,
  integerOf,
  ipv6End,
  isDigit,
  isWordStart,
  lineEnd,
  selectEnd,
  stringEnd,
  symbolAt,
  variableEnd,
  wordEnd,
} from './lexemes.ts';
import { isConditionWord, isDirectiveWord, type Preprocessor } from './preprocessor.ts';
import type { SourceFile, Span } from './source.ts';
import type { Token, TokenKind } from './token.ts';

/** Characters that all expansions of defines together may bring. */
const MAX_EXPANDED_CHARACTERS = 4_000_000;

const MAX_EXPANSION_DEPTH = 50;

/** A file being read, or the text of a define in place of its name. */
interface Input {
  readonly file: SourceFile;
  readonly text: string;
  at: number;
  /** Where the define was named; undefined for a file. */
  readonly origin: Span | undefined;
  readonly define: string | undefined;
  /** Up to where the text has been given to `printed`. */
  printedTo: number;
}

/** Turns a config and all that it includes into tokens, running the preprocessor on the way. */
export class Scanner {
  readonly #includes: Includes;
  readonly #preprocessor: Preprocessor;
  readonly #diagnostics: DiagnosticList;
  readonly #tokens: Token[] = [];
  readonly #inputs: Input[] = [];
  readonly #printed: string[] = [];
  #expandedCharacters = 0;
  #spaced = false;
  #firstOnLine = true;
  /** After one string without end, others are looked for on their own line only: no quadratic search. */
  #stringsBroken = false;

  constructor(reader: SourceReader, preprocessor: Preprocessor, diagnostics: DiagnosticList) {
    this.#includes = new Includes(reader, diagnostics);
    this.#preprocessor = preprocessor;
    this.#diagnostics = diagnostics;
  }

  /** The text with includes in place and without what conditions leave out (`--cfg-print`). */
  get printed(): string {
    return this.#printed.join('');
  }

  scan(file: SourceFile): readonly Token[] {
    this.#pushFile(file);
    while (this.#inputs.length > 0) this.#scanInput(this.#inputs.at(-1)!);
    this.#preprocessor.finish();
    const end = { file, start: file.text.length, end: file.text.length };
    this.#tokens.push({ kind: 'end', text: 'end of file', span: end, spaced: true, firstOnLine: true });
    return this.#tokens;
  }

  #pushFile(file: SourceFile): void {
    const text = file.text;
    this.#inputs.push({ file, text, at: 0, origin: undefined, define: undefined, printedTo: 0 });
    this.#spaced = true;
    this.#firstOnLine = true;
  }

  /** Reads on in `input` until it ends or another one lies on top of it. */
  #scanInput(input: Input): void {
    while (this.#inputs.at(-1) === input) {
      if (input.at >= input.text.length) {
        this.#popInput(input);
        return;
      }
      if (this.#preprocessor.skipping && !input.origin) this.#skipLine(input);
      else if (!this.#skipBlank(input)) this.#scanToken(input);
    }
  }

  #popInput(input: Input): void {
    if (!input.origin) {
      this.#printUpTo(input, input.text.length);
      if (this.#inputs.length > 1) this.#printed.push('\n');
      this.#firstOnLine = true;
    }
    this.#inputs.pop();
    this.#spaced = true;
  }

  #printUpTo(input: Input, offset: number): void {
    if (offset > input.printedTo) this.#printed.push(input.text.slice(input.printedTo, offset));
    input.printedTo = Math.max(offset, input.printedTo);
  }

  /** In a branch not taken: only conditions are looked at. */
  #skipLine(input: Input): void {
    const end = lineEnd(input.text, input.at);
    const match = /^[ \t]*(?:#!|!!)(\w+)/.exec(input.text.slice(input.at, Math.min(end, input.at + 200)));
    input.printedTo = Math.max(input.printedTo, input.at);
    if (match && isConditionWord(match[1]!)) {
      input.at += match[0].length - match[1]!.length - 2;
      this.#directive(input);
      return;
    }
    input.at = Math.min(end + 1, input.text.length);
    input.printedTo = input.at;
  }

  /** Passes over one run of whitespace or one comment; false when a token stands here. */
  #skipBlank(input: Input): boolean {
    const { text, at } = input;
    const char = text[at];
    if (char === '\n') this.#firstOnLine ||= !input.origin;
    if (char === ' ' || char === '\t' || char === '\n' || char === '\r' || char === '\f') {
      input.at++;
    } else if (char === '#' && text[at + 1] !== '!') {
      input.at = lineEnd(text, at);
    } else if (char === '/' && text[at + 1] === '/') {
      input.at = lineEnd(text, at);
    } else if (char === '/' && text[at + 1] === '*') {
      this.#skipBlockComment(input);
    } else {
      return false;
    }
    this.#spaced = true;
    return true;
  }

  #skipBlockComment(input: Input): void {
    const close = input.text.indexOf('*/', input.at + 2);
    if (close < 0) {
      this.#diagnostics.error('OL0103', this.#span(input, input.at, input.at + 2), 'comment never ends', {
        expected: '*/',
      });
    }
    input.at = close < 0 ? input.text.length : close + 2;
  }

  #span(input: Input, start: number, end: number): Span {
    return input.origin ?? { file: input.file, start, end };
  }

  #scanToken(input: Input): void {
    const { text, at } = input;
    const char = text[at]!;
    if (this.#startsDirective(input)) this.#directive(input);
    else if (char === '"' || char === "'") this.#string(input);
    else if (char === '$') this.#variable(input);
    else if (char === '@' && isWordStart(text[at + 1])) this.#select(input);
    else if (isDigit(char) || isWordStart(char) || char === ':') this.#wordOrNumber(input);
    else this.#symbol(input);
  }

  #wordOrNumber(input: Input): void {
    const { text, at } = input;
    const addressEnd = ipv6End(text, at);
    if (addressEnd > 0) this.#emit(input, 'ipv6', text.slice(at, addressEnd), addressEnd);
    else if (isDigit(text[at])) this.#number(input);
    else if (isWordStart(text[at])) this.#word(input);
    else this.#symbol(input);
  }

  #symbol(input: Input): void {
    const { text, at } = input;
    const symbol = symbolAt(text, at);
    if (symbol) {
      this.#emit(input, 'symbol', symbol, at + symbol.length);
      return;
    }
    const shown = printable(text[at]!);
    this.#diagnostics.error('OL0101', this.#span(input, at, at + 1), `unexpected character '${shown}'`);
    input.at++;
    this.#spaced = true;
  }

  #emit(input: Input, kind: TokenKind, text: string, end: number): void {
    this.#tokens.push({
      kind,
      text,
      span: this.#span(input, input.at, end),
      spaced: this.#spaced,
      firstOnLine: this.#firstOnLine,
    });
    this.#spaced = false;
    this.#firstOnLine = false;
    input.at = end;
  }

  #string(input: Input): void {
    const { text, at } = input;
    const close = stringEnd(text, at, this.#stringsBroken ? lineEnd(text, at) : text.length);
    if (close < 0) {
      this.#stringsBroken = true;
      this.#diagnostics.error('OL0102', this.#span(input, at, lineEnd(text, at)), 'string never ends', {
        expected: text[at]!,
      });
      this.#emit(input, 'string', text.slice(at + 1, lineEnd(text, at)), lineEnd(text, at));
      return;
    }
    const raw = text.slice(at + 1, close);
    const content = text[at] === '"' ? decodeEscapes(raw) : raw;
    this.#emit(input, 'string', this.#preprocessor.defines.substitute(content), close + 1);
    this.#noteLoadedModule();
  }

  /** `loadmodule "x.so"` makes `#!ifdef MOD_x` true behind it. */
  #noteLoadedModule(): void {
    const count = this.#tokens.length;
    const before = this.#tokens[count - 2];
    const keyword = before?.text === '(' ? this.#tokens[count - 3] : before;
    if (keyword?.kind !== 'word' || !keyword.text.startsWith('loadmodule')) return;
    const name = this.#tokens[count - 1]!.text.replace(/^.*\//s, '').replace(/\.so$/, '');
    if (/^\w+$/.test(name)) this.#preprocessor.defines.set(`MOD_${name}`, undefined);
  }

  #variable(input: Input): void {
    const { text, at } = input;
    const { end, closed } = variableEnd(text, at);
    if (!closed) {
      this.#diagnostics.error('OL0105', this.#span(input, at, end), 'variable is not complete', {
        expected: '$name, $name(key) or $(name{transformation})',
      });
    }
    this.#emit(input, 'variable', text.slice(at, end), end);
  }

  #select(input: Input): void {
    const end = selectEnd(input.text, input.at + 1);
    this.#emit(input, 'select', input.text.slice(input.at + 1, end), end);
  }

  #number(input: Input): void {
    const end = wordEnd(input.text, input.at);
    const text = input.text.slice(input.at, end);
    const kind = integerOf(text) === undefined && /\D/.test(text) ? 'word' : 'number';
    this.#emit(input, kind, text, end);
  }

  #word(input: Input): void {
    const { text, at } = input;
    let end = wordEnd(text, at);
    if (text.startsWith('msg:len', at) && wordEnd(text, at + 4) === at + 7) end = at + 7;
    const word = text.slice(at, end);
    if (
      (word === 'include_file' || word === 'import_file') &&
      /^\s*\(?\s*["']/.test(text.slice(end, end + 80))
    ) {
      this.#include(input, word, end);
      return;
    }
    const value = this.#preprocessor.defines.valueOf(word);
    if (value === undefined) {
      this.#emit(input, 'word', word, end);
      return;
    }
    this.#expand(input, word, value, end);
  }

  #expand(input: Input, name: string, value: string, end: number): void {
    const origin = this.#span(input, input.at, end);
    const nested = this.#inputs.filter((open) => open.define !== undefined);
    this.#expandedCharacters += value.length + 1;
    const endless = nested.length >= MAX_EXPANSION_DEPTH || nested.some((open) => open.define === name);
    if (endless || this.#expandedCharacters > MAX_EXPANDED_CHARACTERS) {
      this.#diagnostics.error('OL0010', origin, `define '${name}' expands without end`);
      this.#emit(input, 'word', name, end);
      return;
    }
    input.at = end;
    this.#inputs.push({ file: input.file, text: value, at: 0, origin, define: name, printedTo: 0 });
  }

  #startsDirective(input: Input): boolean {
    const { text, at } = input;
    if (text[at] === '#') return true;
    if (!text.startsWith('!!', at) || !this.#firstOnLine) return false;
    return isDirectiveWord(text.slice(at + 2, wordEnd(text, at + 2)));
  }

  /** A directive takes the whole line, and those that follow a backslash at its end. */
  #directive(input: Input): void {
    const { text, at } = input;
    const wordStop = wordEnd(text, at + 2);
    const word = text.slice(at + 2, wordStop);
    let end = lineEnd(text, wordStop);
    while (end < text.length && /\\[ \t]*\r?$/.test(text.slice(Math.max(wordStop, end - 40), end))) {
      end = lineEnd(text, end + 1);
    }
    const rest = text
      .slice(wordStop, end)
      .replace(/\\[ \t]*\r?\n/g, ' ')
      .trim();
    if (word === 'include_file' || word === 'import_file') {
      this.#include(input, word, wordStop);
      return;
    }
    const span = this.#span(input, at, lineEnd(text, at));
    const isCondition = isConditionWord(word);
    if (isCondition) this.#printUpTo(input, Math.max(0, text.lastIndexOf('\n', at) + 1));
    this.#preprocessor.run(word, rest, span);
    input.at = end;
    if (isCondition) input.printedTo = Math.min(end + 1, text.length);
    if (this.#preprocessor.skipping) input.at = Math.min(end + 1, text.length);
    this.#spaced = true;
  }

  /** `wordStop` is the offset behind the word; the rest of the line is dropped. */
  #include(input: Input, word: string, wordStop: number): void {
    const { text, at } = input;
    const end = lineEnd(text, wordStop);
    const span = this.#span(input, at, end);
    const action = this.#preprocessor.run(word, text.slice(wordStop, end).trim(), span);
    this.#printUpTo(input, text.lastIndexOf('\n', at) + 1);
    input.at = end;
    input.printedTo = Math.min(end + 1, text.length);
    this.#spaced = true;
    if (action.kind === 'include') this.#openInclude(input, action.path, action.optional, span);
  }

  #openInclude(from: Input, path: string, optional: boolean, span: Span): void {
    const depth = this.#inputs.filter((open) => !open.origin).length;
    const file = this.#includes.open(path, from.file, depth, optional, span);
    if (file) this.#pushFile(file);
  }
}

function printable(char: string): string {
  const code = char.charCodeAt(0);
  return code < 32 || code === 127 ? `\\x${code.toString(16).padStart(2, '0')}` : char;
}
