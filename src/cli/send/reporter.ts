import { socketText } from '../../client/compose.ts';
import type { ClientEvent } from '../../client/events.ts';
import type { ClientFailure } from '../../client/failure.ts';
import type { Way } from '../../client/link.ts';
import type { Answer } from '../../client/pending.ts';
import type { Program } from '../program.ts';
import type { Given } from './recipe.ts';
import { isSession } from './settings.ts';
import { makeStyle, paintStatus, printable, type Style } from './style.ts';
import { durationText, makeView, statusText } from './view.ts';

/** How a run ended that did not fail. */
export interface Outcome {
  readonly answer: Answer;
  readonly way: Way;
  readonly isExpected: boolean;
}

/** Tells the user what happens and how it ended. */
export class Reporter {
  readonly tap: (event: ClientEvent) => void;
  readonly #level: number;
  readonly #style: Style;
  readonly #program: Program;

  constructor(given: Given, program: Program) {
    this.#program = program;
    this.#level = levelOf(given);
    this.#style = makeStyle(given.choice('color-output') ?? program.outputIsTerminal);
    this.tap = makeView(
      {
        level: this.#level,
        style: this.#style,
        colorMessages: given.choice('color-message') ?? program.outputIsTerminal,
        showAgent: given.flag('call-user'),
      },
      program.out,
    );
  }

  /** The exit code. */
  end({ answer, way, isExpected }: Outcome): number {
    const { response, roundTripMs, request } = answer;
    const where = `${way.link.proto}:${socketText(way.to)}`;
    const status = paintStatus(this.#style, response.statusCode, statusText(response));
    const word = request.method === 'OPTIONS' ? 'alive' : printable(request.method);
    if (this.#level >= 1)
      this.#program.out(`${word}: ${status} from ${where} in ${durationText(roundTripMs)}`);
    return isExpected ? 0 : 1;
  }

  fail(failure: ClientFailure): number {
    this.#program.error(`olelo send: ${this.#style.bad(printable(failure.message))}`);
    return failure.exitCode;
  }
}

function levelOf(given: Given): number {
  const level = given.number('verbosity', 0, 3);
  if (level !== undefined) return level;
  return Math.min(3, (isSession(given) ? 2 : 1) + given.count('v'));
}
