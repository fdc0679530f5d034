import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseText } from './testing.ts';

function words(text: string, files: Readonly<Record<string, string>> = {}): string {
  const { tokens } = parseText(text, files);
  return tokens
    .slice(0, -1)
    .map((token) => (token.kind === 'string' ? `"${token.text}"` : token.text))
    .join(' ');
}

function codes(text: string, files: Readonly<Record<string, string>> = {}): string[] {
  return parseText(text, files)
    .diagnostics.filter(({ code }) => code < 'OL0100')
    .map(({ code, line, column }) => `${code} ${line}:${column}`);
}

const conditionCases: readonly [name: string, text: string, expected: string][] = [
  ['ifdef taken', '#!define A\n#!ifdef A\nx\n#!else\ny\n#!endif\nz', 'x z'],
  ['ifdef not taken', '#!ifdef A\nx\n#!else\ny\n#!endif\nz', 'y z'],
  ['ifndef', '#!ifndef A\nx\n#!endif', 'x'],
  ['two exclamation marks', '!!define A 1\n!!ifdef A\nA\n!!endif', '1'],
  ['nested in a branch not taken', '#!ifdef A\n#!ifdef B\nx\n#!else\ny\n#!endif\n#!else\nz\n#!endif', 'z'],
  ['nested else of a taken branch', '#!define A\n#!ifdef A\n#!ifdef B\nx\n#!else\ny\n#!endif\n#!endif', 'y'],
  ['indented directives', '  #!ifdef A\n x\n  #!else\n y\n  #!endif', 'y'],
  ['ifexp with numbers', '#!define V 5\n#!ifexp 1 + V == 6\nx\n#!endif', 'x'],
  ['ifexp with strings', '#!define OS "linux"\n#!ifexp OS == "linux" && !NOPE\nx\n#!endif', 'x'],
  ['condition inside of a comment', '/*\n#!ifdef A\n*/ x', 'x'],
  ['module condition', 'loadmodule "tm.so"\n#!ifdef MOD_tm\nx\n#!endif', 'loadmodule "tm.so" x'],
];

for (const [name, text, expected] of conditionCases) {
  test(`conditions: ${name}`, () => assert.equal(words(text), expected));
}

const defineCases: readonly [name: string, text: string, expected: string][] = [
  ['a value', '#!define A 10\nx = A', 'x = 10'],
  ['a string', '#!define A "v"\nx = A', 'x = "v"'],
  ['several lines', '#!define A x(1); \\\n  y(2);\nA', 'x ( 1 ) ; y ( 2 ) ;'],
  ['a define in a define', '#!define A B\n#!define B 3\nA', '3'],
  ['not inside of strings', '#!define A 10\n"A"', '"A"'],
  ['trydef keeps the first', '#!define A 1\n#!trydef A 2\nA', '1'],
  ['redefine replaces', '#!define A 1\n#!redefine A 2\nA', '2'],
  ['undef', '#!define A 1\n#!undef A\nA', 'A'],
  ['defexp', '#!define IP 127.0.0.1\n#!defexp U "sip:" + IP\nU', 'sip : 127 . 0 . 0 . 1'],
  ['defexps', '#!defexps U "a" + 1 + 2\nU', '"a12"'],
  ['defexp shift', '#!defexp V 1<<4\nV', '16'],
  ['defenv', '#!defenv HOME\nHOME', '/ root'],
  ['defenvs with name', '#!defenvs H=HOME\nH', '"/root"'],
  ['trydefenv of nothing', '#!trydefenv NOPE\nNOPE', 'NOPE'],
  ['subst', '#!subst "/PASS/secret/"\n"a:PASS:PASS"', '"a:secret:PASS"'],
  ['subst everywhere, any case', '#!subst "/pass/x/gi"\n"PASS pass"', '"x x"'],
  ['subst with a group', '#!subst "/a(b+)/<\\1>/"\n"abb"', '"<bb>"'],
  ['substdef', '#!substdef "!IP!10.0.0.1!g"\n"x IP" IP', '"x 10.0.0.1" 10 . 0 . 0 . 1'],
  ['substdefs', '#!substdefs "!URL!db://$env(HOME)!g"\nURL', '"db:///root"'],
];

for (const [name, text, expected] of defineCases) {
  test(`defines: ${name}`, () => assert.equal(words(text), expected));
}

const mistakes: readonly [name: string, text: string, expected: string[]][] = [
  ['redefinition', '#!define A 1\n#!define A 2', ['OL0004 2:1']],
  ['no endif', 'x = 1\n  #!ifdef A', ['OL0006 2:3']],
  ['stray endif', '#!endif', ['OL0005 1:1']],
  ['stray else', '#!else', ['OL0005 1:1']],
  ['second else', '#!ifdef A\n#!else\n#!else\n#!endif', ['OL0005 3:1']],
  ['no name', '#!define', ['OL0003 1:1']],
  ['environment', '#!defenv NOPE', ['OL0007 1:1']],
  ['substitution', '#!subst "/(/x/"', ['OL0008 1:1']],
  ['expression', '#!ifexp 1 +\n#!endif', ['OL0009 1:1']],
  ['misspelt directive', '#!ifdeff A', ['OL0011 1:1']],
  ['endless define', '#!define A B\n#!define B A\nA', ['OL0010 3:1']],
  ['compatibility line', '#!KAMAILIO\n#!OPENSER\n#!/usr/sbin/kamailio', []],
];

for (const [name, text, expected] of mistakes) {
  test(`mistakes: ${name}`, () => assert.deepEqual(codes(text), expected));
}

test('includes: relative to the including file, places in the included file', () => {
  const files = { 'dir/a.cfg': 'x\ninclude_file "b.cfg"\ny', 'dir/b.cfg': '\n  $(bad\n' };
  const { tokens, diagnostics } = parseText('include_file "dir/a.cfg"\nz', files);
  assert.deepEqual(
    tokens.slice(0, -1).map(({ text }) => text),
    ['x', '$(bad', 'y', 'z'],
  );
  const [first] = diagnostics;
  assert.deepEqual([first?.file, first?.line, first?.column], ['dir/b.cfg', 2, 3]);
});

test('includes: a missing import is silent, a missing include is not', () => {
  assert.deepEqual(codes('import_file "none.cfg"'), []);
  assert.deepEqual(codes('#!include_file "none.cfg"'), ['OL0001 1:1']);
});

test('includes: at most ten deep', () => {
  assert.deepEqual(codes('include_file "a"', { a: 'include_file "a"' }), ['OL0002 1:1']);
});

test('includes: a bounded number in all', () => {
  const text = 'include_file "a"\n'.repeat(4);
  const found = codes(text, { a: text });
  assert.ok(found.length > 0 && found.every((code) => code.startsWith('OL0002')));
});

test('a condition may begin in one file and end in another', () => {
  assert.equal(words('#!ifdef A\ninclude_file "a"\n#!endif\nx', { a: 'y' }), 'x');
});

test('expansions cannot grow without bound', () => {
  const lines = Array.from({ length: 40 }, (_, i) => `#!define A${i} A${i + 1} A${i + 1}`);
  assert.ok(codes(`${lines.join('\n')}\nA0`).some((code) => code.startsWith('OL0010')));
});

test('cfg-print: includes in place, untaken branches and conditions gone', () => {
  const text = '#!KAMAILIO\n#!ifdef NO\nhidden\n#!else\nshown\n#!endif\ninclude_file "i"\n"x" # c\n';
  const { printed } = parseText(text, { i: '#!define I 1\n# inc\n' });
  assert.equal(printed, '#!KAMAILIO\nshown\n#!define I 1\n# inc\n\n"x" # c\n');
});
