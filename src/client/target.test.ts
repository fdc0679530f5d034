import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClientFailure } from './failure.ts';
import { parseTarget, requestUriFor } from './target.ts';

/** `proto host port path`. */
function seen(...args: string[]): string {
  const { hop, path } = parseTarget(args);
  return `${hop.proto ?? '-'} ${hop.host} ${hop.port} ${path}${hop.secure ? ' secure' : ''}`;
}

test('targets in all their forms', () => {
  assert.equal(seen(), 'udp 127.0.0.1 5060 /');
  assert.equal(seen('127.0.0.1'), '- 127.0.0.1 0 /');
  assert.equal(seen('example.com'), '- example.com 0 /');
  assert.equal(seen('example.com:5070'), '- example.com 5070 /');
  assert.equal(seen('example.com', '5070'), '- example.com 5070 /');
  assert.equal(seen('udp:example.com'), 'udp example.com 0 /');
  assert.equal(seen('udp://example.com:5060'), 'udp example.com 5060 /');
  assert.equal(seen('TLS:example.com:5061'), 'tls example.com 5061 /');
  assert.equal(seen('tcp', 'example.com'), 'tcp example.com 0 /');
  assert.equal(seen('tcp', 'example.com', '5060'), 'tcp example.com 5060 /');
  assert.equal(seen('tcp', 'example.com:5060'), 'tcp example.com 5060 /');
  assert.equal(seen('sip:bob@example.com:5080;transport=tls'), 'tls example.com 5080 /');
  assert.equal(seen('sips:bob@example.com'), 'tls example.com 0 / secure');
  assert.equal(seen('ws://example.com:8080/a?b'), 'ws example.com 8080 /a?b');
  assert.equal(seen('wss://example.com'), 'wss example.com 443 /');
  assert.equal(seen('wss:example.com:8443'), 'wss example.com 8443 /');
  assert.equal(seen('::1'), '- [::1] 0 /');
  assert.equal(seen('[::1]:5070'), '- [::1] 5070 /');
  assert.equal(seen('udp:[::1]:5070'), 'udp [::1] 5070 /');
  assert.equal(seen('udp', '::1', '5070'), 'udp [::1] 5070 /');
  assert.equal(seen('ws://[::1]:8080/'), 'ws [::1] 8080 /');
});

test('what is no target is refused with the reason', () => {
  for (const args of [
    ['a', 'b', 'c', 'd'],
    ['host:0'],
    ['host:70000'],
    ['host:'],
    ['xyz', 'host', '1'],
    ['sip:'],
    ['a b'],
    ['ws://'],
  ]) {
    assert.throws(
      () => parseTarget(args),
      (error) =>
        error instanceof ClientFailure && error.kind === 'usage' && error.message.startsWith('target'),
      args.join(' '),
    );
  }
});

test('the Request-URI for an address', () => {
  assert.equal(requestUriFor(parseTarget(['udp:10.0.0.1:5070']), ''), 'sip:10.0.0.1:5070');
  assert.equal(requestUriFor(parseTarget(['tls:example.com']), 'bob'), 'sip:bob@example.com;transport=tls');
  assert.equal(requestUriFor(parseTarget(['wss://h:8443/x']), 'bob'), 'sip:bob@h:8443;transport=ws');
});
