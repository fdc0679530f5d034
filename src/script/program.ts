import { Script } from 'node:vm';
import type { LinkTable, RouteKind } from '../lang/catalogue.ts';
import { type CompileResult, type LinkedRoutes, Operators, type RouteHost, routeKey } from '../lang/index.ts';
import type { ScriptContext } from '../module/context.ts';

export type LinkedRoute = (context: ScriptContext) => number | Promise<number>;

/** The blocks of one configuration, ready to run, by kind and name ('' for the default one). */
export class ScriptProgram {
  readonly #routes: ReadonlyMap<string, LinkedRoute>;
  /** `kind:name` of each block by kind first: no key is put together per message. */
  readonly #byKind = new Map<RouteKind, Map<string, LinkedRoute>>();

  constructor(linked: LinkedRoutes, code: NonNullable<CompileResult['code']>) {
    this.#routes = new Map(Object.entries(linked.routes) as [string, LinkedRoute][]);
    for (const { kind, name } of code.routes) this.#add(kind, name);
  }

  find(kind: RouteKind, name: string): LinkedRoute | undefined {
    return this.#byKind.get(kind)?.get(name);
  }

  #add(kind: RouteKind, name: string): void {
    const route = this.#routes.get(routeKey(kind, name));
    if (route === undefined) return;
    let names = this.#byKind.get(kind);
    if (names === undefined) {
      names = new Map();
      this.#byKind.set(kind, names);
    }
    names.set(name, route);
  }
}

/** Under which name V8, stack traces and `node --inspect` know the generated code. */
export const generatedFile = 'routes.cfg.js';

/** Evaluates and links compiled routes. */
export function linkProgram(
  code: NonNullable<CompileResult['code']>,
  links: LinkTable,
  host: RouteHost,
): ScriptProgram {
  const inline = Buffer.from(JSON.stringify(code.sourceMap), 'utf8').toString('base64');
  const source = `${code.javascript}\n//# sourceMappingURL=data:application/json;base64,${inline}`;
  const factory = new Script(source, { filename: generatedFile }).runInThisContext() as (
    links: LinkTable,
    operators: Operators,
  ) => LinkedRoutes;
  return new ScriptProgram(factory(links, new Operators(host)), code);
}
