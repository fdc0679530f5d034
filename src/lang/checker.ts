import type {
  AliasDeclaration,
  Config,
  CustomParameter,
  GlobalParameter,
  RouteBlock,
  SocketDeclaration,
} from './ast.ts';
import type { Catalogue } from './catalogue.ts';
import { checkExpression } from './checkExpressions.ts';
import { checkCustom, checkFlags, checkGlobal } from './checkGlobals.ts';
import { type LoadedModuleEntry, ModuleChecker, type ModuleParameterEntry } from './checkModules.ts';
import { checkRestrictedUses, checkRoute, collectRoutes, mergeRoutes } from './checkRoutes.ts';
import { CheckScope } from './checkScope.ts';
import type { DefineTable } from './defines.ts';
import type { DiagnosticList } from './diagnostics.ts';
import type { IrRoute } from './ir.ts';

export interface CheckedConfig {
  readonly routes: readonly IrRoute[];
  readonly modules: readonly LoadedModuleEntry[];
  readonly moduleParameters: readonly ModuleParameterEntry[];
  readonly globals: readonly GlobalParameter[];
  readonly customParameters: readonly CustomParameter[];
  readonly sockets: readonly SocketDeclaration[];
  readonly aliases: readonly AliasDeclaration[];
  readonly flags: ReadonlyMap<string, number>;
}

/**
 * Checks everything against the catalogue and resolves names. Parameters are set in the order of the config,
 * all of them before the first route is looked at.
 */
export function checkConfig(
  config: Config,
  catalogue: Catalogue,
  diagnostics: DiagnosticList,
  defines: DefineTable,
): CheckedConfig {
  const scope = new CheckScope(catalogue, diagnostics, defines, checkExpression);
  const modules = new ModuleChecker(scope);
  checkParameters(config, scope, modules);
  const blocks = only(config, 'route');
  collectRoutes(scope, blocks);
  const routes = blocks.map((block) => checkRoute(scope, block));
  checkRestrictedUses(scope);
  checkPresence(config, blocks, scope);
  tellUnexplained(scope);
  return {
    routes: mergeRoutes(routes),
    modules: modules.modules,
    moduleParameters: modules.parameters,
    globals: only(config, 'global'),
    customParameters: only(config, 'custom'),
    sockets: only(config, 'socket'),
    aliases: only(config, 'alias'),
    flags: scope.flags,
  };
}

function only<K extends Config['items'][number]['kind']>(
  config: Config,
  kind: K,
): Extract<Config['items'][number], { kind: K }>[] {
  return config.items.filter(
    (item): item is Extract<Config['items'][number], { kind: K }> => item.kind === kind,
  );
}

function checkParameters(config: Config, scope: CheckScope, modules: ModuleChecker): void {
  for (const item of config.items) {
    if (item.kind === 'global') checkGlobal(scope, item);
    else if (item.kind === 'custom') checkCustom(scope, item);
    else if (item.kind === 'flags') checkFlags(scope, item);
    else if (item.kind === 'loadModule') modules.load(item);
    else if (item.kind === 'modParam') modules.setParameter(item);
  }
  modules.checkRequirements(only(config, 'loadModule'));
}

function checkPresence(config: Config, blocks: readonly RouteBlock[], scope: CheckScope): void {
  if (blocks.some(({ routeKind }) => routeKind === 'request') || config.items.length === 0) return;
  scope.diagnostics.warning('OL0503', config.items[0]!.span, 'no request_route: requests are not answered');
}

function tellUnexplained({ unexplained, absentModules, diagnostics }: CheckScope): void {
  const [first] = unexplained.values();
  if (!first) return;
  const names = [...unexplained.keys()].slice(0, 20).join(', ');
  const more = unexplained.size > 20 ? ', ...' : '';
  const modules = [...absentModules].join(', ');
  diagnostics.notice(
    'OL0615',
    first,
    `not checked, most likely of the missing modules (${modules}): ${names}${more}`,
  );
}
