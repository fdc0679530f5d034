import type { SourceFile, Span } from './source.ts';

export type Severity = 'error' | 'warning' | 'notice';

/** Every code a config can earn. Codes are never reused; a retired one stays listed. */
export const diagnosticCodes = {
  // preprocessor
  OL0001: 'file cannot be read',
  OL0002: 'includes nested too deep',
  OL0003: 'malformed directive',
  OL0004: 'define already exists',
  OL0005: '#!else or #!endif without a condition',
  OL0006: 'condition without #!endif',
  OL0007: 'environment variable is not set',
  OL0008: 'bad substitution expression',
  OL0009: 'bad preprocessor expression',
  OL0010: 'defines expand without end',
  OL0011: 'unknown directive',
  // scanner
  OL0101: 'unexpected character',
  OL0102: 'unterminated string',
  OL0103: 'unterminated comment',
  OL0104: 'malformed number',
  OL0105: 'unterminated variable',
  // parser
  OL0201: 'syntax error',
  OL0202: 'missing closing brace',
  OL0203: 'statement outside of a route',
  OL0204: 'nested too deep',
  OL0205: 'too many mistakes',
  // modules
  OL0301: 'unknown module',
  OL0302: 'module is not loaded',
  OL0303: 'unknown module parameter',
  OL0304: 'wrong type of module parameter',
  OL0305: 'module parameter set twice',
  OL0306: 'module refused',
  OL0307: 'module is loaded twice',
  // globals
  OL0401: 'unknown global parameter',
  OL0402: 'wrong value of global parameter',
  OL0403: 'global parameter has no meaning here',
  // routes
  OL0501: 'route is defined twice',
  OL0502: 'undefined route',
  OL0503: 'no request_route',
  OL0504: 'route is never called',
  OL0505: 'unknown event',
  // statements and expressions
  OL0601: 'unknown function',
  OL0602: 'wrong number of arguments',
  OL0603: 'wrong argument',
  OL0604: 'function not allowed in this route',
  OL0605: 'unknown variable',
  OL0606: 'variable is read-only',
  OL0607: 'unreachable code',
  OL0608: 'division by zero',
  OL0609: 'bad regular expression',
  OL0610: 'break outside of switch and while',
  OL0611: 'duplicate case',
  OL0612: 'comparison of a function result',
  OL0613: 'unknown name',
  OL0614: 'unknown flag',
  OL0615: 'names of missing modules',
} as const;

export type DiagnosticCode = keyof typeof diagnosticCodes;

export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  /** Column behind the last character. */
  readonly endColumn: number;
  readonly message: string;
  readonly expected?: string | undefined;
  readonly suggestion?: string | undefined;
  readonly sourceLine: string;
}

export interface DiagnosticDetails {
  readonly expected?: string | undefined;
  readonly suggestion?: string | undefined;
}

/** Told at most of each severity: a file full of nonsense must not make a megabyte of complaints. */
const MAX_OF_SEVERITY = 200;

/** Gathers what is wrong with a config while all stages run to their end. */
export class DiagnosticList {
  readonly #items: Diagnostic[] = [];
  readonly #seen = new Set<string>();
  readonly #counts = { error: 0, warning: 0, notice: 0 };

  /** File by file as they were read, from top to bottom. */
  get items(): readonly Diagnostic[] {
    const files = [...new Set(this.#items.map(({ file }) => file))];
    return this.#items.toSorted(
      (a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
    );
  }

  get errorCount(): number {
    return this.#counts.error;
  }

  /** There is no sense in looking for more mistakes. */
  get full(): boolean {
    return this.#counts.error >= MAX_OF_SEVERITY;
  }

  error(code: DiagnosticCode, span: Span, message: string, details?: DiagnosticDetails): void {
    this.#add('error', code, span, message, details);
  }

  warning(code: DiagnosticCode, span: Span, message: string, details?: DiagnosticDetails): void {
    this.#add('warning', code, span, message, details);
  }

  notice(code: DiagnosticCode, span: Span, message: string, details?: DiagnosticDetails): void {
    this.#add('notice', code, span, message, details);
  }

  #add(
    severity: Severity,
    code: DiagnosticCode,
    span: Span,
    message: string,
    details: DiagnosticDetails = {},
  ): void {
    if (this.#counts[severity] >= MAX_OF_SEVERITY) return;
    const key = `${code} ${span.file.path} ${span.start} ${message}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.#counts[severity]++;
    this.#items.push(toDiagnostic(severity, code, span, message, details));
  }
}

function toDiagnostic(
  severity: Severity,
  code: DiagnosticCode,
  span: Span,
  message: string,
  details: DiagnosticDetails,
): Diagnostic {
  const file: SourceFile = span.file;
  const from = file.locate(span.start);
  const to = file.locate(Math.max(span.start, span.end));
  return {
    code,
    severity,
    file: file.path,
    line: from.line,
    column: from.column,
    endLine: to.line,
    endColumn: to.column,
    message,
    expected: details.expected,
    suggestion: details.suggestion,
    sourceLine: file.lineText(from.line),
  };
}
