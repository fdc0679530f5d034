import { ServerError } from '../../base/errors.ts';
import type { Host } from '../../module/host.ts';

/** Group of variables of the script, as in Kamailio. */
const group = 'script';

interface Variable {
  value: number;
  readonly resettable: boolean;
}

/** Statistic variables that the script defines. */
export class ScriptStatistics {
  readonly #host: Host;
  readonly #variables = new Map<string, Variable>();

  constructor(host: Host, names: readonly string[]) {
    this.#host = host;
    for (const text of names) this.#define(text);
  }

  #define(text: string): void {
    const [name = '', ...flags] = text.split('/').map((part) => part.trim());
    const unknown = flags.find((flag) => flag !== 'no_reset');
    if (name === '' || unknown !== undefined)
      throw new ServerError('CONFIG_STATISTIC', `variable "${text}": expected name or name/no_reset`);
    const variable: Variable = { value: 0, resettable: !flags.includes('no_reset') };
    this.#variables.set(name, variable);
    const reset = (): void => {
      variable.value = 0;
    };
    this.#host.statistics.register(
      group,
      name,
      () => variable.value,
      variable.resettable ? reset : undefined,
    );
  }

  #find(name: string): Variable | undefined {
    const variable = this.#variables.get(name);
    if (variable === undefined) this.#host.log.error(`statistic ${name} is not defined`);
    return variable;
  }

  update(name: string, amount: string | number | null): number {
    const variable = this.#find(name);
    const number = Number(amount ?? Number.NaN);
    if (variable === undefined || !Number.isSafeInteger(number)) return -1;
    variable.value += number;
    return 1;
  }

  /** True also for a variable that may not be reset, which stays. */
  reset(name: string): number {
    const variable = this.#find(name);
    if (variable === undefined) return -1;
    if (variable.resettable) variable.value = 0;
    return 1;
  }
}

export function checkAmount(value: unknown): string | undefined {
  return /^[+-]?\d+$/.test(String(value).trim()) ? undefined : 'expected a number like +1 or -1';
}
