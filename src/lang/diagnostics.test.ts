import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type Diagnostic, diagnosticCodes } from './diagnostics.ts';
import { renderDiagnostic, renderDiagnostics } from './renderDiagnostic.ts';
import { compileText } from './testing.ts';

test('docs/diagnostics.md lists exactly the codes that there are', () => {
  const page = readFileSync(new URL('../../../docs/diagnostics.md', import.meta.url), 'utf8');
  const listed = [...page.matchAll(/^\| (OL\d{4}) \| (.*) \|$/gm)].map((row) => [row[1], row[2]]);
  assert.deepEqual(listed, Object.entries(diagnosticCodes));
});

function firstOf(text: string): Diagnostic {
  return compileText(text).diagnostics[0]!;
}

test('a diagnostic on a terminal', () => {
  const text = renderDiagnostic(firstOf('request_route {\n\tlgo("x");\n}'));
  assert.equal(
    text,
    [
      "test.cfg:2:2: error OL0601: unknown function 'lgo'",
      '     lgo("x");',
      '     ^^^',
      '  did you mean: log',
    ].join('\n'),
  );
});

test('in colour, and with what was expected', () => {
  const text = renderDiagnostic(firstOf('request_route { give(); }'), { color: true });
  assert.match(text, /\u001b\[31merror\u001b\[0m OL0602/);
  assert.match(text, /\n {2}expected: give\(code\)$/);
});

test('a mark far to the right keeps its line short', () => {
  const text = renderDiagnostic(firstOf(`request_route { ${'log("x"); '.repeat(100)}lgo("x"); }`));
  const lines = text.split('\n');
  assert.ok(lines.every((line) => line.length < 200));
  assert.equal(lines[1]!.indexOf('lgo('), lines[2]!.indexOf('^^^'));
});

test('a summary counts them', () => {
  const { diagnostics } = compileText('children=1\nrequest_route { lgo("x"); gvie(1); }');
  assert.match(renderDiagnostics(diagnostics), /\n2 errors, 1 notice\n$/);
  assert.equal(renderDiagnostics([]), '');
});

test('a file full of mistakes is told in bounds', () => {
  const { diagnostics, failed } = compileText(`request_route {\n${'  nope();\n'.repeat(5000)}}`);
  assert.equal(failed, true);
  assert.equal(diagnostics.length, 200);
});
