import type { ArgumentKind, Problem, PvSyntax, RouteKind, Value, VariableRef } from '../lang/catalogue.ts';
import type { ScriptContext } from './context.ts';
import type { Host } from './host.ts';
import type { RpcArgument, RpcParameter, RpcReply } from './rpc.ts';

/**
 * One declaration per module. cfg functions and their load-time checks, the KSR object and its types, RPC
 * methods, statistics and docs are projections of it; there is no second table.
 */

// ---- parameters

interface ParamBase {
  readonly doc: string;
  /** May be changed while running (`cfg.set`). */
  readonly runtime?: boolean;
}

export interface IntParam extends ParamBase {
  readonly type: 'int';
  readonly default: number;
  readonly min?: number;
  readonly max?: number;
}
export interface StringParam extends ParamBase {
  readonly type: 'string';
  readonly default: string;
  /** An error text when a value is refused. */
  readonly check?: (value: string) => string | undefined;
}
/** modparam may come several times; the config gets all values in order. */
export interface ListParam extends ParamBase {
  readonly type: 'list';
  readonly default: readonly string[];
}
/** Number or string, as written. */
export interface AnyParam extends ParamBase {
  readonly type: 'any';
  readonly default: number | string;
}
/** Accepted for compatibility; means nothing here, for the reason given (shown as a notice). */
export interface MeaninglessParam extends ParamBase {
  readonly type: 'meaningless';
  readonly default: number | string;
  readonly because: string;
}

export type ParamDeclaration = IntParam | StringParam | ListParam | AnyParam | MeaninglessParam;
export type ParamDeclarations = Readonly<Record<string, ParamDeclaration>>;

type ParamValue<P extends ParamDeclaration> = P extends IntParam
  ? number
  : P extends StringParam
    ? string
    : P extends ListParam
      ? readonly string[]
      : number | string;

/** Live view of the parameters: runtime ones change under the module's hands, so do not copy them. */
export type Config<P extends ParamDeclarations> = { readonly [K in keyof P]: ParamValue<P[K]> };

// ---- functions

/** What a function gives back: positive true, negative false, 0 ends the script. */
export type Result = number | Promise<number>;

export interface Argument<V = unknown, K extends ArgumentKind = ArgumentKind> {
  readonly name: string;
  readonly kind: K;
  readonly doc: string;
  readonly optional: boolean;
  readonly routeKind?: RouteKind;
  readonly check?: (value: Value) => string | undefined;
  /** Tells the instance, at load, of a constant value that the config uses; an error text refuses it. */
  readonly prepare?: (self: never, value: Value) => string | undefined;
  /** Only for type inference. */
  readonly valueType?: V;
}

type ArgumentValues<A extends readonly Argument[]> = {
  [I in keyof A]: A[I] extends Argument<infer V>
    ? A[I]['optional'] extends true
      ? V | undefined
      : V
    : never;
};

interface ArgumentExtra<O extends boolean> {
  readonly optional?: O;
  /** Load-time check of a constant value: an error text, or undefined when it is fine. */
  readonly check?: (value: Value) => string | undefined;
  /** Tells the instance, at load, of a constant value that the config uses; an error text refuses it. */
  readonly prepare?: (self: never, value: Value) => string | undefined;
}

function argument<V, K extends ArgumentKind>(kind: K) {
  return <const O extends boolean = false>(name: string, doc: string, extra: ArgumentExtra<O> = {}) =>
    ({ name, kind, doc, ...extra, optional: extra.optional ?? false }) as Argument<V, K> & {
      readonly optional: O;
    };
}

/** Makers of argument declarations, one per `ArgumentKind`. Optional ones come last; absent is undefined. */
export const arg = {
  int: argument<number, 'int'>('int'),
  string: argument<string, 'string'>('string'),
  variable: argument<VariableRef, 'variable'>('variable'),
  regex: argument<RegExp, 'regex'>('regex'),
  uri: argument<string, 'uri'>('uri'),
  flags: argument<number | string, 'flags'>('flags'),
  constant: argument<string, 'constant'>('constant'),
  any: argument<Value, 'any'>('any'),
  route: (
    name: string,
    doc: string,
    routeKind: RouteKind,
  ): Argument<string, 'route'> & { readonly optional: false } => ({
    name,
    kind: 'route',
    doc,
    routeKind,
    optional: false,
  }),
};

export interface Signature<Self> {
  readonly args: readonly Argument[];
  /** Name in the KSR object; undefined when KEMI has none. */
  readonly kemi?: string | undefined;
  /** May return a promise. A function of the instance, where the configuration decides. */
  readonly waits: boolean | ((self: Self) => boolean);
  readonly run: (self: Self, context: ScriptContext, ...args: never[]) => Result;
}

/** Binds the types of arguments to those of `run`: `signature({ args: [arg.int('limit', '…')], run: (self, context, limit) => … })`. */
export type SignatureMaker<Self> = <const A extends readonly Argument[] = readonly []>(signature: {
  readonly args?: A;
  readonly kemi?: string;
  readonly waits?: boolean | ((self: Self) => boolean);
  readonly run: (self: Self, context: ScriptContext, ...args: ArgumentValues<A>) => Result;
}) => Signature<Self>;

export interface FunctionDeclaration<Self> {
  readonly doc: string;
  readonly aliases?: readonly string[];
  /** Route kinds where the config may call it; undefined for any. */
  readonly routes?: readonly RouteKind[];
  readonly returns?: Readonly<Record<number, string>>;
  /** Told apart by the number of arguments. */
  readonly signatures: readonly Signature<Self>[];
}

// ---- pseudo-variables and transformations

/** A variable as the config names it, its parts ready to evaluate. */
export interface PvReference {
  readonly syntax: PvSyntax;
  /** Text between the parentheses when it is constant, else undefined. */
  readonly inner: string | undefined;
  /** Text between the parentheses, evaluated; '' when there are none. */
  innerOf(context: ScriptContext): string;
  /** The constant index: number, `*`, or undefined when there is none or it is a variable. */
  readonly index: number | '*' | undefined;
  readonly hasIndex: boolean;
  indexOf(context: ScriptContext): number | '*' | undefined;
}

export interface PvBinding {
  readonly get: (context: ScriptContext) => Value;
  readonly set?: (context: ScriptContext, value: Value, operator: '=' | ':=') => void;
  readonly type?: 'int' | 'string';
  /** Known at load. */
  readonly constant?: Value;
}

export interface PvDeclaration<Self> {
  readonly doc: string;
  readonly type?: 'int' | 'string';
  /** Must there be something in parentheses? Default 'none'. */
  readonly inner?: 'none' | 'optional' | 'required';
  readonly index?: boolean;
  /** Simple variables: `get` and perhaps `set`. Others: `bind`, called once for each place in the config. */
  readonly get?: (self: Self, context: ScriptContext) => Value;
  readonly set?: (self: Self, context: ScriptContext, value: Value) => void;
  readonly bind?: (self: Self, pv: PvReference) => PvBinding | Problem;
}

/** One argument of `{class.op,arg,...}`; it may hold variables. */
export interface TransformationArgument {
  readonly text: string;
  of(context: ScriptContext): Value;
}

export type Transformation = (value: Value, context: ScriptContext) => Value;

export interface TransformationDeclaration<Self> {
  readonly doc: string;
  readonly minArgs: number;
  readonly maxArgs: number;
  /** Arguments are taken as written: `$` in them is no variable. */
  readonly literal?: boolean;
  readonly bind: (self: Self, args: readonly TransformationArgument[]) => Transformation | Problem;
}

// ---- selects

/** One step of a select: `via[1]`, `params["x"]`, `host`. */
export interface SelectStep {
  readonly name: string;
  readonly index: number | string | undefined;
}

/** A select that the module adds (`@hf_value.x.uri`), under its first step. */
export interface SelectDeclaration<Self> {
  readonly doc: string;
  /** undefined when there is no such select. */
  readonly bind: (
    self: Self,
    first: SelectStep,
    rest: readonly SelectStep[],
  ) => ((context: ScriptContext) => Value) | undefined;
}

// ---- RPC, statistics, events

export interface RpcDeclaration<Self> {
  readonly doc: string;
  readonly args?: readonly RpcParameter[];
  readonly returnsArray?: boolean;
  readonly run: (self: Self, args: readonly RpcArgument[]) => RpcReply | Promise<RpcReply>;
}

export interface StatisticDeclaration<Self> {
  readonly doc: string;
  /** Default: the module's name. */
  readonly group?: string;
  readonly read: (self: Self) => number;
  readonly reset?: (self: Self) => void;
}

export interface EventDeclaration {
  /** `tm:local-request`; a trailing `*` takes any ending (`htable:expired:*`). */
  readonly name: string;
  readonly doc: string;
}

// ---- the module

export interface ModuleDeclaration<P extends ParamDeclarations, Self> {
  /** The name that users know: `tm`, `usrloc`. */
  readonly name: string;
  readonly summary: string;
  /** Modules that must be loaded before this one. */
  readonly requires?: readonly string[];
  readonly params: P;
  /** Makes the instance; no I/O here. Throw `ServerError` for parameters that cannot work together. */
  readonly create: (host: Host, config: Config<P>) => Self;
  readonly functions?: (tools: {
    readonly signature: SignatureMaker<Self>;
  }) => Readonly<Record<string, FunctionDeclaration<Self>>>;
  readonly pvs?: Readonly<Record<string, PvDeclaration<Self>>>;
  /** By `class.op`, e.g. `s.len`. */
  readonly transformations?: Readonly<Record<string, TransformationDeclaration<Self>>>;
  /** Selects by their first step. */
  readonly selects?: Readonly<Record<string, SelectDeclaration<Self>>>;
  readonly rpc?: Readonly<Record<string, RpcDeclaration<Self>>>;
  readonly statistics?: Readonly<Record<string, StatisticDeclaration<Self>>>;
  readonly events?: readonly EventDeclaration[];
  /** What other modules may use (`host.api('name')`); its type stands in the module's api.ts. */
  readonly api?: (self: Self) => unknown;
  /** Before the sockets open, in load order: load tables, open control sockets. */
  readonly start?: (self: Self) => void | Promise<void>;
  /** All sockets are open. */
  readonly ready?: (self: Self) => void | Promise<void>;
  /** No new work comes; finish what is there. */
  readonly drain?: (self: Self) => Promise<void>;
  readonly stop?: (self: Self) => void | Promise<void>;
}

/** A declaration with its types forgotten, as the registry handles it. */
export type AnyModule = ModuleDeclaration<ParamDeclarations, unknown>;

export function defineModule<const P extends ParamDeclarations, Self>(
  declaration: ModuleDeclaration<P, Self>,
): AnyModule {
  return declaration as unknown as AnyModule;
}
