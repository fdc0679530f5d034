import type { ExecutionContext, Problem, PvInfo, PvSyntax, Value, VariableRef } from '../lang/catalogue.ts';
import type { ScriptContext } from '../module/context.ts';
import type { PvBinding, PvReference, Transformation, TransformationArgument } from '../module/define.ts';
import type { ModuleRegistry } from '../module/registry.ts';
import { parseSelect } from './core/selectPath.ts';

/** Splits `"text $pv text"` into literals and variables; a Problem where a variable is malformed. */
export type FormatParser = (text: string) => readonly (string | PvSyntax)[] | Problem;

export type Getter = (context: ScriptContext) => Value;

function problem(message: string, suggestion?: string): Problem {
  return { message, suggestion };
}

export function isProblem(value: object): value is Problem {
  return 'message' in value;
}

/** Inside a longer text `$null` shows as `<null>`, as Kamailio prints it. */
function shownText(value: Value): string {
  return typeof value === 'string' ? value : value === null ? '<null>' : String(value);
}

/** `$null` and absent values are empty in text. */
export function valueText(value: Value): string {
  return typeof value === 'string' ? value : value === null ? '' : String(value);
}

/**
 * Turns variables as written into getters and setters, once for each distinct text: declaration, nested
 * variables in name and index, transformations.
 */
export class PvBinder {
  readonly #registry: ModuleRegistry;
  readonly #parseFormat: FormatParser;
  readonly #bindings = new Map<string, PvBinding>();

  constructor(registry: ModuleRegistry, parseFormat: FormatParser) {
    this.#registry = registry;
    this.#parseFormat = parseFormat;
  }

  resolve(syntax: PvSyntax): PvInfo | Problem {
    const bound = this.bind(syntax);
    if (isProblem(bound)) return bound;
    return { id: syntax.text, writable: bound.set !== undefined, type: bound.type, constant: bound.constant };
  }

  bind(syntax: PvSyntax): PvBinding | Problem {
    const known = this.#bindings.get(syntax.text);
    if (known !== undefined) return known;
    const bound = this.#bindNew(syntax);
    if (!isProblem(bound)) this.#bindings.set(syntax.text, bound);
    return bound;
  }

  /** All variables of the config, as it writes them. */
  names(): IterableIterator<string> {
    return this.#bindings.keys();
  }

  binding(id: string): PvBinding | undefined {
    return this.#bindings.get(id);
  }

  /** For functions that take a variable itself. */
  variable(id: string): VariableRef | undefined {
    const binding = this.#bindings.get(id);
    if (binding === undefined) return undefined;
    return {
      text: id,
      writable: binding.set !== undefined,
      get: (context: ExecutionContext) => binding.get(context as ScriptContext),
      set: (context: ExecutionContext, value: Value) => binding.set?.(context as ScriptContext, value, '='),
    };
  }

  /** A getter of the text that a format string gives. */
  format(text: string): ((context: ScriptContext) => string) | Problem {
    const parts = this.#parseFormat(text);
    if ('message' in parts) return parts;
    return this.#concatenation(parts);
  }

  #concatenation(parts: readonly (string | PvSyntax)[]): ((context: ScriptContext) => string) | Problem {
    const getters: (string | Getter)[] = [];
    for (const part of parts) {
      if (typeof part === 'string') {
        getters.push(part);
        continue;
      }
      const bound = this.bind(part);
      if (isProblem(bound)) return bound;
      getters.push(bound.get);
    }
    return concatenate(getters);
  }

  #bindNew(syntax: PvSyntax): PvBinding | Problem {
    const found = this.#registry.findPv(syntax.name);
    if (found === undefined) return this.#unknown(syntax);
    const { module, pv } = found;
    const reference = this.#reference(syntax);
    if (isProblem(reference)) return reference;
    if (syntax.inner !== undefined && (pv.inner ?? 'none') === 'none') {
      return problem(`$${syntax.name} takes no name in parentheses`);
    }
    if (syntax.inner === undefined && pv.inner === 'required')
      return problem(`$${syntax.name} needs a name: $${syntax.name}(name)`);
    if (syntax.index !== undefined && pv.index !== true) return problem(`$${syntax.name} takes no index`);
    const self = module.instance;
    let binding: PvBinding | Problem;
    const select = syntax.name === 'sel' ? this.#moduleSelect(syntax.inner ?? '') : undefined;
    if (select !== undefined) binding = select;
    else if (pv.bind !== undefined) binding = pv.bind(self, reference);
    else {
      const { get, set, type } = pv;
      if (get === undefined) return problem(`$${syntax.name} cannot be read`);
      binding = {
        get: (context) => get(self, context),
        ...(set === undefined ? {} : { set: (context, value) => set(self, context, value) }),
        ...(type === undefined ? {} : { type }),
      };
    }
    if (isProblem(binding)) return binding;
    return syntax.transformations.length === 0 ? binding : this.#transformed(binding, syntax);
  }

  /** A select that a module adds; undefined leaves the path to the core. */
  #moduleSelect(path: string): PvBinding | Problem | undefined {
    const [first, ...rest] = parseSelect(path.trim()) ?? [];
    const found = first === undefined ? undefined : this.#registry.findSelect(first.name);
    if (first === undefined) return undefined;
    if (found === undefined) {
      const owner = this.#registry.moduleOfSelect(first.name);
      return owner === undefined
        ? undefined
        : problem(`@${first.name} belongs to module '${owner}'`, `loadmodule "${owner}.so"`);
    }
    const get = found.select.bind(found.module.instance, first, rest);
    return get === undefined ? problem(`unknown select @${path}`) : { get };
  }

  #unknown(syntax: PvSyntax): Problem {
    const owner = this.#registry.moduleOfPv(syntax.name);
    if (owner !== undefined)
      return problem(`$${syntax.name} belongs to module '${owner}'`, `loadmodule "${owner}.so"`);
    return { ...problem(`unknown pseudo-variable $${syntax.name}`), unknown: true };
  }

  #reference(syntax: PvSyntax): PvReference | Problem {
    const { inner, innerParts, index } = syntax;
    let innerOf: (context: ScriptContext) => string = () => inner ?? '';
    if (innerParts !== undefined) {
      const text = this.#concatenation(innerParts);
      if (typeof text !== 'function') return text;
      innerOf = text;
    }
    let indexOf: (context: ScriptContext) => number | '*' | undefined;
    if (typeof index === 'object') {
      const bound = this.bind(index);
      if (isProblem(bound)) return bound;
      indexOf = (context) => indexValue(bound.get(context));
    } else indexOf = () => index;
    return {
      syntax,
      inner: innerParts === undefined ? inner : undefined,
      innerOf,
      index: typeof index === 'object' ? undefined : index,
      hasIndex: index !== undefined,
      indexOf,
    };
  }

  #transformed(binding: PvBinding, syntax: PvSyntax): PvBinding | Problem {
    const chain: Transformation[] = [];
    for (const text of syntax.transformations) {
      const transformation = this.#transformation(text);
      if (typeof transformation !== 'function') return transformation;
      chain.push(transformation);
    }
    const { get } = binding;
    const [first] = chain;
    if (chain.length === 1 && first !== undefined) return { get: (context) => first(get(context), context) };
    return { get: (context) => chain.reduce((value, step) => step(value, context), get(context)) };
  }

  #transformation(text: string): Transformation | Problem {
    const comma = text.indexOf(',');
    const name = (comma < 0 ? text : text.slice(0, comma)).trim();
    const found = this.#registry.findTransformation(name);
    if (found === undefined) return this.#unknownTransformation(name);
    const { transformation, module } = found;
    const args: TransformationArgument[] = [];
    for (const part of comma < 0 ? [] : splitArguments(text.slice(comma + 1), transformation.maxArgs)) {
      const argument = transformation.literal === true ? literal(part) : this.#argument(part);
      if (isProblem(argument)) return argument;
      args.push(argument);
    }
    if (args.length < transformation.minArgs) {
      return problem(`{${name}} needs ${transformation.minArgs} argument(s), got ${args.length}`);
    }
    return transformation.bind(module.instance, args);
  }

  #unknownTransformation(name: string): Problem {
    const owner = this.#registry.moduleOfTransformation(name);
    if (owner === undefined) return problem(`unknown transformation {${name}}`);
    return problem(`{${name}} belongs to module '${owner}'`, `loadmodule "${owner}.so"`);
  }

  #argument(text: string): TransformationArgument | Problem {
    if (!text.includes('$')) return { text, of: () => text };
    const parts = this.#parseFormat(text.trim());
    if ('message' in parts) return parts;
    const [only] = parts;
    if (parts.length === 1 && typeof only === 'object') {
      const bound = this.bind(only);
      return isProblem(bound) ? bound : { text, of: bound.get };
    }
    const format = this.#concatenation(parts);
    return typeof format === 'function' ? { text, of: format } : format;
  }
}

function literal(text: string): TransformationArgument {
  return { text, of: () => text };
}

function indexValue(value: Value): number | '*' | undefined {
  if (typeof value === 'number') return value;
  if (value === '*') return '*';
  return value !== null && /^-?\d+$/.test(value) ? Number(value) : undefined;
}

function concatenate(parts: readonly (string | Getter)[]): (context: ScriptContext) => string {
  const [first] = parts;
  if (parts.length === 0) return () => '';
  if (parts.length === 1 && first !== undefined) {
    return typeof first === 'string' ? () => first : (context) => valueText(first(context));
  }
  return (context) => {
    let out = '';
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i] as string | Getter;
      out += typeof part === 'string' ? part : shownText(part(context));
    }
    return out;
  };
}

/** Splits at commas outside of nested parentheses and braces; at most `most` parts, the last keeps its commas. */
function splitArguments(text: string, most: number): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (char === '(' || char === '{' || char === '[') depth++;
    else if (char === ')' || char === '}' || char === ']') depth--;
    else if (char === ',' && depth <= 0 && parts.length < most - 1) {
      parts.push(text.slice(from, i));
      from = i + 1;
    }
  }
  parts.push(text.slice(from));
  return parts;
}
