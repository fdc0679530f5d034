import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileText, TestCatalogue } from './testing.ts';

/** `code line:column message`, and what is expected or suggested behind it. */
function complaints(text: string): string[] {
  return compileText(text).diagnostics.map(({ code, line, column, message, expected, suggestion }) =>
    [
      `${code} ${line}:${column} ${message}`,
      expected && `expected ${expected}`,
      suggestion && `try ${suggestion}`,
    ]
      .filter((part) => part !== undefined)
      .join(' | '),
  );
}

const cases: readonly [name: string, text: string, expected: string[]][] = [
  ['nothing wrong', 'debug=3\nrequest_route { log("x"); }', []],
  ['misspelt function', 'request_route { lgo("x"); }', ["OL0601 1:17 unknown function 'lgo' | try log"]],
  [
    'function of a module that is not loaded',
    'request_route { say("x"); }',
    ["OL0302 1:17 function 'say' belongs to module 'say' | expected loadmodule \"say.so\""],
  ],
  [
    'arity',
    'request_route { give(); log("a", "b", "c"); }',
    [
      "OL0602 1:17 'give' does not take 0 arguments | expected give(code)",
      "OL0602 1:25 'log' does not take 3 arguments | expected log(text) or log(level, text)",
    ],
  ],
  ['optional arguments', 'request_route { set_to($var(x)); set_to("$var(x)", 5); }', []],
  [
    'argument kinds',
    'request_route { give("abc"); set_to("x"); regex_is("(", "x"); literally($var(x) + 1); }',
    [
      "OL0603 1:22 argument 'code' of 'give' is wrong | expected a number",
      "OL0603 1:37 argument 'target' of 'set_to' is wrong | expected a variable, e.g. $var(x)",
      "OL0609 1:52 argument 'pattern': bad regular expression: ')' is missing",
      "OL0603 1:73 argument 'text' of 'literally' is wrong | expected a constant",
    ],
  ],
  [
    'undefined variable',
    'request_route { $nope = 1; log("$nope(x)"); }',
    ['OL0605 1:17 unknown variable $nope', 'OL0605 1:32 unknown variable $nope'],
  ],
  [
    'dollar alone',
    'request_route { log("5 $ each"); log("5 $$ each"); }',
    ["OL0605 1:21 '$' without the name of a variable; '$$' is a dollar"],
  ],
  ['read-only variable', 'request_route { $ru = "x"; }', ['OL0606 1:17 $ru cannot be assigned']],
  [
    'undefined route',
    'request_route { route(RELAI); }\nroute[RELAY] { exit; }',
    ["OL0502 1:23 route 'RELAI' is not defined | expected route[RELAI] { ... } | try RELAY"],
  ],
  [
    'undefined failure route as argument',
    'request_route { on_failure("NO"); on_failure("A"); }\nfailure_route[A] { exit; }',
    ["OL0502 1:28 failure_route 'NO' is not defined"],
  ],
  [
    'route defined twice',
    'request_route { exit; }\nroute[A] { exit; }\nroute[A] { exit; }',
    ["OL0501 3:7 route 'A' is defined twice"],
  ],
  ['no request route', 'debug=1', ['OL0503 1:1 no request_route: requests are not answered']],
  [
    'unknown event',
    'request_route { exit; }\nevent_route[foo:bar] { exit; }\nevent_route[core:start] { exit; }',
    ['OL0505 2:13 nobody runs event_route[foo:bar] | expected an event of the core or of a loaded module'],
  ],
  [
    'function in the wrong kind of route',
    'request_route { exit; }\nbranch_route[B] { on_failure("F"); }\nfailure_route[F] { on_failure("F"); }',
    ["OL0604 2:19 'on_failure' cannot be called in branch_route | expected request_route, failure_route"],
  ],
  [
    'function reached by the wrong kind of route only',
    'request_route { exit; }\nbranch_route[B] { route(X); }\nroute[X] { on_failure("0"); }',
    ["OL0604 3:12 'on_failure' cannot be called in branch_route | expected request_route, failure_route"],
  ],
  [
    'function reached by some right kind of route',
    'request_route { route(X); }\nbranch_route[B] { route(X); }\nroute[X] { on_failure("0"); }',
    [],
  ],
  [
    'unreachable code',
    'request_route { exit; log("x"); }',
    ["OL0607 1:23 never runs: 'exit' stands before it"],
  ],
  [
    'break in a sub-route',
    'request_route { if ($var(x)) break; log("x"); }\nroute[A] { if ($var(x)) break; log("x"); }',
    [
      "OL0610 2:25 'break' outside of switch and while ends the route, with 0 as $rc | expected 'return' or 'exit'",
    ],
  ],
  [
    'case twice',
    'request_route { switch ($var(x)) { case 1: break; case 1: break; } }',
    ['OL0611 1:51 the same case stands above already'],
  ],
  [
    'case of a variable',
    'request_route { switch ($var(x)) { case $var(y): break; } }',
    ['OL0603 1:41 the value of a case must be constant'],
  ],
  [
    'comparison with a return code',
    'request_route { if (give(1) == 1) exit; }',
    [
      'OL0612 1:21 in a comparison the result is 1 or 0, not the return code | expected call it first, then compare $rc',
    ],
  ],
  [
    'bad pattern',
    'request_route { if ($ru =~ "[") exit; }',
    ["OL0609 1:28 bad regular expression: ']' is missing"],
  ],
  [
    'unknown word',
    '#!define FLT_ACC 1\nrequest_route { $var(x) = FLT_AC; }',
    ["OL0613 2:27 unknown name 'FLT_AC' | try FLT_ACC"],
  ],
  [
    'flags',
    'flags a:3, b;\nrequest_route { setflag(a); setflag(b); setflag(c); setflag(4); }',
    ["OL0614 2:49 flag 'c' is not declared | expected a number"],
  ],
  [
    'keyword that cannot be myself',
    'request_route { if (method == myself) exit; }',
    [
      "OL0603 1:21 'method' cannot be compared with myself | expected uri, from_uri, to_uri, src_ip, dst_ip, snd_ip or to_ip",
    ],
  ],
  [
    'neither address nor host name',
    'request_route { if (src_ip == "a b") exit; if (src_ip == "10.0.0.0/64") exit; }',
    [
      "OL0603 1:31 'a b' is no IP address and no host name | expected an IP address, with /mask for a network, or a host name",
      "OL0603 1:58 '10.0.0.0/64' is no IP address and no host name | expected an IP address, with /mask for a network, or a host name",
    ],
  ],
  [
    'unknown module',
    'loadmodule "sai.so"\nrequest_route { exit; }',
    ["OL0301 1:12 module 'sai' is not there | try say"],
  ],
  [
    'names that may be of a missing module',
    'loadmodule "acc.so"\nmodparam("acc", "x", 1)\nrequest_route { acc_log(1); }',
    [
      "OL0301 1:12 module 'acc' is not there",
      'OL0615 3:17 not checked, most likely of the missing modules (acc): acc_log()',
    ],
  ],
  [
    'module loaded twice',
    'loadmodule "say.so"\nloadmodule "say.so"\nrequest_route { exit; }',
    ["OL0307 2:12 module 'say' is loaded already"],
  ],
  [
    'module that needs another',
    'loadmodule "shout"\nrequest_route { exit; }',
    ["OL0302 1:12 module 'shout' needs module 'say' | expected loadmodule \"say.so\""],
  ],
  [
    'module parameters',
    [
      'loadmodule "say.so"',
      'modparam("say", "loudnes", 1)',
      'modparam("say", "loudness", "1")',
      'modparam("shout", "loudness", 1)',
      'modparam("sy", "loudness", 1)',
      'modparam("say|shout", "loudness", 1)',
      'modparam("say", "loudness", 2)',
      'modparam("say", "voice", "bad")',
      'request_route { exit; }',
    ].join('\n'),
    [
      "OL0303 2:17 module 'say' has no parameter 'loudnes' | try loudness",
      "OL0304 3:29 parameter 'loudness' of 'say' takes a number | expected a number, without quotes",
      'OL0302 4:10 module \'shout\' is not loaded | expected loadmodule "shout.so" before its parameters',
      "OL0302 5:10 no loaded module is called 'sy' | try say",
      "OL0305 7:1 parameter 'loudness' of 'say' is set again; this value counts",
      'OL0304 8:26 not that voice',
    ],
  ],
  [
    'globals',
    'debgu=1\ndebug=99\nfork="x"\nlog_name=5\nchildren=4\nlog_facility=LOG_LOCAL0\nrequest_route { exit; }',
    [
      "OL0401 1:1 unknown global parameter 'debgu' | try debug",
      "OL0402 2:7 wrong value of 'debug' | expected a number from -6 to 10",
      "OL0402 3:6 wrong value of 'fork' | expected yes or no",
      "OL0402 4:10 wrong value of 'log_name' | expected a string, in quotes",
      "OL0403 5:1 'children' has no effect here: one process does all",
    ],
  ],
];

for (const [name, text, expected] of cases) {
  test(`checker: ${name}`, () => assert.deepEqual(complaints(text), expected));
}

test('parameters reach the catalogue in order, evaluated where asked', () => {
  const catalogue = new TestCatalogue();
  const text = [
    '#!define V "deep"',
    'debug=2',
    'loadmodulex "$env(M).so"',
    'modparam("s.y", "voice", V)',
    'modparamx("say", "voice", "$env(M) x")',
    'pstn.gw = "1.2.3.4" desc "gateway"',
    'log_name="a" "b"',
    'request_route { exit; }',
  ].join('\n');
  const result = compileText(text, { environment: (name) => (name === 'M' ? 'say' : undefined) }, catalogue);
  assert.deepEqual(
    result.diagnostics.map(({ code }) => code),
    ['OL0305'],
  );
  assert.deepEqual(catalogue.set, [
    'debug=2',
    'say.voice=deep',
    'say.voice=say x',
    'pstn.gw=1.2.3.4',
    'log_name=ab',
  ]);
});

test('an unreadable file is a diagnostic', () => {
  const { diagnostics, failed } = compileText('include_file "no.cfg"\nrequest_route { exit; }');
  assert.deepEqual([failed, diagnostics[0]?.code], [true, 'OL0001']);
});
