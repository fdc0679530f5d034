import { socketText } from '../../client/compose.ts';
import { type ClientEvent, isNote, type WireEvent } from '../../client/events.ts';
import { type ClientFailure, exitCodes } from '../../client/failure.ts';
import type { Answer } from '../../client/pending.ts';
import type { SeriesResult } from '../../client/sessions/series.ts';
import type { ClientProgram } from '../clientProgram.ts';
import { textOf } from './bytes.ts';
import type { Expectation } from './expect.ts';
import { eventJson } from './json.ts';
import { ladderText, maxRungs } from './ladder.ts';
import type { Given } from './recipe.ts';
import { progressText, summaryMembers, summaryText } from './seriesText.ts';
import { isSession } from './settings.ts';
import { makeStyle, paintStatus, printable, type Style } from './style.ts';
import { durationText, makeView, statusText } from './view.ts';

/** Tells the user what happens and how it ended; makes the exit code. */
export class Reporter {
  readonly tap: (event: ClientEvent) => void;
  readonly #given: Given;
  readonly #program: ClientProgram;
  readonly #level: number;
  readonly #style: Style;
  readonly #isJson: boolean;
  readonly #wire: WireEvent[] = [];
  readonly #wantsLadder: boolean;
  #isProgressShown = false;

  constructor(given: Given, program: ClientProgram) {
    this.#given = given;
    this.#program = program;
    this.#level = levelOf(given);
    this.#isJson = given.flag('json');
    this.#style = makeStyle(given.choice('color-output') ?? program.outputIsTerminal);
    this.#wantsLadder = !this.#isJson && (given.choice('ladder') ?? (isSession(given) && this.#level > 0));
    const view = this.#isJson ? this.#tellJson : makeView(this.#viewOptions(), (text) => this.#print(text));
    this.tap = (event) => {
      if (this.#wantsLadder && !isNote(event) && this.#wire.length <= maxRungs) this.#wire.push(event);
      view(event);
    };
  }

  /** The end of a run with a final response. */
  end(answer: Answer, expects: Expectation): number {
    const { response, roundTripMs, request } = answer;
    const isExpected = expects(response.statusCode);
    const exitCode = this.#exitCode(isExpected ? 0 : exitCodes.unexpected, response.statusCode);
    this.#printLadder();
    if (this.#isJson) {
      const { statusCode: status, reasonPhrase } = response;
      const { method } = request;
      this.#json({
        event: 'result',
        ok: isExpected,
        exitCode,
        method,
        status,
        reason: textOf(reasonPhrase),
        roundTripMs,
      });
    } else if (this.#level >= 1) {
      const { link, to } = answer.way;
      const status = paintStatus(this.#style, response.statusCode, statusText(response));
      const word = request.method === 'OPTIONS' ? 'alive' : printable(request.method);
      const line = `${word}: ${status} from ${link.proto}:${socketText(to)} in ${durationText(roundTripMs)}`;
      this.#print(
        isExpected ? line : `${line} ${this.#style.bad(`(not ${this.#given.text('expect') ?? '2xx'})`)}`,
      );
    }
    return exitCode;
  }

  /** The end of a run without one. */
  fail(failure: ClientFailure): number {
    const exitCode = this.#exitCode(failure.exitCode, undefined);
    this.#printLadder();
    const message = textOf(failure.message);
    if (this.#isJson) this.#json({ event: 'result', ok: false, exitCode, failure: failure.kind, message });
    else this.#program.error(`olelo send: ${this.#style.bad(printable(message))}`);
    return exitCode;
  }

  /** While a series runs; on a terminal the line stands still. */
  progress(result: SeriesResult): void {
    if (this.#level < 1) return;
    if (this.#isJson) this.#json({ event: 'progress', ...summaryMembers(result) });
    else if (!this.#program.outputIsTerminal) this.#print(progressText(result));
    else {
      this.#program.write(`\r\u001b[K${progressText(result)}`);
      this.#isProgressShown = true;
    }
  }

  endSeries(result: SeriesResult): number {
    const isGood = result.expected === result.sent && result.sent > 0;
    const exitCode = this.#exitCode(isGood ? 0 : exitCodes.loss, undefined);
    if (this.#isJson) this.#json({ event: 'summary', ok: isGood, exitCode, ...summaryMembers(result) });
    else if (this.#level >= 1) this.#print(summaryText(result));
    return exitCode;
  }

  #viewOptions() {
    return {
      level: this.#level,
      style: this.#style,
      colorMessages: this.#given.choice('color-message') ?? this.#program.outputIsTerminal,
      showAgent: this.#given.flag('call-user'),
    };
  }

  readonly #tellJson = (event: ClientEvent): void => this.#program.out(eventJson(event));

  #json(members: object): void {
    this.#program.out(JSON.stringify(members));
  }

  #print(text: string): void {
    if (this.#isProgressShown) this.#program.write('\r\u001b[K');
    this.#isProgressShown = false;
    this.#program.out(text);
  }

  #printLadder(): void {
    if (!this.#wantsLadder || this.#wire.length === 0) return;
    this.#print(`\n${ladderText(this.#wire, this.#style, this.#program.columns)}\n`);
  }

  #exitCode(code: number, status: number | undefined): number {
    if (this.#given.flag('nagios')) return code === 0 ? 0 : code === exitCodes.usage ? 3 : 2;
    if (this.#given.flag('exit-status') && status !== undefined) return status % 256;
    return code;
  }
}

function levelOf(given: Given): number {
  const level = given.number('verbosity', 0, 3);
  if (level !== undefined) return level;
  return Math.min(3, (isSession(given) ? 2 : 1) + given.count('v'));
}
