/** What `olelo send` prints: views, JSON, ladder, series, exit codes for scripts, information without sending. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { oleloVersion } from '../../src/base/version.ts';
import { sendOptions } from '../../src/cli/send/options.ts';
import { reply, UdpResponder } from './responder.ts';
import { send } from './stage.ts';

let peer: UdpResponder;
let folder: string;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'olelo-send-'));
  let count = 0;
  peer = await UdpResponder.open((text) => {
    if (text.includes('lossy') && ++count % 5 === 0) return '';
    return reply(text, text.startsWith('INFO') ? 480 : 200, 'Fine');
  });
});
after(() => {
  peer.close();
  rmSync(folder, { recursive: true, force: true });
});

async function output(...args: string[]): Promise<{ code: number | null; text: string }> {
  const result = await send(args);
  return { code: result.code, text: result.stdout + result.stderr };
}

test('one line and an exit code', async () => {
  const { code, text } = await output(peer.target);
  assert.equal(code, 0);
  assert.match(text, /^alive: 200 Fine from udp:127\.0\.0\.1:\d+ in \d+(\.\d)? ms\n$/);
});

test('a Contact where the method needs one, or where it is asked for', async () => {
  const contact = async (...args: string[]): Promise<string | undefined> => {
    await output(...args, peer.target);
    return /^Contact: (.*)\r$/m.exec(peer.received.at(-1) ?? '')?.[1];
  };
  assert.equal(await contact(), undefined);
  assert.match((await contact('-cb')) ?? '', /^<sip:alice@127\.0\.0\.1:\d+>$/);
  assert.match((await contact('-contact-build', '-fu', 'x')) ?? '', /^<sip:x@127/);
  assert.match((await contact('-register')) ?? '', /^<sip:alice@/);
  assert.equal(await contact('-register', '-cb=false'), undefined);
});

test('levels', async () => {
  assert.equal((await output('-vl', '0', peer.target)).text, '');
  assert.equal((await output('-verbosity', '0', peer.target)).text, '');
  const lines = (await output('-v', peer.target)).text.split('\n');
  assert.match(lines[0] ?? '', /^\d\d:\d\d:\d\d\.\d{3} {2}-> udp:127\.0\.0\.1:\d+ {2}OPTIONS sip:/);
  assert.match(lines[1] ?? '', /<- udp:127\.0\.0\.1:\d+ {2}200 Fine \(OPTIONS\)$/);
  assert.match((await output('-vv', peer.target)).text, /\n {4}Via: SIP\/2\.0\/UDP/);
  assert.ok(!(await output('-vv', peer.target)).text.includes('\u001b'), 'no colours in a pipe');
});

test('colours', async () => {
  assert.match((await output('-v', '-co', peer.target)).text, /\u001b\[36m->\u001b\[0m/);
  assert.match(
    (await output('-vv', '-color-output', '-com', peer.target)).text,
    /\u001b\[36mVia\u001b\[0m: SIP/,
  );
  assert.ok(
    !(await output('-vv', '-color', '-color-message=false', peer.target)).text.includes('\u001b[36mVia'),
  );
});

test('JSON, one object a line', async () => {
  const { code, text } = await output('-json', peer.target);
  const events = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual(
    events.map(({ event }) => event),
    ['sent', 'received', 'result'],
  );
  const [sent, received, result] = events;
  assert.deepEqual(
    [sent?.method, sent?.proto, sent?.agent, received?.status],
    ['OPTIONS', 'udp', 'alice', 200],
  );
  assert.deepEqual([result?.ok, result?.exitCode, result?.status, code], [true, 0, 200, 0]);
  const failed = JSON.parse(
    (await output('-j', '-info', '-expect', '2xx', peer.target)).text.trim().split('\n').at(-1) ?? '',
  ) as Record<string, unknown>;
  assert.deepEqual([failed.ok, failed.exitCode, failed.status], [false, 1, 480]);
  const refused = JSON.parse((await output('-j', 'nosuch.invalid')).text) as Record<string, unknown>;
  assert.deepEqual([refused.failure, refused.exitCode], ['unknownHost', 5]);
});

test('exit codes for scripts', async () => {
  assert.equal((await output('-exit-status', peer.target)).code, 200);
  assert.equal((await output('-exit-status', '-info', peer.target)).code, 480 % 256);
  assert.equal((await output('-nagios', peer.target)).code, 0);
  assert.equal((await output('-nagios', '-info', peer.target)).code, 2);
  assert.equal((await output('-nagios', 'nosuch.invalid')).code, 2);
  assert.equal((await output('-nagios', 'bad:target:x')).code, 3);
});

test('a ladder when asked', async () => {
  const { text } = await output('-ladder', peer.target);
  assert.match(
    text,
    /alice +udp:127\.0\.0\.1:\d+\n +0\.000 {2}\|-+ OPTIONS -+>\|\n +0\.\d{3} {2}\|<-+ 200 Fine -+\|\n/,
  );
});

test('a series: rate, latency, loss', async () => {
  const good = await output('-count', '40', '-rate', '400', peer.target);
  assert.equal(good.code, 0, good.text);
  assert.match(
    good.text,
    /^40 sent, 40 answered, 40 as expected, loss 0% in .*\/s\)\nlatency: min .*, p50 .*, p95 .*, p99 .*, max .* ms\nresponses: 200 40\n$/,
  );
  const lossy = await output(
    '-n',
    '10',
    '-rate',
    '100',
    '-fu',
    'lossy',
    '-timer-t1',
    '1000',
    '-timeout',
    '300',
    peer.target,
  );
  assert.equal(lossy.code, 12, lossy.text);
  assert.match(lossy.text, /10 sent, 8 answered, 8 as expected, loss 20%/);
  assert.match(lossy.text, /failures: timeout 2; the last one: no answer/);
  const timed = await output('-until', '0.3', '-info', '-expect', '480', peer.target);
  assert.equal(timed.code, 0, timed.text);
  assert.match(timed.text, /responses: 480 \d+/);
  const summary = JSON.parse(
    (await output('-run-count', '3', '-json', peer.target)).text.trim().split('\n').at(-1) ?? '',
  ) as Record<string, unknown>;
  assert.deepEqual([summary.event, summary.sent, summary.answered], ['summary', 3, 3]);
});

test('templates are shown, not sent', async () => {
  const before = peer.received.length;
  const { code, text } = await output('-template-run', '-tu', 'x', peer.target);
  assert.equal(code, 0);
  assert.match(text, /^OPTIONS sip:127\.0\.0\.1:\d+ SIP\/2\.0\n?\r?\n?Via: SIP\/2\.0\/UDP 127\.0\.0\.1:\d+/);
  assert.match((await output('-tpr', peer.target)).text, /To: <sip:bob@localhost>/);
  assert.match((await output('-template-defaults')).text, /\{\{\.method\}\} \{\{\.ruri\}\} SIP\/2\.0/);
  assert.match((await output('-tpd')).text, /"viabranch": "\$uuid"/);
  assert.equal(peer.received.length, before);
});

test('raw bytes go out as they are', async () => {
  const path = join(folder, 'raw.txt');
  const text = 'OPTIONS sip:x SIP/2.0\r\nVia: SIP/2.0/UDP {{.x}}\nCSeq: 1\r\n\r\n';
  writeFileSync(path, text);
  const { code, text: answer } = await output('-raw', '-tf', path, peer.target);
  assert.equal(code, 0, answer);
  assert.equal(peer.received.at(-1), text);
  assert.match(answer, /SIP\/2\.0 200 Fine/);
  assert.equal((await output('-raw', peer.target)).code, 2);
  const parts = await output('-no-parse', '-no-crlf', '-fv', 'tuser:>broken<', peer.target);
  assert.equal(parts.code, 0, parts.text);
  assert.match(peer.received.at(-1) ?? '', /To: <sip:>broken<@localhost>\n/);
});

test('where it would be sent to', async () => {
  const { code, text } = await output('-dns-srv-print', 'localhost:5070');
  assert.equal(code, 0, text);
  assert.match(text, /_sip\._udp\.localhost: /);
  assert.match(text, /would be sent to, in this order:\n {2}udp:127\.0\.0\.1:5070/);
});

test('help has every option, and the examples are options that exist', async () => {
  const help = (await output('--help')).text;
  for (const [name, { aliases, help: text }] of Object.entries(sendOptions)) {
    for (const each of [name, ...aliases]) assert.ok(help.includes(`-${each}`), each);
    assert.ok(help.replace(/\s+/g, ' ').includes(text), name);
  }
  assert.match((await output('-h')).text, /Exit codes:\n {4}0 {2}/);
  const examples = (await output('-help-commands')).text;
  assert.equal((await output('-hc')).text, examples);
  assert.equal((await output('-examples')).text, examples);
  assert.match(examples, /# Call myself\nolelo send --call-self/);
  assert.equal((await output('-version')).text, `olelo ${oleloVersion}\n`);
  assert.match((await output('-flag-defaults', '-fu', 'x')).text, /\nfuser=x\n/);
  assert.match((await output('-fvd')).text, /^options=\n/);
});

test('each option has a test', () => {
  const names = [
    'src/cli/send/recipe.test',
    'src/cli/send/settings.test',
    'test/send/output.test',
    'test/send/failures.test',
    'test/send/sessions.test',
  ];
  const root = join(import.meta.dirname, '..', '..', '..');
  const corpus = names.map((name) => readFileSync(join(root, `${name}.ts`), 'utf8')).join('\n');
  const all = Object.entries(sendOptions).flatMap(([name, { aliases }]) => [name, ...aliases]);
  const missing = all.filter((name) => !new RegExp(`['"]--?${name}['"=]`).test(corpus));
  assert.deepEqual(missing, []);
});
