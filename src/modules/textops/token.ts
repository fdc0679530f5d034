import { matchBudget } from '../../base/posixMatcher.ts';
import type { TextOps } from './textops.ts';

/** The text of a group; -1 for a malformed expression or an index beyond the count, -2 for no match. */
export function findToken(
  self: TextOps,
  text: string,
  pattern: string,
  index: number,
  count: number,
): string | number {
  if (index < 0 || index >= count) {
    self.host.log.error(`match ${index} is not among the first ${count}`);
    return -1;
  }
  const regex = self.exactRegex(pattern);
  if (regex === undefined) return -1;
  return self.matcherOf(regex).exec(text, 0, matchBudget())?.[index] ?? -2;
}
