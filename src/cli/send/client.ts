import { oleloVersion } from '../../base/version.ts';
import { composeText } from '../../client/compose.ts';
import { ClientFailure } from '../../client/failure.ts';
import type { Way } from '../../client/link.ts';
import type { SessionContext } from '../../client/sessions/plan.ts';
import { runSession } from '../../client/sessions/run.ts';
import { runSeries } from '../../client/sessions/series.ts';
import { Stop } from '../../client/stop.ts';
import { Variables } from '../../client/template/variables.ts';
import type { UserSettings } from '../../client/user.ts';
import type { ClientProgram } from '../clientProgram.ts';
import { UsageError } from '../options.ts';
import { textOf } from './bytes.ts';
import { dnsText } from './dns.ts';
import { expectation } from './expect.ts';
import { seriesPlan, sessionPlan } from './plan.ts';
import { sendAsItIs, wayWithoutSending } from './rawSend.ts';
import type { Given } from './recipe.ts';
import type { Reporter } from './reporter.ts';
import { firstUser } from './settings.ts';
import { printable } from './style.ts';

/** Does what the options ask for and gives the exit code; throws what stands in the way. */
export async function runClient(given: Given, program: ClientProgram, reporter: Reporter): Promise<number> {
  const expects = expectation(given.text('expect'));
  const user = firstUser(given, program, `olelo send ${oleloVersion}`);
  const context = sessionContext(given, program, reporter);
  if (given.flag('dns-srv-print')) {
    program.out(await dnsText(user.target, user.outbound.family, context.ports));
    return 0;
  }
  if (given.flag('template-run')) {
    program.write(
      textOf(filledTemplate(given, user, context, program)(await wayWithoutSending(user, context))),
    );
    return 0;
  }
  if (given.flag('raw') || given.flag('no-parse')) {
    const text = filledTemplate(given, user, context, program);
    program.out(printable(textOf(await sendAsItIs(text, user, context))));
    return 0;
  }
  const series = seriesPlan(given, user);
  if (series !== undefined) {
    return reporter.endSeries(await runSeries(series, context, (result) => reporter.progress(result)));
  }
  const answer = await runSession(sessionPlan(given, user), context);
  const exitCode = reporter.end(
    answer,
    wished(given) ? (status) => status === 487 || expects(status) : expects,
  );
  if (context.stop.isRequested && !given.flag('listen'))
    throw new ClientFailure('interrupted', 'interrupted');
  return exitCode;
}

/** `--cancel-after`: 487 is what was asked for. */
function wished(given: Given): boolean {
  return given.has('cancel-after') && !given.has('expect');
}

function sessionContext(given: Given, program: ClientProgram, reporter: Reporter): SessionContext {
  const ports = program.clientPorts();
  const { clock, entropy } = ports;
  const { pid, environment } = program;
  const variables = new Variables({ clock, entropy, pid, environment }, intVariables(given));
  const stop = new Stop();
  program.onSignal((signal) => {
    if (signal !== 'SIGINT' && signal !== 'SIGTERM') return;
    if (stop.isRequested) program.exit(exitOfSecondSignal);
    stop.request();
  });
  return { ports, variables, tap: reporter.tap, stop };
}

const exitOfSecondSignal = 130;

/** The message for a way, as `--raw` and `--no-parse` send it and `--template-run` shows it. */
function filledTemplate(
  given: Given,
  user: UserSettings,
  context: SessionContext,
  program: ClientProgram,
): (way: Way) => string {
  if (!given.flag('raw')) return (way) => composeText(user.profile.recipe, context.variables, way);
  const path = given.text('template-file');
  if (path === undefined) throw new UsageError('--raw wants --template-file');
  const text = program.readFile(path);
  return () => text;
}

function intVariables(given: Given): Readonly<Record<string, number>> {
  const pairs = given.list('int-var').map((text) => {
    const match = /^([^:]+):(-?\d{1,15})$/.exec(text);
    if (match === null) throw new UsageError(`--int-var ${text}: wants NAME:NUMBER`);
    return [match[1] as string, Number(match[2])] as const;
  });
  return Object.fromEntries(pairs);
}
