import { oleloVersion } from '../base/version.ts';
import { GroupInstances } from '../module/groupInstances.ts';
import type { CoreSettings } from '../module/host.ts';

export { oleloVersion };

/** The defaults that the table of global parameters gives. */
export type SettingDefault = (name: string) => number | string | undefined;

/** Global parameters as the config has set them; the rest are their defaults. */
export class ServerSettings implements CoreSettings {
  readonly #values = new Map<string, number | string>();
  readonly #custom = new Map<string, number | string>();
  readonly instances = new GroupInstances();
  readonly #default: SettingDefault;

  constructor(defaults: SettingDefault) {
    this.#default = defaults;
  }

  get(name: string): number | string | undefined {
    return this.#values.get(name) ?? this.#default(name);
  }

  /** Counts changes: who keeps a value compares. */
  revision = 0;

  set(name: string, value: number | string): void {
    this.revision++;
    this.#values.set(name, value);
  }

  isSet(name: string): boolean {
    return this.#values.has(name);
  }

  number(name: string, otherwise: number): number {
    const value = this.get(name);
    return typeof value === 'number' ? value : otherwise;
  }

  text(name: string, otherwise: string): string {
    const value = this.get(name);
    return value === undefined ? otherwise : String(value);
  }

  get serverHeader(): string {
    if (this.number('server_signature', 1) === 0) return '';
    return this.text('server_header', '') || `Server: olelo (${oleloVersion} (node))`;
  }

  get userAgentHeader(): string {
    return this.text('user_agent_header', '') || `User-Agent: olelo (${oleloVersion} (node))`;
  }

  get maxBranches(): number {
    return this.number('max_branches', 12);
  }

  custom(group: string, name: string): number | string | undefined {
    return this.#custom.get(`${group}.${name}`);
  }

  setCustom(group: string, name: string, value: number | string): void {
    this.#custom.set(`${group}.${name}`, value);
  }

  customNames(): readonly { readonly group: string; readonly name: string }[] {
    return [...this.#custom.keys()].map((key) => {
      const dot = key.indexOf('.');
      return { group: key.slice(0, dot), name: key.slice(dot + 1) };
    });
  }
}
