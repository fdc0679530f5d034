import type { IrRoute } from './ir.ts';
import { visitStatement } from './irWalk.ts';
import { routeKey } from './routeState.ts';

export interface RouteFacts {
  /** Reaches a function that waits. */
  readonly isAsync: boolean;
  /** Can call itself, directly or through others by constant names. */
  readonly recursive: boolean;
}

interface Calls {
  readonly callees: Set<string>;
  waits: boolean;
  dynamic: boolean;
}

/** Which routes must be async, and which need a guard against endless recursion. By `routeKey`. */
export function analyseCalls(routes: readonly IrRoute[]): ReadonlyMap<string, RouteFacts> {
  const calls = new Map<string, Calls>();
  for (const route of routes) calls.set(routeKey(route.routeKind, route.name), callsOf(route));
  const waiting = waitingRoutes(calls);
  const facts = new Map<string, RouteFacts>();
  for (const key of calls.keys()) {
    facts.set(key, { isAsync: waiting.has(key), recursive: reachesItself(calls, key) });
  }
  return facts;
}

/** For stepping: every route waits, but those that must answer at once and what they call (unless it waits anyway). */
export function allWaiting(
  routes: readonly IrRoute[],
  never: ReadonlySet<string>,
): ReadonlyMap<string, RouteFacts> {
  const calls = new Map<string, Calls>();
  for (const route of routes) calls.set(routeKey(route.routeKind, route.name), callsOf(route));
  const plain = new Set<string>();
  const pending = [...calls.keys()].filter((key) => never.has(key));
  for (let key = pending.pop(); key !== undefined; key = pending.pop()) {
    if (plain.has(key)) continue;
    plain.add(key);
    pending.push(...(calls.get(key)?.callees ?? []));
  }
  const facts = new Map<string, RouteFacts>();
  for (const [key, { isAsync, recursive }] of analyseCalls(routes))
    facts.set(key, { isAsync: isAsync || !plain.has(key), recursive });
  return facts;
}

function callsOf(route: IrRoute): Calls {
  const calls: Calls = { callees: new Set(), waits: false, dynamic: false };
  visitStatement(route.body, (expression) => {
    if ((expression.kind === 'call' || expression.kind === 'test') && expression.waits) calls.waits = true;
    if (expression.kind !== 'routeCall') return;
    if (expression.target.kind !== 'constant') calls.dynamic = true;
    else calls.callees.add(routeKey('route', String(expression.target.value)));
  });
  return calls;
}

/** From those that wait by themselves back to all their callers. */
function waitingRoutes(calls: ReadonlyMap<string, Calls>): Set<string> {
  const callers = new Map<string, string[]>();
  for (const [key, { callees }] of calls) {
    for (const callee of callees) callers.set(callee, [...(callers.get(callee) ?? []), key]);
  }
  const waiting = new Set<string>();
  const pending = [...calls].filter(([, { waits }]) => waits).map(([key]) => key);
  let dynamicAdded = false;
  for (let key = pending.pop(); key !== undefined; key = pending.pop()) {
    if (waiting.has(key)) continue;
    waiting.add(key);
    pending.push(...(callers.get(key) ?? []));
    if (dynamicAdded || !key.startsWith('route:')) continue;
    dynamicAdded = true;
    for (const [other, { dynamic }] of calls) if (dynamic) pending.push(other);
  }
  return waiting;
}

function reachesItself(calls: ReadonlyMap<string, Calls>, start: string): boolean {
  const seen = new Set<string>();
  const pending = [...(calls.get(start)?.callees ?? [])];
  for (let key = pending.pop(); key !== undefined; key = pending.pop()) {
    if (key === start) return true;
    if (seen.has(key)) continue;
    seen.add(key);
    pending.push(...(calls.get(key)?.callees ?? []));
  }
  return false;
}
