import { ServerError } from '../base/errors.ts';
import type { Problem, VariableRef } from '../lang/catalogue.ts';
import type { ScriptContext } from '../module/context.ts';
import type { Formats } from '../module/host.ts';
import { type FormatParser, isProblem, type PvBinder } from './pvBinding.ts';

/** Texts and variables of parameters, bound like those of the script. */
export class ScriptFormats implements Formats {
  readonly #binder: PvBinder;
  readonly #parse: FormatParser;

  constructor(binder: PvBinder, parse: FormatParser) {
    this.#binder = binder;
    this.#parse = parse;
  }

  text(format: string): (context: ScriptContext) => string {
    const bound = this.#binder.format(format);
    return typeof bound === 'function' ? bound : refuse(format, bound);
  }

  variable(text: string): VariableRef {
    const parts = this.#parse(text);
    if ('message' in parts) return refuse(text, parts);
    const [syntax] = parts;
    if (parts.length !== 1 || syntax === undefined || typeof syntax === 'string')
      return refuse(text, { message: 'expected one variable' });
    const bound = this.#binder.bind(syntax);
    if (isProblem(bound)) return refuse(text, bound);
    return this.#binder.variable(syntax.text) ?? refuse(text, { message: 'unknown variable' });
  }
}

function refuse(text: string, problem: Problem): never {
  throw new ServerError('CONFIG_VARIABLE', `"${text}": ${problem.message}`);
}
