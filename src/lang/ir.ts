import type { BinaryOperator, UnaryOperator } from './ast.ts';
import type { RouteKind, Value } from './catalogue.ts';
import type { Span } from './source.ts';

/** The checked program: names are resolved to ids of the link table, and only code is left to write. */

/** What is known of a value before the script runs. `result` is a return code: positive is true. */
export type StaticType = 'int' | 'string' | 'any';

interface Placed {
  readonly span: Span;
}

export interface IrConstant extends Placed {
  readonly kind: 'constant';
  readonly value: Value;
}

export interface IrGet extends Placed {
  readonly kind: 'get';
  readonly id: string;
  readonly type: StaticType;
}

export interface IrUnary extends Placed {
  readonly kind: 'unary';
  readonly operator: UnaryOperator;
  readonly operand: IrExpression;
}

/** Matching has a node of its own. */
export type IrBinaryOperator = Exclude<BinaryOperator, '=~' | '!~'>;

export interface IrBinary extends Placed {
  readonly kind: 'binary';
  readonly operator: IrBinaryOperator;
  readonly left: IrExpression;
  readonly right: IrExpression;
}

/** `value =~ pattern`; a constant pattern is compiled at load. */
export interface IrMatch extends Placed {
  readonly kind: 'match';
  readonly value: IrExpression;
  readonly pattern: IrExpression;
  readonly negated: boolean;
}

/** An address keyword against an address, or a network when there is a mask. */
export interface IrAddressMatch extends Placed {
  readonly kind: 'addressMatch';
  readonly value: IrExpression;
  /** Constant address, with `/mask` or without. */
  readonly network: string;
  readonly negated: boolean;
}

/** A function of `internalFunctions`: leaves the return code alone. Its arguments are texts. */
export interface IrTest extends Placed {
  readonly kind: 'test';
  readonly id: string;
  readonly waits: boolean;
  readonly args: readonly IrExpression[];
  readonly negated: boolean;
}

export interface IrCall extends Placed {
  readonly kind: 'call';
  readonly name: string;
  readonly id: string;
  readonly waits: boolean;
  readonly args: readonly IrArgument[];
}

/** `route(X)`; a constant name is that of an existing route. */
export interface IrRouteCall extends Placed {
  readonly kind: 'routeCall';
  readonly target: IrExpression;
}

export interface IrSelval extends Placed {
  readonly kind: 'selval';
  readonly condition: IrExpression;
  readonly whenTrue: IrExpression;
  readonly whenFalse: IrExpression;
}

export type IrExpression =
  | IrConstant
  | IrGet
  | IrUnary
  | IrBinary
  | IrMatch
  | IrAddressMatch
  | IrTest
  | IrCall
  | IrRouteCall
  | IrSelval;

/** How a value is handed to a function. */
export type Conversion = 'int' | 'string' | 'any';

/** A piece of a string with variables; a null variable shows as `<null>`. */
export type IrFormatPart = string | IrGet;

export type IrArgument =
  | { readonly kind: 'value'; readonly value: IrExpression; readonly as: Conversion }
  | { readonly kind: 'format'; readonly parts: readonly IrFormatPart[]; readonly as: 'int' | 'string' }
  | { readonly kind: 'variable'; readonly id: string }
  | { readonly kind: 'regex'; readonly pattern: IrArgument | string };

export interface IrBlock extends Placed {
  readonly kind: 'block';
  readonly statements: readonly IrStatement[];
}

export interface IrIf extends Placed {
  readonly kind: 'if';
  readonly condition: IrExpression;
  readonly then: IrStatement;
  readonly otherwise: IrStatement | undefined;
}

export interface IrWhile extends Placed {
  readonly kind: 'while';
  readonly condition: IrExpression;
  readonly body: IrStatement;
}

export interface IrCase {
  /** undefined for `default`. */
  readonly match: { readonly value: string | number; readonly regex: boolean } | undefined;
  readonly statements: readonly IrStatement[];
}

export interface IrSwitch extends Placed {
  readonly kind: 'switch';
  readonly subject: IrExpression;
  readonly cases: readonly IrCase[];
}

export interface IrJump extends Placed {
  readonly kind: 'jump';
  readonly jump: 'return' | 'exit' | 'drop' | 'break';
  readonly value: IrExpression | undefined;
}

export interface IrAssign extends Placed {
  readonly kind: 'assign';
  readonly id: string;
  readonly operator: '=' | ':=';
  readonly value: IrExpression;
}

export interface IrEvaluate extends Placed {
  readonly kind: 'evaluate';
  readonly expression: IrExpression;
}

export type IrStatement = IrBlock | IrIf | IrWhile | IrSwitch | IrJump | IrAssign | IrEvaluate;

export interface IrRoute extends Placed {
  readonly routeKind: RouteKind;
  readonly name: string;
  readonly body: IrBlock;
}
