import assert from 'node:assert/strict';
import test from 'node:test';
import { newSummary, type TestEvent, tallyLine } from './summary.ts';

function event(type: string, data: Partial<TestEvent['data']>): TestEvent {
  return { type, data: { name: 'a test', file: 'a.test.js', nesting: 0, ...data } };
}

test('the tally counts tests, not suites or files', () => {
  const summary = newSummary();
  summary.add(event('test:pass', {}));
  summary.add(event('test:pass', { details: { type: 'suite' } }));
  summary.add(event('test:pass', { name: 'a.test.js' }));
  summary.add(event('test:diagnostic', {}));
  assert.equal(tallyLine(summary), '1 passed, 0 failed');
});

test('a failure inside a suite counts once', () => {
  const summary = newSummary();
  summary.add(event('test:fail', { nesting: 1, details: { error: new Error('no') } }));
  summary.add(event('test:fail', { details: { type: 'suite', error: { failureType: 'subtestsFailed' } } }));
  assert.equal(tallyLine(summary), '0 passed, 1 failed');
  assert.match(summary.failures[0]?.text ?? '', /no/);
});

test('skips are counted by their reason', () => {
  const summary = newSummary();
  summary.add(event('test:pass', { skip: 'sipp is not installed' }));
  summary.add(event('test:pass', { skip: 'sipp is not installed' }));
  assert.equal(tallyLine(summary), '0 passed, 0 failed, 2 skipped');
  assert.deepEqual([...summary.skipReasons], [['sipp is not installed', 2]]);
});
