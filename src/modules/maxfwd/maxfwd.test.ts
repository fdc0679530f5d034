import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contextOf, ModuleUnderTest, rendered, requestText } from '../../module/testing.ts';
import maxfwd from './index.ts';

function maxForwardsLine(text: string): string | undefined {
  return /^Max-Forwards:.*$/m.exec(text)?.[0].trimEnd().replace(/: +/, ': ');
}

test('decrements, limits, and counts a second call', () => {
  const module = new ModuleUnderTest(maxfwd);
  const cases: [string, number, string][] = [
    ['70', 1, '69'],
    ['71', 1, '70'],
    ['200', 1, '70'],
    ['00006', 1, '5'],
    ['1', 1, '0'],
    ['0', -1, '0'],
    ['abc', -2, 'abc'],
    ['6 a', -2, '6 a'],
    ['-1', -2, '-1'],
    ['100000', -2, '100000'],
  ];
  for (const [value, code, left] of cases) {
    const context = contextOf(requestText(`Max-Forwards: ${value}`));
    assert.equal(module.call('mf_process_maxfwd_header', context, 10), code, value);
    assert.equal(maxForwardsLine(rendered(context)), `Max-Forwards: ${left}`);
  }
  const context = contextOf(requestText('Max-Forwards: 2'));
  assert.deepEqual(
    [1, 2, 3].map(() => module.call('process_maxfwd', context, 10)),
    [1, 1, -1],
  );
  assert.equal(maxForwardsLine(rendered(context)), 'Max-Forwards: 0');
});

test('adds a missing header before the others, once', () => {
  const module = new ModuleUnderTest(maxfwd);
  const context = contextOf(requestText());
  assert.equal(module.call('is_maxfwd_lt', context, 5), -2);
  assert.equal(module.call('maxfwd_process', context, 10), 2);
  assert.equal(module.call('maxfwd_process', context, 10), 1);
  assert.equal(rendered(context).split('\r\n')[1], 'Max-Forwards: 9');
  assert.equal(module.call('is_maxfwd_lt', context, 10), 1);
});

test('compares the value as it would leave', () => {
  const module = new ModuleUnderTest(maxfwd);
  const context = contextOf(requestText('Max-Forwards: 5'));
  assert.equal(module.call('mf_lowlimit', context, 5), -1);
  module.call('process_maxfwd', context, 10);
  assert.equal(module.call('mf_lowlimit', context, 5), 1);
  assert.equal(module.call('maxfwd_at_least', contextOf(requestText('Max-Forwards: x')), 5), -3);
});

test('max_limit lowers what is above it', () => {
  const module = new ModuleUnderTest(maxfwd, undefined, { max_limit: 20 });
  const context = contextOf(requestText('Max-Forwards: 70'));
  module.call('process_maxfwd', context, 10);
  assert.equal(maxForwardsLine(rendered(context)), 'Max-Forwards: 20');
});
