import type { CodeWriter } from './codeWriter.ts';
import type { LinkNames } from './linkNames.ts';
import type { Span } from './source.ts';

/** What the code of one route is written with. */
export interface FunctionContext {
  readonly writer: CodeWriter;
  readonly names: LinkNames;
  /** A fresh variable of the function. */
  temporary(): string;
  /** Code that calls a sub-route: its function's name and whether it must be awaited. */
  routeCall(name: string): { readonly callee: string; readonly isAsync: boolean };
  /** Some sub-route is async, so a call by a computed name may be. */
  readonly dynamicAsync: boolean;
  /** What a return code is in an expression: see `Operand`. */
  readonly resultType: 'result' | 'returned';
}

export interface StatementContext extends FunctionContext {
  /** Code that tells a debugger of the statement; undefined without the option `trace`. */
  trace(span: Span): string | undefined;
}
