import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileRegexArgument } from '../../base/posixRegex.ts';
import type { ScriptContext } from '../../module/context.ts';
import { contextOf, fakeHost, ModuleUnderTest, rendered } from '../../module/testing.ts';
import { renderRequest } from '../../sip/render.ts';
import textops from './index.ts';

const body = 'v=0\no=alice 1 1 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 4000 RTP/AVP 0\n';

function message(): ScriptContext {
  return contextOf(
    'OPTIONS sip:bob@example.com SIP/2.0\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK1\n' +
      'From: "A" <sip:alice@example.com>;tag=ft1\nTo: <sip:bob@example.com>\nCall-ID: c1\nCSeq: 1 OPTIONS\n' +
      'Subject: hello\nX-A: v1\nX-A: v2\nx-a:v3,v4\nm: <sip:alice@127.0.0.1>\n' +
      `Privacy: id;user\nContent-Type: application/sdp\nContent-Length: 91\n\n${body}`,
  );
}

const host = fakeHost({
  formats: {
    text: (format) => (context) =>
      format.replaceAll('$rm', context.message.method).replaceAll('$fU', 'alice'),
    variable: () => assert.fail('not used'),
  },
});
const module = new ModuleUnderTest(textops, host);

function re(pattern: string): RegExp {
  const compiled = compileRegexArgument(pattern);
  assert.ok('regex' in compiled, pattern);
  return compiled.regex;
}

/** Lines that a call takes away (-) and adds (+), ends of lines without CR. */
function changes(before: ScriptContext, after = rendered(before)): string[] {
  const old = before.message.text.split('\n').map((line) => line.replace('\r', ''));
  const lines = after.split('\n').map((line) => line.replace('\r', ''));
  const gone = old.filter((line) => !lines.includes(line)).map((line) => `-${line}`);
  return [...gone, ...lines.filter((line) => !old.includes(line)).map((line) => `+${line}`)];
}

function check(name: string, args: unknown[], code: number, expected: string[]): void {
  const context = message();
  assert.equal(module.call(name, context, ...args), code, `${name}(${args.join()})`);
  assert.deepEqual(changes(context), expected, `${name}(${args.join()})`);
}

test('subst works on headers and body, with captures, the URI and variables', () => {
  check('subst', ['/^To:(.*)sip:[^@]*@[a-zA-Z0-9.]+(.*)$/t:\\1\\u\\2/ig'], 1, [
    '-To: <sip:bob@example.com>',
    '+t: <sip:bob@example.com>',
  ]);
  check('subst', ['/example/EX/'], 1, [
    '-From: "A" <sip:alice@example.com>;tag=ft1',
    '+From: "A" <sip:alice@EX.com>;tag=ft1',
  ]);
  check('subst', ['/EXAMPLE/EX/'], -1, []);
  check('subst', ['/OPTIONS/X$rm/'], 1, ['-CSeq: 1 OPTIONS', '+CSeq: 1 XOPTIONS']);
  check('subst', ['/Sub.ect.*X-A/S2/'], -1, []);
  check('subst', ['/Subject.*X-A: v2/S2/s'], 1, ['-Subject: hello', '-X-A: v1', '-X-A: v2', '+S2']);
  check('subst_body', ['/^o=(.*) /o=$fU /'], 1, ['-o=alice 1 1 IN IP4 127.0.0.1', '+o=alice 127.0.0.1']);
  check('subst_hf', ['X-A', '/v(.)/w\\1/', 'a'], 1, [
    '-X-A: v1',
    '-X-A: v2',
    '-x-a:v3,v4',
    '+X-A: w1',
    '+X-A: w2',
    '+x-a:w3,v4',
  ]);
  check('subst_hf', ['X-A', '/v(.)$/w\\1/g', 'l'], 1, ['-x-a:v3,v4', '+x-a:v3,w4']);
  check('subst_hf', ['X-A', '/v1/$$\\$\\n/', 'f'], 1, ['-X-A: v1', '+X-A: $$$']);
});

test('subst_uri and subst_user change the Request-URI at once', () => {
  const context = message();
  assert.equal(module.call('subst_uri', context, '/^sip:(bob)@(.*)$/sip:3463\\1@\\2;orig_uri=\\0/i'), 1);
  assert.equal(context.target.requestUri, 'sip:3463bob@example.com;orig_uri=sip:bob@example.com');
  const user = message();
  assert.equal(module.call('subst_user', user, '/b$/x$rm\\\\\\/y/'), 1);
  assert.equal(user.target.requestUri, 'sip:boxOPTIONS\\/y@example.com');
  assert.ok(user.uriChanged);
  assert.equal(module.call('subst_user', user, '/^/9/'), -1);
  assert.equal(module.call('subst_user', user, '/nope/9/'), -1);
  assert.equal(module.call('subst', user, 'broken'), -1);
});

test('replace and append', () => {
  check('replace', [re('V1'), 'R1'], 1, ['-X-A: v1', '+X-A: R1']);
  check('replace', [re('OPTIONS sip'), 'R1'], -1, []);
  check('replace_all', [re('v[12]'), 'R'], 1, ['-X-A: v1', '-X-A: v2', '+X-A: R', '+X-A: R']);
  check('replace_body', [re('s='), 'SS='], 1, ['-s=-', '+SS=-']);
  check('replace_body_all', [re('^[os]='), 'L='], 1, [
    '-o=alice 1 1 IN IP4 127.0.0.1',
    '-s=-',
    '+L=alice 1 1 IN IP4 127.0.0.1',
    '+L=-',
  ]);
  check('replace_hdrs', [re('s='), 'SS='], -1, []);
  check('replace_hdrs', [re('hello'), 'H'], 1, ['-Subject: hello', '+Subject: H']);
  check('replace_str', ['EXAMPLE', 'ES', 'f'], 1, []);
  check('replace_str', ['v2', 'ES', 'a'], 1, ['-X-A: v2', '+X-A: ES']);
  check('replace_body_str', ['t=0', 't=1', 'f'], 1, ['-t=0 0', '+t=1 0']);
  check('replace_hdrs_str', ['t=0', 't=1', 'f'], 1, []);
  check('search_append', [re('v1'), '--app'], 1, ['-X-A: v1', '+X-A: v1--app']);
  check('search_append_body', [re('s='), '--'], 1, ['-s=-', '+s=---']);
  check('search_append_body', [re('hello'), '--'], -1, []);
  const emptied = message();
  assert.equal(module.call('replace_body_atonce', emptied, '^.+$', ''), 1);
  assert.ok(renderRequest(emptied.message, {}).endsWith('Content-Length: 0\r\n\r\n'));
});

test('edits that overlap behave as in Kamailio', () => {
  const context = message();
  for (const [pattern, text] of [
    ['ample', '1'],
    ['exam', '2'],
    ['xampl', '3'],
  ] as const)
    module.call('replace', context, re(pattern), text);
  assert.ok(rendered(context).includes('sip:alice@231.com'));
  const twice = message();
  module.call('replace', twice, re('v1'), 'A');
  module.call('replace', twice, re('v1'), 'B');
  assert.ok(rendered(twice).includes('X-A: AB\r\n'));
  const nested = message();
  module.call('replace', nested, re('hello'), 'B');
  module.call('replace', nested, re('Subject: hello'), 'A');
  assert.ok(rendered(nested).includes('\r\nAB\r\n'));
});

test('searching looks at what was received', () => {
  const context = message();
  const results = [
    module.call('search', context, re('^options')),
    module.call('search', context, re('hello$')),
    module.call('search_body', context, re('hello')),
    module.call('search_body', context, re('^S=')),
    module.call('search_hf', context, 'From', re(':ALICE@'), 'a'),
    module.call('search_hf', context, 'X-A', re('^v2'), 'f'),
    module.call('search_hf', context, 'X-A', re('v4'), 'l'),
    module.call('search_str', context, 'sip:bob@x', 'BOB'),
    module.call('search_str', context, 'x', '('),
  ];
  assert.deepEqual(results, [1, -1, -1, 1, 1, -1, 1, 1, -1]);
});

test('headers by name, compact names, expressions', () => {
  const context = message();
  const present = ['f', 'From', 'X-a', 'Nope', 'Contact'].map((name) =>
    module.call('is_present_hf', context, name),
  );
  assert.deepEqual(present, [1, 1, 1, -1, 1]);
  assert.equal(module.call('is_present_hf_pv', context, 'm'), 1);
  assert.equal(module.call('is_present_hf_re', context, re('^x-[A]$')), 1);
  assert.equal(module.call('is_present_hf_re_pv', context, '^i$'), -1);
  assert.equal(module.call('is_privacy', context, 'USER'), 1);
  assert.equal(module.call('is_privacy', context, 'none'), -1);
  const xa = ['-X-A: v1', '-X-A: v2', '-x-a:v3,v4'];
  check('remove_hf', ['Contact'], 1, ['-m: <sip:alice@127.0.0.1>']);
  check('remove_hf', ['Nope'], -1, []);
  check('remove_hf_pv', ['x-a'], 1, xa);
  check('remove_hf_re', [re('^x-a')], 1, xa);
  check('remove_hf_re_pv', ['^x-'], 1, xa);
  check('remove_hf_exp', ['^[sx]', '^x-a$'], 1, ['-Subject: hello']);
  check('remove_hf_exp_pv', ['^S', 'xx'], 1, ['-Subject: hello']);
  check('remove_hf_idx', ['X-A', 1], 1, ['-X-A: v2']);
  check('remove_hf_idx', ['X-A', -1], 1, ['-x-a:v3,v4']);
  check('remove_hf_idx', ['X-A', 3], -1, []);
  check('remove_hf_match', ['X-A', 'eq', 'v1'], 1, ['-X-A: v1']);
  check('remove_hf_match', ['X-A', 'ne', 'v1'], 1, ['-X-A: v2', '-x-a:v3,v4']);
  check('remove_hf_match', ['X-A', 'in', '4'], 1, ['-x-a:v3,v4']);
  check('remove_hf_match', ['X-A', 're', '^V[23]'], 1, ['-X-A: v2', '-x-a:v3,v4']);
  check('remove_hf_match', ['X-A', 'eq', 'V2'], -2, []);
});

test('added headers stand where they were asked to', () => {
  const context = message();
  module.call('append_hf', context, 'N: 1\r\n', 'X-A');
  module.call('insert_hf', context, 'N: 2\r\n', 'X-A');
  module.call('append_hf', context, 'N: 3\r\n', 'X-A');
  module.call('append_hf', context, 'N: 4\r\n');
  module.call('insert_hf', context, 'N: 5\r\n');
  module.call('append_hf', context, 'N: 6', 'Nope');
  module.call('append_urihf', context, 'CC: ', '\r\n');
  const names = rendered(context)
    .split('\r\n\r\n')[0]
    ?.split('\r\n')
    .map((line) => (/^(N|CC):/.test(line) ? line : line.split(':')[0]));
  assert.deepEqual(names?.slice(1, 3), ['N: 5', 'Via']);
  assert.deepEqual(names?.slice(8, 15), ['N: 2', 'X-A', 'X-A', 'x-a', 'N: 1', 'N: 3', 'm']);
  assert.deepEqual(names?.slice(-3), ['N: 4', 'N: 6', 'CC: sip:bob@example.com']);
});

test('what goes into own responses', () => {
  const context = message();
  module.call('append_to_reply', context, 'X-R: 1\r\n');
  module.call('append_time', context);
  assert.equal(context.replyHeaders, 'X-R: 1\r\nDate: Tue, 14 Nov 2023 22:13:20 GMT\r\n');
  assert.equal(module.call('set_reply_body', context, 'hi', 'text/plain'), 1);
  assert.deepEqual(context.replyBody, {
    contentType: 'text/plain',
    body: 'hi',
    headerOffset: context.replyHeaders.length,
  });
  module.call('append_time_to_request', context);
  assert.equal(rendered(context).split('\r\n')[1], 'Date: Tue, 14 Nov 2023 22:13:20 GMT');
});

test('strings, lists and methods', () => {
  const context = message();
  const cases: [string, unknown[], number][] = [
    ['cmp_str', ['a', 'A'], -1],
    ['cmp_istr', ['a', 'A'], 1],
    ['starts_with', ['abc', 'ab'], 1],
    ['starts_with', ['abc', 'AB'], -1],
    ['ends_with', ['abc', 'bc'], 1],
    ['str_find', ['abc', 'b'], 2],
    ['str_find', ['abc', 'B'], -1],
    ['str_find', ['abc', ''], 4],
    ['str_ifind', ['abc', 'B'], 2],
    ['in_list', ['fi', 'dk,fi,no', ','], 1],
    ['in_list', ['f', 'dk,fi,no', ','], -1],
    ['in_list', ['', 'dk,,no', ','], -1],
    ['in_list_prefix', ['final', 'dk,fi,no', ','], 1],
    ['in_list_prefix', ['x', 'dk,,no', ','], -1],
    ['is_method', ['OPTIONS|UPDATE'], 1],
    ['is_method', ['options'], 1],
    ['is_method', ['INVITE|OPTION'], -1],
    ['has_body', [], 1],
    ['has_body', ['application/SDP'], 1],
    ['has_body', ['text/plain'], -1],
    ['is_audio_on_hold', [], -1],
  ];
  for (const [name, args, code] of cases)
    assert.equal(module.call(name, context, ...args), code, `${name}(${args.join()})`);
});

test('regex_substring writes a group', () => {
  const context = message();
  let value: unknown = 'init';
  const variable = {
    text: '$var(x)',
    writable: true,
    get: () => null,
    set: (_context: object, next: unknown) => {
      value = next;
    },
  };
  const find = (pattern: string, index: number, count: number) =>
    module.call('regex_substring', context, 'abc=123;d=456', pattern, index, count, variable);
  assert.equal(find('([a-z]+)=([0-9]+)', 2, 3), 1);
  assert.equal(value, '123');
  assert.equal(find('([a-z]+)=([0-9]+)', 0, 3), 1);
  assert.equal(value, 'abc=123');
  assert.equal(find('([a-z]+)=([0-9]+)', 5, 3), -1);
  assert.equal(find('zz', 0, 3), -2);
});

test('audio on hold', () => {
  const hold = (connection: string, end: string): number =>
    module.call(
      'is_audio_on_hold',
      contextOf(
        'INVITE sip:a@b SIP/2.0\nCall-ID: 1\nContent-Type: application/sdp\n\n' +
          `v=0\no=a 1 1 IN IP4 1.1.1.1\ns=-\n${connection}\nt=0 0\nm=audio 4000 RTP/AVP 0\n${end}\n`,
      ),
    ) as number;
  assert.equal(hold('c=IN IP4 0.0.0.0', 'a=x'), 1);
  assert.equal(hold('c=IN IP4 1.1.1.1', 'c=IN IP4 0.0.0.0'), 1);
  assert.equal(hold('c=IN IP4 1.1.1.1', 'a=sendonly'), 2);
  assert.equal(hold('c=IN IP4 1.1.1.1\na=inactive', 'a=x'), 2);
  assert.equal(hold('c=IN IP4 1.1.1.1', 'a=sendrecv\nm=video 1 RTP/AVP 1\na=sendonly'), -1);
});

test('thousands of edits over thousands of others', () => {
  const context = contextOf(`OPTIONS sip:a@b SIP/2.0\nCall-ID: 1\n\n${'abc'.repeat(20_000)}`);
  for (const [pattern, text] of [
    ['b', 'B'],
    ['a', 'A'],
    ['c', 'C'],
  ] as const)
    module.call('replace_body_all', context, re(pattern), text);
  assert.equal(context.message.edits.size, 60_000);
  assert.ok(rendered(context).endsWith('ABCABC'));
  module.call('replace_str', context, 'a', '_', 'a');
  assert.equal(module.call('set_body', context, 'x', 'text/plain'), 1);
  assert.ok(rendered(context).endsWith('\r\n\r\nx'));
});
