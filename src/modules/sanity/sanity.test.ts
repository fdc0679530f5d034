import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ScriptContext } from '../../module/context.ts';
import { contextOf, fakeHost, ModuleUnderTest } from '../../module/testing.ts';
import sanity from './index.ts';

const lines = [
  'OPTIONS sip:bob@example.com SIP/2.0',
  'Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK1',
  'From: <sip:a@x>;tag=ft',
  'To: <sip:b@x>',
  'Call-ID: c1',
  'CSeq: 1 OPTIONS',
  'Contact: <sip:a@x>',
  'Content-Length: 0',
];

/** The message with one line in place of the one that begins alike, or added. */
function withLine(line: string): ScriptContext {
  const name = /^[^: ]+/.exec(line)?.[0] ?? '';
  const at = lines.findIndex((other) => other.startsWith(name));
  const all = at < 0 ? [...lines, line] : lines.with(at, line);
  return contextOf(all.join('\n'));
}

function module(params: Record<string, number | string> = {}): { under: ModuleUnderTest; sent: string[] } {
  const sent: string[] = [];
  const host = fakeHost();
  host.apis.set('sl', {
    reply: (_context: ScriptContext, status: number, reason: string, options: { headers: string }) =>
      sent.push(`${status} ${reason}${options.headers === '' ? '' : ` | ${options.headers.trim()}`}`) > 0,
  });
  const under = new ModuleUnderTest(sanity, host, params);
  sanity.start?.(under.loaded.instance);
  return { under, sent };
}

test('every check answers what it finds', () => {
  const digest = 'Digest username="a", realm="b", nonce="n", uri="sip:x"';
  const cases: [string, string | undefined][] = [
    ['X: y', undefined],
    ['OPTIONS sip:bob@example.com SIP/3.0', '505 Version Not Supported'],
    ['OPTIONS foo:bob SIP/2.0', '400 Bad Request URI'],
    ['OPTIONS tel:123 SIP/2.0', undefined],
    ['OPTIONS sip:@@ SIP/2.0', '400 Bad Request URI'],
    ['To X: y', '400 Missing Required Header in Request'],
    ['Via: SIP/2.0/UDP ;branch=1', '400 Invalid Via Header'],
    ['CSeq: 1 INVITE', '400 CSeq method does not match request method'],
    ['CSeq: 99999999999 OPTIONS', '400 CSeq number is illegal'],
    ['CSeq: 4294967295 OPTIONS', undefined],
    ['Content-Length: 10', '400 Content-Length mis-match'],
    ['Content-Length: abc', '400 Content-Length mis-match'],
    ['Expires: abc', '400 Expires value is illegal'],
    ['Expires: 99999999999', '400 Expires value is illegal'],
    ['Expires: 3600', undefined],
    ['Proxy-Require: foo, baz, qux', '420 Bad Proxy Require Extension | Unsupported: baz, qux'],
    ['Proxy-Require: foo,BAR', undefined],
    ['From: <foo:bar>;tag=1', '400 Invalid From Header'],
    ['To: <sip:>', '400 Invalid To Header'],
    ['Contact: <foo>', '400 Bad Contact URI'],
    ['Contact: *', undefined],
    [`Authorization: ${digest}`, '400 Bad Auth Credentials'],
    [`Authorization: ${digest}, response="00000000000000000000000000000000"`, undefined],
    ['Authorization: Digest foo', '400 Bad Auth'],
    ['Proxy-Authorization: Basic abc', '400 Bad Auth'],
    ['From: <sip:a@x>;tag=1;tag=2', '400 Many From Tag Params'],
    ['To: <sip:a@x>;tag=1;tag=2', '400 Many To Tag Params'],
  ];
  for (const [line, expected] of cases) {
    const { under, sent } = module({ autodrop: 0, proxy_require: 'foo, bar' });
    const code = under.call('sanity_check', withLine(line), 32767, 15);
    assert.equal(code, expected === undefined ? 1 : -1, line);
    assert.equal(sent.length, expected === undefined ? 0 : 1);
    if (expected !== undefined) assert.ok(sent[0]?.startsWith(expected), `${line}: ${sent[0]}`);
  }
});

test('only the chosen checks are made', () => {
  const { under, sent } = module();
  const context = withLine('Expires: abc');
  assert.equal(under.call('sanity_check', context, 32767 - 256, 7), 1);
  assert.equal(under.call('sanity_check', context), 0);
  assert.equal(under.call('sanity_check', context, 256), 0);
  assert.equal(sent.length, 2);
  assert.equal(under.call('sanity_check', context, 0), -1);
  assert.equal(under.call('sanity_check', context, 1, 16), -1);
  assert.equal(sent.length, 2);
});

test('with noreply the script answers', () => {
  const { under, sent } = module({ noreply: 1, autodrop: 0 });
  const context = withLine('Expires: abc');
  assert.equal(under.call('sanity_reply', context), -1);
  assert.equal(under.call('sanity_check', context), -1);
  assert.deepEqual(sent, []);
  assert.equal(under.call('sanity_reply', context), 1);
  assert.deepEqual(sent, ['400 Expires value is illegal']);
});

test('an ACK is not answered', () => {
  const { under, sent } = module();
  const ack = contextOf([...lines.with(0, 'ACK sip:b@x SIP/2.0'), 'Expires: x'].join('\n'));
  assert.equal(under.call('sanity_check', ack, 256), 0);
  assert.deepEqual(sent, []);
});
