/** How long functions and files are. The code is formatted, so a block ends at the next `}` of the same indent. */
import type { SourceFile } from './sources.ts';

export interface FunctionLength {
  /** `src/sip/via.ts parseVia` */
  readonly name: string;
  readonly lines: number;
}

const keywords = new Set([
  'if',
  'for',
  'while',
  'switch',
  'catch',
  'return',
  'super',
  'else',
  'do',
  'await',
  'new',
  'throw',
  'with',
]);
const declaration =
  /^(\s*)(?:(?:export|default|async|static|override|private|protected|public|get|set)\s+)*(?:function\b\*?\s*)?\*?(#?[\w$]+)?\s*(?:<[^(]*>)?\(/;
const arrow = /^(\s*)(?:export\s+)?(?:(?:const|let|readonly)\s+)?(#?[\w$]+)?.*=> \{$/;

export function functionLengths(file: SourceFile): FunctionLength[] {
  const lines = file.code.split('\n').map((line) => line.trimEnd());
  return lines.flatMap((line, i) => {
    const name = functionStart(lines, line, i);
    if (name === undefined) return [];
    const indent = /^\s*/.exec(line)![0];
    const end = lines.findIndex((other, j) => j > i && other.startsWith(`${indent}}`));
    return end < 0 || isTable(lines, i, end) ? [] : [{ name: `${file.path} ${name}`, lines: end - i + 1 }];
  });
}

/** A function that does nothing but return one object is a table with parameters, not a course of action. */
function isTable(lines: readonly string[], start: number, end: number): boolean {
  const indent = /^\s*/.exec(lines[start]!)![0];
  return (
    lines.slice(start, end).some((line) => line === `${indent}  return {`) &&
    lines[end - 1] === `${indent}  };`
  );
}

/** The name of the function whose text begins in this line, or undefined. */
function functionStart(lines: readonly string[], line: string, i: number): string | undefined {
  const arrowed = arrow.exec(line);
  if (arrowed !== null) return arrowed[2] ?? `line ${i + 1}`;
  const declared = declaration.exec(line);
  const name = declared?.[2];
  if (declared === null || name === undefined || keywords.has(name)) return undefined;
  if (line.endsWith('({')) return undefined;
  if (line.endsWith('{')) return name;
  // the parameters stand on lines of their own: the body opens in the line that closes them
  const indent = declared[1]!;
  const close = lines.findIndex(
    (other, j) => j > i && other.startsWith(indent) && other[indent.length]?.trim(),
  );
  return close > 0 && /^\s*\).*\{$/.test(lines[close]!) ? name : undefined;
}

export function fileLength(file: SourceFile): number {
  return file.text.trimEnd().split('\n').length;
}
