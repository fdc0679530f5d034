import type { Problem, PvSyntax } from './catalogue.ts';
import { closingParenthesis, wordEnd } from './lexemes.ts';

/** A piece of a string with variables in it. */
export type FormatPart = string | PvSyntax;

type Parsed = { readonly pv: PvSyntax; readonly end: number } | Problem;

/** Variables nest in keys and indexes; deeper than this nobody writes them. */
const MAX_NESTING = 8;

/** `$f.name`, `$tu.name`: attributes of old configs. */
const attribute = /^\$[a-z]{1,2}\.\w+$/;

/** A whole text that is one variable. */
export function parsePv(text: string): PvSyntax | Problem {
  if (attribute.test(text)) return simplePv(text.slice(1), text);
  const parsed = parsePvAt(text, 0, 0);
  if ('message' in parsed) return parsed;
  if (parsed.end !== text.length)
    return { message: `'${text.slice(parsed.end)}' does not belong to a variable` };
  return parsed.pv;
}

/** A string with variables in it, as functions take them; `$$` is a dollar. */
export function parseFormat(text: string): readonly FormatPart[] | Problem {
  return parseParts(text, 0, true);
}

function parseParts(text: string, depth: number, strict: boolean): FormatPart[] | Problem {
  const parts: FormatPart[] = [];
  let literal = '';
  for (let at = 0; at < text.length; ) {
    const dollar = text.indexOf('$', at);
    if (dollar < 0) {
      literal += text.slice(at);
      break;
    }
    literal += text.slice(at, dollar);
    at = dollar;
    if (text[at + 1] === '$') {
      literal += strict ? '$' : '$$';
      at += 2;
      continue;
    }
    const parsed = parsePvAt(text, at, depth);
    if ('message' in parsed) {
      if (strict) return parsed;
      literal += '$';
      at++;
      continue;
    }
    if (literal !== '') parts.push(literal);
    literal = '';
    parts.push(parsed.pv);
    at = parsed.end;
  }
  if (literal !== '') parts.push(literal);
  return parts;
}

function parsePvAt(text: string, start: number, depth: number): Parsed {
  if (depth > MAX_NESTING) return { message: 'variables nested too deep' };
  if (text[start] === '%') return { pv: simplePv(text.slice(start), text), end: text.length };
  const at = start + 1;
  if (text[at] === '?') return { pv: simplePv('?', text.slice(start, at + 1)), end: at + 1 };
  return text[at] === '(' ? parseParenthesized(text, start, depth) : parsePlain(text, start, depth);
}

function simplePv(name: string, text: string): PvSyntax {
  return { name, inner: undefined, innerParts: undefined, index: undefined, transformations: [], text };
}

/** `$name`, `$name(inner)`. */
function parsePlain(text: string, start: number, depth: number): Parsed {
  const nameEnd = wordEnd(text, start + 1);
  if (nameEnd === start + 1) return { message: "'$' without the name of a variable; '$$' is a dollar" };
  const name = text.slice(start + 1, nameEnd);
  if (text[nameEnd] !== '(') return { pv: simplePv(name, text.slice(start, nameEnd)), end: nameEnd };
  const close = closingParenthesis(text, nameEnd);
  if (close < 0) return { message: `')' is missing in '${shorten(text.slice(start))}'` };
  const inner = text.slice(nameEnd + 1, close - 1);
  const pv: PvSyntax = {
    ...simplePv(name, text.slice(start, close)),
    inner,
    innerParts: nestedParts(inner, depth),
  };
  return { pv, end: close };
}

/** `$(name(inner)[index]{transformation}...)`. */
function parseParenthesized(text: string, start: number, depth: number): Parsed {
  const close = closingParenthesis(text, start + 1);
  if (close < 0) return { message: `')' is missing in '${shorten(text.slice(start))}'` };
  const body = text.slice(start + 2, close - 1);
  const base = parsePlain(`$${body}`, 0, depth);
  if ('message' in base) return base;
  const rest = body.slice(base.end - 1);
  const index = parseIndex(rest, depth);
  if (isIndexMistake(index)) return index;
  const transformations = splitBraces(rest.slice(index.end));
  if (!Array.isArray(transformations)) return transformations;
  const pv: PvSyntax = { ...base.pv, index: index.value, transformations, text: text.slice(start, close) };
  return { pv, end: close };
}

interface Index {
  readonly value: PvSyntax['index'];
  readonly end: number;
}

function isIndexMistake(index: Index | Problem): index is Problem {
  return 'message' in index;
}

function parseIndex(rest: string, depth: number): Index | Problem {
  if (rest[0] !== '[') return { value: undefined, end: 0 };
  const close = closingBracket(rest);
  if (close < 0) return { message: "']' is missing behind the index" };
  const text = rest.slice(1, close).trim();
  const end = close + 1;
  if (text === '*') return { value: '*', end };
  if (/^[+-]?\d{1,9}$/.test(text)) return { value: Number(text), end };
  if (!text.startsWith('$')) return { message: `'${shorten(text)}' is no index` };
  const parsed = parsePvAt(text, 0, depth + 1);
  if ('message' in parsed) return parsed;
  return parsed.end === text.length
    ? { value: parsed.pv, end }
    : { message: `'${shorten(text)}' is no index` };
}

function closingBracket(text: string): number {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '[') depth++;
    else if (text[at] === ']' && --depth === 0) return at;
  }
  return -1;
}

function splitBraces(text: string): string[] | Problem {
  const transformations: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (char === '{' && depth++ === 0) from = at + 1;
    else if (char === '}' && --depth === 0) transformations.push(text.slice(from, at));
    else if (depth === 0 && char.trim() !== '')
      return { message: `'${shorten(text.slice(at))}' is no transformation` };
    if (depth < 0) return { message: "'}' closes nothing" };
  }
  return depth === 0 ? transformations : { message: "'}' is missing behind a transformation" };
}

/** `inner` with its nested variables taken out; undefined when there is none. */
function nestedParts(inner: string, depth: number): readonly FormatPart[] | undefined {
  if (!inner.includes('$')) return undefined;
  const parts = parseParts(inner, depth + 1, false);
  if (!Array.isArray(parts)) return undefined;
  return parts.some((part) => typeof part !== 'string') ? parts : undefined;
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}...` : text;
}
