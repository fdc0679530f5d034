import { compilePosixRegex } from '../base/posixRegex.ts';
import type { LoadModule, ModParam } from './ast.ts';
import type { ParameterInfo } from './catalogue.ts';
import type { CheckScope } from './checkScope.ts';
import { suggest } from './suggest.ts';

export interface LoadedModuleEntry {
  readonly name: string;
  readonly path: string;
  readonly file: string;
  readonly line: number;
}

export interface ModuleParameterEntry {
  readonly module: string;
  readonly name: string;
  readonly value: string | number;
  readonly file: string;
  readonly line: number;
}

/** Loads modules and sets their parameters in the order of the config. */
export class ModuleChecker {
  readonly modules: LoadedModuleEntry[] = [];
  readonly parameters: ModuleParameterEntry[] = [];
  readonly #scope: CheckScope;
  readonly #set = new Set<string>();

  constructor(scope: CheckScope) {
    this.#scope = scope;
  }

  load(item: LoadModule): void {
    const { catalogue, diagnostics } = this.#scope;
    const path = item.evaluated ? this.#evaluate(item.path) : item.path;
    const name = moduleName(path);
    if (catalogue.isLoaded(name)) {
      if (item.options?.toLowerCase().includes('o')) return;
      diagnostics.error('OL0307', item.pathSpan, `module '${name}' is loaded already`);
      return;
    }
    if (!catalogue.findModule(name)) {
      this.#scope.absentModules.add(name);
      diagnostics.error('OL0301', item.pathSpan, `module '${name}' is not there`, {
        suggestion: suggest(name, unrelatedTo(name, catalogue.moduleNames())),
      });
      return;
    }
    const problem = catalogue.loadModule(name);
    if (problem) {
      this.#scope.absentModules.add(name);
      diagnostics.error('OL0306', item.pathSpan, `module '${name}': ${problem.message}`, problem);
      return;
    }
    this.modules.push({ name, path, file: item.span.file.path, line: lineOf(item) });
  }

  setParameter(item: ModParam): void {
    const { diagnostics } = this.#scope;
    const compiled = compilePosixRegex(`^(${item.module})$`);
    if ('error' in compiled) {
      diagnostics.error('OL0609', item.moduleSpan, `module pattern: ${compiled.error}`);
      return;
    }
    const matching = this.#loadedNames().filter((name) => compiled.regex.test(name));
    if (matching.length === 0) this.#complainOfModule(item);
    for (const name of matching) this.#setOne(name, item);
  }

  /** Also those that the command line has loaded. */
  #loadedNames(): string[] {
    const { catalogue } = this.#scope;
    return [...catalogue.moduleNames()].filter((name) => catalogue.isLoaded(name));
  }

  #complainOfModule(item: ModParam): void {
    const { catalogue, diagnostics, absentModules } = this.#scope;
    if (item.module.split('|').some((name) => absentModules.has(name))) return;
    if (catalogue.findModule(item.module)) {
      diagnostics.error('OL0302', item.moduleSpan, `module '${item.module}' is not loaded`, {
        expected: `loadmodule "${item.module}.so" before its parameters`,
      });
      return;
    }
    diagnostics.error('OL0302', item.moduleSpan, `no loaded module is called '${item.module}'`, {
      suggestion: suggest(item.module, [...this.#loadedNames(), ...catalogue.moduleNames()]),
    });
  }

  #setOne(module: string, item: ModParam): void {
    const { catalogue, diagnostics } = this.#scope;
    const known = catalogue.findModule(module)?.parameters;
    const info = known?.get(item.parameter);
    if (!info) {
      diagnostics.error(
        'OL0303',
        item.parameterSpan,
        `module '${module}' has no parameter '${item.parameter}'`,
        {
          suggestion: known && suggest(item.parameter, known.keys()),
        },
      );
      return;
    }
    if (!this.#hasType(module, item, info)) return;
    this.#noteRepetition(module, item, info);
    const value = item.evaluated && typeof item.value === 'string' ? this.#evaluate(item.value) : item.value;
    const problem = catalogue.setParameter(module, item.parameter, value);
    if (problem)
      diagnostics.error('OL0304', item.valueSpan, problem.message, { suggestion: problem.suggestion });
    const file = item.span.file.path;
    this.parameters.push({ module, name: item.parameter, value, file, line: lineOf(item) });
  }

  #hasType(module: string, item: ModParam, info: ParameterInfo): boolean {
    const given = typeof item.value === 'number' ? 'int' : 'string';
    if (info.type === 'any' || info.type === given) return true;
    const wanted = info.type === 'int' ? 'a number, without quotes' : 'a string, in quotes';
    this.#scope.diagnostics.error(
      'OL0304',
      item.valueSpan,
      `parameter '${item.parameter}' of '${module}' takes ${info.type === 'int' ? 'a number' : 'a string'}`,
      { expected: wanted },
    );
    return false;
  }

  #noteRepetition(module: string, item: ModParam, info: ParameterInfo): void {
    const key = `${module}.${item.parameter}`;
    if (this.#set.has(key) && !info.repeatable) {
      this.#scope.diagnostics.notice(
        'OL0305',
        item.span,
        `parameter '${item.parameter}' of '${module}' is set again; this value counts`,
      );
    }
    this.#set.add(key);
  }

  /** What `loadmodulex` and `modparamx` evaluate at load: environment and defines. */
  #evaluate(text: string): string {
    const { defines } = this.#scope;
    return text
      .replace(/\$env\((\w+)\)/g, (_, name: string) => defines.environment(name) ?? '')
      .replace(/\$defs?\((\w+)\)/g, (_, name: string) => defines.valueOf(name) ?? '');
  }

  /** Told after the last module: the order among them is free. */
  checkRequirements(items: readonly LoadModule[]): void {
    const { catalogue, diagnostics, absentModules } = this.#scope;
    for (const item of items) {
      const name = moduleName(item.path);
      if (!catalogue.isLoaded(name)) continue;
      for (const required of catalogue.findModule(name)?.requires ?? []) {
        if (catalogue.isLoaded(required) || absentModules.has(required)) continue;
        diagnostics.error('OL0302', item.pathSpan, `module '${name}' needs module '${required}'`, {
          expected: `loadmodule "${required}.so"`,
        });
      }
    }
  }
}

/** `/usr/lib/kamailio/modules/tm.so`, `tm.so` and `tm` are all `tm`. */
export function moduleName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.so$/, '');
}

function lineOf(item: LoadModule | ModParam): number {
  return item.span.file.locate(item.span.start).line;
}

/** `tmx` is no misspelt `tm`, nor `textopsx` a `textops`: such pairs are modules of their own. */
function unrelatedTo(name: string, names: Iterable<string>): string[] {
  return [...names].filter((other) => !name.startsWith(other) && !other.startsWith(name));
}
