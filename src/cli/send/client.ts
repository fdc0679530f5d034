import { oleloVersion } from '../../base/version.ts';
import { single } from '../../client/sessions/single.ts';
import { Variables } from '../../client/template/variables.ts';
import type { ClientContext } from '../../client/user.ts';
import { startPhone, stopPhone } from '../../client/user.ts';
import { UsageError } from '../options.ts';
import type { Program } from '../program.ts';
import { expectation } from './expect.ts';
import type { Given } from './recipe.ts';
import type { Outcome, Reporter } from './reporter.ts';
import { firstUser } from './settings.ts';

/** Does what the options ask for; throws what stands in the way. */
export async function runClient(given: Given, program: Program, reporter: Reporter): Promise<Outcome> {
  const user = firstUser(given, program, `olelo send ${oleloVersion}`);
  const expects = expectation(given.text('expect'));
  const ports = program.clientPorts();
  const variables = new Variables(
    { clock: ports.clock, entropy: ports.entropy, pid: program.pid, environment: program.environment },
    intVariables(given),
  );
  const context: ClientContext = { ports, variables, tap: reporter.tap };
  const phone = startPhone(user, context);
  try {
    const answer = await single(phone);
    return { answer, way: await phone.outbound.way(), isExpected: expects(answer.response.statusCode) };
  } finally {
    stopPhone(phone);
  }
}

function intVariables(given: Given): Readonly<Record<string, number>> {
  const pairs = given.list('int-var').map((text) => {
    const match = /^([^:]+):(-?\d+)$/.exec(text);
    if (match === null) throw new UsageError(`--int-var ${text}: wants NAME:NUMBER`);
    return [match[1] as string, Number(match[2])] as const;
  });
  return Object.fromEntries(pairs);
}
