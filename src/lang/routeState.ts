import type { ExecutionContext } from './catalogue.ts';

/**
 * What generated code reads and writes in the execution context. The context of `script/` extends this;
 * everything else in it is unknown to the language.
 *
 * A route function answers its return code. Whoever runs a top-level route looks at `exited` and `dropped`
 * afterwards, and resets the three fields before the next run with the same context.
 */
export interface RouteState {
  /** `$rc`: what the last function or sub-route returned. */
  returnCode: number;
  /** `exit`, `drop`, `return 0` of a sub-route or a function that answered 0: the whole run is over. */
  exited: boolean;
  /** `drop`: the implicit action behind the route must not happen. */
  dropped: boolean;
  /** Calls of sub-routes that may recurse, now open. */
  depth: number;
}

/** The world that generated code complains to, and its limits. One per compiled config. */
export interface RouteHost {
  /** Nested calls of sub-routes; 256 in Kamailio (`max_recursive_level`). */
  readonly maxRecursiveLevel: number;
  /** Rounds of one `while`; 100 in Kamailio, 0 for no limit (`max_while_loops`). */
  readonly maxWhileLoops: number;
  /** A sub-route was not entered; its call answers -1. */
  recursionTooDeep(context: ExecutionContext, routeName: string): void;
  /** A `while` was left after `maxWhileLoops` rounds. */
  loopTooLong(context: ExecutionContext, file: string, line: number): void;
  /** `route($x)` named a route that does not exist; the call answers -1. */
  routeNotFound(context: ExecutionContext, routeName: string, file: string, line: number): void;
  /** A regular expression made at run time is malformed; it matches nothing. */
  badRegex(pattern: string, reason: string): void;
  /**
   * Only with the option `trace`: a step is about to run. `site` indexes `CompiledRoutes.sites`. With the option
   * `steps`, it may answer a promise, and the route goes on behind that.
   */
  statement?(context: ExecutionContext, site: number): Promise<void> | undefined | void;
}

export type RouteFunction = (context: ExecutionContext & RouteState) => number | Promise<number>;

/** What the generated function expression answers when called. Keys are `kind` or `kind:name`. */
export interface LinkedRoutes {
  readonly routes: Readonly<Record<string, RouteFunction>>;
}

/** Key of a route in `LinkedRoutes.routes`, e.g. `request`, `route:RELAY`, `event:tm:local-request`. */
export function routeKey(kind: string, name: string): string {
  return name === '' ? kind : `${kind}:${name}`;
}
