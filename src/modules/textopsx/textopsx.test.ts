import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ScriptContext } from '../../module/context.ts';
import { contextOf, ModuleUnderTest, rendered } from '../../module/testing.ts';
import { renderRequest, renderResponse } from '../../sip/render.ts';
import textopsx from './index.ts';

const module = new ModuleUnderTest(textopsx);

function message(): ScriptContext {
  return contextOf(
    'OPTIONS sip:bob@example.com SIP/2.0\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK1\n' +
      'From: "A" <sip:alice@example.com>;tag=ft1\nTo: <sip:bob@example.com>\nCall-ID: c1\nCSeq: 1 OPTIONS\n' +
      'Subject: hello\nX-A: v1\nX-A: v2\nx-a:v3, v4\nX-P: <sip:a@b>;bar=1, <sip:c@d>;bar="x,y";z\n' +
      'X-One: one\nSupported: timer,100rel\nk: path2\n' +
      'Authorization: Digest username="bob", realm="x", uri="sip:x,y"\nUser-Agent: ua\n' +
      'Content-Type: text/plain\nContent-Length: 14\n\nv=0\ns=-\nt=0\n',
  );
}

function changes(context: ScriptContext, text = rendered(context)): string[] {
  const old = context.message.text.split('\r\n');
  const lines = text.split('\r\n');
  return [
    ...old.filter((line) => !lines.includes(line)).map((line) => `-${line}`),
    ...lines.filter((line) => !old.includes(line)).map((line) => `+${line}`),
  ];
}

function check(name: string, args: unknown[], code: number, expected: string[]): void {
  const context = message();
  assert.equal(module.call(name, context, ...args), code, `${name}(${args.join()})`);
  assert.deepEqual(changes(context), expected, `${name}(${args.join()})`);
}

test('values of headers, as the real server edits them', () => {
  check('append_hf_value', ['foo', 'gogo'], 1, ['+foo: gogo']);
  check('append_hf_value', ['X-A[1]', 'gogo'], 1, ['-X-A: v1', '+X-A: v1,gogo']);
  check('append_hf_value', ['X-A[-1]', 'gogo'], 1, ['-x-a:v3, v4', '+x-a:v3, v4,gogo']);
  check('append_hf_value', ['X-A[3]', 'gogo'], 1, ['-x-a:v3, v4', '+x-a:v3,gogo, v4']);
  check('append_hf_value', ['X-A[9]', 'gogo'], 1, ['+X-A: gogo']);
  check('insert_hf_value', ['X-A', 'gogo'], 1, ['+X-A: gogo']);
  check('insert_hf_value', ['X-A[2]', 'gogo'], 1, ['-X-A: v2', '+X-A: gogo,v2']);
  check('insert_hf_value', ['foo[2]', 'gogo'], -1, []);
  check('remove_hf_value', ['X-A'], 1, ['-X-A: v1']);
  check('remove_hf_value', ['X-A[*]'], 1, ['-X-A: v1', '-X-A: v2', '-x-a:v3, v4']);
  check('remove_hf_value', ['X-A[-1]'], 1, ['-x-a:v3, v4', '+x-a:v3']);
  check('remove_hf_value', ['X-A[3]'], 1, ['-x-a:v3, v4', '+x-a: v4']);
  check('remove_hf_value', ['X-P.bar'], 1, [
    '-X-P: <sip:a@b>;bar=1, <sip:c@d>;bar="x,y";z',
    '+X-P: <sip:a@b>, <sip:c@d>;bar="x,y";z',
  ]);
  check('remove_hf_value', ['X-P[*].bar'], 1, [
    '-X-P: <sip:a@b>;bar=1, <sip:c@d>;bar="x,y";z',
    '+X-P: <sip:a@b>, <sip:c@d>;z',
  ]);
  check('remove_hf_value', ['X-A[9]'], -1, []);
  check('assign_hf_value', ['X-A[-1]', 'gogo'], 1, ['-x-a:v3, v4', '+x-a:v3, gogo']);
  check('assign_hf_value', ['X-P[*].bar', ''], 1, [
    '-X-P: <sip:a@b>;bar=1, <sip:c@d>;bar="x,y";z',
    '+X-P: <sip:a@b>;bar, <sip:c@d>;bar;z',
  ]);
  check('assign_hf_value', ['X-P[1].new', 'q'], 1, [
    '-X-P: <sip:a@b>;bar=1, <sip:c@d>;bar="x,y";z',
    '+X-P: <sip:a@b>;bar=1;new=q, <sip:c@d>;bar="x,y";z',
  ]);
  check('assign_hf_value', ['foo.x', 'q'], -1, []);
});

test('values with commas inside (Authorization)', () => {
  const line = 'Authorization: Digest username="bob", realm="x", uri="sip:x,y"';
  check('assign_hf_value2', ['Authorization.integrity-protected', '"yes"'], 1, [
    `-${line}`,
    `+${line},integrity-protected="yes"`,
  ]);
  check('assign_hf_value2', ['Authorization.realm', '"yes"'], 1, [
    `-${line}`,
    `+${line.replace('"x"', '"yes"')}`,
  ]);
  check('assign_hf_value2', ['Authorization.username', '"eve"'], 1, [
    `-${line}`,
    `+${line.replace('"bob"', '"eve"')}`,
  ]);
  check('remove_hf_value2', ['Authorization.realm'], 1, [`-${line}`, `+${line.replace(', realm="x"', '')}`]);
  check('remove_hf_value2', ['Authorization.username'], 1, [
    `-${line}`,
    `+${line.replace('username="bob", ', '')}`,
  ]);
  check('remove_hf_value2', ['Authorization.uri'], 1, [
    `-${line}`,
    `+${line.replace(', uri="sip:x,y"', '')}`,
  ]);
  check('assign_hf_value2', ['X-A[3]', 'zz'], 1, ['-x-a:v3, v4', '+x-a:zz']);
});

test('sets of values', () => {
  check('include_hf_value', ['Supported', 'path'], 1, [
    '-Supported: timer,100rel',
    '+Supported: timer,100rel,path',
  ]);
  check('include_hf_value', ['Supported', '100REL'], 1, []);
  check('include_hf_value', ['Foo', 'x'], 1, ['+Foo: x']);
  check('exclude_hf_value', ['Supported', '100rel'], 1, ['-Supported: timer,100rel', '+Supported: timer']);
  check('exclude_hf_value', ['Supported', 'TIMER'], 1, ['-Supported: timer,100rel', '+Supported: 100rel']);
  check('exclude_hf_value', ['X-One', 'one'], 1, ['-X-One: one']);
  check('exclude_hf_value', ['Supported', 'path2'], 1, ['-k: path2']);
  const context = message();
  assert.equal(module.call('hf_value_exists', context, 'Supported', '100REL'), 1);
  assert.equal(module.call('hf_value_exists', context, 'x_one', 'one'), 1);
  assert.equal(module.call('hf_value_exists', context, 'Supported', 'no'), -1);
});

test('several values of one line go together', () => {
  const context = contextOf('OPTIONS sip:a@b SIP/2.0\nCall-ID: 1\nSupported: a,b, a ,c,a,a\n');
  module.call('exclude_hf_value', context, 'Supported', 'a');
  assert.match(rendered(context), /\r\nSupported: b,c\r\n/);
});

test('keep_hf and remove_body', () => {
  check('keep_hf', [/^x-a/i], 1, [
    '-Subject: hello',
    '-X-P: <sip:a@b>;bar=1, <sip:c@d>;bar="x,y";z',
    '-X-One: one',
    '-Supported: timer,100rel',
    '-k: path2',
    '-Authorization: Digest username="bob", realm="x", uri="sip:x,y"',
    '-User-Agent: ua',
  ]);
  const all = message();
  module.call('keep_hf', all);
  assert.ok(!/X-A|x-a|Subject/.test(rendered(all)));
  const context = message();
  assert.equal(module.call('remove_body', context), 1);
  assert.ok(renderRequest(context.message, {}).endsWith('Content-Length: 0\r\n\r\n'));
});

test('fnmatch', () => {
  const cases: [string, string, string | undefined, number][] = [
    ['bob', 'b*', undefined, 1],
    ['bob', 'B*', undefined, -1],
    ['bob', 'B?b', 'i', 1],
    ['a/b', 'a*', undefined, 1],
    ['a]b', 'a[]x]b', undefined, 1],
    ['axb', 'a[!a-c]b', undefined, 1],
    ['aab', 'a[!a-c]b', undefined, -1],
    ['a*b', 'a\\*b', undefined, 1],
    ['axb', 'a\\*b', undefined, -1],
    ['a5', 'a[[:digit:]]', undefined, 1],
    ['a[', 'a[', undefined, 1],
    ['a.b', 'a.b+', undefined, -1],
  ];
  for (const [value, pattern, flags, code] of cases) {
    const args = flags === undefined ? [value, pattern] : [value, pattern, flags];
    assert.equal(module.call('fnmatch', message(), ...args), code, `${value} ${pattern}`);
  }
});

test('header iterators', () => {
  const context = message();
  const name = module.bind('$hfitname(i)');
  const body = module.bind('$hfitbody(i)');
  assert.equal(module.call('hf_iterator_start', context, 'i'), 1);
  assert.equal(name.get(context), null);
  module.call('hf_iterator_next', context, 'i');
  module.call('hf_iterator_next', context, 'i');
  assert.equal(name.get(context), 'From');
  module.call('hf_iterator_prev', context, 'i');
  assert.equal(body.get(context), 'SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK1');
  while (module.call('hf_iterator_next', context, 'i') === 1) {
    if (name.get(context) === 'X-A') module.call('hf_iterator_rm', context, 'i');
    if (name.get(context) === 'Subject') {
      module.call('hf_iterator_append', context, 'i', 'N: 1\r\n');
      module.call('hf_iterator_insert', context, 'i', 'N: 2\r\n');
    }
  }
  assert.equal(name.get(context), null);
  assert.deepEqual(changes(context), ['-X-A: v1', '-X-A: v2', '+N: 2', '+N: 1']);
  assert.match(rendered(context), /N: 2\r\nSubject: hello\r\nN: 1\r\n/);
  assert.equal(module.call('hf_iterator_rm', context, 'i'), -1);
  for (const other of ['a', 'b', 'c']) assert.equal(module.call('hf_iterator_start', context, other), 1);
  assert.equal(module.call('hf_iterator_start', context, 'd'), -1);
  assert.equal(module.call('hf_iterator_end', context, 'i'), 1);
  assert.equal(module.call('hf_iterator_start', context, 'd'), 1);
  assert.equal(module.call('hf_iterator_end', context, 'nope'), -1);
});

test('body line iterators', () => {
  const context = message();
  const line = module.bind('$blitval(b)');
  module.call('bl_iterator_start', context, 'b');
  module.call('bl_iterator_next', context, 'b');
  assert.equal(line.get(context), 'v=0\r\n');
  module.call('bl_iterator_rm', context, 'b');
  module.call('bl_iterator_next', context, 'b');
  module.call('bl_iterator_append', context, 'b', 'a=1\r\n');
  module.call('bl_iterator_insert', context, 'b', 'a=2\r\n');
  assert.equal(module.call('bl_iterator_end', context, 'b'), 1);
  assert.equal(line.get(context), null);
  assert.ok(rendered(context).endsWith('\r\n\r\na=2\r\ns=-\r\na=1\r\nt=0\r\n'));
});

test('msg_apply_changes shows the edits and keeps the rest', () => {
  const context = message();
  const old = context.message;
  context.message.appendHeader('N: 1\r\n');
  context.target.requestUri = 'sip:new@x';
  context.flags = 8;
  context.replyHeaders = 'X-Lost: as in Kamailio\r\n';
  assert.equal(module.call('msg_apply_changes', context), 1);
  assert.notEqual(context.message, old);
  assert.equal(context.replyHeaders, '');
  assert.ok(context.message.findName('N') > 0);
  assert.equal(context.message.requestUri, 'sip:new@x');
  assert.deepEqual([context.target.requestUri, context.flags], ['sip:new@x', 8]);
  assert.equal(context.message.edits.size, 0);
  context.message.edits.insert(context.message.headersStart, () => 'Record-Route: <sip:x>\r\n');
  assert.equal(module.call('msg_apply_changes', context), -1);
  const broken = message();
  broken.message.edits.replace(broken.message.headersStart, broken.message.headersEnd, 'garbage');
  assert.equal(module.call('msg_apply_changes', broken), 0);
});

test('msg_set_buffer', () => {
  const context = message();
  const text = 'INVITE sip:set@x SIP/2.0\r\nCall-ID: zz\r\n\r\n';
  assert.equal(module.call('msg_set_buffer', context, text), 1);
  assert.deepEqual([context.message.callId, context.target.requestUri], ['zz', 'sip:set@x']);
  assert.equal(module.call('msg_set_buffer', context, 'SIP/2.0 200 OK\r\nCall-ID: zz\r\n\r\n'), -1);
  assert.equal(module.call('msg_set_buffer', context, 'nonsense'), 0);
});

test('change_reply_status', () => {
  const response = (): ScriptContext =>
    contextOf('SIP/2.0 603 Decline it\nVia: SIP/2.0/UDP a;branch=1\nCall-ID: 1\nCSeq: 1 INVITE\n');
  const context = response();
  assert.equal(module.call('change_reply_status', context, 404, 'Not Found'), 1);
  assert.equal(module.call('change_reply_status_code', context, 480), 1);
  assert.equal(context.message.statusCode, 480);
  assert.ok(renderResponse(context.message, {}).startsWith('SIP/2.0 480 Not Found\r\nVia'));
  assert.equal(module.call('change_reply_status', response(), 200, 'OK'), -1);
  assert.equal(module.call('change_reply_status', message(), 404, 'x'), -1);
  const ok = contextOf('SIP/2.0 200 OK\nCall-ID: 1\nCSeq: 1 INVITE\n');
  assert.equal(module.call('change_reply_status', ok, 404, 'x'), -1);
  assert.equal(module.call('change_reply_status', ok, 202, 'Accepted'), 1);
});
