import type { RouteBlock } from './ast.ts';
import type { RouteKind } from './catalogue.ts';
import type { CheckScope } from './checkScope.ts';
import { checkBlock } from './checkStatements.ts';
import type { IrRoute } from './ir.ts';

/** Kinds whose blocks may call everything, as those of the real server do. */
const unrestricted: ReadonlySet<RouteKind> = new Set(['event', 'branch_failure']);

/** Notes the names first, so that a route may be called before it is defined. */
export function collectRoutes(scope: CheckScope, blocks: readonly RouteBlock[]): void {
  for (const block of blocks) {
    let names = scope.routes.get(block.routeKind);
    if (!names) {
      names = new Set();
      scope.routes.set(block.routeKind, names);
    }
    if (names.has(block.name)) complainOfSecond(scope, block);
    names.add(block.name);
  }
}

function complainOfSecond(scope: CheckScope, block: RouteBlock): void {
  const name = block.name === '' ? `${block.routeKind}_route` : `route '${block.name}'`;
  if (block.name !== '') scope.diagnostics.error('OL0501', block.nameSpan, `${name} is defined twice`);
  else
    scope.diagnostics.warning(
      'OL0501',
      block.nameSpan,
      `${name} is defined twice; both run, one after the other`,
    );
}

export function checkRoute(scope: CheckScope, block: RouteBlock): IrRoute {
  scope.routeKind = block.routeKind;
  scope.routeName = block.name;
  if (block.routeKind === 'event') checkEventName(scope, block);
  return {
    routeKind: block.routeKind,
    name: block.name,
    body: checkBlock(scope, block.body),
    span: block.nameSpan,
  };
}

function checkEventName(scope: CheckScope, block: RouteBlock): void {
  if (scope.catalogue.knowsEvent(block.name)) return;
  const group = block.name.slice(0, Math.max(0, block.name.indexOf(':')));
  if (scope.absentModules.has(group)) return;
  scope.diagnostics.warning('OL0505', block.nameSpan, `nobody runs event_route[${block.name}]`, {
    expected: 'an event of the core or of a loaded module',
  });
}

/** Blocks of the same kind without name run one after the other. */
export function mergeRoutes(routes: readonly IrRoute[]): IrRoute[] {
  const merged = new Map<string, IrRoute>();
  for (const route of routes) {
    const key = `${route.routeKind}:${route.name}`;
    const first = merged.get(key);
    if (!first) merged.set(key, route);
    else if (route.name === '') {
      const statements = [...first.body.statements, ...route.body.statements];
      merged.set(key, { ...first, body: { ...first.body, statements } });
    }
  }
  return [...merged.values()];
}

/** Functions in blocks that may not call them; for sub-routes, in all blocks from which they are reached. */
export function checkRestrictedUses(scope: CheckScope): void {
  const reached = scope.dynamicCalls ? undefined : kindsReaching(scope);
  for (const { info, span, fromKind, fromName } of scope.restrictedUses) {
    const kinds = fromKind === 'route' ? (reached?.get(fromName) ?? new Set()) : new Set([fromKind]);
    if (kinds.size === 0) continue;
    const allowed = [...kinds].some((kind) => unrestricted.has(kind) || allows(info.routes!, kind));
    if (allowed) continue;
    const where = [...kinds].map((kind) => `${kind}_route`).join(', ');
    const message = `'${info.name}' cannot be called in ${where}`;
    const details = { expected: info.routes!.map((kind) => `${kind}_route`).join(', ') };
    if (fromKind === 'route') scope.diagnostics.warning('OL0604', span, message, details);
    else scope.diagnostics.error('OL0604', span, message, details);
  }
}

/** `reply` and `onreply` are one to functions. */
function allows(routes: readonly RouteKind[], kind: RouteKind): boolean {
  if (routes.includes(kind)) return true;
  if (kind === 'reply') return routes.includes('onreply');
  return kind === 'onreply' && routes.includes('reply');
}

/** For each sub-route the kinds of top-level blocks from which it can be reached. */
function kindsReaching(scope: CheckScope): Map<string, Set<RouteKind>> {
  const reached = new Map<string, Set<RouteKind>>();
  const callees = new Map<string, Set<string>>();
  const pending: [name: string, kind: RouteKind][] = [];
  for (const { name, fromKind, fromName } of scope.routeUses) {
    if (fromKind !== 'route') pending.push([name, fromKind]);
    else callees.set(fromName, (callees.get(fromName) ?? new Set()).add(name));
  }
  for (let next = pending.pop(); next; next = pending.pop()) {
    const [name, kind] = next;
    const kinds = reached.get(name) ?? new Set();
    if (kinds.has(kind)) continue;
    reached.set(name, kinds.add(kind));
    for (const callee of callees.get(name) ?? []) pending.push([callee, kind]);
  }
  return reached;
}
