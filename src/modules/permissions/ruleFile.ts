import { compilePosixRegex } from '../../base/posixRegex.ts';

/** `ALL`, or texts that one of several regular expressions matches; but none of those behind EXCEPT. */
interface Side {
  /** undefined for ALL. */
  readonly patterns: readonly RegExp[] | undefined;
  readonly exceptions: readonly RegExp[] | undefined;
}

interface Rule {
  readonly left: Side;
  readonly right: Side;
}

/** A line that could not be read, with the reason. */
export interface BadLine {
  readonly line: number;
  readonly reason: string;
}

/** Rules of one file: `ALL : "regex"`, `"a", "b" EXCEPT "c" : ALL EXCEPT "d"`. */
export class RuleFile {
  readonly #rules: readonly Rule[];

  constructor(rules: readonly Rule[]) {
    this.#rules = rules;
  }

  get size(): number {
    return this.#rules.length;
  }

  matches(left: string, right: string): boolean {
    return this.#rules.some((rule) => sideMatches(rule.left, left) && sideMatches(rule.right, right));
  }
}

function sideMatches({ patterns, exceptions }: Side, text: string): boolean {
  if (patterns !== undefined && !patterns.some((pattern) => pattern.test(text))) return false;
  return exceptions === undefined || !exceptions.some((pattern) => pattern.test(text));
}

/** Lines that are malformed are told and left out; the others count. */
export function parseRules(text: string): { readonly rules: RuleFile; readonly bad: readonly BadLine[] } {
  const rules: Rule[] = [];
  const bad: BadLine[] = [];
  text.split(/\r?\n/).forEach((written, i) => {
    const tokens = tokensOf(written);
    if (typeof tokens === 'string') bad.push({ line: i + 1, reason: tokens });
    else if (tokens.length > 0) {
      const rule = parseRule(tokens);
      if (typeof rule === 'string') bad.push({ line: i + 1, reason: rule });
      else rules.push(rule);
    }
  });
  return { rules: new RuleFile(rules), bad };
}

type Token = { readonly pattern: string } | 'ALL' | 'EXCEPT' | ':' | ',';

/** A comment begins at a `#` outside of quotes. An error text when something else stands there. */
function tokensOf(line: string): Token[] | string {
  const tokens: Token[] = [];
  for (let at = 0; at < line.length; ) {
    const char = line[at] as string;
    if (char === '#') break;
    if (char === '"') {
      const end = line.indexOf('"', at + 1);
      if (end < 0) return 'a quote is never closed';
      tokens.push({ pattern: line.slice(at + 1, end) });
      at = end + 1;
    } else if (char === ':' || char === ',') {
      tokens.push(char);
      at++;
    } else if (char === ' ' || char === '\t') at++;
    else {
      const word = /^\w+/.exec(line.slice(at))?.[0] ?? char;
      if (word !== 'ALL' && word !== 'EXCEPT') return `"${word}" means nothing here`;
      tokens.push(word);
      at += word.length;
    }
  }
  return tokens;
}

function parseRule(tokens: readonly Token[]): Rule | string {
  const colon = tokens.indexOf(':');
  if (colon < 0 || tokens.indexOf(':', colon + 1) >= 0) return 'a rule has two sides with a colon between';
  const left = parseSide(tokens.slice(0, colon));
  if (typeof left === 'string') return left;
  const right = parseSide(tokens.slice(colon + 1));
  return typeof right === 'string' ? right : { left, right };
}

function parseSide(tokens: readonly Token[]): Side | string {
  const at = tokens.indexOf('EXCEPT');
  const patterns = parseList(at < 0 ? tokens : tokens.slice(0, at));
  if (typeof patterns === 'string') return patterns;
  if (at < 0) return { patterns: patterns ?? undefined, exceptions: undefined };
  const exceptions = parseList(tokens.slice(at + 1));
  if (typeof exceptions === 'string') return exceptions;
  return exceptions === null
    ? 'nothing is left of EXCEPT ALL'
    : { patterns: patterns ?? undefined, exceptions };
}

/** null for ALL. */
function parseList(tokens: readonly Token[]): RegExp[] | null | string {
  if (tokens.length === 1 && tokens[0] === 'ALL') return null;
  const patterns: RegExp[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] as Token;
    if (i % 2 === 1) {
      if (token !== ',') return 'expressions are separated by commas';
    } else if (typeof token === 'string') return 'an expression stands in quotes';
    else {
      const compiled = compilePosixRegex(token.pattern, 'i');
      if ('error' in compiled) return `"${token.pattern}": ${compiled.error}`;
      patterns.push(compiled.regex);
    }
  }
  return tokens.length % 2 === 1 ? patterns : 'an expression is missing';
}
