/**
 * POSIX extended regular expressions, as scripts and modules write them, compiled to JavaScript's.
 * Among alternatives the first match wins, not the longest: where that matters, use posixMatcher.ts.
 */

export type PosixRegex = { readonly regex: RegExp } | { readonly error: string };

const characterClasses: Readonly<Record<string, string>> = {
  alnum: 'A-Za-z0-9',
  alpha: 'A-Za-z',
  blank: ' \\t',
  cntrl: '\\x00-\\x1f\\x7f',
  digit: '0-9',
  graph: '\\x21-\\x7e',
  lower: 'a-z',
  print: '\\x20-\\x7e',
  punct: '!-\\/:-@\\[-`{-~',
  space: ' \\t-\\r',
  upper: 'A-Z',
  xdigit: '0-9A-Fa-f',
};

/** `flags` are JavaScript's, e.g. `i` or `g`. A dot matches line ends too, as POSIX has it. */
export function compilePosixRegex(pattern: string, flags = ''): PosixRegex {
  return compile(pattern, flags, wholeText);
}

/**
 * Like `compilePosixRegex`, line by line (POSIX `REG_NEWLINE`): `.` and `[^x]` do not match a line feed, `^` and
 * `$` match at every one.
 */
export function compileLineRegex(pattern: string, flags = ''): PosixRegex {
  return compile(pattern, flags, lineByLine);
}

/** A regular expression as an argument of a script function: line by line, letter case aside. */
export function compileRegexArgument(pattern: string): PosixRegex {
  return compileLineRegex(pattern, 'i');
}

/** How anchors, dots and negated lists treat line feeds. */
interface LineMode {
  readonly dot: string;
  readonly start: string;
  readonly end: string;
  /** Also in every negated list. */
  readonly excluded: string;
}

const wholeText: LineMode = { dot: '.', start: '^', end: '$', excluded: '' };
const lineByLine: LineMode = { dot: '[^\\n]', start: '(?<![^\\n])', end: '(?![^\\n])', excluded: '\\n' };

function compile(pattern: string, flags: string, mode: LineMode): PosixRegex {
  const translated = translate(pattern, mode);
  if ('error' in translated) return translated;
  try {
    return { regex: new RegExp(translated.source, `s${flags}`) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

interface Piece {
  readonly text: string;
  readonly next: number;
}

type Step = Piece | { readonly error: string };

/** Builds the JavaScript source; remembers where the last atom began, so that `a*?` can become `(?:a*)?`. */
function translate(
  pattern: string,
  mode: LineMode,
): { readonly source: string } | { readonly error: string } {
  const out: string[] = [];
  const groups: number[] = [];
  let atom = -1;
  let quantified = false;
  for (let at = 0; at < pattern.length; ) {
    const char = pattern[at]!;
    const quantifier = quantifierAt(pattern, at);
    if (quantifier) {
      if (atom < 0) return { error: `nothing to repeat before '${quantifier.text}'` };
      if (quantified) wrapLastAtom(out, atom);
      out.push(quantifier.text);
      quantified = true;
      at = quantifier.next;
      continue;
    }
    quantified = false;
    if (char === '(') {
      groups.push(out.length);
      atom = -1;
      out.push('(');
      at++;
      continue;
    }
    if (char === ')' && groups.length > 0) {
      out.push(')');
      atom = groups.pop()!;
      at++;
      continue;
    }
    if (char === '|' || char === '^') {
      out.push(char === '^' ? mode.start : char);
      atom = -1;
      at++;
      continue;
    }
    const step = atomAt(pattern, at, mode);
    if ('error' in step) return step;
    atom = out.length;
    out.push(step.text);
    at = step.next;
  }
  if (groups.length > 0) return { error: "')' is missing" };
  return { source: out.join('') };
}

function wrapLastAtom(out: string[], atom: number): void {
  const inner = out.splice(atom).join('');
  out.push(`(?:${inner})`);
}

function quantifierAt(pattern: string, at: number): Piece | undefined {
  const char = pattern[at];
  if (char === '*' || char === '+' || char === '?') return { text: char, next: at + 1 };
  if (char !== '{') return undefined;
  const interval = /^\{(\d{0,5})(,?)(\d{0,5})\}/.exec(pattern.slice(at, at + 14));
  if (!interval || interval[1] + interval[3]! === '') return undefined;
  const low = interval[1] === '' ? '0' : interval[1];
  return { text: `{${low}${interval[2]}${interval[3]}}`, next: at + interval[0].length };
}

function atomAt(pattern: string, at: number, mode: LineMode): Step {
  const char = pattern[at]!;
  if (char === '[') return bracketAt(pattern, at, mode);
  if (char === '\\') return escapeAt(pattern, at);
  if (char === '.') return { text: mode.dot, next: at + 1 };
  if (char === '$') return { text: mode.end, next: at + 1 };
  return { text: literal(char), next: at + 1 };
}

function escapeAt(pattern: string, at: number): Step {
  const char = pattern[at + 1];
  if (char === undefined) return { error: 'trailing backslash' };
  const next = at + 2;
  if (/[wWsSbB1-9]/.test(char)) return { text: `\\${char}`, next };
  if (char === '<') return { text: '\\b(?=\\w)', next };
  if (char === '>') return { text: '\\b(?<=\\w)', next };
  return { text: literal(char), next };
}

/** `[...]`: a backslash is an ordinary character there, and `]` may come first. */
function bracketAt(pattern: string, start: number, mode: LineMode): Step {
  let at = start + 1;
  let text = '[';
  if (pattern[at] === '^') {
    text += `^${mode.excluded}`;
    at++;
  }
  for (let first = true; at < pattern.length; first = false) {
    const char = pattern[at]!;
    if (char === ']' && !first) return { text: `${text}]`, next: at + 1 };
    const named = /^\[([:.=])(.{1,12}?)\1\]/.exec(pattern.slice(at, at + 20));
    if (named) {
      const members = named[1] === ':' ? characterClasses[named[2]!] : literalInBracket(named[2]!);
      if (members === undefined) return { error: `unknown character class '${named[2]}'` };
      text += members;
      at += named[0].length;
      continue;
    }
    text += literalInBracket(char);
    at++;
  }
  return { error: "']' is missing" };
}

function literal(char: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(char) ? `\\${char}` : char;
}

function literalInBracket(text: string): string {
  return text.replace(/[\\\][^]/g, '\\$&');
}

/** Compiled patterns of one module that come at run time; the oldest goes when it is full. */
export class RegexCache {
  readonly #compile: (pattern: string) => PosixRegex;
  readonly #max: number;
  readonly #entries = new Map<string, PosixRegex>();

  constructor(compilePattern: (pattern: string) => PosixRegex, max = 500) {
    this.#compile = compilePattern;
    this.#max = max;
  }

  get(pattern: string): PosixRegex {
    const known = this.#entries.get(pattern);
    if (known !== undefined) return known;
    const compiled = this.#compile(pattern);
    if (this.#entries.size >= this.#max) {
      const [oldest] = this.#entries.keys();
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    this.#entries.set(pattern, compiled);
    return compiled;
  }
}
