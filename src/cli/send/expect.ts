import { UsageError } from '../options.ts';

/** Which final responses count as success. */
export type Expectation = (status: number) => boolean;

/** `200`, `2xx`, a list of such with commas, or `any`. */
export function expectation(text: string | undefined): Expectation {
  const patterns = (text ?? '2xx')
    .toLowerCase()
    .split(',')
    .map((part) => part.trim());
  for (const pattern of patterns) {
    if (pattern !== 'any' && !/^[1-6](\d\d|xx)$/.test(pattern))
      throw new UsageError(`--expect ${text}: wants codes such as 200, 2xx or any`);
  }
  return (status) => patterns.some((pattern) => matches(pattern, status));
}

function matches(pattern: string, status: number): boolean {
  if (pattern === 'any') return true;
  return pattern.endsWith('xx')
    ? Math.floor(status / 100) === Number(pattern[0])
    : Number(pattern) === status;
}
