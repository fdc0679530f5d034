import type { RouteKind } from './catalogue.ts';
import type { Span } from './source.ts';

/** Something with a place in the config. */
export interface Node {
  readonly span: Span;
}

// ---------------------------------------------------------------- expressions

export interface NumberLiteral extends Node {
  readonly kind: 'number';
  readonly value: number;
}

export interface StringLiteral extends Node {
  readonly kind: 'string';
  readonly value: string;
}

export interface VariableExpression extends Node {
  readonly kind: 'variable';
  /** As written, e.g. `$(ru{uri.user})`. */
  readonly text: string;
}

export interface SelectExpression extends Node {
  readonly kind: 'select';
  /** Behind the `@`. */
  readonly path: string;
}

/** A bare word: core keyword (`method`), core value (`UDP`, `myself`), flag name, or nothing known. */
export interface WordExpression extends Node {
  readonly kind: 'word';
  readonly name: string;
}

/** `10.0.0.1`, `10.0.0.0/8`, `[2001:db8::]/32`, `myhost.example.com`. */
export interface AddressExpression extends Node {
  readonly kind: 'address';
  readonly address: string;
  /** Prefix length or dotted mask, as written. */
  readonly mask: string | undefined;
}

export type UnaryOperator = '!' | '-' | '~' | 'int' | 'str' | 'defined' | 'strlen' | 'strempty';

export interface UnaryExpression extends Node {
  readonly kind: 'unary';
  readonly operator: UnaryOperator;
  readonly operand: Expression;
}

export type BinaryOperator =
  | '||'
  | '&&'
  | '=='
  | '!='
  | '=~'
  | '!~'
  | '<'
  | '>'
  | '<='
  | '>='
  | 'eq'
  | 'ne'
  | 'ieq'
  | 'ine'
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '&'
  | '|'
  | '^'
  | '<<'
  | '>>';

export interface BinaryExpression extends Node {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
}

/** Call of a core or module function. */
export interface CallExpression extends Node {
  readonly kind: 'call';
  readonly name: string;
  readonly nameSpan: Span;
  readonly args: readonly Expression[];
}

/** `route(X)`, the name constant or computed. */
export interface RouteCallExpression extends Node {
  readonly kind: 'routeCall';
  readonly route: Expression;
}

export interface SelvalExpression extends Node {
  readonly kind: 'selval';
  readonly condition: Expression;
  readonly whenTrue: Expression;
  readonly whenFalse: Expression;
}

/** `[proto:]host[:port]` as an argument, e.g. of force_send_socket. */
export interface SocketExpression extends Node {
  readonly kind: 'socket';
  readonly text: string;
}

export type Expression =
  | NumberLiteral
  | StringLiteral
  | VariableExpression
  | SelectExpression
  | WordExpression
  | AddressExpression
  | UnaryExpression
  | BinaryExpression
  | CallExpression
  | RouteCallExpression
  | SelvalExpression
  | SocketExpression;

// ----------------------------------------------------------------- statements

export interface Block extends Node {
  readonly kind: 'block';
  readonly statements: readonly Statement[];
}

export interface IfStatement extends Node {
  readonly kind: 'if';
  readonly condition: Expression;
  readonly then: Statement;
  readonly otherwise: Statement | undefined;
}

export interface WhileStatement extends Node {
  readonly kind: 'while';
  readonly condition: Expression;
  readonly body: Statement;
}

export interface SwitchCase extends Node {
  /** undefined for `default`. */
  readonly match: Expression | undefined;
  /** `case /"regex":` */
  readonly regex: boolean;
  readonly statements: readonly Statement[];
}

export interface SwitchStatement extends Node {
  readonly kind: 'switch';
  readonly subject: Expression;
  readonly cases: readonly SwitchCase[];
}

/** `return`, `exit`, `drop`, `break`, with the value when one is given. */
export interface JumpStatement extends Node {
  readonly kind: 'jump';
  readonly jump: 'return' | 'exit' | 'drop' | 'break';
  readonly value: Expression | undefined;
}

export interface AssignmentStatement extends Node {
  readonly kind: 'assignment';
  readonly target: VariableExpression;
  readonly operator: '=' | ':=';
  readonly value: Expression;
}

export interface ExpressionStatement extends Node {
  readonly kind: 'expression';
  readonly expression: Expression;
}

export type Statement =
  | Block
  | IfStatement
  | WhileStatement
  | SwitchStatement
  | JumpStatement
  | AssignmentStatement
  | ExpressionStatement;

// ------------------------------------------------------------------ top level

export interface RouteBlock extends Node {
  readonly kind: 'route';
  readonly routeKind: RouteKind;
  /** Empty for the main blocks without name. */
  readonly name: string;
  readonly nameSpan: Span;
  readonly body: Block;
}

export interface LoadModule extends Node {
  readonly kind: 'loadModule';
  /** Path or name as written. */
  readonly path: string;
  readonly pathSpan: Span;
  /** `loadmodulex`: variables in the path are evaluated. */
  readonly evaluated: boolean;
  readonly options: string | undefined;
}

export interface LoadPath extends Node {
  readonly kind: 'loadPath';
  readonly path: string;
}

export interface ModParam extends Node {
  readonly kind: 'modParam';
  /** Module name or pattern. */
  readonly module: string;
  readonly moduleSpan: Span;
  readonly parameter: string;
  readonly parameterSpan: Span;
  readonly value: string | number;
  readonly valueSpan: Span;
  /** `modparamx`: variables in the value are evaluated. */
  readonly evaluated: boolean;
}

/** Protocol, host (no brackets around IPv6) and port of a socket or alias. */
export interface SocketAddress {
  readonly protocol: string | undefined;
  readonly host: string;
  readonly port: number | undefined;
  /** Last port of `port1-port2`. */
  readonly lastPort: number | undefined;
}

export interface SocketDeclaration extends Node {
  readonly kind: 'socket';
  readonly addresses: readonly SocketAddress[];
  readonly advertise: SocketAddress | undefined;
  readonly name: string | undefined;
  readonly virtual: boolean;
  readonly agname: string | undefined;
  readonly vrf: string | undefined;
}

export interface AliasDeclaration extends Node {
  readonly kind: 'alias';
  readonly addresses: readonly SocketAddress[];
}

export interface FlagDeclaration extends Node {
  readonly kind: 'flags';
  readonly family: 'flags' | 'avpflags';
  readonly flags: readonly { readonly name: string; readonly position: number | undefined }[];
}

/** A value that is neither number nor string: a word like `LOG_LOCAL0`, a path, an address. */
export interface GlobalValue extends Node {
  readonly kind: 'number' | 'string' | 'word';
  readonly value: string | number;
}

export interface GlobalParameter extends Node {
  readonly kind: 'global';
  readonly name: string;
  readonly nameSpan: Span;
  /** `coreparam[key]`. */
  readonly key: string | undefined;
  readonly value: GlobalValue;
}

/** `group.name = value desc "..."`. */
export interface CustomParameter extends Node {
  readonly kind: 'custom';
  /** `group[5].name`. */
  readonly instance?: number | undefined;
  readonly group: string;
  readonly name: string;
  readonly value: string | number;
  readonly description: string | undefined;
}

export type TopLevel =
  | RouteBlock
  | LoadModule
  | LoadPath
  | ModParam
  | SocketDeclaration
  | AliasDeclaration
  | FlagDeclaration
  | GlobalParameter
  | CustomParameter;

export interface Config {
  readonly items: readonly TopLevel[];
}
