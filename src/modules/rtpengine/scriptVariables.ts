/** Variables that the parameters name; bound when the server starts. */

import type { VariableRef } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { Host } from '../../module/host.ts';
import type { RtpengineConfig } from './params.ts';

export class ScriptVariables {
  readonly #bound = new Map<string, VariableRef>();

  /** Binds every `..._pv`-like parameter that is set. Throws `ServerError` for what is no variable. */
  bind(host: Host, config: RtpengineConfig, names: readonly string[]): void {
    for (const name of names) {
      const text = config[name];
      if (typeof text === 'string' && text !== '') this.#bound.set(name, host.formats.variable(text));
    }
  }

  has(name: string): boolean {
    return this.#bound.has(name);
  }

  get(name: string, context: ScriptContext): string | number | null {
    return this.#bound.get(name)?.get(context) ?? null;
  }

  /** Nothing happens when the parameter is not set. */
  set(name: string, context: ScriptContext, value: string | number): void {
    this.#bound.get(name)?.set(context, value);
  }
}
