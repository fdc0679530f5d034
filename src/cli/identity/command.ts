import { errorText } from '../../base/errors.ts';
import { oleloVersion } from '../../base/version.ts';
import { UsageError } from '../options.ts';
import { optionsHelp, parseOptions } from '../optionTable.ts';
import { checkCommand, parseCommand } from './check.ts';
import type { IdentityCommand, IdentityProgram, IdentityValues } from './context.ts';
import { keysCommand } from './keys.ts';
import { identityExamples, identityOptions, identityUsage } from './options.ts';
import { serveCommand } from './serve.ts';
import { localTest, signCommand } from './sign.ts';

const verbs = ['keys', 'sign', 'check', 'parse', 'serve'] as const;
type Verb = (typeof verbs)[number];

/** `olelo identity ...`; the exit code. */
export async function identityCommand(argv: readonly string[], program: IdentityProgram): Promise<number> {
  try {
    const verb = verbs.find((name) => name === argv[0]);
    const values = parseOptions(identityOptions, verb === undefined ? argv : argv.slice(1));
    const [extra, ...more] = values.positionals;
    if (extra !== undefined && (more.length > 0 || !takesText(verb ?? verbOf(values)))) {
      throw new UsageError(`"${extra}" is neither a verb (${verbs.join(', ')}) nor an option`);
    }
    if (values.flag('version')) return say(program, `olelo identity ${oleloVersion}`);
    const chosen = verb ?? verbOf(values);
    if (values.flag('help') || (chosen === undefined && !values.flag('ltest'))) {
      program.out(
        `${identityUsage}\n\n${optionsHelp(identityOptions, program.columns)}\n\n${identityExamples}`,
      );
      return values.flag('help') ? 0 : 2;
    }
    const { ports } = program;
    return await run(chosen, { values, argument: extra, ports, program });
  } catch (error) {
    program.error(`olelo identity: ${errorText(error)}`);
    return error instanceof UsageError ? 2 : 1;
  }
}

function say(program: IdentityProgram, text: string): number {
  program.out(text);
  return 0;
}

/** `check` and `parse` take the header value as an argument too. */
function takesText(verb: Verb | undefined): boolean {
  return verb === 'check' || verb === 'parse';
}

/** The verb that secsipidx's switches stand for. */
function verbOf(values: IdentityValues): Verb | undefined {
  if (values.text('http-srv') !== undefined || values.text('https-srv') !== undefined) return 'serve';
  if (values.flag('check')) return 'check';
  if (values.flag('parse')) return 'parse';
  return values.flag('sign') || values.flag('sign-full') ? 'sign' : undefined;
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
