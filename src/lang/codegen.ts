import type { Action } from './actionNames.ts';
import { allWaiting, analyseCalls, type RouteFacts } from './callGraph.ts';
import type { RouteKind } from './catalogue.ts';
import { CodeWriter, type SourceMap } from './codeWriter.ts';
import type { FunctionContext } from './functionContext.ts';
import { generateContinuation, generateRouteBody } from './generateStatements.ts';
import type { IrRoute } from './ir.ts';
import { identifierOf, LinkNames } from './linkNames.ts';
import { routeKey } from './routeState.ts';
import type { Span } from './source.ts';
import { WaitTracker } from './waitTracker.ts';

export interface CodegenOptions {
  /** Name of the generated file in the source map. */
  readonly fileName?: string | undefined;
  /** Calls `host.statement` before each statement and each function call. */
  readonly trace?: boolean | undefined;
  /** With `trace`: the answer of `host.statement` is waited for. */
  readonly steps?: StepOptions | undefined;
  /** `return_mode = 1`: return codes stay numbers in expressions. */
  readonly returnedNumbers?: boolean | undefined;
}

export interface StepOptions {
  /** Keys of blocks that must answer at once: there, nothing can be waited for. */
  readonly never: ReadonlySet<string>;
}

export interface StatementSite {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly action: Action;
  /** The block that it stands in. */
  readonly routeKind: RouteKind;
  readonly routeName: string;
}

export interface RouteMeta {
  readonly kind: RouteKind;
  readonly name: string;
  /** Key in `LinkedRoutes.routes`. */
  readonly key: string;
  /** May answer a promise; answers a number all the same when nothing had to be waited for. */
  readonly isAsync: boolean;
  readonly file: string;
  readonly line: number;
}

export interface CompiledRoutes {
  /** Text of a function expression `(link, ops) => LinkedRoutes`: a `LinkTable` and `Operators`. */
  readonly javascript: string;
  readonly sourceMap: SourceMap;
  readonly routes: readonly RouteMeta[];
  /** Places of the statements that trace hooks name; empty without the option. */
  readonly sites: readonly StatementSite[];
}

interface NamedRoute {
  readonly route: IrRoute;
  readonly key: string;
  readonly functionName: string;
  readonly facts: RouteFacts;
}

export function generateCode(routes: readonly IrRoute[], options: CodegenOptions = {}): CompiledRoutes {
  const generator = new Generator(nameRoutes(routes, options.steps), options);
  return generator.generate();
}

/** JavaScript names that stack traces show: `request_route`, `route_RELAY`, `event_route_tm_local_request`. */
function nameRoutes(routes: readonly IrRoute[], steps: StepOptions | undefined): NamedRoute[] {
  const facts = steps === undefined ? analyseCalls(routes) : allWaiting(routes, steps.never);
  const used = new Set<string>();
  return routes.map((route) => {
    const key = routeKey(route.routeKind, route.name);
    const prefix = route.routeKind === 'route' ? 'route' : `${route.routeKind}_route`;
    const base = `${prefix}_${identifierOf(route.name)}`.replace(/_$/, '');
    let functionName = base;
    for (let i = 2; used.has(functionName); i++) functionName = `${base}_${i}`;
    used.add(functionName);
    return { route, key, functionName, facts: facts.get(key)! };
  });
}

class Generator {
  readonly #routes: readonly NamedRoute[];
  readonly #subRoutes = new Map<string, NamedRoute>();
  readonly #writer: CodeWriter;
  readonly #names = new LinkNames();
  readonly #trace: boolean;
  readonly #steps: boolean;
  readonly #resultType: 'result' | 'returned';
  readonly #sites: StatementSite[] = [];
  readonly #dynamicAsync: boolean;

  constructor(routes: readonly NamedRoute[], options: CodegenOptions) {
    this.#routes = routes;
    this.#writer = new CodeWriter(options.fileName ?? 'routes.js');
    this.#trace = options.trace ?? false;
    this.#steps = options.steps !== undefined;
    this.#resultType = options.returnedNumbers ? 'returned' : 'result';
    for (const named of routes) {
      if (named.route.routeKind === 'route') this.#subRoutes.set(named.route.name, named);
    }
    this.#dynamicAsync = [...this.#subRoutes.values()].some(({ facts }) => facts.isAsync);
  }

  generate(): CompiledRoutes {
    const writer = this.#writer;
    writer.open('(link, ops) => {');
    writer.line('"use strict";');
    writer.line('const { host, toInt, toText, toShown, add, divide, equal, equalText, equalInt } = ops;');
    writer.line('const maxDepth = host.maxRecursiveLevel;');
    for (const named of this.#routes) this.#writeRoute(named);
    for (const named of this.#routes) if (named.facts.recursive) this.#writeGuard(named);
    this.#writeDynamicCall();
    for (const declaration of this.#names.declarations) writer.line(declaration);
    this.#writeResult();
    writer.close();
    return {
      javascript: writer.text,
      sourceMap: writer.sourceMap,
      routes: this.#routes.map(metaOf),
      sites: this.#sites,
    };
  }

  #writeRoute(named: NamedRoute): void {
    const { route, facts, functionName } = named;
    if (facts.isAsync && !this.#steps && this.#writer.attempt(() => this.#writeResumable(named))) return;
    const opening = facts.isAsync ? `async function ${functionName}(c) {` : `function ${functionName}(c) {`;
    this.#writeFunction(named, opening, undefined, (context) =>
      generateRouteBody(context, route.body.statements),
    );
  }

  /** A plain function, and an async one for each place where something may have to be waited for. */
  #writeResumable(named: NamedRoute): boolean {
    const { route, functionName } = named;
    const tracker = new WaitTracker();
    this.#writeFunction(named, `function ${functionName}(c) {`, tracker, (context) =>
      generateRouteBody(context, route.body.statements),
    );
    if (!tracker.possible) return false;
    tracker.points.forEach((point, i) => {
      const opening = `async function ${functionName}_${i + 1}(c, promise) {`;
      this.#writeFunction(
        named,
        opening,
        undefined,
        (context) => generateContinuation(context, point),
        'promise',
      );
    });
    return true;
  }

  #writeFunction(
    { route, functionName, facts }: NamedRoute,
    opening: string,
    tracker: WaitTracker | undefined,
    generate: (context: FunctionContext) => void,
    promise?: string,
  ): void {
    const writer = this.#writer;
    writer.open(opening, route.span);
    const declare = writer.reserve();
    const temporaries: string[] = [];
    let resumed = promise;
    const temporary = (): string => `t${temporaries.push(`t${temporaries.length}`) - 1}`;
    const hook = (span: Span, action: Action): void => {
      // the statement that a continuation begins with has been told of before
      if (!this.#trace || resumed !== undefined) return;
      const call = `host.statement(c, ${this.#addSite(route, span, action)})`;
      if (!this.#steps || !facts.isAsync) writer.line(`${call};`);
      else {
        const held = temporary();
        writer.line(`if ((${held} = ${call}) !== undefined) await ${held};`);
      }
    };
    generate({
      writer,
      names: this.#names,
      functionName,
      tracker,
      dynamicAsync: this.#dynamicAsync,
      resultType: this.#resultType,
      temporary,
      routeCall: (name) => this.#calleeOf(name),
      trace: hook,
      takeResumed: () => {
        const name = resumed;
        resumed = undefined;
        return name;
      },
    });
    declare(`let ${['r = 1', ...temporaries].join(', ')};`);
    writer.line('return r;');
    writer.close();
  }

  #calleeOf(name: string): { callee: string; isAsync: boolean } {
    const named = this.#subRoutes.get(name)!;
    const callee = named.facts.recursive ? `enter_${named.functionName}` : named.functionName;
    return { callee, isAsync: named.facts.isAsync };
  }

  #addSite({ routeKind, name }: IrRoute, span: Span, action: Action): number {
    const place = span.file.locate(span.start);
    return this.#sites.push({ file: span.file.path, ...place, action, routeKind, routeName: name }) - 1;
  }

  /** Counts the depth of routes that can come back to themselves. */
  #writeGuard({ route, functionName, facts }: NamedRoute): void {
    const writer = this.#writer;
    writer.open(`function enter_${functionName}(c) {`, route.span);
    writer.line(
      `if (c.depth >= maxDepth) { host.recursionTooDeep(c, ${JSON.stringify(route.name)}); return -1; }`,
    );
    writer.line('c.depth++;');
    writer.line(`const r = ${functionName}(c);`);
    this.#writeLeaving(facts.isAsync);
    writer.close();
  }

  /** `r` is what the sub-route has answered. */
  #writeLeaving(isAsync: boolean): void {
    const writer = this.#writer;
    if (isAsync) {
      writer.line('if (typeof r !== "number") return r.then((code) => { c.depth--; return code; });');
    }
    writer.line('c.depth--;');
    writer.line('return r;');
  }

  /** `route($x)`. */
  #writeDynamicCall(): void {
    const writer = this.#writer;
    const entries = [...this.#subRoutes].map(
      ([name, named]) => `[${JSON.stringify(name)}, ${named.functionName}]`,
    );
    writer.line(`const subRoutes = new Map([${entries.join(', ')}]);`);
    writer.open('function callRoute(c, name, file, line) {');
    writer.line('const route = subRoutes.get(name);');
    writer.line('if (route === undefined) { host.routeNotFound(c, name, file, line); return -1; }');
    writer.line('if (c.depth >= maxDepth) { host.recursionTooDeep(c, name); return -1; }');
    writer.line('c.depth++;');
    writer.line('const r = route(c);');
    this.#writeLeaving(this.#dynamicAsync);
    writer.close();
  }

  #writeResult(): void {
    this.#writer.open('return { routes: {');
    for (const { key, functionName } of this.#routes) {
      this.#writer.line(`${JSON.stringify(key)}: ${functionName},`);
    }
    this.#writer.close('} };');
  }
}

function metaOf({ route, key, facts }: NamedRoute): RouteMeta {
  const { file, start } = route.span;
  const { routeKind: kind, name } = route;
  return { kind, name, key, isAsync: facts.isAsync, file: file.path, line: file.locate(start).line };
}
