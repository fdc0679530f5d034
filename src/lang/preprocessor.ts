import type { DefineTable } from './defines.ts';
import { defineText } from './defines.ts';
import type { DiagnosticList } from './diagnostics.ts';
import { isTruthy } from './ifexp.ts';
import type { Span } from './source.ts';
import { suggest } from './suggest.ts';

/** What the scanner has to do after a directive. */
export type DirectiveAction =
  | { readonly kind: 'none' }
  /** A condition opened or closed: skip or read on as `skipping` says. */
  | { readonly kind: 'condition' }
  | { readonly kind: 'include'; readonly path: string; readonly optional: boolean };

interface Condition {
  readonly span: Span;
  /** What encloses it is read, so its branches count. */
  readonly live: boolean;
  taken: boolean;
  elseSeen: boolean;
}

const none: DirectiveAction = { kind: 'none' };
const condition: DirectiveAction = { kind: 'condition' };

const conditionWords = new Set(['ifdef', 'ifndef', 'ifexp', 'else', 'endif']);

const directiveWords = new Set([
  ...conditionWords,
  ...['define', 'def', 'trydef', 'trydefine', 'redefine', 'redef', 'undef', 'undefine'],
  ...['subst', 'substdef', 'substdefs', 'defexp', 'defexps', 'defenv', 'defenvs', 'trydefenv', 'trydefenvs'],
  ...['include_file', 'import_file'],
]);

export function isDirectiveWord(word: string): boolean {
  return directiveWords.has(word);
}

/** A line that is a condition also where everything else is skipped. */
export function isConditionWord(word: string): boolean {
  return conditionWords.has(word);
}

/** Runs directives: keeps the defines and the stack of conditions. Reads no files by itself. */
export class Preprocessor {
  readonly defines: DefineTable;
  readonly #diagnostics: DiagnosticList;
  readonly #conditions: Condition[] = [];

  constructor(defines: DefineTable, diagnostics: DiagnosticList) {
    this.defines = defines;
    this.#diagnostics = diagnostics;
  }

  /** Text is in a branch that is not taken. */
  get skipping(): boolean {
    const top = this.#conditions.at(-1);
    return top !== undefined && !(top.live && top.taken);
  }

  /** `word` is the directive without its `#!`, `rest` what follows on the (joined) line. */
  run(word: string, rest: string, span: Span): DirectiveAction {
    if (conditionWords.has(word)) return this.#runCondition(word, rest, span);
    if (this.skipping) return none;
    if (word === 'include_file' || word === 'import_file') return this.#runInclude(word, rest, span);
    if (!directiveWords.has(word)) this.#unknown(word, span);
    else this.#runDefinition(word, rest, span);
    return none;
  }

  finish(): void {
    for (const open of this.#conditions) {
      this.#diagnostics.error('OL0006', open.span, 'condition is never closed', { expected: '#!endif' });
    }
  }

  #runCondition(word: string, rest: string, span: Span): DirectiveAction {
    if (word === 'else') this.#else(span);
    else if (word === 'endif') {
      if (!this.#conditions.pop()) this.#diagnostics.error('OL0005', span, '#!endif closes nothing');
    } else this.#open(word, rest, span);
    return condition;
  }

  #else(span: Span): void {
    const top = this.#conditions.at(-1);
    if (!top) {
      this.#diagnostics.error('OL0005', span, '#!else without #!ifdef, #!ifndef or #!ifexp');
      return;
    }
    if (top.elseSeen) this.#diagnostics.error('OL0005', span, 'second #!else of the same condition');
    top.elseSeen = true;
    top.taken = !top.taken;
  }

  #open(word: string, rest: string, span: Span): void {
    const live = !this.skipping;
    const taken = live && this.#test(word, rest, span);
    this.#conditions.push({ span, live, taken, elseSeen: false });
  }

  #test(word: string, rest: string, span: Span): boolean {
    if (word === 'ifexp') {
      const result = this.defines.evaluate(rest);
      if ('value' in result) return isTruthy(result.value);
      this.#diagnostics.error('OL0009', span, `expression: ${result.error}`);
      return false;
    }
    const name = /^\w+/.exec(rest)?.[0];
    if (name === undefined) {
      this.#diagnostics.error('OL0003', span, `#!${word} needs a name`, { expected: `#!${word} NAME` });
      return false;
    }
    return this.defines.has(name) === (word === 'ifdef');
  }

  #runInclude(word: string, rest: string, span: Span): DirectiveAction {
    const quoted = /^\(?\s*(["'])(.*?)\1/.exec(rest);
    if (!quoted) {
      this.#diagnostics.error('OL0003', span, `${word} needs a file name`, { expected: `${word} "path"` });
      return none;
    }
    const path = this.defines.substitute(quoted[2]!);
    return { kind: 'include', path, optional: word === 'import_file' };
  }

  #runDefinition(word: string, rest: string, span: Span): void {
    if (word.startsWith('subst')) this.#substitution(word, rest, span);
    else if (word.includes('defenv')) this.#fromEnvironment(word, rest, span);
    else if (word.startsWith('defexp')) this.#fromExpression(word, rest, span);
    else if (word.startsWith('undef')) this.#undefine(rest, span);
    else this.#define(word, rest, span);
  }

  #define(word: string, rest: string, span: Span): void {
    const match = /^(\w+)\s*(.*)$/s.exec(rest);
    if (!match) {
      this.#diagnostics.error('OL0003', span, `#!${word} needs a name`, { expected: `#!${word} NAME value` });
      return;
    }
    const name = match[1]!;
    const value = match[2]!.trim();
    if (this.defines.has(name) && !word.startsWith('redef')) {
      if (!word.startsWith('try')) {
        this.#diagnostics.error('OL0004', span, `'${name}' is already defined`, {
          expected: '#!redefine to replace it, or #!trydef to keep the first',
        });
      }
      return;
    }
    this.defines.set(name, value === '' ? undefined : value);
  }

  #undefine(rest: string, span: Span): void {
    const name = /^\w+/.exec(rest)?.[0];
    if (name === undefined) this.#diagnostics.error('OL0003', span, '#!undef needs a name');
    else this.defines.remove(name);
  }

  #substitution(word: string, rest: string, span: Span): void {
    const quoted = /^(["'])(.*)\1/s.exec(rest);
    if (!quoted) {
      this.#diagnostics.error('OL0003', span, `#!${word} needs an expression`, {
        expected: `#!${word} "/regexp/replacement/"`,
      });
      return;
    }
    const mode = word === 'subst' ? 'none' : word === 'substdef' ? 'plain' : 'quoted';
    const failed = this.defines.addSubstitution(quoted[2]!, mode);
    if (failed) this.#diagnostics.error('OL0008', span, `substitution: ${failed.error}`);
  }

  #fromEnvironment(word: string, rest: string, span: Span): void {
    const match = /^(\w+)(?:\s*=\s*(\w+))?/.exec(rest);
    if (!match) {
      this.#diagnostics.error('OL0003', span, `#!${word} needs a name`, {
        expected: `#!${word} ID=VARIABLE`,
      });
      return;
    }
    const name = match[1]!;
    const variable = match[2] ?? name;
    const value = this.defines.environment(variable);
    if (value === undefined) {
      if (!word.startsWith('try')) {
        this.#diagnostics.error('OL0007', span, `environment variable '${variable}' is not set`, {
          expected: `#!try${word} where it may be missing`,
        });
      }
      return;
    }
    this.defines.set(name, word.endsWith('s') ? `"${value}"` : value);
  }

  #fromExpression(word: string, rest: string, span: Span): void {
    const match = /^(\w+)\s+(.+)$/s.exec(rest);
    if (!match) {
      this.#diagnostics.error('OL0003', span, `#!${word} needs a name and an expression`, {
        expected: `#!${word} ID expression`,
      });
      return;
    }
    const result = this.defines.evaluate(match[2]!);
    if ('error' in result) this.#diagnostics.error('OL0009', span, `expression: ${result.error}`);
    else this.defines.set(match[1]!, defineText(result.value, word.endsWith('s')));
  }

  /** `#!KAMAILIO`, `#!/usr/sbin/kamailio` and the like are comments; a near miss deserves a warning. */
  #unknown(word: string, span: Span): void {
    const suggestion = word === word.toLowerCase() ? suggest(word, directiveWords) : undefined;
    if (suggestion === undefined) return;
    this.#diagnostics.warning('OL0011', span, `unknown directive '#!${word}' is taken as a comment`, {
      suggestion: `#!${suggestion}`,
    });
  }
}
