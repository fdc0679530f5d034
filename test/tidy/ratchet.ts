/** What was wrong when the ratchet was written: it may get less, never more. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../support/server.ts';
import { arrowViolations } from './imports.ts';
import { fileLength, functionLengths } from './lengths.ts';
import { stateOffences } from './purity.ts';
import type { SourceFile } from './sources.ts';

export interface Ratchet {
  /** Lines of the functions that are longer than the limit, by name. */
  readonly functions: Readonly<Record<string, number>>;
  readonly files: Readonly<Record<string, number>>;
  /** Imports that no arrow allows. */
  readonly arrows: readonly string[];
  /** State at module level. */
  readonly state: readonly string[];
}

export const functionLimit = 60;
export const fileLimit = 300;

export const ratchetPath = join(repository, 'test', 'tidy', 'ratchet.json');

export function readRatchet(): Ratchet {
  if (!existsSync(ratchetPath)) return { functions: {}, files: {}, arrows: [], state: [] };
  return JSON.parse(readFileSync(ratchetPath, 'utf8')) as Ratchet;
}

/** The ratchet as the code would have it now. */
export function measure(files: readonly SourceFile[]): Ratchet {
  return { ...tooLong(files), arrows: arrowViolations(files), state: stateOffences(files) };
}

function tooLong(files: readonly SourceFile[]): Pick<Ratchet, 'functions' | 'files'> {
  const functions: Record<string, number> = {};
  for (const { name, lines } of files.flatMap(functionLengths)) {
    if (lines > functionLimit) functions[name] = Math.max(lines, functions[name] ?? 0);
  }
  const long = files.map((file): [string, number] => [file.path, fileLength(file)]);
  return { functions, files: Object.fromEntries(long.filter(([, lines]) => lines > fileLimit)) };
}

/** What is found but not in the list of what is known. */
export function beyond(found: readonly string[], known: readonly string[]): string[] {
  return found.filter((text) => !known.includes(text));
}

/** What is longer than its limit and longer than the ratchet allows, in words. */
export function exceeding(now: Pick<Ratchet, 'functions' | 'files'>, allowed: typeof now): string[] {
  const over = (is: Ratchet['files'], was: Ratchet['files'], limit: number): string[] =>
    Object.entries(is)
      .filter(([name, lines]) => lines > (was[name] ?? limit))
      .map(([name, lines]) => `${name} has ${lines} lines, at most ${was[name] ?? limit} are allowed`);
  return [
    ...over(now.functions, allowed.functions, functionLimit),
    ...over(now.files, allowed.files, fileLimit),
  ];
}

/** Entries of the ratchet that the code does not need any more. */
export function stale(now: Ratchet, ratchet: Ratchet): string[] {
  const gone = (was: Ratchet['files'], is: Ratchet['files']): string[] =>
    Object.keys(was).filter((name) => is[name] === undefined);
  return [
    ...gone(ratchet.functions, now.functions),
    ...gone(ratchet.files, now.files),
    ...beyond(ratchet.arrows, now.arrows),
    ...beyond(ratchet.state, now.state),
  ];
}
