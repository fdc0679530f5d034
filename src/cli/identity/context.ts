import { errorText } from '../../base/errors.ts';
import type { ListenHttp, Ports } from '../../base/ports.ts';
import { type Failure, failure } from '../../identity/index.ts';
import type { ClientProgram } from '../clientProgram.ts';
import type { GivenOptions } from '../optionTable.ts';
import type { identityOptions } from './options.ts';

export type IdentityValues = GivenOptions<keyof typeof identityOptions>;

/** What `olelo identity` asks of the process around it; `bin/` implements it on Node. */
export interface IdentityProgram extends Pick<ClientProgram, 'out' | 'error' | 'columns' | 'onSignal'> {
  fileExists(path: string): boolean;
  readonly ports: IdentityPorts;
  /** Serves web clients (`serve`). */
  readonly listenHttp: ListenHttp;
}

export type IdentityPorts = Pick<Ports, 'clock' | 'entropy' | 'files' | 'http'>;

/** What a verb works with. */
export interface IdentityCommand {
  readonly values: IdentityValues;
  /** The header value when it was given as an argument. */
  readonly argument: string | undefined;
  readonly ports: IdentityPorts;
  readonly program: IdentityProgram;
}

/** Tells why, on stderr or as JSON on stdout; the exit code. */
export function refused({ values, program }: IdentityCommand, problem: Failure): number {
  const { check, reason } = problem;
  if (values.flag('json')) program.out(JSON.stringify({ ok: false, check, reason }));
  else program.error(`refused: ${check}: ${reason}`);
  return 1;
}

/** The text of an option, or of the file that the other one names; '' when there is neither. */
export async function textOf(
  { ports }: IdentityCommand,
  text: string | undefined,
  file: string | undefined,
): Promise<string | Failure> {
  if (text !== undefined || file === undefined) return text ?? '';
  try {
    return (await ports.files.read(file)).toString('utf8').trim();
  } catch (error) {
    return failure('format', `${file}: ${errorText(error)}`, 'file');
  }
}
