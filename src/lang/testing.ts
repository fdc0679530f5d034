import type { Config } from './ast.ts';
import { DefineTable } from './defines.ts';
import { type Diagnostic, DiagnosticList } from './diagnostics.ts';
import { parseConfig } from './parser.ts';
import { Preprocessor } from './preprocessor.ts';
import { Scanner, type SourceReader } from './scanner.ts';
import { SourceFile } from './source.ts';
import type { Token } from './token.ts';

/** Files in memory, for tests. */
export function memoryReader(files: Readonly<Record<string, string>>): SourceReader {
  return {
    existsSync: (path) => Object.hasOwn(files, path),
    readTextSync: (path) => files[path] ?? '',
  };
}

export interface FrontEndResult {
  readonly tokens: readonly Token[];
  readonly config: Config;
  readonly diagnostics: readonly Diagnostic[];
  readonly printed: string;
  readonly defines: DefineTable;
}

/** Preprocesses, scans and parses one text. */
export function parseText(text: string, files: Readonly<Record<string, string>> = {}): FrontEndResult {
  const diagnostics = new DiagnosticList();
  const environment: Readonly<Record<string, string>> = { HOME: '/root', EMPTY: '' };
  const defines = new DefineTable((name) => environment[name]);
  const scanner = new Scanner(memoryReader(files), new Preprocessor(defines, diagnostics), diagnostics);
  const tokens = scanner.scan(new SourceFile('test.cfg', text));
  const config = parseConfig(tokens, diagnostics);
  return { tokens, config, diagnostics: diagnostics.items, printed: scanner.printed, defines };
}
