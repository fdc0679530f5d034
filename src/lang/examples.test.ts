import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseText } from './testing.ts';

const STOCK = '/etc/kamailio/kamailio.cfg';
const EXAMPLES = '/usr/share/doc/kamailio/examples';

/** What is really wrong with an example, by code: the real server refuses these as well. */
const knownMistakes: Readonly<Record<string, readonly string[]>> = {
  'exec/exec_s5.cfg': ['OL0201'],
  'exec/exec_s5b.cfg': ['OL0201'],
  'kamailio/exec_s5.cfg': ['OL0201'],
  'pkg/sip-router-oob.cfg': ['OL0006'],
  'pkg/sip-router-basic.cfg': ['OL0005'],
};

const defineVariants = [
  '',
  '#!define WITH_MYSQL\n#!define WITH_AUTH\n#!define WITH_NAT\n#!define WITH_TLS\n',
];

for (const [index, defines] of defineVariants.entries()) {
  const skip = existsSync(STOCK) ? false : 'the package kamailio is not installed';
  test(`the stock config parses (variant ${index})`, { skip }, () => {
    const { config, diagnostics } = parseText(defines + readFileSync(STOCK, 'latin1'));
    assert.deepEqual(diagnostics, []);
    const routes = config.items.filter((item) => item.kind === 'route');
    assert.equal(routes.length, 18);
  });
}

function exampleFiles(): string[] {
  if (!existsSync(EXAMPLES)) return [];
  return readdirSync(EXAMPLES, { recursive: true })
    .map(String)
    .filter((path) => path.endsWith('.cfg') && !path.includes('tls.cfg'));
}

test('the example configs parse', { skip: exampleFiles().length === 0 && 'no examples installed' }, () => {
  for (const path of exampleFiles()) {
    const { diagnostics, config } = parseText(readFileSync(`${EXAMPLES}/${path}`, 'latin1'));
    const codes = diagnostics.map(({ code }) => code).filter((code) => code !== 'OL0001');
    const includes = diagnostics.length > codes.length;
    // a define that stands in a missing include leaves a bare word behind
    if (!includes) assert.deepEqual(codes, knownMistakes[path] ?? [], path);
    assert.ok(config.items.length > 0, path);
  }
});
