import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TestClock } from '../../base/testClock.ts';
import { renderTemplate } from './render.ts';
import { TemplateError } from './syntax.ts';
import { Variables } from './variables.ts';

test('fields, conditions, lists and functions', () => {
  const fields = { a: 'x', empty: '', n: '12', list: ['p', 'q'], deep: { b: { c: 'd' } } };
  const cases: readonly (readonly [string, string])[] = [
    ['{{.a}}-{{ .a }}', 'x-x'],
    ['{{.deep.b.c}}', 'd'],
    ['{{if .a}}yes{{else}}no{{end}}', 'yes'],
    ['{{if .empty}}yes{{else}}no{{end}}', 'no'],
    ['{{if .missing}}yes{{end}}', ''],
    ['{{if .empty}}1{{else if .a}}2{{else}}3{{end}}', '2'],
    ['{{with .deep}}{{.b.c}}{{$.a}}{{end}}', 'dx'],
    ['{{range .list}}[{{.}}]{{end}}', '[p][q]'],
    ['{{range .empty}}{{.}}{{else}}none{{end}}', 'none'],
    ['{{if eq .a "x" "y"}}same{{end}}', 'same'],
    ['{{if and .a (not .empty)}}both{{end}}', 'both'],
    ['{{if gt .n 9}}more{{end}}', 'more'],
    ['{{or .empty "default"}}', 'default'],
    ['{{len .list}} {{index .list 1}}', '2 q'],
    ['{{printf "%05d|%s|%-3s|%x" .n .a .a 255}}', '00012|x|x  |ff'],
    ['{{.a | printf "<%s>"}}', '<x>'],
    ['a {{- .a -}} b', 'axb'],
    ['{{/* }} not code */}}{{"}}"}}', '}}'],
    ['{{`raw "text"`}}', 'raw "text"'],
    ['{{print .a true 3}}', 'xtrue3'],
  ];
  for (const [template, expected] of cases)
    assert.equal(renderTemplate(template, fields), expected, template);
});

test('mistakes name the line and the reason', () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['a\n{{', /line 2: "\{\{" without/],
    ['{{if .a}}x', /\{\{if\}\} without \{\{end\}\}/],
    ['{{end}}', /without a block/],
    ['{{if .a}}{{else}}{{else}}{{end}}', /without \{\{end\}\}/],
    ['{{else}}', /without a block/],
    ['{{nosuch .a}}', /no function "nosuch"/],
    ['{{.missing}}', /prints \.missing/],
    ['{{}}', /value is missing/],
    ['{{.a .b}}', /not expected/],
    ['{{(.a}}', /"\)" is missing/],
    ['{{eq .a}}', /wants 2/],
    ['{{ § }}', /cannot read/],
    ['{{"a\\z"}}', /no string/],
    ['{{constructor}}', /no function/],
    ['{{.a | .a}}', /must be a function/],
    ['{{printf "%y" 1}}', /does not know/],
    ['{{if .a}}'.repeat(60), /inside each other/],
  ];
  for (const [template, expected] of cases) {
    assert.throws(
      () => renderTemplate(template, { a: 'x' }),
      (error) => error instanceof TemplateError && expected.test(error.message),
      template,
    );
  }
});

test('text without braces stays as it is, and so do values', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (text, value) => {
      const plain = text.replaceAll('{', '');
      assert.equal(renderTemplate(plain, {}), plain);
      assert.equal(renderTemplate(`${plain}{{.v}}${plain}`, { v: value }), plain + value + plain);
    }),
  );
});

test('exactly one side of a condition is taken', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.array(fc.integer())),
      (value) => {
        const empty = value === null || value === '' || value === 0 || value === false;
        const isEmptyList = Array.isArray(value) && value.length === 0;
        const expected = empty || isEmptyList ? 'no' : 'yes';
        assert.equal(renderTemplate('{{if .v}}yes{{else}}no{{end}}', { v: value }), expected);
      },
    ),
  );
});

test('any text is a template or a TemplateError, never anything else', () => {
  const pieces = [
    '{{',
    '}}',
    '{{if .a}}',
    '{{else}}',
    '{{end}}',
    '{{range .l}}',
    '.a',
    '"',
    '`',
    '(',
    ')',
    '|',
    '-',
    ' ',
    'eq',
    'x',
  ];
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 5 })), { maxLength: 30 }),
      (parts) => {
        try {
          assert.equal(typeof renderTemplate(parts.join(''), { a: 'x', l: [1, 2] }), 'string');
        } catch (error) {
          assert.ok(error instanceof TemplateError, String(error));
        }
      },
    ),
    { numRuns: 500 },
  );
});

function variables(numbers = {}): Variables {
  let seed = 1;
  const next = (): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed;
  };
  return new Variables(
    {
      clock: new TestClock(Date.UTC(2026, 10, 1, 9, 8, 7, 6)),
      entropy: { uint32: next, bytes: (length) => Uint8Array.from({ length }, () => next() >>> 24) },
      pid: 42,
      environment: (name) => (name === 'HOME' ? '/home/x' : undefined),
    },
    numbers,
  );
}

test('variables', () => {
  const all = variables({ seven: 7 });
  const exact: readonly (readonly [string, string])[] = [
    ['$cr', '\r'],
    ['$lf', '\n'],
    ['$pid', '42'],
    ['$daterfc1123', 'Sun, 01 Nov 2026 09:08:07 GMT'],
    ['$dateansic', 'Sun Nov  1 09:08:07 2026'],
    ['$dateunix', 'Sun Nov  1 09:08:07 UTC 2026'],
    ['$datefull', '2026-11-01 09:08:07.006 +0000 UTC'],
    ['$timestamp', String(Date.UTC(2026, 10, 1, 9, 8, 7) / 1000)],
    ['$timems', String(Date.UTC(2026, 10, 1, 9, 8, 7, 6))],
    ['$env(HOME)', '/home/x'],
    ['$env(NOSUCH)', ''],
    ['$inc(i)', '1'],
    ['$inc(i)', '2'],
    ['$inc(from,10)', '11'],
    ['$inc(from,10)', '12'],
    ['$dec(d)', '999999'],
    ['$dec(down,5)', '4'],
    ['$add(i)', '3'],
    ['$add(i,5)', '7'],
    ['$sub(i)', '1'],
    ['$sub(i,2)', '0'],
    ['$mul(seven,3)', '21'],
    ['$mul(none,3)', '3'],
    ['$div(seven,2)', '3'],
    ['plain', 'plain'],
    ['$nosuch', '$nosuch'],
    ['$nosuch(1)', '$nosuch(1)'],
    ['$uuid and more', '$uuid and more'],
  ];
  for (const [text, expected] of exact) assert.equal(all.evaluate(text), expected, text);
});

test('random variables have the promised form', () => {
  const all = variables();
  const forms: readonly (readonly [string, RegExp])[] = [
    ['$uuid', /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/],
    ['$uuidb64u', /^[\w-]{22}$/],
    ['$uuidb64r', /^[0-9A-Za-z]{22,44}$/],
    ['$viabranchid', /^z9hG4bKSG\.[0-9a-f-]{36}$/],
    ['$randseq', /^\d{1,7}$/],
    ['$randstr(8)', /^[A-Za-z]{8}$/],
    ['$randan(3,5)', /^[A-Za-z0-9]{3,5}$/],
    ['$randnum(6)', /^\d{6}$/],
    ['$randhex(10)', /^[0-9a-f]{10}$/],
  ];
  for (const [text, form] of forms) assert.match(all.evaluate(text), form, text);
  for (let i = 0; i < 200; i++) {
    const number = Number(all.evaluate('$rand(5,9)'));
    assert.ok(number >= 5 && number <= 9);
    assert.ok(Number(all.evaluate('$rand(3)')) <= 3);
  }
});

test('arguments that make no sense are errors', () => {
  for (const text of ['$rand(x)', '$rand(9,1)', '$randstr(99999999)', '$div(a,0)', '$inc(a,b)']) {
    assert.throws(() => variables().evaluate(text), TemplateError, text);
  }
});
