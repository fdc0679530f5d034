import { templateError } from './syntax.ts';

/** One word inside `{{ }}`. */
export interface Token {
  readonly kind: 'field' | 'word' | 'string' | 'number' | '(' | ')' | '|';
  /** Of strings: the value. */
  readonly text: string;
}

/** A run of text, or what stands between `{{` and `}}`. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly tokens: readonly Token[]; readonly offset: number };

/** Cuts a template into text and actions. `{{-` and `-}}` take the white space beside them away; comments go. */
export function cutTemplate(source: string): Piece[] {
  const pieces: Piece[] = [];
  let position = 0;
  let trimNext = false;
  while (position <= source.length) {
    const open = source.indexOf('{{', position);
    const end = open < 0 ? source.length : open;
    const trimEnd = open >= 0 && /^\{\{-\s/.test(source.slice(open, open + 4));
    let text = source.slice(position, end);
    if (trimNext) text = text.trimStart();
    if (trimEnd) text = text.trimEnd();
    if (text !== '') pieces.push({ kind: 'text', text });
    if (open < 0) break;
    const start = open + (trimEnd ? 3 : 2);
    const close = endOfAction(source, start);
    if (close < 0) throw templateError(source, open, '"{{" without "}}"');
    trimNext = /\s-$/.test(source.slice(start, close));
    const inner = source.slice(start, trimNext ? close - 1 : close);
    if (!isComment(inner))
      pieces.push({ kind: 'action', tokens: tokensOf(inner, source, open), offset: open });
    position = close + 2;
  }
  return pieces;
}

function isComment(inner: string): boolean {
  const text = inner.trim();
  return text.startsWith('/*') && text.endsWith('*/');
}

/** The offset of the `}}` that ends an action, those in strings and comments aside; -1 when there is none. */
function endOfAction(source: string, start: number): number {
  if (source.slice(start).trimStart().startsWith('/*')) {
    const end = source.indexOf('*/', start);
    return end < 0 ? -1 : source.indexOf('}}', end);
  }
  let quote = '';
  for (let i = start; i < source.length; i++) {
    const char = source[i] as string;
    if (quote !== '') {
      if (char === '\\' && quote === '"') i++;
      else if (char === quote) quote = '';
    } else if (char === '"' || char === '`') quote = char;
    else if (char === '}' && source[i + 1] === '}') return i;
  }
  return -1;
}

const patterns: readonly (readonly [Token['kind'] | 'space', RegExp])[] = [
  ['space', /[ \t\r\n]+/y],
  ['field', /\$?(?:\.[A-Za-z_]\w*)+|\$|\./y],
  ['word', /[A-Za-z_]\w*/y],
  ['number', /[-+]?\d+(?:\.\d+)?/y],
  ['string', /"(?:[^"\\\n]|\\.)*"|`[^`]*`/y],
  ['(', /\(/y],
  [')', /\)/y],
  ['|', /\|/y],
];

function tokensOf(inner: string, source: string, offset: number): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < inner.length; ) {
    const found = patterns.map(([kind, pattern]) => ({ kind, text: matchAt(pattern, inner, at) }));
    const token = found.find(({ text }) => text !== undefined);
    if (token?.text === undefined) {
      throw templateError(source, offset, `cannot read ${JSON.stringify(inner.slice(at, at + 20))}`);
    }
    const { kind, text } = token;
    if (kind === 'string') tokens.push({ kind, text: stringValue(text, source, offset) });
    else if (kind !== 'space') tokens.push({ kind, text });
    at += text.length;
  }
  return tokens;
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

function stringValue(literal: string, source: string, offset: number): string {
  if (literal.startsWith('`')) return literal.slice(1, -1);
  try {
    return JSON.parse(literal) as string;
  } catch {
    throw templateError(source, offset, `${literal} is no string`);
  }
}
