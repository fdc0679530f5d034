import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Expression, Statement, TopLevel } from './ast.ts';
import { parseText } from './testing.ts';

/** An expression as text with all its parentheses. */
function show(expression: Expression): string {
  switch (expression.kind) {
    case 'number':
      return String(expression.value);
    case 'string':
      return JSON.stringify(expression.value);
    case 'variable':
    case 'socket':
      return expression.text;
    case 'select':
      return `@${expression.path}`;
    case 'word':
      return expression.name;
    case 'address':
      return `<${expression.address}${expression.mask === undefined ? '' : `/${expression.mask}`}>`;
    case 'unary':
      return `(${expression.operator} ${show(expression.operand)})`;
    case 'binary':
      return `(${show(expression.left)} ${expression.operator} ${show(expression.right)})`;
    case 'call':
      return `${expression.name}(${expression.args.map(show).join(', ')})`;
    case 'routeCall':
      return `route(${show(expression.route)})`;
    case 'selval':
      return `selval(${[expression.condition, expression.whenTrue, expression.whenFalse].map(show).join(', ')})`;
  }
}

function showStatement(statement: Statement): string {
  switch (statement.kind) {
    case 'block':
      return `{${statement.statements.map(showStatement).join(' ')}}`;
    case 'if': {
      const otherwise = statement.otherwise ? ` else ${showStatement(statement.otherwise)}` : '';
      return `if ${show(statement.condition)} ${showStatement(statement.then)}${otherwise}`;
    }
    case 'while':
      return `while ${show(statement.condition)} ${showStatement(statement.body)}`;
    case 'switch': {
      const cases = statement.cases.map(({ match, regex, statements }) => {
        const label = match ? `case ${regex ? '/' : ''}${show(match)}` : 'default';
        return [`${label}:`, ...statements.map(showStatement)].join(' ');
      });
      return `switch ${show(statement.subject)} {${cases.join(' ')}}`;
    }
    case 'jump':
      return `${statement.jump}${statement.value ? ` ${show(statement.value)}` : ''};`;
    case 'assignment':
      return `${statement.target.text} ${statement.operator} ${show(statement.value)};`;
    case 'expression':
      return `${show(statement.expression)};`;
  }
}

function body(text: string): string {
  const { config, diagnostics } = parseText(`route { ${text} }`);
  assert.deepEqual(diagnostics, []);
  const [route] = config.items;
  assert.equal(route?.kind, 'route');
  return route.body.statements.map(showStatement).join(' ');
}

const expressions: readonly [text: string, expected: string][] = [
  ['1 + 2 * 3', '(1 + (2 * 3))'],
  ['1 | 2 == 2', '(1 | (2 == 2))'],
  ['4 & 6 ^ 2', '(4 & (6 ^ 2))'],
  ['8 << 1 >> 2', '(8 << (1 >> 2))'],
  ['$a == 1 and $b != "x" or not $c', '((($a == 1) && ($b != "x")) || (! $c))'],
  ['!!$a', '(! (! $a))'],
  ['-5 + -$a', '(-5 + (- $a))'],
  ['~1 + 2', '((~ 1) + 2)'],
  ['7 mod 4 * 2 % 3', '(((7 % 4) * 2) % 3)'],
  ['(int)$a + (str)5', '((int $a) + (str 5))'],
  ['defined $a && strlen($b) > 3', '((defined $a) && ((strlen $b) > 3))'],
  ['strempty($a)', '(strempty $a)'],
  ['0x1F + 017 + 0b11', '((31 + 15) + 3)'],
  ['yes + off', '(1 + 0)'],
  ['"a" "b"\n "c"', '"abc"'],
  ['\'a\\n\' + "b\\n\\t\\x41\\101\\.\\\\"', '("a\\\\n" + "b\\n\\tAA\\\\.\\\\")'],
  [
    '$(ru{uri.user}{s.substr,0,3}) + $avp(i:$var(x)) + $?',
    '(($(ru{uri.user}{s.substr,0,3}) + $avp(i:$var(x))) + $?)',
  ],
  ['@to.uri.host == @hf_value["X-A"]', '(@to.uri.host == @hf_value["X-A"])'],
  ['@eval.pop[-1] =~ "x"', '(@eval.pop[-1] =~ "x")'],
  ['%attr == "1"', '(%attr == "1")'],
  ['src_ip == 10.0.0.0/8', '(src_ip == <10.0.0.0/8>)'],
  ['src_ip == 10.0.0.0/255.0.0.0 || dst_ip==::1', '((src_ip == <10.0.0.0/255.0.0.0>) || (dst_ip == <::1>))'],
  ['src_ip == [2001:db8::1]/32', '(src_ip == <2001:db8::1/32>)'],
  ['uri == myself', '(uri == myself)'],
  ['!uri==myself && !method=="A" + "B" == 1', '((! (uri == myself)) && ((! (method == ("A" + "B"))) == 1))'],
  ['!$x == 1', '((! $x) == 1)'],
  ['msg:len >= 20 && proto==UDP', '((msg:len >= 20) && (proto == UDP))'],
  ['src_ip == host.example.com', '(src_ip == <host.example.com>)'],
  ['f(1, "a" + $b, g())', 'f(1, ("a" + $b), g())'],
  [
    'route(A) && route("B") || route(3) || route($x + "y")',
    '(((route("A") && route("B")) || route("3")) || route(($x + "y")))',
  ],
  ['selval($Ts mod 2, "a", "b")', 'selval(($Ts % 2), "a", "b")'],
  ['forward(uri:host, uri:port)', 'forward(uri:host, uri:port)'],
  ['force_send_socket(udp:10.0.0.1:5060)', 'force_send_socket(udp:10.0.0.1:5060)'],
  ['force_send_socket([::1]:5060)', 'force_send_socket([::1]:5060)'],
];

for (const [text, expected] of expressions) {
  test(`expression: ${text}`, () => assert.equal(body(`$x = ${text};`), `$x = ${expected};`));
}

const statements: readonly [text: string, expected: string][] = [
  ['if (1) a(); else b();', 'if 1 a(); else b();'],
  ['if ($x == 1) || ($y == 2) { a(); }', 'if (($x == 1) || ($y == 2)) {a();}'],
  ['if !a() { b(); };', 'if (! a()) {b();}'],
  ['if (a()) { } else if (b()) c(); else { d(); e(); }', 'if a() {} else if b() c(); else {d(); e();}'],
  ['while($i < 3) { $i = $i + 1; }', 'while ($i < 3) {$i = ($i + 1);}'],
  [
    'switch($x) { case 1: case -2: a(); break; case "b": b(); default: c(); }',
    'switch $x {case 1: case -2: a(); break; case "b": b(); default: c();}',
  ],
  ['switch($rU) { case /"^\\+49": a(); }', 'switch $rU {case /"^\\\\+49": a();}'],
  [
    'return; return(); return 1; return(-1); return $x + 1',
    'return; return; return 1; return -1; return ($x + 1);',
  ],
  ['exit; exit(); drop; drop(); drop(2); break; break();', 'exit; exit; drop; drop; drop 2; break; break;'],
  ['force_rport; add_local_rport();', 'force_rport(); add_local_rport();'],
  ['$avp(x) := 1; $(avp(x)[*]) = $null;', '$avp(x) := 1; $(avp(x)[*]) = $null;'],
  [';; a(); ;', 'a();'],
  ['a("x") # comment\n; /* b */ c(); // d\n e();', 'a("x"); c(); e();'],
];

for (const [text, expected] of statements) {
  test(`statement: ${text}`, () => assert.equal(body(text), expected));
}

/** What a top-level item says, without places. */
function plain(item: TopLevel): unknown {
  return JSON.parse(
    JSON.stringify(item, (key, value: unknown) =>
      key === 'span' || key.endsWith('Span') || key === 'body' ? undefined : value,
    ),
  );
}

function items(text: string): unknown[] {
  const { config, diagnostics } = parseText(text);
  assert.deepEqual(diagnostics, []);
  return config.items.map(plain);
}

const address = (host: string, port?: number, protocol?: string, lastPort?: number): object => ({
  ...(protocol === undefined ? {} : { protocol }),
  host,
  ...(port === undefined ? {} : { port }),
  ...(lastPort === undefined ? {} : { lastPort }),
});

const sockets: readonly [text: string, expected: object[]][] = [
  ['listen=127.0.0.1', [{ addresses: [address('127.0.0.1')], virtual: false }]],
  ['listen=eth0:5060', [{ addresses: [address('eth0', 5060)], virtual: false }]],
  ['listen=tls:[2001:db8::1]:5061', [{ addresses: [address('2001:db8::1', 5061, 'tls')], virtual: false }]],
  ['listen="udp:10.0.0.1:5060"', [{ addresses: [address('10.0.0.1', 5060, 'udp')], virtual: false }]],
  [
    'listen=udp:(eth0, 10.0.0.1):5060',
    [{ addresses: [address('eth0', 5060, 'udp'), address('10.0.0.1', 5060, 'udp')], virtual: false }],
  ],
  [
    'listen=tcp:my-host.example.com',
    [{ addresses: [address('my-host.example.com', undefined, 'tcp')], virtual: false }],
  ],
  [
    'listen=udp:10.0.0.1:5060 advertise 1.2.3.4:5080 name "s1" virtual',
    [
      {
        addresses: [address('10.0.0.1', 5060, 'udp')],
        advertise: address('1.2.3.4', 5080),
        name: 's1',
        virtual: true,
      },
    ],
  ],
  [
    'listen=udp:10.0.0.1:5060 advertise "dns.example.com":5060',
    [
      {
        addresses: [address('10.0.0.1', 5060, 'udp')],
        advertise: address('dns.example.com', 5060),
        virtual: false,
      },
    ],
  ],
  [
    'listen=127.0.0.1:1 127.0.0.2:2\ndebug=1',
    [
      { addresses: [address('127.0.0.1', 1)], virtual: false },
      { addresses: [address('127.0.0.2', 2)], virtual: false },
    ],
  ],
  [
    '#!define IP 10.0.0.9\n#!define PORT 5070\nlisten=udp:IP:PORT',
    [{ addresses: [address('10.0.0.9', 5070, 'udp')], virtual: false }],
  ],
  [
    'socket = {\n bind = udp:10.0.0.1:5060-5062;\n advertise = 1.1.1.1:5060;\n name = "s0"; agname="g"; vrf="v"; virtual = yes;\n}',
    [
      {
        addresses: [address('10.0.0.1', 5060, 'udp', 5062)],
        advertise: address('1.1.1.1', 5060),
        virtual: true,
        name: 's0',
        agname: 'g',
        vrf: 'v',
      },
    ],
  ],
];

for (const [text, expected] of sockets) {
  test(`socket: ${text}`, () => {
    const found = items(text).filter((item) => (item as { kind: string }).kind === 'socket');
    assert.deepEqual(
      found,
      expected.map((fields) => ({ kind: 'socket', ...fields })),
    );
  });
}

const topLevel: readonly [text: string, expected: object][] = [
  [
    'alias=example.com:5060 "b-c.example.com"',
    {
      kind: 'alias',
      addresses: [address('example.com', 5060), address('b-c.example.com')],
    },
  ],
  ['domain=udp:example.com', { kind: 'alias', addresses: [address('example.com', undefined, 'udp')] }],
  ['debug=-3', { kind: 'global', name: 'debug', value: { kind: 'number', value: -3 } }],
  ['fork = no;', { kind: 'global', name: 'fork', value: { kind: 'number', value: 0 } }],
  [
    'log_facility=LOG_LOCAL0',
    { kind: 'global', name: 'log_facility', value: { kind: 'word', value: 'LOG_LOCAL0' } },
  ],
  ['wdir=/usr/kam-wd', { kind: 'global', name: 'wdir', value: { kind: 'word', value: '/usr/kam-wd' } }],
  [
    'advertised_address=1.2.3.4',
    {
      kind: 'global',
      name: 'advertised_address',
      value: { kind: 'word', value: '1.2.3.4' },
    },
  ],
  ['cfgengine "lua"', { kind: 'global', name: 'cfgengine', value: { kind: 'string', value: 'lua' } }],
  [
    'coreparam[random_engine] = "fast"',
    {
      kind: 'global',
      name: 'coreparam',
      key: 'random_engine',
      value: { kind: 'string', value: 'fast' },
    },
  ],
  [
    'kemi.reply_route_callback="x"',
    {
      kind: 'global',
      name: 'kemi.reply_route_callback',
      value: { kind: 'string', value: 'x' },
    },
  ],
  [
    'pstn.gw_ip = "1.2.3.4" desc "GW"',
    {
      kind: 'custom',
      group: 'pstn',
      name: 'gw_ip',
      value: '1.2.3.4',
      description: 'GW',
    },
  ],
  ['a.b = 0x10', { kind: 'custom', group: 'a', name: 'b', value: 16 }],
  ['a[7].b = 1', { kind: 'custom', group: 'a', name: 'b', value: 1, instance: 7 }],
  ['flags a:1, b', { kind: 'flags', family: 'flags', flags: [{ name: 'a', position: 1 }, { name: 'b' }] }],
  ['loadmodule "/usr/lib/tm.so"', { kind: 'loadModule', path: '/usr/lib/tm.so', evaluated: false }],
  [
    'loadmodule("app_lua.so", "g")',
    { kind: 'loadModule', path: 'app_lua.so', evaluated: false, options: 'g' },
  ],
  ['loadmodulex "$env(X)"', { kind: 'loadModule', path: '$env(X)', evaluated: true }],
  ['mpath="a:b"', { kind: 'loadPath', path: 'a:b' }],
  ['loadpath "a"', { kind: 'loadPath', path: 'a' }],
  [
    'modparam("a|b", "p", -5)',
    { kind: 'modParam', module: 'a|b', parameter: 'p', value: -5, evaluated: false },
  ],
  [
    'modparamx("a", "p", "x"\n"y")',
    { kind: 'modParam', module: 'a', parameter: 'p', value: 'xy', evaluated: true },
  ],
  ['request_route { }', { kind: 'route', routeKind: 'request', name: '' }],
  ['route { }', { kind: 'route', routeKind: 'request', name: '' }],
  ['route[0] { }', { kind: 'route', routeKind: 'request', name: '' }],
  ['route[7] { }', { kind: 'route', routeKind: 'route', name: '7' }],
  ['route["my route"] { }', { kind: 'route', routeKind: 'route', name: 'my route' }],
  ['branch_route[X] { }', { kind: 'route', routeKind: 'branch', name: 'X' }],
  ['failure_route[1] { }', { kind: 'route', routeKind: 'failure', name: '1' }],
  ['onreply_route { }', { kind: 'route', routeKind: 'reply', name: '' }],
  ['reply_route { }', { kind: 'route', routeKind: 'reply', name: '' }],
  ['onreply_route[R] { }', { kind: 'route', routeKind: 'onreply', name: 'R' }],
  ['onsend_route { }', { kind: 'route', routeKind: 'onsend', name: '' }],
  ['event_route [tm:local-request] { }', { kind: 'route', routeKind: 'event', name: 'tm:local-request' }],
  ['event_route[tm:branch-failure:x] { }', { kind: 'route', routeKind: 'branch_failure', name: 'x' }],
];

for (const [text, expected] of topLevel) {
  test(`top level: ${text}`, () => assert.deepEqual(items(text), [expected]));
}

test('two parameters on one line', () => assert.equal(items('debug=3 fork=yes').length, 2));

function places(text: string): string[] {
  return parseText(text).diagnostics.map(
    ({ code, line, column, expected }) => `${code} ${line}:${column}${expected ? ` ${expected}` : ''}`,
  );
}

const mistakes: readonly [name: string, text: string, expected: string[]][] = [
  ['missing semicolon', 'route {\n  a()\n  b();\n}', ["OL0201 2:6 ';' after the statement"]],
  [
    'several in one route',
    'route {\n  a(;\n  b();\n  $x 5;\n}\nroute[B] { c() }',
    ['OL0201 2:5 an expression', "OL0201 4:6 '=' after '$x'"],
  ],
  ['missing brace before the next route', 'route {\n  if (1) {\n    a();\n}\nroute[B] { }', ['OL0202 1:7 }']],
  ['missing brace at the end', 'route { a();', ['OL0202 1:7 }']],
  ['stray brace', 'route { }\n}\ndebug=1', ['OL0201 2:1']],
  [
    'statement at top level',
    'a("x");\nif (1) { b(); }\ndebug=1',
    [
      'OL0203 1:1 a global parameter, a module or a route',
      'OL0203 2:1 a global parameter, a module or a route',
    ],
  ],
  ['unterminated string', 'debug=1\nlog_name="abc\nfork=yes\nroute { }', ['OL0102 2:10 "']],
  ['unterminated comment', 'debug=1 /* x', ['OL0103 1:9 */']],
  [
    'variable without end',
    'route { $x = $(ru{s.len};\n a(); }',
    ['OL0105 1:14 $name, $name(key) or $(name{transformation})', "OL0201 1:26 ';' after the statement"],
  ],
  ['strange characters', 'debug=1 \u0001 `', ['OL0101 1:9', 'OL0101 1:11']],
  [
    'malformed number',
    'route { $x = 09; }',
    ['OL0104 1:14 a decimal, 0x hexadecimal, 0 octal or 0b binary integer'],
  ],
  ['no IPv4 address', 'route { if (src_ip == 10.0.0.300) exit; }', ['OL0201 1:23']],
  ['event without name', 'event_route { }', ['OL0201 1:1 event_route[group:event]']],
  [
    'bad parameter',
    'modparam("a", 5, 1)\nloadmodule x\nlisten=\nroute { }',
    [
      'OL0201 1:15 the name of a parameter as string',
      'OL0201 2:12 the name of a module as string',
      'OL0201 3:8 a host name or IP address',
    ],
  ],
  [
    'nested too deep',
    `route { $x = ${'('.repeat(500)}1${')'.repeat(500)}; }`,
    ['OL0202 1:7 }', 'OL0204 1:413'],
  ],
];

for (const [name, text, expected] of mistakes) {
  test(`mistakes: ${name}`, () => assert.deepEqual(places(text), expected));
}
