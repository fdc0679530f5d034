import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileText, link } from './testing.ts';

const seed = 20_260_101;

const sample = `#!KAMAILIO
#!define A 1
#!ifdef A
listen=udp:127.0.0.1:5060 advertise "x.example.com":5060 name "s"
#!else
debug=2
#!endif
flags f:1, g;
loadmodule "say.so"
modparam("say", "loudness", A)
request_route {
  if (src_ip == 10.0.0.0/8 && method =~ "^INV" || uri == myself) { route(X); }
  switch ($(ru{uri.user})) { case "a": log("x $ru"); break; case /"^b": exit; default: drop; }
  while ($var(i) < 10) { $var(i) = $var(i) + 1; give($var(i) mod 3 - 1); }
  $avp(x[$var(i)]) = "a" + @to.uri.user + (int)"5";
}
route[X] { return (2 + 3) * -1; }
event_route[core:start] { log('q'); }
`;

const pieces = [
  ...[
    '{',
    '}',
    '(',
    ')',
    '[',
    ']',
    ';',
    ',',
    ':',
    '=',
    '==',
    '=~',
    '!',
    '&&',
    '||',
    '+',
    '-',
    '/',
    '"',
    "'",
    '$',
    '@',
  ],
  ...[
    '#!ifdef A\n',
    '#!else\n',
    '#!endif\n',
    '#!define B ',
    '#!subst "/a/b/"\n',
    '/*',
    '*/',
    '//',
    '#',
    '\\',
    '\n',
  ],
  ...[
    'route',
    'request_route',
    'if ',
    'else ',
    'while ',
    'switch ',
    'case ',
    'default',
    'break',
    'return ',
    'exit',
  ],
  ...[
    '$var(x)',
    '$(ru{s.len})',
    '10.0.0.1',
    '::1',
    '0x',
    '09',
    'yes',
    'listen',
    'modparam',
    'loadmodule',
    'defined ',
  ],
  ...[
    '\u0000',
    '\u00ff',
    '\u2028',
    'A',
    'log("x")',
    'include_file "test.cfg"',
    'A.b = 5 desc "x"',
    '%x',
    '~',
    '?',
  ],
];

/** Whatever the text, `compile` answers, and code without mistakes can be linked. */
function holds(text: string): void {
  const result = compileText(text);
  assert.equal(
    result.failed,
    result.diagnostics.some(({ severity }) => severity === 'error'),
  );
  if (!result.failed) link(result);
}

test('any text compiles to something', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), holds), { seed, numRuns: 300 });
});

test('any heap of pieces compiles to something', () => {
  const heap = fc.array(fc.constantFrom(...pieces), { maxLength: 120 }).map((parts) => parts.join(''));
  fc.assert(fc.property(heap, holds), { seed, numRuns: 500 });
});

test('a config with damage compiles to something', () => {
  const damage = fc.record({
    at: fc.nat(sample.length),
    cut: fc.nat(12),
    put: fc.constantFrom('', ...pieces),
  });
  fc.assert(
    fc.property(fc.array(damage, { minLength: 1, maxLength: 5 }), (damages) => {
      let text = sample;
      for (const { at, cut, put } of damages) text = text.slice(0, at) + put + text.slice(at + cut);
      holds(text);
    }),
    { seed, numRuns: 700 },
  );
});

test('the sample itself is without mistakes', () => {
  const { diagnostics } = compileText(sample);
  assert.deepEqual(
    diagnostics.filter(({ severity }) => severity === 'error'),
    [],
  );
});

/** Inputs that an algorithm with a quadratic corner would be slow on; each is some 200 kB. */
const heavy: readonly [name: string, text: string][] = [
  ['open parentheses', '$('.repeat(100_000)],
  ['open quotes on many lines', '"\\"\n'.repeat(50_000)],
  ['open braces', `route { ${'{'.repeat(200_000)}`],
  ['open selects', '@a['.repeat(70_000)],
  ['colons', 'a:'.repeat(100_000)],
  ['hex and colons', `listen=${'12ab:'.repeat(40_000)}`],
  ['dots', `route { $x = 1${'.1'.repeat(100_000)}; }`],
  ['conditions', '#!ifdef A\n'.repeat(20_000)],
  ['open comments', '/* '.repeat(70_000)],
  [
    'many routes',
    Array.from({ length: 4000 }, (_, i) => `route[r${i}] { route(r${(i * 7) % 4000}); }`).join('\n'),
  ],
  ['one long chain', `route { $var(x) = 1${' + 1'.repeat(50_000)}; }`],
  ['else if', `route { ${'if ($var(x)) exit; else '.repeat(8000)} exit; }`],
  ['statements', `route { ${'log("a $var(x) b");'.repeat(10_000)} }`],
  ['dollars', `route { log("${'$'.repeat(200_000)}"); }`],
  ['defines', `${Array.from({ length: 5000 }, (_, i) => `#!define D${i} D${i + 1}`).join('\n')}\nD0`],
];

for (const [name, text] of heavy) {
  test(`no quadratic corner: ${name}`, { timeout: 20_000 }, () => holds(text));
}

const STOCK = '/etc/kamailio/kamailio.cfg';
const skip = existsSync(STOCK) ? false : 'the package kamailio is not installed';

test('the stock config with damage compiles to something', { skip }, () => {
  const stock = readFileSync(STOCK, 'latin1');
  const place = fc.record({ at: fc.nat(stock.length), put: fc.constantFrom(...pieces) });
  fc.assert(
    fc.property(place, ({ at, put }) => holds(stock.slice(0, at) + put + stock.slice(at + 3))),
    { seed, numRuns: 40 },
  );
});
