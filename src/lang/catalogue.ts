/**
 * What the language needs to know of the world: which functions, parameters, pseudo-variables and global
 * settings exist. `module/` implements it from the declarations. The language itself knows no SIP.
 */

/** A script value. Kamailio's integers are JS numbers (safe integers); null is `$null`. */
export type Value = string | number | null;

/** The message being routed, with all script state. Opaque here; `module/context.ts` says what it is. */
export type ExecutionContext = object;

export type RouteKind =
  | 'request'
  | 'route'
  | 'branch'
  | 'failure'
  | 'onreply'
  | 'reply'
  | 'onsend'
  | 'event'
  | 'branch_failure';

/** How an argument in the config is checked at load and handed to the function at run time. */
export type ArgumentKind =
  /** number: literal, define, or any expression/PV/string that gives one at run time */
  | 'int'
  /** string; `"...$pv..."` is interpolated at run time */
  | 'string'
  /** a pseudo-variable by reference; the function receives a `VariableRef` */
  | 'variable'
  /** RegExp by `compileRegexArgument` of base/posixRegex.ts, at load when constant, else through a bounded cache */
  | 'regex'
  /** string that must be a valid URI when constant */
  | 'uri'
  /** name of a route block; checked at load; the function receives the route's name as string */
  | 'route'
  /** flags: a number or a letter/word string, handed over as written (string or number) */
  | 'flags'
  /** string taken literally, `$` not interpreted */
  | 'constant'
  /** number or string, handed over as it evaluates */
  | 'any';

export interface ArgumentInfo {
  readonly name: string;
  readonly kind: ArgumentKind;
  readonly optional?: boolean | undefined;
  /** For kind `route`: which block kind the name refers to. */
  readonly routeKind?: RouteKind | undefined;
  /** Load-time check of a constant value: an error text, or undefined when it is fine. */
  readonly check?: ((value: Value) => string | undefined) | undefined;
}

export interface SignatureInfo {
  readonly args: readonly ArgumentInfo[];
  /** May return a promise: routes that reach it become async. */
  readonly waits: boolean;
  /** Key under which the linked code finds the implementation; unique in the catalogue. */
  readonly id: string;
}

export interface FunctionInfo {
  readonly name: string;
  /** Module that has it; `core` for core functions. */
  readonly module: string;
  /** Route kinds in which the config may call it; undefined for any. */
  readonly routes: readonly RouteKind[] | undefined;
  readonly signatures: readonly SignatureInfo[];
}

export type ParameterType = 'int' | 'string' | 'any';

export interface ParameterInfo {
  readonly name: string;
  readonly type: ParameterType;
  /** modparam may be given several times and all values count. */
  readonly repeatable: boolean;
}

export interface ModuleInfo {
  readonly name: string;
  readonly parameters: ReadonlyMap<string, ParameterInfo>;
  /** Modules that must be loaded before. */
  readonly requires: readonly string[];
}

/** A pseudo-variable as written: `$name`, `$(name(inner)[index]{tr.op,arg}...)`. */
export interface PvSyntax {
  /** `ru`, `var`, `hdr` ... the part behind `$`, without parentheses. */
  readonly name: string;
  /** Text between the parentheses; undefined when there are none. Nested variables stay in the text and in `innerParts`. */
  readonly inner: string | undefined;
  /** `inner` split into literals and nested variables, when there is a nested one. */
  readonly innerParts: readonly (string | PvSyntax)[] | undefined;
  /** `[3]`, `[-1]`, `[*]`, `[$var(i)]`, or undefined. */
  readonly index: number | '*' | PvSyntax | undefined;
  /** Each `{...}` as written, without braces. */
  readonly transformations: readonly string[];
  /** The whole as written. */
  readonly text: string;
}

export interface PvInfo {
  readonly writable: boolean;
  /** Statically known type, for the checker and for cheaper code; undefined when either. */
  readonly type?: 'int' | 'string' | undefined;
  /** Value known at load (e.g. `$def(x)`, `$cfg(line)`). */
  readonly constant?: Value | undefined;
  /** Key under which the linked code finds getter and setter: equal syntax gives the equal id. */
  readonly id: string;
}

export interface Problem {
  readonly message: string;
  readonly suggestion?: string | undefined;
  /** Nobody has this name: it may belong to a module that is not there. */
  readonly unknown?: boolean | undefined;
}

export function isProblem(value: object): value is Problem {
  return 'message' in value && !('id' in value);
}

export interface GlobalInfo {
  readonly name: string;
  readonly type: 'int' | 'string' | 'bool' | 'list' | 'special';
  /** `implemented`, or accepted without effect here, with the reason told as a notice. */
  readonly meaningless?: string | undefined;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/** Where in a config something stands; `line` and `column` count from 1. */
export interface Site {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly routeKind?: RouteKind | undefined;
  readonly routeName?: string | undefined;
}

/**
 * Functions behind core syntax, which a config calls without naming them. The catalogue offers them through
 * `findFunction`; they answer positive or negative and leave `$rc` alone.
 */
export const internalFunctions = {
  /** `uri == myself`: is the host of this URI (and its port) one of ours? */
  uriIsMyself: '@uri_is_myself',
  /** `src_ip == myself`: does the server listen on this IP address? */
  addressIsMyself: '@address_is_myself',
  /** `src_ip == host.example.com`: takes the address and the name; is it one of the name's? Waits for the DNS. */
  addressIsHost: '@address_is_host',
} as const;

export interface Catalogue {
  /**
   * Core keyword (`method`, `uri`, `src_ip`, `msg:len` ...): how it is read. `proto` and `snd_proto` give the
   * protocol in lower case, `af` and `snd_af` 4 or 6. Where this is absent, or answers undefined, the
   * pseudo-variable that means the same is used (`coreKeywords.ts`).
   */
  resolveKeyword?(name: string, site: Site): PvInfo | Problem | undefined;
  /** Functions of the core and of loaded modules. */
  findFunction(name: string): FunctionInfo | undefined;
  /** A module (loaded or not) that would bring this function, for the error message. */
  moduleOfFunction(name: string): string | undefined;
  functionNames(): Iterable<string>;
  resolvePv(pv: PvSyntax, site: Site): PvInfo | Problem;
  /** Select as written behind `@`, e.g. `to.uri.user`. */
  resolveSelect(path: string, site: Site): PvInfo | Problem;
  findModule(name: string): ModuleInfo | undefined;
  moduleNames(): Iterable<string>;
  /** Called for each loadmodule, in order; a Problem refuses it. */
  loadModule(name: string): Problem | undefined;
  isLoaded(name: string): boolean;
  /**
   * Called by the checker for each modparam (each module that its pattern matches), in order, after it was checked
   * and before any route is checked: module instances, which routes are bound to, are made from these. A Problem
   * refuses the value. `modparamx` values come evaluated.
   */
  setParameter(module: string, name: string, value: string | number): Problem | undefined;
  /** Called by the checker for each global parameter, in order, likewise. `values` has more than one for lists. */
  setGlobal(name: string, values: readonly (string | number)[]): Problem | undefined;
  /** Called for each `group.name = value desc "..."`, and for `group[instance].name = value`. */
  setCustom(
    group: string,
    name: string,
    value: string | number,
    description: string | undefined,
    instance?: number,
  ): void;
  findGlobal(name: string): GlobalInfo | undefined;
  globalNames(): Iterable<string>;
  /** Is `event_route[name]` one that a loaded module or the core runs? */
  knowsEvent(name: string): boolean;
}

/** Hands a function a variable to read and write (argument kind `variable`). */
export interface VariableRef {
  readonly text: string;
  readonly writable: boolean;
  get(context: ExecutionContext): Value;
  set(context: ExecutionContext, value: Value): void;
}

/** What generated code calls; the linker in `script/` fills it from ids. */
export interface LinkTable {
  /** Implementation of a signature: `(context, ...args) => number | Promise<number>`. */
  call(id: string): (context: ExecutionContext, ...args: unknown[]) => number | Promise<number>;
  getter(id: string): (context: ExecutionContext) => Value;
  /** `operator` is '=' or ':='. */
  setter(id: string): (context: ExecutionContext, value: Value, operator: '=' | ':=') => void;
  variable(id: string): VariableRef;
}
