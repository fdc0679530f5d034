import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contextOf, fakeHost, ModuleUnderTest, requestText } from '../../module/testing.ts';
import xlog from './index.ts';

const context = contextOf(requestText());

test('lines name <script> and have the level of their function', () => {
  const under = new ModuleUnderTest(xlog);
  const said = (name: string, ...args: unknown[]) => {
    assert.equal(under.call(name, context, ...args), 1);
    const record = under.host.log.records.at(-1);
    return [record?.level, record?.component, record?.text];
  };
  assert.deepEqual(said('xlog', 'default level\n'), [-1, '<script>', 'default level']);
  assert.deepEqual(said('xlog', 'L_WARN', 'warn\n'), [0, '<script>', 'warn']);
  assert.deepEqual(said('xlog', 2, 'by number'), [2, '<script>', 'by number']);
  const levels = { xdbg: 3, xinfo: 2, xnotice: 1, xwarn: 0, xerr: -1, xcrit: -2, xbug: -4, xalert: -5 };
  for (const [name, level] of Object.entries(levels))
    assert.deepEqual(said(name, 'x\n'), [level, '<script>', 'x']);
});

test('a facility goes with the record; an unknown level is refused', () => {
  const under = new ModuleUnderTest(xlog);
  assert.equal(under.call('xlog', context, 'LOG_LOCAL3', 'L_NOTICE', 'fac'), 1);
  assert.equal(under.host.log.records[0]?.facility, 'LOG_LOCAL3');
  assert.equal(under.call('xlog', context, 'L_XX', 'unknown'), -1);
  assert.equal(under.host.log.records.length, 1);
});

test('nothing is written above the level in force', () => {
  const under = new ModuleUnderTest(xlog);
  under.host.log.level = 0;
  assert.equal(under.call('xinfo', context, 'quiet'), 1);
  assert.equal(under.host.log.records.length, 0);
});

test('a prefix of the config, long lines cut, methods filtered', () => {
  const under = new ModuleUnderTest(xlog, undefined, { prefix: '-x: ', buf_size: 5, methods_filter: 2 });
  under.call('xerr', context, '1234567\n');
  assert.deepEqual([under.host.log.records[0]?.component, under.host.log.records[0]?.text], ['', '-x: 1234']);
  under.call('xlogm', context, 'L_ERR', 'INVITE is not filtered');
  assert.equal(under.host.log.records.length, 2);
  const silent = new ModuleUnderTest(xlog);
  silent.call('xlogm', context, 'L_ERR', 'all are filtered by default');
  assert.equal(silent.host.log.records.length, 0);
});

test('a prefix with variables is evaluated for each line', () => {
  const host = fakeHost({
    formats: {
      text: (format) => (at) => format.replace('$rm', at.message.method),
      variable: () => assert.fail('not asked for'),
    },
  });
  const under = new ModuleUnderTest(xlog, host, { prefix: '[$rm] ', prefix_mode: 1 });
  xlog.start?.(under.loaded.instance);
  under.call('xerr', context, 'hello\n');
  assert.equal(host.log.records[0]?.text, '[INVITE] hello');
});

test('xlogl tells the line of the config, with long_format also the file', () => {
  const host = fakeHost({ currentSite: () => ({ file: 'k.cfg', line: 38 }) });
  new ModuleUnderTest(xlog, host).call('xlogl', context, 'L_ERR', 'with line\n');
  new ModuleUnderTest(xlog, host, { long_format: 1 }).call('xdbgl', context, 'with file\n');
  assert.deepEqual(
    host.log.records.map((record) => record.text),
    ['38:with line', 'k.cfg:38:with file'],
  );
});
