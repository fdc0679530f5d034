import { ServerError } from '../base/errors.ts';
import type { ParameterInfo, ParameterType } from '../lang/catalogue.ts';
import type {
  AnyModule,
  FunctionDeclaration,
  ParamDeclaration,
  PvDeclaration,
  SelectDeclaration,
  Signature,
  TransformationDeclaration,
} from './define.ts';
import type { Host } from './host.ts';

/** A module in a server: its declaration, its parameters as they stand, its instance once made. */
export class LoadedModule {
  readonly declaration: AnyModule;
  /** Current values by name; what `Config` shows to the module. */
  readonly values: Record<string, number | string | readonly string[]> = {};
  /** Parameters that the config has set. */
  readonly assigned = new Set<string>();
  #instance: { readonly self: unknown } | undefined;
  readonly #makeHost: (module: LoadedModule) => Host;

  constructor(declaration: AnyModule, makeHost: (module: LoadedModule) => Host) {
    this.declaration = declaration;
    this.#makeHost = makeHost;
    for (const [name, param] of Object.entries(declaration.params)) this.values[name] = param.default;
  }

  get name(): string {
    return this.declaration.name;
  }

  /** Made when first needed, which is after all modparams (they stand before the routes). */
  get instance(): unknown {
    this.#instance ??= { self: this.declaration.create(this.#makeHost(this), this.values as never) };
    return this.#instance.self;
  }

  get isCreated(): boolean {
    return this.#instance !== undefined;
  }

  /** Sets a parameter from the config; an error text when the value is refused. */
  assign(name: string, value: number | string): string | undefined {
    const param = this.declaration.params[name];
    if (param === undefined) return `module ${this.name} has no parameter '${name}'`;
    const converted = convertParam(param, value);
    if (typeof converted === 'object') return converted.error;
    if (param.type === 'list') {
      const before = this.assigned.has(name) ? (this.values[name] as readonly string[]) : [];
      this.values[name] = [...before, String(converted)];
    } else {
      this.values[name] = converted;
    }
    this.assigned.add(name);
    return undefined;
  }
}

function convertParam(param: ParamDeclaration, value: number | string): number | string | { error: string } {
  switch (param.type) {
    case 'int':
      return convertInt(param.min, param.max, value);
    case 'string': {
      const text = String(value);
      const error = param.check?.(text);
      return error === undefined ? text : { error };
    }
    default:
      return value;
  }
}

function convertInt(
  min: number | undefined,
  max: number | undefined,
  value: number | string,
): number | { error: string } {
  const number = typeof value === 'number' ? value : /^[+-]?\d+$/.test(value) ? Number(value) : Number.NaN;
  if (Number.isNaN(number)) return { error: `expected a number, got "${value}"` };
  if (min !== undefined && number < min) return { error: `${number} is below the least value ${min}` };
  if (max !== undefined && number > max) return { error: `${number} is above the greatest value ${max}` };
  return number;
}

export interface FoundFunction {
  readonly module: AnyModule;
  readonly name: string;
  readonly declaration: FunctionDeclaration<unknown>;
}

const maker = { signature: ((declaration: object) => ({ args: [], waits: false, ...declaration })) as never };

/** Functions of a declaration, aliases included, each under its own name. */
export function functionsOf(module: AnyModule): Readonly<Record<string, FunctionDeclaration<unknown>>> {
  return module.functions?.(maker) ?? {};
}

/**
 * All declared modules, and those that a server has loaded. Lookups by name for the catalogue and all
 * projections (docs, RPC, statistics).
 */
export class ModuleRegistry {
  readonly declared: ReadonlyMap<string, AnyModule>;
  readonly #functionOwner = new Map<string, string>();
  readonly #loaded = new Map<string, LoadedModule>();
  readonly #functions = new Map<string, FoundFunction[]>();
  readonly #makeHost: (module: LoadedModule) => Host;

  constructor(modules: readonly AnyModule[], makeHost: (module: LoadedModule) => Host) {
    this.#makeHost = makeHost;
    this.declared = new Map(modules.map((module) => [module.name, module]));
    for (const module of modules) {
      for (const [name, declaration] of Object.entries(functionsOf(module))) {
        for (const alias of [name, ...(declaration.aliases ?? [])]) {
          if (!this.#functionOwner.has(alias)) this.#functionOwner.set(alias, module.name);
        }
      }
    }
  }

  /** In load order. */
  get loaded(): readonly LoadedModule[] {
    return [...this.#loaded.values()];
  }

  isLoaded(name: string): boolean {
    return this.#loaded.has(name);
  }

  get(name: string): LoadedModule | undefined {
    return this.#loaded.get(name);
  }

  /** An error text when it cannot be loaded. Loading twice is harmless, as in Kamailio. */
  load(name: string): string | undefined {
    if (this.#loaded.has(name)) return undefined;
    const declaration = this.declared.get(name);
    if (declaration === undefined) return `module '${name}' does not exist in Olelo yet`;
    const missing = (declaration.requires ?? []).filter((required) => !this.#loaded.has(required));
    if (missing.length > 0)
      return `module '${name}' needs ${missing.map((m) => `'${m}'`).join(', ')} to be loaded before it`;
    this.#loaded.set(name, new LoadedModule(declaration, this.#makeHost));
    this.#addFunctions(declaration);
    return undefined;
  }

  #addFunctions(module: AnyModule): void {
    for (const [name, declaration] of Object.entries(functionsOf(module))) {
      for (const alias of [name, ...(declaration.aliases ?? [])]) {
        const found = this.#functions.get(alias);
        const entry = { module, name, declaration };
        if (found === undefined) this.#functions.set(alias, [entry]);
        else found.push(entry);
      }
    }
  }

  /** Loaded functions of a name: the first loaded module wins where arities are equal. */
  findFunctions(name: string): readonly FoundFunction[] {
    return this.#functions.get(name) ?? [];
  }

  functionNames(): IterableIterator<string> {
    return this.#functions.keys();
  }

  ownerOf(functionName: string): string | undefined {
    return this.#functionOwner.get(functionName);
  }

  /** Does this signature's call give a promise, as the module is configured? */
  waits(module: AnyModule, signature: Signature<unknown>): boolean {
    if (typeof signature.waits === 'boolean') return signature.waits;
    return signature.waits(this.require(module.name).instance);
  }

  require(name: string): LoadedModule {
    const module = this.#loaded.get(name);
    if (module === undefined) throw new ServerError('MODULE_NOT_LOADED', `module '${name}' is not loaded`);
    return module;
  }

  findPv(name: string): { readonly module: LoadedModule; readonly pv: PvDeclaration<unknown> } | undefined {
    for (const module of this.#loaded.values()) {
      const pv = ownEntry(module.declaration.pvs, name);
      if (pv !== undefined) return { module, pv };
    }
    return undefined;
  }

  /** A declared but not loaded module that has this variable. */
  moduleOfPv(name: string): string | undefined {
    for (const module of this.declared.values())
      if (ownEntry(module.pvs, name) !== undefined) return module.name;
    return undefined;
  }

  pvNames(): string[] {
    return this.loaded.flatMap((module) => Object.keys(module.declaration.pvs ?? {}));
  }

  findTransformation(
    name: string,
  ):
    | { readonly module: LoadedModule; readonly transformation: TransformationDeclaration<unknown> }
    | undefined {
    for (const module of this.#loaded.values()) {
      const transformation = ownEntry(module.declaration.transformations, name);
      if (transformation !== undefined) return { module, transformation };
    }
    return undefined;
  }

  findSelect(
    name: string,
  ): { readonly module: LoadedModule; readonly select: SelectDeclaration<unknown> } | undefined {
    for (const module of this.#loaded.values()) {
      const select = ownEntry(module.declaration.selects, name);
      if (select !== undefined) return { module, select };
    }
    return undefined;
  }

  /** A declared module that has selects under this first step. */
  moduleOfSelect(name: string): string | undefined {
    for (const module of this.declared.values())
      if (ownEntry(module.selects, name) !== undefined) return module.name;
    return undefined;
  }

  moduleOfTransformation(name: string): string | undefined {
    for (const module of this.declared.values())
      if (ownEntry(module.transformations, name) !== undefined) return module.name;
    return undefined;
  }

  transformationNames(): string[] {
    return this.loaded.flatMap((module) => Object.keys(module.declaration.transformations ?? {}));
  }

  knowsEvent(name: string): boolean {
    return this.loaded.some((module) =>
      (module.declaration.events ?? []).some((event) =>
        event.name.endsWith('*') ? name.startsWith(event.name.slice(0, -1)) : event.name === name,
      ),
    );
  }
}

function ownEntry<T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
}

/** Parameters as the language's checker wants them. */
export function parameterInfos(module: AnyModule): ReadonlyMap<string, ParameterInfo> {
  const types: Record<ParamDeclaration['type'], ParameterType> = {
    int: 'int',
    string: 'string',
    list: 'any',
    any: 'any',
    meaningless: 'any',
  };
  return new Map(
    Object.entries(module.params).map(([name, param]) => [
      name,
      { name, type: types[param.type], repeatable: param.type === 'list' },
    ]),
  );
}
