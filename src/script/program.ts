import { Script } from 'node:vm';
import type { LinkTable, RouteKind } from '../lang/catalogue.ts';
import type { ScriptContext } from '../module/context.ts';

/** A compiled and linked block. */
export type LinkedRoute = (context: ScriptContext) => number | Promise<number>;

/** Blocks by kind and name. */
export type LinkedRoutes = ReadonlyMap<string, LinkedRoute>;

export function routeKey(kind: RouteKind, name: string): string {
  return name === '' ? kind : `${kind}:${name}`;
}

/** Evaluates generated code under a name that stack traces and `node --inspect` show. */
export function evaluate<T>(javascript: string, sourceMap: string, scriptName: string): T {
  const inline = Buffer.from(sourceMap, 'utf8').toString('base64');
  const code = `${javascript}\n//# sourceMappingURL=data:application/json;base64,${inline}`;
  return new Script(code, { filename: scriptName }).runInThisContext() as T;
}

export type { LinkTable };
