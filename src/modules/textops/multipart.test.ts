import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ScriptContext } from '../../module/context.ts';
import { contextOf, ModuleUnderTest } from '../../module/testing.ts';
import { isWireError, parseMessage } from '../../sip/message.ts';
import { renderRequest } from '../../sip/render.ts';
import textops from './index.ts';

const module = new ModuleUnderTest(textops);
const head = 'INVITE sip:a@b SIP/2.0\nCall-ID: 1\n';

function multipart(): ScriptContext {
  const body =
    'preamble\n--bd\nContent-Type: text/a;charset=x\nX-H: y\n\nbody a\nline 2\n--bd\n' +
    'content-type: text/b\n\nbody b\n--bd--\nepilogue\n';
  return contextOf(`${head}Content-Type: multipart/mixed;boundary="bd"\n\n${body}`);
}

/** The message as it leaves, read again. */
function sent(context: ScriptContext): { body: string; type: string | undefined; text: string } {
  const text = renderRequest(context.message, {});
  const message = parseMessage(text);
  assert.ok(!isWireError(message));
  assert.equal(message.contentLength, message.text.length - message.bodyStart);
  return { text, body: message.body.replaceAll('\r\n', '\n'), type: /Content-Type: (.*)\r/.exec(text)?.[1] };
}

function part(context: ScriptContext, type: string, name = 'get_body_part'): string | number {
  let value = '';
  const variable = {
    text: '$var(x)',
    writable: true,
    get: () => null,
    set: (_context: object, next: unknown) => {
      value = String(next);
    },
  };
  const code = module.call(name, context, type, variable) as number;
  return code === 1 ? value.replaceAll('\r\n', '\n') : code;
}

test('set_body replaces body and Content-Type, also twice', () => {
  const context = contextOf(`${head}Content-Type: application/sdp\nContent-Length: 3\n\nold`);
  assert.equal(module.call('set_body', context, '', 'text/plain'), -1);
  module.call('set_body', context, 'hello', 'text/plain');
  module.call('set_body', context, 'again!', 'text/html');
  const { body, text } = sent(context);
  assert.equal(body, 'again!');
  assert.deepEqual(text.match(/Content-[TL].*/g), ['Content-Length: 6', 'Content-Type: text/html']);
  const empty = contextOf(`${head}Content-Length: 0\n`);
  module.call('set_body', empty, 'hello', 'text/plain');
  assert.equal(sent(empty).body, 'hello');
});

test('parts are found by type', () => {
  const context = multipart();
  assert.equal(part(context, 'text/b'), 'body b');
  assert.equal(part(context, 'TEXT/A'), 'body a\nline 2');
  assert.equal(part(context, 'text/none'), -1);
  assert.equal(part(context, 'text/b', 'get_body_part_raw'), 'content-type: text/b\n\nbody b\n--bd--\n');
  const plain = contextOf(`${head}Content-Type: text/b\n\nwhole`);
  assert.equal(part(plain, 'text/b'), 'whole');
  assert.equal(part(plain, 'text/c'), -1);
});

test('filter_body leaves one part', () => {
  const context = multipart();
  assert.equal(module.call('filter_body', context, 'text/b'), 1);
  assert.equal(sent(context).body, 'body b');
  assert.equal(module.call('filter_body', multipart(), 'text/none'), -1);
});

test('remove_body_part and append_body_part', () => {
  const context = multipart();
  assert.equal(module.call('remove_body_part', context, 'text/b'), 1);
  assert.equal(module.call('append_body_part', context, 'NEW', 'text/new\r\nX: y', 'signal'), 1);
  assert.equal(module.call('append_body_part_hex', context, '6b 61 6D', 'text/hex'), 1);
  assert.equal(module.call('append_body_part_hex', context, '6b 6', 'text/hex'), -1);
  assert.equal(
    sent(context).body,
    'preamble\n--bd\nContent-Type: text/a;charset=x\nX-H: y\n\nbody a\nline 2\n' +
      '--bd\nContent-Type: text/new\nX: y\nContent-Disposition: signal\n\nNEW\n' +
      '--bd\nContent-Type: text/hex\n\nkam\n--bd--\nepilogue\n',
  );
  assert.equal(module.call('remove_body_part', context, 'text/none'), -1);
  assert.equal(module.call('append_body_part', contextOf(head), 'x', 'text/x'), -1);
});

test('set_body_multipart', () => {
  const fresh = contextOf(`${head}Content-Length: 0\n`);
  assert.equal(module.call('set_body_multipart', fresh, 'test', 'text/plain', 'delim'), 1);
  assert.equal(sent(fresh).body, '--delim\nContent-Type: text/plain\n\ntest\n--delim--\n');
  assert.equal(sent(fresh).type, 'multipart/mixed;boundary="delim"');
  const received = contextOf(`${head}Content-Type: application/sdp\n\nv=0\n`);
  assert.equal(module.call('set_body_multipart', received), 1);
  assert.equal(
    sent(received).body,
    '--unique-boundary-1\nContent-Type: application/sdp\n\nv=0\n\n--unique-boundary-1--\n',
  );
  assert.equal(module.call('set_body_multipart', contextOf(head)), -1);
});
