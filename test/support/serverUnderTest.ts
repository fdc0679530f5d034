import type { TestContext } from 'node:test';
import { type Program, programPath } from './server.ts';
import { missing, requireTool } from './tools.ts';

/**
 * The server that client tests run against: Olelo, or with `TEST_SERVER=kamailio` the real one, which proves that
 * the tests themselves are right. Undefined when it is not here (and the test is skipped).
 */
export function serverUnderTest(t: TestContext): Program | undefined {
  const wanted = process.env.TEST_SERVER ?? 'olelo';
  if (wanted === 'kamailio')
    return requireTool(t, 'kamailio', 'kamailio') === undefined ? undefined : 'kamailio';
  if (wanted !== 'olelo') throw new Error(`TEST_SERVER is olelo or kamailio, not ${wanted}`);
  if (programPath('olelo') !== undefined) return 'olelo';
  missing(t, 'bin/olelo has not been built (npm run build)');
  return undefined;
}
