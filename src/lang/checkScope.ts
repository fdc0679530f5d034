import type { Expression } from './ast.ts';
import type { Catalogue, FunctionInfo, RouteKind, Site } from './catalogue.ts';
import type { DefineTable } from './defines.ts';
import type { DiagnosticList } from './diagnostics.ts';
import type { IrExpression } from './ir.ts';
import type { Span } from './source.ts';

/** A function that not every kind of route may call, and where it is called. */
export interface RestrictedUse {
  readonly info: FunctionInfo;
  readonly span: Span;
  readonly fromKind: RouteKind;
  readonly fromName: string;
}

/** A sub-route called by its constant name. */
export interface RouteUse {
  readonly name: string;
  readonly fromKind: RouteKind;
  readonly fromName: string;
}

/** What all checks share: the catalogue, the list of complaints, and what has been seen so far. */
export class CheckScope {
  readonly catalogue: Catalogue;
  readonly diagnostics: DiagnosticList;
  readonly defines: DefineTable;
  /** Names of route blocks by kind. */
  readonly routes = new Map<RouteKind, Set<string>>();
  /** Named flags of `flags` and `avpflags`. */
  readonly flags = new Map<string, number>();
  readonly restrictedUses: RestrictedUse[] = [];
  readonly routeUses: RouteUse[] = [];
  /** Some route is called by a computed name: any may be reached from anywhere. */
  dynamicCalls = false;
  /** Modules that the config loads and that are not there. */
  readonly absentModules = new Set<string>();
  /** Names that nobody has, in the order of the config, while modules are missing that may bring them. */
  readonly unexplained = new Map<string, Span>();
  /** The route being checked. */
  routeKind: RouteKind = 'request';
  routeName = '';

  readonly #evaluate: (scope: CheckScope, expression: Expression) => IrExpression;

  constructor(
    catalogue: Catalogue,
    diagnostics: DiagnosticList,
    defines: DefineTable,
    evaluate: (scope: CheckScope, expression: Expression) => IrExpression,
  ) {
    this.#evaluate = evaluate;
    this.catalogue = catalogue;
    this.diagnostics = diagnostics;
    this.defines = defines;
  }

  /** Checks an expression: for those who are called by the check of expressions themselves. */
  check(expression: Expression): IrExpression {
    return this.#evaluate(this, expression);
  }

  site(span: Span): Site {
    const { line, column } = span.file.locate(span.start);
    return { file: span.file.path, line, column, routeKind: this.routeKind, routeName: this.routeName };
  }

  /**
   * With modules missing, an unknown name is most likely theirs: one notice tells of all such names, and the
   * missing modules stay the mistake. Answers whether the name was taken so.
   */
  explainByAbsence(name: string, span: Span): boolean {
    if (this.absentModules.size === 0) return false;
    if (!this.unexplained.has(name)) this.unexplained.set(name, span);
    return true;
  }

  hasRoute(kind: RouteKind, name: string): boolean {
    return this.routes.get(kind)?.has(name) ?? false;
  }

  routeNames(kind: RouteKind): Iterable<string> {
    return this.routes.get(kind) ?? [];
  }
}
