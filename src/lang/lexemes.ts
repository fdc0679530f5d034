/** How far the single kinds of tokens reach: pure functions over text and an offset. */

const symbols = [
  ...['>>=', '<<='],
  ...[':=', '==', '!=', '=~', '!~', '<=', '>=', '<<', '>>', '&&', '||', '=>'],
  ...'{}()[];,:=<>+-*/%&|^~!.?',
];

const symbolsByFirst = new Map<string, string[]>();
for (const symbol of symbols) {
  const list = symbolsByFirst.get(symbol[0]!);
  if (list) list.push(symbol);
  else symbolsByFirst.set(symbol[0]!, [symbol]);
}

export function symbolAt(text: string, at: number): string | undefined {
  return symbolsByFirst.get(text[at]!)?.find((symbol) => text.startsWith(symbol, at));
}

export function isWordStart(char: string | undefined): boolean {
  return char !== undefined && /[A-Za-z_]/.test(char);
}

export function isDigit(char: string | undefined): boolean {
  return char !== undefined && char >= '0' && char <= '9';
}

/** End of a run of letters, digits and underscores. */
export function wordEnd(text: string, at: number): number {
  const pattern = /\w*/y;
  pattern.lastIndex = at;
  pattern.exec(text);
  return pattern.lastIndex;
}

/** Value of a decimal, hexadecimal, octal or binary integer; undefined when it is none. */
export function integerOf(text: string): number | undefined {
  if (/^(?:0|[1-9]\d*)$/.test(text)) return Number(text);
  if (/^0[xX][0-9a-fA-F]+$/.test(text)) return Number.parseInt(text.slice(2), 16);
  if (/^0[bB][01]+$/.test(text)) return Number.parseInt(text.slice(2), 2);
  if (/^0[0-7]+$/.test(text)) return Number.parseInt(text, 8);
  return undefined;
}

/** End of an IPv6 address at `at`, or -1. */
export function ipv6End(text: string, at: number): number {
  const pattern = /[0-9a-fA-F]{0,4}:[0-9a-fA-F:.]{1,45}/y;
  pattern.lastIndex = at;
  const match = pattern.exec(text);
  if (!match || /[\w:]/.test(text[pattern.lastIndex] ?? '')) return -1;
  return isIpv6(match[0]) ? pattern.lastIndex : -1;
}

export function isIpv4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255);
}

export function isIpv6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const last = groups.at(-1);
  const mapped = last?.includes('.') ?? false;
  if (mapped && !isIpv4(last!)) return false;
  const words = mapped ? groups.slice(0, -1) : groups;
  if (!words.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return false;
  const count = words.length + (mapped ? 2 : 0);
  return halves.length === 2 ? count < 8 : count === 8;
}

/** End of a variable at a `$`; `closed` is false when its parenthesis never closes on the line. */
export function variableEnd(text: string, start: number): { readonly end: number; readonly closed: boolean } {
  let at = start + 1;
  if (text[at] === '?' || text[at] === '$') return { end: at + 1, closed: true };
  if (text[at] !== '(') {
    at = wordEnd(text, at);
    while (text[at] === '.' && isWordStart(text[at + 1])) at = wordEnd(text, at + 1);
    if (at === start + 1) return { end: at, closed: false };
    if (text[at] !== '(') return { end: at, closed: true };
  }
  const end = closingParenthesis(text, at);
  return end < 0 ? { end: lineEnd(text, at), closed: false } : { end, closed: true };
}

export function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

/** Offset behind the `)` that closes the `(` at `at`, on the same line; -1 when there is none. */
export function closingParenthesis(text: string, at: number): number {
  let depth = 0;
  for (let i = at; i < text.length; i++) {
    const char = text[i];
    if (char === '\n') return -1;
    if (char === '(') depth++;
    else if (char === ')' && --depth === 0) return i + 1;
  }
  return -1;
}

/** Characters looked at for the end of a `[...]` in a select. */
const MAX_SELECT_INDEX = 200;

/** End of a select path behind its `@`: words, dots and indexes. */
export function selectEnd(text: string, start: number): number {
  let at = wordEnd(text, start);
  for (;;) {
    if (text[at] === '.' && isWordStart(text[at + 1])) at = wordEnd(text, at + 1);
    else if (text[at] === '[') {
      const index = /^\[[^\]\n]*\]/.exec(text.slice(at, at + MAX_SELECT_INDEX));
      if (!index) return at;
      at += index[0].length;
    } else return at;
  }
}

const simpleEscapes: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  a: '\u0007',
  '\\': '\\',
  '"': '"',
};

/**
 * Decodes the inside of a double-quoted string. Unknown escapes keep their backslash, so that regular
 * expressions need no doubling; `\{` and `\$` are such.
 */
export function decodeEscapes(raw: string): string {
  if (!raw.includes('\\')) return raw;
  return raw.replace(/\\(x[0-9a-fA-F]{1,2}|[0-7]{2,3}|\r?\n|.)/gs, (whole, code: string) => {
    const simple = Object.hasOwn(simpleEscapes, code) ? simpleEscapes[code] : undefined;
    if (simple !== undefined) return simple;
    if (code.endsWith('\n')) return '';
    if (code.length > 1 && code[0] === 'x') return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    if (code.length > 1) return String.fromCharCode(Number.parseInt(code, 8) & 255);
    return whole;
  });
}

/** Offset of the quote that ends a string which begins at `at`, before `limit`; -1 when there is none. */
export function stringEnd(text: string, at: number, limit: number): number {
  const quote = text[at]!;
  for (let i = at + 1; i < limit; i++) {
    const char = text[i];
    if (char === '\\' && quote === '"') i++;
    else if (char === quote) return i;
  }
  return -1;
}
