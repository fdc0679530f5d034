import type { GroupInstances } from '../module/groupInstances.ts';
import type { RuntimeConfig, RuntimeVariable } from '../module/host.ts';
import type { LoadedModule, ModuleRegistry } from '../module/registry.ts';
import type { ServerSettings } from './settings.ts';

/** A core variable that `cfg.*` may see and change. */
export interface CoreVariable {
  readonly name: string;
  readonly type: 'int' | 'string';
  readonly doc: string;
  readonly readOnly: boolean;
  /** Called after a change, where somebody must act on it. */
  readonly changed?: (value: number | string) => void;
}

/** `cfg.*` over the core's variables, the modules' run-time parameters, and custom parameters. */
export class ServerRuntimeConfig implements RuntimeConfig {
  readonly #groups = new Map<string, Map<string, RuntimeVariable>>();
  readonly #settings: ServerSettings;

  constructor(settings: ServerSettings) {
    this.#settings = settings;
  }

  get instances(): GroupInstances {
    return this.#settings.instances;
  }

  isCustom(group: string): boolean {
    return this.#settings.customNames().some((each) => each.group === group);
  }

  addCore(variables: readonly CoreVariable[]): void {
    for (const variable of variables) {
      const { name, type, changed } = variable;
      this.#add({
        group: 'core',
        name,
        type,
        doc: variable.doc,
        readOnly: variable.readOnly,
        get: () => this.#settings.get(name) ?? (type === 'int' ? 0 : ''),
        set: (value) => {
          this.#settings.set(name, value);
          changed?.(value);
          return undefined;
        },
      });
    }
  }

  addModules(registry: ModuleRegistry): void {
    for (const module of registry.loaded) this.#addModule(module);
  }

  #addModule(module: LoadedModule): void {
    for (const [name, param] of Object.entries(module.declaration.params)) {
      if (param.runtime !== true || param.type === 'list' || param.type === 'meaningless') continue;
      this.#add({
        group: module.name,
        name,
        type: param.type === 'int' ? 'int' : 'string',
        doc: param.doc,
        readOnly: false,
        get: () => module.values[name] as number | string,
        set: (value) => module.assign(name, value),
      });
    }
  }

  addCustom(descriptions: ReadonlyMap<string, string>): void {
    for (const { group, name } of this.#settings.customNames()) {
      const value = this.#settings.custom(group, name) ?? 0;
      this.#add({
        group,
        name,
        type: typeof value === 'number' ? 'int' : 'string',
        doc: descriptions.get(`${group}.${name}`) ?? '',
        readOnly: false,
        get: () => this.#settings.custom(group, name) ?? 0,
        set: (changed) => {
          this.#settings.setCustom(group, name, changed);
          return undefined;
        },
      });
    }
  }

  #add(variable: RuntimeVariable): void {
    let group = this.#groups.get(variable.group);
    if (group === undefined) {
      group = new Map();
      this.#groups.set(variable.group, group);
    }
    group.set(variable.name, checkedType(variable));
  }

  groups(): readonly string[] {
    return [...this.#groups.keys()];
  }

  variables(group: string): readonly RuntimeVariable[] {
    return [...(this.#groups.get(group)?.values() ?? [])];
  }

  find(group: string, name: string): RuntimeVariable | undefined {
    return this.#groups.get(group)?.get(name);
  }
}

function checkedType(variable: RuntimeVariable): RuntimeVariable {
  return {
    ...variable,
    set: (value) => {
      if (variable.readOnly) return `${variable.group}.${variable.name} is read-only`;
      if (variable.type === 'string') return variable.set(String(value));
      const number = typeof value === 'number' ? value : Number(value);
      return Number.isSafeInteger(number) ? variable.set(number) : `"${value}" is not a number`;
    },
  };
}
