import { errorText } from '../../base/errors.ts';
import { oleloVersion } from '../../base/version.ts';
import { ClientFailure, exitCodes } from '../../client/failure.ts';
import { TemplateError } from '../../client/template/syntax.ts';
import type { ClientProgram } from '../clientProgram.ts';
import { UsageError } from '../options.ts';
import { parseOptions } from '../optionTable.ts';
import { runClient } from './client.ts';
import { examplesText, flagDefaultsText, sendHelpText } from './help.ts';
import { sendOptions } from './options.ts';
import type { Given } from './recipe.ts';
import { Reporter } from './reporter.ts';
import { templateDefaultsText } from './templateDefaults.ts';

/** `olelo send`; resolves to the exit code. */
export async function sendCommand(argv: readonly string[], program: ClientProgram): Promise<number> {
  let given: Given;
  try {
    given = parseOptions(sendOptions, argv);
  } catch (error) {
    program.error(`olelo send: ${errorText(error)}`);
    return exitCodes.usage;
  }
  const text = informationText(given, program);
  if (text !== undefined) {
    program.out(text);
    return 0;
  }
  let reporter: Reporter;
  try {
    reporter = new Reporter(given, program);
  } catch (error) {
    program.error(`olelo send: ${errorText(error)}`);
    return exitCodes.usage;
  }
  try {
    return await runClient(given, program, reporter);
  } catch (error) {
    return reporter.fail(asFailure(error));
  }
}

/** What is asked for by options that send nothing. */
function informationText(given: Given, program: ClientProgram): string | undefined {
  if (given.flag('help')) return sendHelpText(program.columns);
  if (given.flag('help-commands')) return examplesText();
  if (given.flag('version')) return `olelo ${oleloVersion}`;
  if (given.flag('flag-defaults')) return flagDefaultsText(given);
  if (given.flag('template-defaults')) return templateDefaultsText();
  return undefined;
}

function asFailure(error: unknown): ClientFailure {
  if (error instanceof ClientFailure) return error;
  if (error instanceof UsageError || error instanceof TemplateError)
    return new ClientFailure('usage', error.message, { cause: error });
  // files that cannot be read
  if (error instanceof Error && 'code' in error)
    return new ClientFailure('usage', error.message, { cause: error });
  throw error;
}
