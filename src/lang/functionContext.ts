import type { Action } from './actionNames.ts';
import type { CodeWriter } from './codeWriter.ts';
import type { LinkNames } from './linkNames.ts';
import type { Span } from './source.ts';
import type { WaitTracker } from './waitTracker.ts';

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
  /** Name of the function; continuations are called by it and a number. */
  readonly functionName: string;
  /** Where to go on after a wait; undefined in an async function, which awaits. */
  readonly tracker: WaitTracker | undefined;
  /** In a continuation, once: the name of the promise that stands for the first call. */
  takeResumed(): string | undefined;
  /** Writes the code that tells a debugger of a step; nothing without the option `trace`. */
  trace(span: Span, action: Action): void;
  /** What a return code is in an expression: see `Operand`. */
  readonly resultType: 'result' | 'returned';
}
