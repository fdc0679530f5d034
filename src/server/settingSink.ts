import type { LogLevels } from '../base/log.ts';
import type { SettingSink } from '../script/catalogue.ts';
import { globalsByName } from './globalParameters.ts';
import type { ServerSettings } from './settings.ts';
import { boolValue } from './settingValues.ts';

/** Puts the global parameters of a config in force. */
export class ServerSettingSink implements SettingSink {
  /** Descriptions of custom parameters by `group.name`. */
  readonly customDescriptions = new Map<string, string>();
  readonly #settings: ServerSettings;
  readonly #levels: LogLevels;
  /** Names that the command line has set: it wins over the file. */
  readonly #pinned = new Set<string>();

  constructor(settings: ServerSettings, levels: LogLevels) {
    this.#settings = settings;
    this.#levels = levels;
  }

  /** Sets a parameter for good, whatever the file says. */
  pin(name: string, value: number | string): void {
    this.#put(name, value);
    this.#pinned.add(name);
  }

  setGlobal(name: string, values: readonly (string | number)[]): string | undefined {
    const parameter = globalsByName.get(name);
    const [value] = values;
    if (parameter === undefined || value === undefined) return undefined;
    if (parameter.oneOf?.includes(String(value)) === false) {
      return `${name} takes ${parameter.oneOf.join(', ')}; '${value}' is not there`;
    }
    if (parameter.meaningless !== undefined) return undefined;
    if (this.#pinned.has(parameter.name)) return undefined;
    if (parameter.type === 'bool') {
      const bool = boolValue(value);
      if (bool === undefined) return `${name} takes yes or no`;
      this.#put(parameter.name, bool);
      return undefined;
    }
    if (parameter.type !== 'int') {
      this.#put(parameter.name, String(value));
      return undefined;
    }
    const number = typeof value === 'number' ? value : (boolValue(value) ?? Number.NaN);
    if (Number.isNaN(number)) return `${name} takes a number`;
    if (parameter.min !== undefined && number < parameter.min)
      return `${name}: the least value is ${parameter.min}`;
    if (parameter.max !== undefined && number > parameter.max)
      return `${name}: the greatest value is ${parameter.max}`;
    this.#put(parameter.name, number);
    return undefined;
  }

  setCustom(
    group: string,
    name: string,
    value: string | number,
    description: string | undefined,
    instance?: number,
  ): void {
    if (instance !== undefined) {
      const { instances } = this.#settings;
      instances.add({ group, id: instance });
      instances.set({ group, id: instance }, name, value);
      return;
    }
    this.#settings.setCustom(group, name, value);
    if (description !== undefined) this.customDescriptions.set(`${group}.${name}`, description);
  }

  #put(name: string, value: number | string): void {
    this.#settings.set(name, value);
    if (name === 'debug' && typeof value === 'number') this.#levels.global = value;
  }
}
