import assert from 'node:assert/strict';
import { test } from 'node:test';
import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import { compileText, link, runRequest, TestContext, testHost } from './testing.ts';

test('routes that can wait are async, all others are not', () => {
  const { code } = compileText(`
    request_route { route(A); }
    route[A] { if ($var(x)) { route(B); } }
    route[B] { give_later(1); }
    route[C] { give(1); }
    branch_route[D] { route(C); }
    failure_route[E] { route($var(x)); }
    event_route[core:start] { log("x"); }
  `);
  const isAsync = Object.fromEntries(code!.routes.map((route) => [route.key, route.isAsync]));
  assert.deepEqual(isAsync, {
    request: true,
    'route:A': true,
    'route:B': true,
    'route:C': false,
    'branch:D': false,
    'failure:E': true,
    'event:core:start': false,
  });
});

test('without a waiting sub-route a computed call stays synchronous', () => {
  const { code } = compileText(
    'request_route { route($var(x)); }\nroute[A] { exit; }\nfailure_route[F] { give_later(1); }',
  );
  assert.deepEqual(
    code!.routes.map(({ isAsync }) => isAsync),
    [false, false, true],
  );
});

test('waiting functions are awaited only when they answer a promise', async () => {
  const { context, code } = runRequest(
    `
    request_route {
      give_soon(2); log("soon $rc");
      if (!give_later(-3)) { log("later $rc"); }
      $var(x) = give_later(4) && give_later(-5); log("both $var(x) $rc");
      route($var(name)); log("dynamic $rc");
      route(W);
      give_later(0); log("not reached");
    }
    route[W] { while (give_later(1)) { log("round"); return give_later(1); } }
    route[N] { give_later(7); }
  `,
    (c) => c.variables.set('$var(name)', 'N'),
  );
  assert.ok(code instanceof Promise);
  assert.equal(await code, 0);
  assert.deepEqual(context.log, ['soon 2', 'later -3', 'both 0 -5', 'dynamic 7', 'round']);
  assert.deepEqual([context.exited, context.depth], [true, 0]);
});

test('a route that could wait makes no promise when nothing waits', () => {
  const text = `request_route {
    if (!give_soon(1)) { log("no"); exit; }
    route(A);
    if ($var(x) == 5) { if (give_soon(-1)) { log("no"); } else { log("else $rc"); } }
    route(A);
  }
  route[A] { $var(x) = give_soon(5); if (give_soon(2)) { return; } log("no"); }`;
  const { context, code } = runRequest(text);
  assert.deepEqual([code, context.log], [1, ['else -1']]);
});

test('after a wait the rest of the route runs, and only the rest', async () => {
  const text = `request_route {
    log("1");
    if ($var(on) == 0) {
      log("2");
      if (WAIT(3)) { log("3 $rc"); route(A); log("4 $rc"); } else { log("no"); }
      log("5 $rc");
    } else { log("no"); }
    $var(y) = WAIT(6); log("6 $var(y)");
    switch (WAIT(1)) { case 1: log("7"); break; default: log("no"); }
    return WAIT(1) + 8;
  }
  route[A] { log("A"); WAIT(-2); }`;
  const expected = ['1', '2', '3 3', 'A', '4 -2', '5 1', '6 6', '7'];
  for (const name of ['give_soon', 'give_later']) {
    const { context, code } = runRequest(text.replaceAll('WAIT', name));
    assert.equal(typeof code === 'number', name === 'give_soon');
    assert.equal(await code, 9);
    assert.deepEqual(context.log, expected);
  }
});

test('the end of a run behind a wait', async () => {
  for (const [ending, dropped] of [
    ['exit', false],
    ['drop', true],
    ['return 0', false],
  ] as const) {
    const { context, code } = runRequest(`request_route { route(A); log("no"); }
    route[A] { give_later(1); ${ending}; log("no"); }`);
    await code;
    assert.deepEqual([context.exited, context.dropped, context.log], [true, dropped, []]);
  }
});

test('operands before a call keep the value they had', () => {
  const { context } = runRequest(`request_route {
    $var(x) = 1;
    $var(y) = $var(x) + route(SET);
    log("$var(y) $var(x)");
    if ($var(x) == 9 && route(SET) && $var(x) == 9) { log("yes"); }
    set_to($var(z), route(SET)); log("$var(z)");
  }
  route[SET] { $var(x) = 9; return 5; }`);
  assert.deepEqual(context.log, ['2 9', 'yes', '5']);
});

test('the right side of && and || runs only when it decides', () => {
  const { context } = runRequest(`request_route {
    if (give(-1) && route(L)) { log("no"); }
    if (give(1) || route(L)) { log("first"); }
    if ($var(x) || route(L)) { log("second"); }
  }
  route[L] { log("ran"); return 1; }`);
  assert.deepEqual(context.log, ['first', 'ran', 'second']);
});

test('arguments by kind', () => {
  const { context, host } = runRequest(`flags f:7;
  request_route {
    $var(n) = "12"; $avp(re) = "^b+$"; $avp(bad) = "(";
    give("$var(n)"); log("$rc");
    give($var(n)); log("$rc");
    give(2 + 3); log("$rc");
    give("0x10"); log("$rc");
    setflag(f); setflag(3);
    if (regex_is("^A.$", "ab")) { log("constant"); }
    if (regex_is("$avp(re)", "BBB")) { log("dynamic"); }
    if (!regex_is($avp(bad), "x")) { log("bad"); }
    set_to("$avp(target)", "v $var(n)"); log($avp(target));
    literally("$ru $(x"); literally(5); log(1, "level");
  }`);
  assert.deepEqual(context.log, [
    ...['12', '12', '5', '16', 'flag 7', 'flag 3', 'constant', 'dynamic', 'bad'],
    ...['v 12', '$ru $(x', '5', 'level'],
  ]);
  assert.deepEqual(host.complaints, ['regex: (']);
});

test('keywords, addresses and myself', () => {
  const values = { $rm: 'INVITE', $ru: 'sip:me', $si: '10.1.2.3', $fu: 'sip:you', $ml: 500 };
  const { context } = runRequest(
    `request_route {
    if (method == INVITE && method == "INVITE" && method =~ "^inv") log("method");
    if (uri == myself && myself == uri && from_uri != myself) log("myself");
    if (src_ip == 10.0.0.0/8 && src_ip != 10.0.0.0/16 && src_ip == "10.1.2.3") log("network");
    if (src_ip == myself) log("local");
    if (src_ip == 2001:db8::/32) log("v6");
    if (msg:len > 400) log("long");
  }`,
    (c) => {
      for (const [name, value] of Object.entries(values)) c.variables.set(name, value);
    },
  );
  assert.deepEqual(context.log, ['method', 'myself', 'network', 'long']);
});

test('return_mode 1: return codes are numbers in expressions, true unless 0', () => {
  const { context } = runRequest(`return_mode = 1
  request_route {
    if (route(N)) { log("true"); }
    if (route(N) < 0) { log("negative"); }
    if (!route(N)) { log("no"); } else { log("not false"); }
    $var(x) = route(N) + 1; log("$var(x)");
    log("a" + route(N));
  }
  route[N] { return -2; }`);
  assert.deepEqual(context.log, ['true', 'negative', 'not false', '-1', 'a-2']);
});

test('a host name is asked for when the route runs', async () => {
  const { context, code } = runRequest(
    `request_route {
      give(-1);
      if (src_ip == ten.example.com && src_ip != other.example.com) { log("ten $rc"); }
      if (src_ip == "other.example.com") { log("other"); }
    }`,
    (c) => c.variables.set('$si', '10.1.2.3'),
  );
  await code;
  assert.deepEqual(context.log, ['ten -1']);
});

test('nothing runs of a config with errors', () => {
  const { code, failed } = compileText('request_route { nope(); }');
  assert.deepEqual([code, failed], [undefined, true]);
});

test('names that JavaScript could stumble over are just names', () => {
  const { context } =
    runRequest(`request_route { route("a-b"); route(constructor); route("a b"); route("__proto__"); log("it's \\"ok\\" \\\\ \u2028"); }
  route["a-b"] { log("1"); } route["a b"] { log("2"); } route[constructor] { log("3"); } route["__proto__"] { log("4"); }`);
  assert.deepEqual(context.log, ['1', '3', '2', '4', 'it\'s "ok" \\ \u2028']);
});

test('the source map leads back to the config', () => {
  const result = compileText('request_route {\n  $var(x) = 1;\n  log("here");\n}\nroute[A] {\n  give(5);\n}');
  const map = new TraceMap(result.code!.sourceMap);
  const lines = result.code!.javascript.split('\n');
  const originOf = (text: string): [string | null, number | null, number | null] => {
    const line = lines.findIndex((candidate) => candidate.includes(text));
    const column = lines[line]!.length - lines[line]!.trimStart().length;
    const origin = originalPositionFor(map, { line: line + 1, column });
    return [origin.source, origin.line, origin.column];
  };
  assert.deepEqual(originOf('(c, "here")'), ['test.cfg', 3, 2]);
  assert.deepEqual(originOf('(c, 5)'), ['test.cfg', 6, 2]);
  assert.deepEqual(originOf('function request_route'), ['test.cfg', 1, 0]);
  assert.ok(lines.some((line) => line.includes('function route_A(c)')));
});

test('trace hooks name each statement, and are not there without the option', () => {
  const text = 'request_route {\n  log("a");\n  if ($var(x)) {\n    log("b");\n  }\n  exit;\n}';
  const traced = compileText(text, { trace: true });
  const host = testHost();
  link(traced, host).routes.request!(new TestContext());
  const lines = host.statements.map((site) => traced.code!.sites[site]!.line);
  assert.deepEqual(lines, [2, 3, 6]);
  const plain = compileText(text);
  assert.ok(!plain.code!.javascript.includes('host.statement'));
  assert.deepEqual(plain.code!.sites, []);
});

/** What the code of a simple route looks like: no closures, no arrays, everything linked once. */
const golden = `(link, ops) => {
  "use strict";
  const { host, toInt, toText, toShown, add, divide, equal, equalText, equalInt } = ops;
  const maxDepth = host.maxRecursiveLevel;
  function request_route(c) {
    let r = 1, t0, t1, t2;
    if (equalText(g0_rm(c), "INVITE", 0)) {
      t0 = f2_log(c, "call to " + toShown(g1_ru(c)));
      if ((c.returnCode = t0) === 0) { c.exited = true; return 0; }
    }
    t1 = f3_give(c, 1);
    if ((c.returnCode = t1) === 0) { c.exited = true; return 0; }
    if (!(t1 > 0)) {
      c.exited = true; return 1;
    }
    s5_var_x(c, add(g4_var_x(c), 1), "=");
    t2 = route_A(c);
    if (c.exited) return t2;
    c.returnCode = t2;
    r = t2;
    return r;
  }
  function route_A(c) {
    let r = 1;
    return (-1);
    return r;
  }
`;

test('golden: the code of a small config', () => {
  const { code } = compileText(`request_route {
    if (method == "INVITE") { log("call to $ru"); }
    if (!give(1)) { exit; }
    $var(x) = $var(x) + 1;
    route(A);
  }
  route[A] { return -1; }`);
  assert.equal(code!.javascript.slice(0, golden.length), golden);
});
