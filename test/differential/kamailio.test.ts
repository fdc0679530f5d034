/** Every case on Kamailio, where it is installed: the recordings are still what it does. */
import { suite, test } from 'node:test';
import { requireTool } from '../support/tools.ts';
import { assertSame, caseConcurrency, loadCases } from './library.ts';

suite('Kamailio still does as recorded', { concurrency: caseConcurrency }, () => {
  for (const testCase of loadCases()) {
    test(testCase.name, async (t) => {
      if (requireTool(t, 'kamailio', 'kamailio') !== undefined) await assertSame(testCase, 'kamailio');
    });
  }
});
