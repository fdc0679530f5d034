import { errorText } from '../../base/errors.ts';
import { oleloVersion } from '../../server/settings.ts';
import { flagsHelp, parseFlags } from '../flags.ts';
import { UsageError } from '../options.ts';
import type { Program } from '../program.ts';
import { checkCommand, parseCommand } from './check.ts';
import type { IdentityCommand, IdentityValues } from './context.ts';
import { keysCommand } from './keys.ts';
import { identityExamples, identityFlags, identityUsage } from './options.ts';
import { serveCommand } from './serve.ts';
import { localTest, signCommand } from './sign.ts';

const verbs = ['keys', 'sign', 'check', 'parse', 'serve'] as const;
type Verb = (typeof verbs)[number];

/** `olelo identity ...`; the exit code. */
export async function identityCommand(argv: readonly string[], program: Program): Promise<number> {
  try {
    const verb = verbs.find((name) => name === argv[0]);
    const { values, rest } = parseFlags(identityFlags, verb === undefined ? argv : argv.slice(1));
    const [extra] = rest;
    if (extra !== undefined && !(rest.length === 1 && takesText(verb ?? verbOf(values)))) {
      throw new UsageError(`"${extra}" is neither a verb (${verbs.join(', ')}) nor an option`);
    }
    if (values.version) return say(program, `olelo identity ${oleloVersion}`);
    const chosen = verb ?? verbOf(values);
    if (values.help || (chosen === undefined && !values.ltest)) {
      program.out(`${identityUsage}\n\n${flagsHelp(identityFlags)}\n\n${identityExamples}`);
      return values.help ? 0 : 2;
    }
    const ports = program.ports({
      to: 'stderr',
      colors: false,
      engine: undefined,
      facility: undefined,
      name: undefined,
    });
    const given = extra === undefined ? values : { ...values, identity: extra };
    return await run(chosen, { values: given, ports, program });
  } catch (error) {
    program.error(`olelo identity: ${errorText(error)}`);
    return error instanceof UsageError ? 2 : 1;
  }
}

function say(program: Program, text: string): number {
  program.out(text);
  return 0;
}

/** `check` and `parse` take the header value as an argument too. */
function takesText(verb: Verb | undefined): boolean {
  return verb === 'check' || verb === 'parse';
}

/** The verb that secsipidx's switches stand for. */
function verbOf(values: IdentityValues): Verb | undefined {
  if (values.httpSrv !== undefined || values.httpsSrv !== undefined) return 'serve';
  if (values.check) return 'check';
  if (values.parse) return 'parse';
  return values.sign || values.signFull ? 'sign' : undefined;
}

function run(verb: Verb | undefined, command: IdentityCommand): Promise<number> | number {
  switch (verb) {
    case 'keys':
      return keysCommand(command);
    case 'sign':
      return signCommand(command);
    case 'check':
      return checkCommand(command);
    case 'parse':
      return parseCommand(command);
    case 'serve':
      return serveCommand(command);
    case undefined:
      return localTest(command);
  }
}
