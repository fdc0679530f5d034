import { errorText } from '../../base/errors.ts';
import { ClientFailure } from '../../client/failure.ts';
import { TemplateError } from '../../client/template/syntax.ts';
import type { ClientProgram } from '../clientProgram.ts';
import { UsageError } from '../options.ts';
import { optionsHelp, parseOptions } from '../optionTable.ts';
import { textOf } from '../send/bytes.ts';
import { exitCodeLines } from '../send/help.ts';
import { printable } from '../send/style.ts';
import { wsOptions } from './options.ts';
import { runWebSocket } from './session.ts';

/** `olelo ws`; resolves to the exit code. */
export async function wsCommand(argv: readonly string[], program: ClientProgram): Promise<number> {
  try {
    const given = parseOptions(wsOptions, argv);
    if (!given.flag('help')) return await runWebSocket(given, program);
    program.out(wsHelpText(program.columns));
    return 0;
  } catch (error) {
    const failure = asFailure(error);
    program.error(`olelo ws: ${printable(textOf(failure.message))}`);
    return failure.exitCode;
  }
}

function asFailure(error: unknown): ClientFailure {
  if (error instanceof ClientFailure) return error;
  const isUsage = error instanceof UsageError || error instanceof TemplateError;
  if (isUsage || (error instanceof Error && 'code' in error))
    return new ClientFailure('usage', errorText(error));
  throw error;
}

/** `olelo ws --help`. */
export function wsHelpText(columns: number): string {
  const width = Math.max(60, Math.min(columns, 110));
  return [
    'Usage: olelo ws [options] [url]',
    '',
    'Connects to a WebSocket server, sends frames and prints those that come.',
    '',
    optionsHelp(wsOptions, width),
    '',
    'Exit codes:',
    ...exitCodeLines(),
  ].join('\n');
}
