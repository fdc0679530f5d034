import type { Diagnostic, Severity } from './diagnostics.ts';

export interface RenderOptions {
  /** Colour by ANSI escapes. */
  readonly color?: boolean | undefined;
}

const severityColor: Readonly<Record<Severity, string>> = { error: '31', warning: '33', notice: '36' };

/** Source lines longer than this are shown around the caret only. */
const MAX_SOURCE_COLUMNS = 160;

/** A diagnostic for a terminal: place, message, the line with a caret, what was expected, a suggestion. */
export function renderDiagnostic(diagnostic: Diagnostic, options: RenderOptions = {}): string {
  const paint = (code: string, text: string): string =>
    options.color ? `\u001b[${code}m${text}\u001b[0m` : text;
  const { file, line, column, severity, code, message } = diagnostic;
  const head = `${paint('1', `${file}:${line}:${column}:`)} ${paint(severityColor[severity], severity)} ${code}: ${message}`;
  const lines = [head, ...sourceLines(diagnostic).map((text, i) => (i === 1 ? paint('32', text) : text))];
  if (diagnostic.expected) lines.push(`  expected: ${diagnostic.expected}`);
  if (diagnostic.suggestion) lines.push(`  ${paint('1', 'did you mean:')} ${diagnostic.suggestion}`);
  return lines.join('\n');
}

function sourceLines(diagnostic: Diagnostic): string[] {
  const source = diagnostic.sourceLine;
  if (source.trim() === '') return [];
  const from = diagnostic.column - 1;
  const cut = from > MAX_SOURCE_COLUMNS - 20 ? from - 40 : 0;
  const shown = source.slice(cut, cut + MAX_SOURCE_COLUMNS).replace(/\t/g, ' ');
  const toColumn = diagnostic.endLine === diagnostic.line ? diagnostic.endColumn - 1 : source.length;
  const width = Math.max(1, Math.min(toColumn, cut + shown.length) - from);
  return [`    ${shown}`, `    ${' '.repeat(from - cut)}${'^'.repeat(width)}`];
}

/** All of them, one under the other, and a last line with the counts. */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], options: RenderOptions = {}): string {
  if (diagnostics.length === 0) return '';
  const texts = diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, options));
  return `${texts.join('\n')}\n${countLine(diagnostics)}\n`;
}

function countLine(diagnostics: readonly Diagnostic[]): string {
  const counts = { error: 0, warning: 0, notice: 0 };
  for (const { severity } of diagnostics) counts[severity]++;
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${name}${count === 1 ? '' : 's'}`)
    .join(', ');
}
