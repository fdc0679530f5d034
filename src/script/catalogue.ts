import type {
  ArgumentInfo,
  Catalogue,
  FunctionInfo,
  GlobalInfo,
  ModuleInfo,
  Problem,
  PvInfo,
  PvSyntax,
  SignatureInfo,
  Site,
} from '../lang/catalogue.ts';
import type { AnyModule, Argument, Signature } from '../module/define.ts';
import { type ModuleRegistry, parameterInfos } from '../module/registry.ts';
import type { PvBinder } from './pvBinding.ts';

/** Takes what a config sets outside of modules and routes. */
export interface SettingSink {
  /** An error text when the value is refused. */
  setGlobal(name: string, values: readonly (string | number)[]): string | undefined;
  setCustom(
    group: string,
    name: string,
    value: string | number,
    description: string | undefined,
    instance?: number,
  ): void;
}

/** The language's view of a server's modules: `Catalogue` on the registry and the variable binder. */
export class ServerCatalogue implements Catalogue {
  readonly #registry: ModuleRegistry;
  readonly #binder: PvBinder;
  readonly #globals: ReadonlyMap<string, GlobalInfo>;
  readonly #sink: SettingSink;
  readonly #functions = new Map<string, FunctionInfo | undefined>();
  readonly #signatures = new Map<
    string,
    { readonly module: AnyModule; readonly signature: Signature<unknown> }
  >();

  constructor(
    registry: ModuleRegistry,
    binder: PvBinder,
    globals: ReadonlyMap<string, GlobalInfo>,
    sink: SettingSink,
  ) {
    this.#sink = sink;
    this.#registry = registry;
    this.#binder = binder;
    this.#globals = globals;
  }

  /** The core declares its keywords as variables under a prefix that no config can write. */
  resolveKeyword(name: string): PvInfo | Problem | undefined {
    const keyword = `keyword.${name}`;
    if (this.#registry.findPv(keyword) === undefined) return undefined;
    return this.#binder.resolve({
      name: keyword,
      inner: undefined,
      innerParts: undefined,
      index: undefined,
      transformations: [],
      text: `$${keyword}`,
    });
  }

  findFunction(name: string): FunctionInfo | undefined {
    if (!this.#functions.has(name)) this.#functions.set(name, this.#describe(name));
    return this.#functions.get(name);
  }

  /** What stands behind a `SignatureInfo.id`. */
  signature(id: string): { readonly module: AnyModule; readonly signature: Signature<unknown> } | undefined {
    return this.#signatures.get(id);
  }

  #describe(name: string): FunctionInfo | undefined {
    const found = this.#registry.findFunctions(name);
    const [first] = found;
    if (first === undefined) return undefined;
    const signatures = found.flatMap(({ module, declaration }) =>
      declaration.signatures.map((signature, i) =>
        this.#signatureInfo(`${module.name}.${name}/${i}`, module, signature),
      ),
    );
    return { name, module: first.module.name, routes: first.declaration.routes, signatures };
  }

  #signatureInfo(id: string, module: AnyModule, signature: Signature<unknown>): SignatureInfo {
    this.#signatures.set(id, { module, signature });
    const registry = this.#registry;
    return {
      id,
      args: signature.args.map((argument) => this.#argumentInfo(module, argument)),
      // asked at code generation, when all parameters are known
      get waits() {
        return registry.waits(module, signature);
      },
    };
  }

  /** A constant argument may be news to the module's instance (a table that it will need). */
  #argumentInfo(module: AnyModule, argument: Argument): ArgumentInfo {
    const { prepare } = argument;
    if (prepare === undefined) return argument;
    const registry = this.#registry;
    return {
      ...argument,
      check: (value) =>
        argument.check?.(value) ?? prepare(registry.require(module.name).instance as never, value),
    };
  }

  moduleOfFunction(name: string): string | undefined {
    return this.#registry.ownerOf(name);
  }

  functionNames(): Iterable<string> {
    return this.#registry.functionNames();
  }

  resolvePv(pv: PvSyntax): PvInfo | Problem {
    return this.#binder.resolve(pv);
  }

  /** `@a.b.c` is the variable `$sel(a.b.c)`. */
  resolveSelect(path: string, _site: Site): PvInfo | Problem {
    return this.#binder.resolve({
      name: 'sel',
      inner: path,
      innerParts: undefined,
      index: undefined,
      transformations: [],
      text: `$sel(${path})`,
    });
  }

  findModule(name: string): ModuleInfo | undefined {
    const module = this.#registry.declared.get(name);
    if (module === undefined) return undefined;
    return { name, parameters: parameterInfos(module), requires: module.requires ?? [] };
  }

  moduleNames(): Iterable<string> {
    return this.#registry.declared.keys();
  }

  loadModule(name: string): Problem | undefined {
    const error = this.#registry.load(name);
    this.#functions.clear();
    return error === undefined ? undefined : { message: error };
  }

  isLoaded(name: string): boolean {
    return this.#registry.isLoaded(name);
  }

  setParameter(module: string, name: string, value: string | number): Problem | undefined {
    const error = this.#registry.require(module).assign(name, value);
    return error === undefined ? undefined : { message: error };
  }

  setGlobal(name: string, values: readonly (string | number)[]): Problem | undefined {
    const error = this.#sink.setGlobal(name, values);
    return error === undefined ? undefined : { message: error };
  }

  setCustom(
    group: string,
    name: string,
    value: string | number,
    description: string | undefined,
    instance?: number,
  ): void {
    this.#sink.setCustom(group, name, value, description, instance);
  }

  findGlobal(name: string): GlobalInfo | undefined {
    return this.#globals.get(name);
  }

  globalNames(): Iterable<string> {
    return this.#globals.keys();
  }

  knowsEvent(name: string): boolean {
    return this.#registry.knowsEvent(name);
  }
}
