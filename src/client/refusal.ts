import { ClientFailure } from './failure.ts';
import type { Answer } from './pending.ts';

/** The failure for a final response that a session cannot go on with. */
export function refusal(what: string, { response }: Answer): ClientFailure {
  return new ClientFailure(
    'unexpected',
    `${what} was answered ${response.statusCode} ${response.reasonPhrase}`,
  );
}
