import { assert } from '../base/errors.ts';
import type { ExecutionContext, LinkTable, Value, VariableRef } from '../lang/catalogue.ts';
import type { ScriptContext } from '../module/context.ts';
import type { Result } from '../module/define.ts';
import type { AssignmentWatcher } from '../module/host.ts';
import type { ModuleRegistry } from '../module/registry.ts';
import type { ServerCatalogue } from './catalogue.ts';
import type { PvBinder } from './pvBinding.ts';

type Call = (context: ExecutionContext, ...args: unknown[]) => Result;
type Run = (self: unknown, context: ScriptContext, ...args: unknown[]) => Result;

/** What generated code fetches by id once, when it is linked. */
export class ScriptLinks implements LinkTable {
  readonly #catalogue: ServerCatalogue;
  readonly #registry: ModuleRegistry;
  readonly #binder: PvBinder;
  readonly #assigned: AssignmentWatcher | undefined;

  /** `assigned` hears of each assignment. */
  constructor(
    catalogue: ServerCatalogue,
    registry: ModuleRegistry,
    binder: PvBinder,
    assigned?: AssignmentWatcher,
  ) {
    this.#assigned = assigned;
    this.#catalogue = catalogue;
    this.#registry = registry;
    this.#binder = binder;
  }

  call(id: string): Call {
    const found = this.#catalogue.signature(id);
    assert(found !== undefined, `no function behind ${id}`);
    const self = this.#registry.require(found.module.name).instance;
    return bindCall(self, found.signature.run as Run, found.signature.args.length);
  }

  getter(id: string): (context: ExecutionContext) => Value {
    const binding = this.#binder.binding(id);
    assert(binding !== undefined, `no variable behind ${id}`);
    return binding.get as (context: ExecutionContext) => Value;
  }

  setter(id: string): (context: ExecutionContext, value: Value, operator: '=' | ':=') => void {
    const set = this.#binder.binding(id)?.set;
    assert(set !== undefined, `no writable variable behind ${id}`);
    const assigned = this.#assigned;
    if (assigned === undefined)
      return set as (context: ExecutionContext, value: Value, operator: '=' | ':=') => void;
    return (context, value, operator) => {
      set(context as ScriptContext, value, operator);
      assigned(context as ScriptContext, id, value);
    };
  }

  variable(id: string): VariableRef {
    const variable = this.#binder.variable(id);
    assert(variable !== undefined, `no variable behind ${id}`);
    return variable;
  }
}

/** One closure per signature, without rest arrays for the usual arities (hot path). */
function bindCall(self: unknown, run: Run, arity: number): Call {
  switch (arity) {
    case 0:
      return (context) => run(self, context as ScriptContext);
    case 1:
      return (context, a) => run(self, context as ScriptContext, a);
    case 2:
      return (context, a, b) => run(self, context as ScriptContext, a, b);
    case 3:
      return (context, a, b, c) => run(self, context as ScriptContext, a, b, c);
    default:
      return (context, ...args) => run(self, context as ScriptContext, ...args);
  }
}
