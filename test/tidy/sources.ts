/** Reading the project's own source files for the tidy tests. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { repository } from '../support/server.ts';

export interface SourceFile {
  /** Below the repository, with slashes: `src/sip/via.ts`. */
  readonly path: string;
  readonly text: string;
  /** The text with comments and the contents of strings turned into spaces; lines stay where they were. */
  readonly code: string;
}

/** The TypeScript files of `src` and `sim` without tests and what only tests use. */
export function productFiles(): SourceFile[] {
  return allFiles().filter((file) => !isTestFile(file.path));
}

export function allFiles(): SourceFile[] {
  return ['src', 'sim'].flatMap(filesBelow).map(readSource);
}

/** `x.test.ts`, and what only tests import: fakes in `testing.ts`, `testClock.ts`, suites in `xContract.ts`. */
export function isTestFile(path: string): boolean {
  return /\.test\.ts$|\/test[A-Z]\w*\.ts$|\/testing\.ts$|Contract\.ts$/.test(path);
}

function filesBelow(folder: string): string[] {
  try {
    const entries = readdirSync(join(repository, folder), { withFileTypes: true, recursive: true });
    const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.ts'));
    return files.map((entry) => relative(repository, join(entry.parentPath, entry.name))).sort();
  } catch {
    return []; // the folder is not there yet
  }
}

function readSource(path: string): SourceFile {
  const text = readFileSync(join(repository, path), 'utf8');
  return { path, text, code: blankOut(text) };
}

type Mode = 'code' | 'line comment' | 'block comment' | "'" | '"' | '`' | 'regex' | 'class in regex';

/** Turns comments, strings, template texts and regular expressions into spaces; `${...}` inside templates stays code. */
export function blankOut(text: string): string {
  const out: string[] = [];
  const modes: Mode[] = ['code'];
  const depths: number[] = [0];
  let last = '';
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!;
    const mode = modes.at(-1)!;
    const next = text[i + 1];
    if (mode === 'code') {
      const opened = openedBy(char, next, last, depths.length > 1 && depths.at(-1) === 0);
      if (opened === 'end of hole') {
        modes.pop();
        depths.pop();
      } else if (opened !== undefined) modes.push(opened);
      else if (char === '{') depths[depths.length - 1]!++;
      else if (char === '}') depths[depths.length - 1]!--;
      out.push(opened === undefined ? char : ' ');
      if (opened === undefined && char.trim() !== '') last = char;
      else if (opened !== undefined) last = opened === 'end of hole' ? '' : last;
      if (opened !== undefined && opened !== 'line comment' && opened !== 'block comment') last = ')';
      continue;
    }
    out.push(char === '\n' ? '\n' : ' ');
    if (mode === 'line comment') {
      if (char === '\n') modes.pop();
    } else if (mode === 'block comment') {
      if (char === '*' && next === '/') i = skip(out, i, modes);
    } else if (char === '\\') {
      out.push(next === '\n' ? '\n' : ' ');
      i++;
    } else if (mode === '`' && char === '$' && next === '{') {
      out.push(' ');
      i++;
      modes.push('code');
      depths.push(0);
      last = '(';
    } else if (mode === 'regex' && char === '[') modes.push('class in regex');
    else if (mode === 'class in regex' && char === ']') modes.pop();
    else if (mode === 'regex' && char === '/') modes.pop();
    else if (char === mode) modes.pop();
  }
  return out.join('');
}

/** Ends a block comment: its slash is blank too. */
function skip(out: string[], i: number, modes: Mode[]): number {
  out.push(' ');
  modes.pop();
  return i + 1;
}

function openedBy(
  char: string,
  next: string | undefined,
  last: string,
  inHole: boolean,
): Mode | 'end of hole' | undefined {
  if (char === '/' && next === '/') return 'line comment';
  if (char === '/' && next === '*') return 'block comment';
  if (char === "'" || char === '"' || char === '`') return char;
  if (char === '/' && '(,=:[!&|?{};+-*%<>~^\n'.includes(last === '' ? '(' : last)) return 'regex';
  if (char === '}' && inHole) return 'end of hole';
  return undefined;
}

/** The number of the line, from 1, in which the offset lies. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
