import type { Catalogue } from './catalogue.ts';
import { type CheckedConfig, checkConfig } from './checker.ts';
import { type CodegenOptions, type CompiledRoutes, generateCode } from './codegen.ts';
import { DefineTable, type Environment } from './defines.ts';
import { type Diagnostic, DiagnosticList } from './diagnostics.ts';
import type { SourceReader } from './includes.ts';
import { parseConfig } from './parser.ts';
import { Preprocessor } from './preprocessor.ts';
import { Scanner } from './scanner.ts';
import { SourceFile } from './source.ts';

/** `-A name`, `-A name=value`, `--subst`, `--substdef`, `--substdefs`, in the order of the command line. */
export interface CommandLineDefines {
  readonly defines?: readonly string[] | undefined;
  readonly substitutions?: readonly {
    readonly kind: 'subst' | 'substdef' | 'substdefs';
    readonly expression: string;
  }[];
}

export interface CompileOptions extends CommandLineDefines {
  /** For `#!defenv` and `$env()` of `loadmodulex`. */
  readonly environment?: Environment | undefined;
  /** Names that the server defines itself, e.g. `KAMAILIO_6` or `OS_NAME`. */
  readonly predefined?: ReadonlyMap<string, string | undefined> | undefined;
  /** Calls `RouteHost.statement` before each statement. */
  readonly trace?: boolean | undefined;
  /** Name of the generated file in the source map. */
  readonly fileName?: string | undefined;
}

export interface CompileResult extends Omit<CheckedConfig, 'routes'> {
  /** Everything found wrong or worth a word; `failed` when there is an error among them. */
  readonly diagnostics: readonly Diagnostic[];
  readonly failed: boolean;
  /** All defines in force at the end, with their values. */
  readonly defines: ReadonlyMap<string, string | undefined>;
  /** Code, source map and names of the routes; undefined when `failed`. */
  readonly code: CompiledRoutes | undefined;
  /** The same routes once more, for a debugger; undefined when `failed`. */
  readonly generate: ((options: Pick<CodegenOptions, 'trace' | 'steps'>) => CompiledRoutes) | undefined;
}

/** Compiles a config and all that it includes. Never throws on any text. */
export function compile(
  reader: SourceReader,
  mainFile: string,
  catalogue: Catalogue,
  options: CompileOptions = {},
): CompileResult {
  const front = readConfig(reader, mainFile, options);
  const { diagnostics, defines, scanner, file } = front;
  const config = file ? parseConfig(scanner.scan(file), diagnostics) : { items: [] };
  const { routes, ...checked } = checkConfig(config, catalogue, diagnostics, defines);
  const failed = diagnostics.errorCount > 0;
  const generate = (extra: Pick<CodegenOptions, 'trace' | 'steps'>): CompiledRoutes =>
    generateCode(routes, { ...options, returnedNumbers: returnsNumbers(checked), ...extra });
  return {
    ...checked,
    diagnostics: diagnostics.items,
    failed,
    defines: defines.entries(),
    code: failed ? undefined : generate({ trace: options.trace }),
    generate: failed ? undefined : generate,
  };
}

function returnsNumbers({ globals }: Pick<CheckedConfig, 'globals'>): boolean {
  return globals.findLast(({ name }) => name === 'return_mode')?.value.value === 1;
}

/** `--cfg-print`: the config with includes in place and without what conditions leave out. */
export function printConfig(
  reader: SourceReader,
  mainFile: string,
  options: CompileOptions = {},
): { readonly text: string; readonly diagnostics: readonly Diagnostic[] } {
  const { scanner, file, diagnostics } = readConfig(reader, mainFile, options);
  if (file) scanner.scan(file);
  return { text: scanner.printed, diagnostics: diagnostics.items };
}

interface FrontEnd {
  readonly diagnostics: DiagnosticList;
  readonly defines: DefineTable;
  readonly scanner: Scanner;
  readonly file: SourceFile | undefined;
}

function readConfig(reader: SourceReader, mainFile: string, options: CompileOptions): FrontEnd {
  const diagnostics = new DiagnosticList();
  const defines = new DefineTable(options.environment ?? (() => undefined));
  const scanner = new Scanner(reader, new Preprocessor(defines, diagnostics), diagnostics);
  for (const [name, value] of options.predefined ?? []) defines.set(name, value);
  applyCommandLine(defines, diagnostics, options);
  return { diagnostics, defines, scanner, file: readMain(reader, mainFile, diagnostics) };
}

function readMain(reader: SourceReader, path: string, diagnostics: DiagnosticList): SourceFile | undefined {
  try {
    return new SourceFile(path, reader.readTextSync(path));
  } catch (error) {
    const span = { file: new SourceFile(path, ''), start: 0, end: 0 };
    const reason = error instanceof Error ? error.message : String(error);
    diagnostics.error('OL0001', span, `cannot read '${path}': ${reason}`);
    return undefined;
  }
}

function applyCommandLine(
  defines: DefineTable,
  diagnostics: DiagnosticList,
  options: CommandLineDefines,
): void {
  const complain = (code: 'OL0003' | 'OL0008', argument: string, message: string): void => {
    const span = { file: new SourceFile('command line', argument), start: 0, end: argument.length };
    diagnostics.error(code, span, message);
  };
  for (const argument of options.defines ?? []) {
    const match = /^(\w+)(?:[=\s](.*))?$/s.exec(argument);
    if (match) defines.set(match[1]!, match[2]);
    else complain('OL0003', argument, '-A needs NAME or NAME=value');
  }
  for (const { kind, expression } of options.substitutions ?? []) {
    const mode = kind === 'subst' ? 'none' : kind === 'substdef' ? 'plain' : 'quoted';
    const problem = defines.addSubstitution(expression, mode);
    if (problem) complain('OL0008', expression, `--${kind}: ${problem.error}`);
  }
}

export { blockText } from './actionNames.ts';
export type { CompiledRoutes, StatementSite } from './codegen.ts';
export type { Diagnostic } from './diagnostics.ts';
export { Operators } from './operators.ts';
export { parseFormat, parsePv } from './pvSyntax.ts';
export { renderDiagnostic, renderDiagnostics } from './renderDiagnostic.ts';
export { type LinkedRoutes, type RouteHost, routeKey } from './routeState.ts';
