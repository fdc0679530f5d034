import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { LogLevel, type LogRecord } from '../../base/ports.ts';
import { deferred, temporaryFolder } from '../testing.ts';
import { bindUnixDatagram } from '../unix.ts';
import { textLine } from './format.ts';
import { JsonLogFormat, parseJsonLogFlags } from './jsonSink.ts';
import { LogOutput } from './output.ts';

const spoken: LogRecord = {
  level: LogLevel.error,
  component: 'tm',
  text: 'no luck',
  fields: { file: 't_fwd.c', line: 12, function: 't_relay', logprefix: '{1 abc} ', callid: 'abc' },
};
const scripted: LogRecord = { level: LogLevel.info, component: '<script>', text: 'hello\n' };

test('lines look like those of Kamailio', () => {
  assert.equal(textLine(spoken), 'ERROR: {1 abc} tm [t_fwd.c:12]: t_relay(): no luck\n');
  assert.equal(textLine(scripted), 'INFO: <script>: hello\n');
  assert.equal(textLine({ level: -9, component: '<core>', text: 'x' }), 'ALERT: <core>: x\n');
});

function json(letters: string, record: LogRecord): string {
  const identity = { pid: 7, application: 'olelo', hostname: 'h', wallMs: () => 0 };
  return new JsonLogFormat(parseJsonLogFlags(letters), identity).line(record);
}

test('JSON documents have the fields of Kamailio, in their order', () => {
  assert.equal(
    json('c', spoken),
    '{ "idx": 0, "pid": 7, "level": "ERROR", "module": "tm", "file": "t_fwd.c", "line": 12, "function": "t_relay", ' +
      '"callid": "abc", "logprefix": "{1 abc} ", "message": "no luck" }\n',
  );
  assert.equal(JSON.parse(json('M', scripted)).message, 'hello');
  assert.equal(JSON.parse(json('', scripted)).message, 'hello\n');
  assert.equal(JSON.parse(json('', scripted)).module, 'xlog');
  assert.equal(JSON.parse(json('a', scripted))['olelo.level'], 'INFO');
  assert.equal(JSON.parse(json('Aa', scripted)).level, 'INFO');
  assert.ok(!json('N', scripted).endsWith('\n'));
});

test('JSON nesting, raw prefix and the CEE schema', () => {
  assert.deepEqual(JSON.parse(json('j', { ...scripted, text: '{"a":1}' })).message, { a: 1 });
  assert.deepEqual(JSON.parse(json('j', scripted)).message, { text: 'hello\n' });
  const raw = { ...scripted, fields: { logprefix: ', "src": "10.0.0.1"' } };
  assert.equal(JSON.parse(json('p', raw)).src, '10.0.0.1');
  const cee = JSON.parse(json('U', spoken));
  assert.deepEqual(
    [cee.time, cee.pri, cee.subsys, cee.file, cee.native],
    ['1970-01-01T00:00:00.000Z', 'ERROR', 'tm', { name: 't_fwd.c', line: 12 }, { function: 't_relay' }],
  );
  assert.equal(JSON.parse(json('', { ...spoken, fields: { node: 'n1' } })).node, 'n1');
});

test('stderr lines begin with the process; colours go around them', async (t) => {
  const path = join(await temporaryFolder(t), 'log');
  const fd = openSync(path, 'w');
  const output = new LogOutput({ to: 'stderr', fd });
  output.write(scripted);
  output.reconfigure({ to: 'stderr', fd, colors: true });
  output.write(scripted);
  output.flushSync();
  assert.equal(output.dropped, 0);
  const line = ` 0(${process.pid}) INFO: <script>: hello\n`;
  assert.equal(readFileSync(path, 'utf8'), `${line}\x1b[0;36;49m${line}\x1b[0;39;49m`);
  closeSync(fd);
});

test('what is written too fast is dropped, counted and reported', async (t) => {
  const path = join(await temporaryFolder(t), 'log');
  const fd = openSync(path, 'w');
  const output = new LogOutput({ to: 'stderr', fd });
  for (let i = 0; i < 3000; i++) output.write({ ...scripted, text: 'x'.repeat(1000) });
  assert.ok(output.dropped > 1000);
  output.flushSync();
  assert.match(readFileSync(path, 'utf8'), new RegExp(`${output.dropped} log lines dropped`));
  closeSync(fd);
});

test('syslog gets facility, severity and tag; without a daemon the line goes to stderr', async (t) => {
  const folder = await temporaryFolder(t);
  const syslogPath = join(folder, 'devlog');
  const path = join(folder, 'log');
  const fd = openSync(path, 'w');
  const got = deferred<string>();
  const daemon = await bindUnixDatagram(syslogPath, (data) => got.resolve(String(data)));
  const options = { to: 'syslog', facility: 'LOG_LOCAL1', name: 'sip', fd } as const;
  const output = new LogOutput({ ...options, syslogPath });
  output.write(spoken);
  const stamp = '<139>[A-Z][a-z]{2} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d';
  assert.match(
    await got.promise,
    new RegExp(`^${stamp} sip\\[${process.pid}\\]: ERROR: .*tm \\[t_fwd.c:12\\]: t_relay\\(\\): no luck$`),
  );
  output.reconfigure({ ...options, syslogPath: join(folder, 'missing') });
  output.write(scripted);
  await new Promise((resolve) => setTimeout(resolve, 50));
  output.close();
  assert.equal(readFileSync(path, 'utf8'), ` 0(${process.pid}) INFO: <script>: hello\n`);
  daemon.close();
  closeSync(fd);
});
