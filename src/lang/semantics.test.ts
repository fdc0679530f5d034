import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runRequest, type TestContext } from './testing.ts';

/**
 * What the real server (5.6.3) makes of expressions, observed. Variables: one = 1, m = -1, s = "abc", s5 = "5",
 * z = 0, e = "", five = 5; $avp(nope) is not set. Second column: what an assignment to $var(r) leaves (undefined
 * when nothing is assigned); third: whether `if` takes it for true.
 */
const facts: readonly [expression: string, value: string | number | undefined, truth: boolean][] = [
  ['4 | 2 == 2', 5, true],
  ['1 << 2 + 1', 8, true],
  ['6 & 4 == 4', 0, false],
  ['1 + 2 * 3', 7, true],
  ['7 - 2 - 1', 4, true],
  ['100 / 10 / 5', 2, true],
  ['2 | 1 & 4', 2, true],
  ['2 ^ 3 | 4', 5, true],
  ['1 | 2 ^ 3', 1, true],
  ['4 & 6 ^ 2', 4, true],
  ['1 < 2 == 1', 1, true],
  ['3 == 1 < 5', 0, false],
  ['~ 1 + 2', 0, false],
  ['! 0 + 1', 2, true],
  ['1 || 0 && 0', 1, true],
  ['2 + 3 == 5 && 1', 1, true],
  ['16 >> 1 + 1', 4, true],
  ['16 >> 2 >> 1', 2, true],
  ['1 << 1 << 2', 8, true],
  ['8 << 1 >> 2', 8, true],
  ['8 >> 1 << 2', 16, true],
  ['7 mod 4 * 2', 6, true],
  ['-7 / 2', -3, false],
  ['-2 - 3', -5, false],
  ['- 2 * 3', -6, false],
  ['!0 == 1', 1, true],
  ['!1 == 0', 1, true],
  ['5 & 3 == 3', 1, true],
  ['3 ^ 1 == 1', 2, true],
  ['1 == 2 < 3', 1, true],
  ['1 != 2 == 2', 0, false],
  ['1 ^ 3 & 2', 2, true],
  ['1 == 1 | 2', 3, true],
  ['(int)"12ab"', 0, false],
  ['(int)"ab"', 0, false],
  ['(int)""', 0, false],
  ['(str)12 + 3', '123', true],
  ['"1" + 2', '12', true],
  ['"a" + 1 + 2', 'a12', false],
  ['$null + 1', '1', true],
  ['$var(nope) + "x"', 0, false],
  ['$avp(nope) + "x"', 'x', false],
  ['$avp(nope) + 5', '5', true],
  ['5 + $avp(nope)', 5, true],
  ['"x" + $avp(nope)', 'x', false],
  ['$avp(nope) + $avp(nope)', '', false],
  ['5 / 0', undefined, false],
  ['~0', -1, false],
  ['1 << 31', -2147483648, false],
  ['1 << 32', 1, true],
  ['-8 >> 1', -4, false],
  ['5 == 5', 1, true],
  ['"5" == 5', 1, true],
  ['"abc" == 0', 0, false],
  ['"" == 0', 0, false],
  ['$avp(nope) == 0', 1, true],
  ['$avp(nope) == ""', 1, true],
  ['$avp(nope) == $null', 1, true],
  ['0 == $avp(nope)', 1, true],
  ['"" == $avp(nope)', 1, true],
  ['$var(nope) == $null', 0, false],
  ['$var(nope) == 0', 1, true],
  ['$var(nope) == ""', 0, false],
  ['"a" == "A"', 0, false],
  ['"a" eq "b"', 0, false],
  ['strlen($avp(nope))', 0, false],
  ['strempty($avp(nope))', 1, true],
  ['defined $avp(nope)', 0, false],
  ['defined $var(nope)', 1, true],
  ['(int)$avp(nope)', 0, false],
  ['(str)$avp(nope)', '', false],
  ['"a" =~ "A"', 1, true],
  ['"abc" =~ "^B"', 0, false],
  ['$avp(nope) =~ "x"', 0, false],
  ['$avp(nope) =~ ""', 1, true],
  ['"x" =~ ""', 1, true],
  ['!-1', 0, false],
  ['!5', 0, false],
  ['-1 && 1', 1, true],
  ['-1 || 0', 1, true],
  ['!$avp(nope)', 1, true],
  ['$avp(nope) && 1', 0, false],
  ['0x10', 16, true],
  ['017', 15, true],
  ['selval(1, "a", "b")', 'a', false],
  ['selval(0, "a", 5)', 5, true],
  ['selval(-1,"t","f")', 'f', false],
  ['selval("a","t","f")', 'f', false],
  ['selval("","t","f")', 'f', false],
  ['yes', 1, true],
  ['no + 5', 5, true],
  ['"a\\tb"', 'a\tb', false],
  ["'a\\tb'", 'a\\tb', false],
  ['(int)"0x10"', 16, true],
  ['(int)"-5"', -5, false],
  ['(int)" 5"', 0, false],
  ['(int)"+5"', 5, true],
  ['(int)"5.7"', 0, false],
  ['"5" + "6"', '56', true],
  ['5 + -3', 2, true],
  ['~5', -6, false],
  ['- $avp(nope)', 0, false],
  ['1 && 5', 1, true],
  ['0 || 7', 1, true],
  ['strlen("abc") + 1', 4, true],
  ['5 - $avp(nope)', 5, true],
  ['5 * $avp(nope)', 0, false],
  ['$avp(nope) * 5', 0, false],
  ['1 + $null', 1, true],
  ['"a" + $null', 'a', false],
  ['$var(z) == ""', 0, false],
  ['$var(z) == "abc"', 1, true],
  ['$var(one) == "1"', 1, true],
  ['$var(one) == "01"', 1, true],
  ['$var(s5) == 5', 1, true],
  ['$var(s) == 0', 0, false],
  ['$var(z) == $avp(nope)', 1, true],
  ['$avp(nope) == $var(z)', 1, true],
  ['$avp(nope) == $var(e)', 1, true],
  ['$var(e) == $avp(nope)', 1, true],
  ['$var(z) == $null', 0, false],
  ['$null == $var(z)', 1, true],
  ['$var(e) == $null', 0, false],
  ['$null == $var(e)', 1, true],
  ['$avp(nope) == $null', 1, true],
  ['$avp(nope) != $null', 0, false],
  ['$var(s) != $null', 1, true],
  ['$var(s5) < 10', 1, true],
  ['$var(s) < 1', 1, true],
  ['$avp(nope) < 1', 1, true],
  ['$avp(nope) > -1', 1, true],
  ['$var(one) + "2"', 3, true],
  ['$var(one) + "a"', 1, true],
  ['$var(s5) + 3', '53', true],
  ['$var(s5) - 3', 2, true],
  ['$var(s) * 2', 0, false],
  ['$var(one) / $var(z)', undefined, false],
  ['$var(one) mod $var(z)', undefined, false],
  ['$avp(nope) + 1', '1', true],
  ['$avp(nope) + "a"', 'a', false],
  ['$var(one) + $avp(nope)', 1, true],
  ['$var(s) ieq 0', 1, true],
  ['$var(s) eq 0', 0, false],
  ['$var(z) eq ""', 0, false],
  ['$var(one) eq "1"', 1, true],
  ['$avp(nope) eq ""', 1, true],
  ['$avp(nope) ieq 0', 1, true],
  ['$var(one) =~ "1"', 1, true],
  ['$var(m) =~ "^-1$"', 1, true],
  ['$avp(nope) =~ ".*"', 1, true],
  ['$avp(nope) =~ "^$"', 1, true],
  ['$var(s) =~ $var(s)', 1, true],
  ['$var(s) =~ $avp(nope)', 1, true],
  ['$var(s) =~ "B"', 1, true],
  ['!$var(z)', 1, true],
  ['!$var(one)', 0, false],
  ['!$var(e)', 1, true],
  ['!$avp(nope)', 1, true],
  ['~$var(s5)', -6, false],
  ['-$var(s5)', -5, false],
  ['-$var(s)', 0, false],
  ['strlen($var(m))', 2, true],
  ['strlen($avp(nope))', 0, false],
  ['strempty($var(z))', 0, false],
  ['strempty($var(e))', 1, true],
  ['defined $var(e)', 1, true],
  ['defined $avp(nope)', 0, false],
  ['defined $null', 0, false],
  ['(int)$var(s5)', 5, true],
  ['(int)$var(s)', 0, false],
  ['(str)$var(one)', '1', true],
  ['(int)"017"', 17, true],
  ['(int)"0x1g"', 0, false],
  ['$var(s5) && $var(s)', 0, false],
  ['$var(z) || $var(s5)', 1, true],
  ['$var(m) && $var(m)', 1, true],
  ['$var(s5) & 4', 4, true],
  ['$var(s5) ^ 1', 4, true],
  ['$var(one) << $var(s5)', 32, true],
  ['$var(m) >> 1', -1, false],
  ['$var(m) >> 33', -1, false],
  ['$null', 0, false],
  ['$avp(nope)', 0, false],
  ['$var(s) == "ABC"', 0, false],
  ['$var(s) == "abc"', 1, true],
  ['"x" + $var(one) + $var(m)', 'x1-1', false],
  ['$var(one) + $var(m) + "x"', 0, false],
  ['$var(m) + "x"', -1, false],
  ['"" + $var(one)', '1', true],
  ['$var(e) + 1', '1', true],
  ['$var(s) == $var(s5)', 0, false],
  ['$var(one) == $var(s5)', 0, false],
  ['$var(s5) == $var(one)', 0, false],
  ['$var(five) == "5"', 1, true],
  ['5 == $var(s5)', 1, true],
  ['"5" == $var(s5)', 1, true],
  ['5 == $var(five)', 1, true],
  ['"5" == $var(five)', 1, true],
  ['$var(z) == "0"', 1, true],
  ['$var(z) == "00"', 1, true],
  ['$var(z) == " 0"', 1, true],
  ['$var(five) != "5"', 0, false],
  ['$var(five) != "x"', 1, true],
  ['$var(z) != ""', 0, false],
  ['$null == ""', 1, true],
  ['$null == 0', 1, true],
  ['"" == $null', 0, false],
  ['$null == $null', 1, true],
  ['$avp(nope) == "x"', 0, false],
  ['$avp(nope) != "x"', 1, true],
  ['$avp(nope) == $avp(nope2)', 1, true],
  ['$rU == $null', 0, false],
  ['1 && $var(m)', -1, false],
  ['2 << 1 == 4', 2, true],
  ['$var(five) + 5 + "a" + 5 + 5', 20, true],
  ['"a" + 5 + 5', 'a55', false],
  ['$var(five) + "5" + "a"', 10, true],
  ['$var(nx)', 0, false],
  ['$var(one) == 1 && $var(m) == -1', 1, true],
];

function prepare({ variables }: TestContext): void {
  variables.set('$var(one)', 1).set('$var(m)', -1).set('$var(s)', 'abc').set('$var(s5)', '5');
  variables.set('$var(z)', 0).set('$var(e)', '').set('$var(five)', 5).set('$rm', 'OPTIONS').set('$rU', 'you');
}

for (const [expression, value, truth] of facts) {
  test(`expression: ${expression}`, () => {
    const text = `request_route {
      $avp(r) = "unset"; $var(r) = "unset";
      $var(r) = ${expression};
      if (${expression}) { log("true"); } else { log("false"); }
    }`;
    const { context } = runRequest(text, prepare);
    assert.equal(context.variables.get('$var(r)'), value ?? 'unset');
    assert.deepEqual(context.log, [String(truth)]);
  });
}

/** Sub-routes and what the real server has as `$rc` behind `route(X)`, and as value of `$var(r) = route(X)`. */
const routes: readonly [body: string, code: number][] = [
  ['return -1;', -1],
  ['return 5;', 5],
  ['return;', 1],
  ['return();', 1],
  ['return ($var(five) + 1);', 6],
  ['$var(n) = -7; return $var(n);', -7],
  ['give(3);', 3],
  ['give(-1);', -1],
  ['give(-1); $var(q) = 7;', 1],
  [';', 1],
  ['break; log("not reached");', 0],
  ['if ($var(one) == 2) { give(-1); }', 1],
  ['if ($var(one) == 1) { give(-1); }', -1],
  ['if (give(-1)) { log("no"); }', 1],
  ['if (!give(-1)) { $var(k) = 1; }', 1],
  ['if ($var(one) == 1) { if ($var(one) == 2) { exit; } }', 1],
  ['if ($var(one) == 2) { exit; } else if ($var(one) == 1) { give(5); }', 5],
  ['if ($var(one) == 1) { return; } exit;', 1],
  ['route(N1);', -1],
  ['$var(i) = 0; while ($var(i) < 2) { $var(i) = $var(i) + 1; }', 1],
  ['while (1) { give(-1); break; }', 0],
  ['while ($var(m)) { give(-1); $var(m) = $var(m) + 1; }', 1],
  ['while (1) { return 4; }', 4],
  ['switch ($var(one)) { case 1: give(-1); }', -1],
  ['switch ($var(one)) { case 1: give(-1); break; }', 0],
  ['switch ($var(one)) { case 1: break; give(3); }', 0],
  ['switch ($var(one)) { case 1: if ($var(five)) { break; } give(3); default: give(4); }', 0],
  ['while (1) { if ($var(five)) { break; } give(3); }', 0],
  ['switch ($var(one)) { case 2: exit; }', 1],
  ['$var(q) = $var(one) / $var(z);', -1],
];

for (const [body, code] of routes) {
  test(`route: ${body}`, () => {
    const text = `request_route {
      route(A); log("$rc");
      $var(r) = route(A); log("$rc $var(r)");
      if (route(A)) { log("true"); } else { log("false"); }
      if (!route(A)) { log("true"); } else { log("false"); }
    }
    route[A] { ${body} }
    route[N1] { return -1; }`;
    const { context } = runRequest(text, (c) => prepare(c));
    const expected = [`${code}`, `${code} ${code}`, String(code > 0), String(code <= 0)];
    // `$var(m)` counts up to 0 in the first call, so the loop does not run in the others
    assert.deepEqual(context.log, expected);
  });
}

/** Statements and what they log, as the real server does. */
const statements: readonly [body: string, logged: string[]][] = [
  ['if (route(N1) == -1) { log("t"); } else { log("f"); }', ['f']],
  ['if (route(N1) < 0) { log("t"); } else { log("f"); }', ['f']],
  ['$var(r) = route(N1) + 1; log("$var(r)");', ['1']],
  ['$var(r) = route(P5) + 1; log("$var(r)");', ['2']],
  ['$var(r) = !route(N1); log("$var(r)");', ['1']],
  ['$var(r) = "a" + route(N1); log("$var(r)");', ['a0']],
  ['$var(r) = route(N1) || route(P5); log("$var(r) $rc");', ['1 5']],
  ['$var(r) = -route(P5); log("$var(r) $rc");', ['-1 5']],
  ['$var(r) = (int)route(N1); log("$var(r) $rc");', ['0 -1']],
  ['$var(r) = (str)route(N1); log("$var(r) $rc");', ['0 -1']],
  ['$var(r) = selval(route(N1), "t", "f"); log("$var(r) $rc");', ['f -1']],
  ['while ($var(m)) { log("once"); break; }', ['once']],
  ['while (route(N1)) { log("once"); break; }', []],
  ['give(-1); $var(x) = 1; log("$rc");', ['-1']],
  ['give(-1); route(SEES);', ['-1']],
  ['give(-1); if (route(SEES)) { log("$rc"); }', ['0', '1']],
  ['give(-1); $var(x) = route(SEES);', ['0']],
  ['give(-1); if (log("$rc")) { log("$rc"); }', ['0', '1']],
  ['give(-1); if ($var(one) == 1) { $var(x) = 1; } log("$rc");', ['-1']],
  ['give(-1); if ($var(one) == 2) { $var(x) = 1; } log("$rc");', ['-1']],
  ['if (!give(-1)) { $var(x) = $rc; } log("$var(x) $rc");', ['-1 -1']],
  ['give(-1); switch ($var(one)) { case 1: $var(x) = 1; break; } log("$rc");', ['-1']],
  ['switch (route(N1)) { case -1: log("-1"); break; case 0: log("0"); break; default: log("d"); }', ['0']],
  ['switch ($var(s)) { case "ABC": log("ABC"); break; case "abc": log("abc"); break; }', ['abc']],
  [
    'switch ($var(s)) { case /"^B": log("1"); break; case /"B": log("2"); case "x": log("3"); default: log("d"); }',
    ['d'],
  ],
  [
    'switch ($var(s)) { case /"^a": log("re"); case "x": log("falls"); default: log("through"); }',
    ['re', 'falls', 'through'],
  ],
  ['switch ($var(five)) { case "5": log("5"); break; default: log("d"); }', ['5']],
  ['switch ($var(s5)) { case 5: log("5"); break; default: log("d"); }', ['5']],
  ['switch ($var(s)) { case 0: log("0"); break; default: log("d"); }', ['0']],
  ['switch ($avp(nope)) { case 0: log("0"); break; default: log("d"); }', ['0']],
  ['switch ($avp(nope)) { case "": log("empty"); break; default: log("d"); }', ['empty']],
  ['switch ($var(one)) { default: log("d"); case 1: log("1"); break; case 2: log("2"); }', ['1']],
  ['switch ($var(five)) { default: log("d"); case 1: log("1"); break; case 2: log("2"); }', ['d', '1']],
  ['switch ($var(one) + 1) { case 2: log("2"); }', ['2']],
  [
    'while ($var(i) < 3) { switch ($var(i)) { case 1: break; default: log("$var(i)"); } $var(i) = $var(i) + 1; }',
    ['0', '2'],
  ],
  ['$var(t) = "N1"; route($var(t)); log("$rc");', ['-1']],
  ['$var(t) = "N"; route($var(t) + "1"); log("$rc");', ['-1']],
  ['$var(x) = "a$var(one)"; log($var(x));', ['a$var(one)']],
  ['log("R " + "x$$y $avp(nope) $var(one)");', ['R x$y <null> 1']],
  ["log('R $var(one) \\n');", ['R 1 \\n']],
  ['$var(x) = strlen("a$var(y)"); log("$var(x)");', ['8']],
  ['route(ZERO); log("not reached");', []],
  ['if (route(ZERO)) { log("t"); } else { log("f"); } log("not reached");', []],
  ['$var(x) = route(ZERO); log("not reached");', []],
  ['if ($var(one) == 1 && !route(ZERO)) { log("t"); } else { log("f"); } log("not reached");', []],
  ['route(EXITS); log("not reached");', []],
  ['route(RETURNS_RESULT); log("not reached");', []],
  ['give(0); log("not reached");', []],
  ['exit(3); log("not reached");', []],
  ['if ("a$var(one)" == "a1") { log("t"); } else { log("f"); }', ['f']],
];

for (const [body, logged] of statements) {
  test(`statement: ${body}`, () => {
    const text = `request_route { ${body} }
    route[N1] { return -1; }
    route[P5] { return 5; }
    route[ZERO] { return 0; }
    route[SEES] { log("$rc"); return 1; }
    route[EXITS] { exit; log("never"); }
    route[RETURNS_RESULT] { return route(N1); }`;
    assert.deepEqual(runRequest(text, prepare).context.log, logged);
  });
}

test('drop ends the run and says so, exit does not', () => {
  const dropped = runRequest('request_route { route(D); log("no"); } route[D] { drop; }').context;
  assert.deepEqual([dropped.exited, dropped.dropped, dropped.log], [true, true, []]);
  const exited = runRequest('request_route { route(D); log("no"); } route[D] { exit; }').context;
  assert.deepEqual([exited.exited, exited.dropped, exited.log], [true, false, []]);
});

test('a loop ends after 100 rounds, and the route goes on', () => {
  const { context, host } = runRequest(
    'request_route {\n while (1) { $var(c) = $var(c) + 1; }\n log("$var(c)"); }',
  );
  assert.deepEqual(context.log, ['100']);
  assert.deepEqual(host.complaints, ['loop: test.cfg:2']);
});

test('recursion ends at its limit with -1', () => {
  const text =
    'request_route { route(A); log("$var(d) $rc"); } route[A] { $var(d) = $var(d) + 1; route(A); }';
  const { context, host } = runRequest(text);
  assert.deepEqual(context.log, ['256 -1']);
  assert.deepEqual(host.complaints, ['too deep: A']);
});

test('a computed route that does not exist is told', () => {
  const { context, host } = runRequest('request_route {\n$var(t) = "NO"; route($var(t)); log("on"); }');
  assert.deepEqual(context.log, ['on']);
  assert.deepEqual(host.complaints, ['no route: NO test.cfg:2']);
});
