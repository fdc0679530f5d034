import type { Config } from './ast.ts';
import {
  type ArgumentInfo,
  type ArgumentKind,
  type Catalogue,
  type ExecutionContext,
  type FunctionInfo,
  type GlobalInfo,
  internalFunctions,
  type LinkTable,
  type ModuleInfo,
  type ParameterInfo,
  type Problem,
  type PvInfo,
  type PvSyntax,
  type RouteKind,
  type Value,
} from './catalogue.ts';
import { DefineTable } from './defines.ts';
import { type Diagnostic, DiagnosticList } from './diagnostics.ts';
import type { SourceReader } from './includes.ts';
import { type CompileOptions, type CompileResult, compile } from './index.ts';
import { Operators } from './operators.ts';
import { parseConfig } from './parser.ts';
import { Preprocessor } from './preprocessor.ts';
import type { LinkedRoutes, RouteHost, RouteState } from './routeState.ts';
import { Scanner } from './scanner.ts';
import { SourceFile } from './source.ts';
import type { Token } from './token.ts';

/** Files in memory, for tests. */
export function memoryReader(files: Readonly<Record<string, string>>): SourceReader {
  return {
    existsSync: (path) => Object.hasOwn(files, path),
    readTextSync: (path) => {
      const text = files[path];
      if (text === undefined) throw new Error('no such file');
      return text;
    },
  };
}

export interface FrontEndResult {
  readonly tokens: readonly Token[];
  readonly config: Config;
  readonly diagnostics: readonly Diagnostic[];
  readonly printed: string;
  readonly defines: DefineTable;
}

/** Preprocesses, scans and parses one text. */
export function parseText(text: string, files: Readonly<Record<string, string>> = {}): FrontEndResult {
  const diagnostics = new DiagnosticList();
  const environment: Readonly<Record<string, string>> = { HOME: '/root', EMPTY: '' };
  const defines = new DefineTable((name) => environment[name]);
  const scanner = new Scanner(memoryReader(files), new Preprocessor(defines, diagnostics), diagnostics);
  const tokens = scanner.scan(new SourceFile('test.cfg', text));
  const config = parseConfig(tokens, diagnostics);
  return { tokens, config, diagnostics: diagnostics.items, printed: scanner.printed, defines };
}

// ------------------------------------------------------------------- a world of a few functions

/** The context of test scripts: variables by name, and a log. */
export class TestContext implements RouteState {
  returnCode = 1;
  exited = false;
  dropped = false;
  depth = 0;
  readonly variables = new Map<string, Value>();
  readonly log: string[] = [];
}

interface TestFunction {
  readonly module: string;
  readonly routes?: readonly RouteKind[];
  readonly args: readonly ArgumentInfo[];
  readonly waits?: boolean;
  run(context: TestContext, ...args: unknown[]): number | Promise<number>;
}

function arg(name: string, kind: ArgumentKind, more: Partial<ArgumentInfo> = {}): ArgumentInfo {
  return { name, kind, ...more };
}

const later = (code: number): Promise<number> =>
  new Promise((resolve) => queueMicrotask(() => resolve(code)));

/** `name` or `name/arity` of several signatures. */
const functions: Readonly<Record<string, TestFunction>> = {
  log: { module: 'core', args: [arg('text', 'string')], run: logLine },
  'log/2': {
    module: 'core',
    args: [arg('level', 'any'), arg('text', 'string')],
    run: (c, _l, t) => logLine(c, t),
  },
  say: { module: 'say', args: [arg('text', 'string')], run: logLine },
  give: { module: 'core', args: [arg('code', 'int')], run: (_c, code) => code as number },
  give_later: {
    module: 'core',
    waits: true,
    args: [arg('code', 'int')],
    run: (_c, code) => later(code as number),
  },
  give_soon: { module: 'core', waits: true, args: [arg('code', 'int')], run: (_c, code) => code as number },
  setflag: {
    module: 'core',
    args: [arg('flag', 'flags', { check: (value) => (typeof value === 'number' ? undefined : 'a number') })],
    run: (c, flag) => logLine(c, `flag ${flag}`),
  },
  regex_is: {
    module: 'core',
    args: [arg('pattern', 'regex'), arg('text', 'string')],
    run: (_c, pattern, text) => ((pattern as RegExp).test(text as string) ? 1 : -1),
  },
  set_to: {
    module: 'core',
    args: [arg('target', 'variable'), arg('value', 'any', { optional: true })],
    run: (c, target, value) => {
      (target as { set(c: object, v: Value): void }).set(c, (value ?? null) as Value);
      return 1;
    },
  },
  on_failure: {
    module: 'core',
    routes: ['request', 'failure'],
    args: [arg('route', 'route', { routeKind: 'failure' })],
    run: (c, route) => logLine(c, `failure ${route}`),
  },
  literally: { module: 'core', args: [arg('text', 'constant')], run: logLine },
  [internalFunctions.uriIsMyself]: {
    module: 'core',
    args: [arg('uri', 'string')],
    run: (_c, uri) => (uri === 'sip:me' ? 1 : -1),
  },
  [internalFunctions.addressIsMyself]: {
    module: 'core',
    args: [arg('address', 'string')],
    run: (_c, address) => (address === '127.0.0.1' ? 1 : -1),
  },
  [internalFunctions.addressIsHost]: {
    module: 'core',
    waits: true,
    args: [arg('address', 'string'), arg('host', 'string')],
    run: (_c, address, host) => later(`${address} ${host}` === '10.1.2.3 ten.example.com' ? 1 : -1),
  },
};

function logLine(context: TestContext, text: unknown): number {
  context.log.push(String(text));
  return 1;
}

const parameters = new Map<string, ParameterInfo>([
  ['loudness', { name: 'loudness', type: 'int', repeatable: false }],
  ['voice', { name: 'voice', type: 'string', repeatable: false }],
]);

const modules: readonly ModuleInfo[] = [
  { name: 'say', parameters, requires: [] },
  { name: 'shout', parameters, requires: ['say'] },
];

const globals: readonly GlobalInfo[] = [
  { name: 'debug', type: 'int', min: -6, max: 10 },
  { name: 'return_mode', type: 'int', min: 0, max: 1 },
  { name: 'children', type: 'int', meaningless: 'one process does all' },
  { name: 'log_name', type: 'string' },
  { name: 'fork', type: 'bool' },
  { name: 'log_facility', type: 'special' },
];

const readOnly = new Set(['ru', 'rm', 'si', 'rU', 'rs', 'rc', 'ml', 'pr', 'fu', 'tu']);

export class TestCatalogue implements Catalogue {
  readonly loaded = new Set<string>();
  readonly set: string[] = [];

  findFunction(name: string): FunctionInfo | undefined {
    const found = Object.entries(functions).filter(([key]) => key === name || key.startsWith(`${name}/`));
    const owner = found[0]?.[1];
    if (!owner || (owner.module !== 'core' && !this.loaded.has(owner.module))) return undefined;
    const signatures = found.map(([id, { args, waits }]) => ({ id, args, waits: waits ?? false }));
    return { name, module: owner.module, routes: owner.routes, signatures };
  }

  moduleOfFunction(name: string): string | undefined {
    return functions[name]?.module;
  }

  functionNames(): Iterable<string> {
    return Object.keys(functions).filter((name) => !name.includes('/'));
  }

  resolvePv(pv: PvSyntax): PvInfo | Problem {
    if (pv.name === 'null') return { id: pv.text, writable: false, constant: null };
    const known = readOnly.has(pv.name) || ['var', 'avp', 'cfg', '?'].includes(pv.name);
    if (!known) return { message: `unknown variable $${pv.name}` };
    return { id: pv.text, writable: !readOnly.has(pv.name) && pv.name !== '?' };
  }

  resolveSelect(path: string): PvInfo {
    return { id: `@${path}`, writable: false };
  }

  findModule(name: string): ModuleInfo | undefined {
    return modules.find((module) => module.name === name);
  }

  moduleNames(): Iterable<string> {
    return modules.map(({ name }) => name);
  }

  loadModule(name: string): Problem | undefined {
    this.loaded.add(name);
    return undefined;
  }

  isLoaded(name: string): boolean {
    return this.loaded.has(name);
  }

  setParameter(module: string, name: string, value: string | number): Problem | undefined {
    this.set.push(`${module}.${name}=${value}`);
    return value === 'bad' ? { message: 'not that voice' } : undefined;
  }

  setGlobal(name: string, values: readonly (string | number)[]): Problem | undefined {
    this.set.push(`${name}=${values.join(',')}`);
    return undefined;
  }

  setCustom(group: string, name: string, value: string | number): void {
    this.set.push(`${group}.${name}=${value}`);
  }

  findGlobal(name: string): GlobalInfo | undefined {
    return globals.find((info) => info.name === name);
  }

  globalNames(): Iterable<string> {
    return globals.map(({ name }) => name);
  }

  knowsEvent(name: string): boolean {
    return name === 'core:start';
  }
}

/** `$var(x)` begins as 0, all others as null, as in the real server. */
function readVariable(context: TestContext, id: string): Value {
  if (id === '$rc' || id === '$?') return context.returnCode;
  return context.variables.get(id) ?? (id.startsWith('$var(') ? 0 : null);
}

function writeVariable(context: TestContext, id: string, value: Value): void {
  context.variables.set(id, value === null && id.startsWith('$var(') ? 0 : value);
}

export const testLinks: LinkTable = {
  call: (id) => functions[id]!.run as ReturnType<LinkTable['call']>,
  getter: (id) => (context) => readVariable(context as TestContext, id),
  setter: (id) => (context, value) => writeVariable(context as TestContext, id, value),
  variable: (id) => ({
    text: id,
    writable: true,
    get: (context: ExecutionContext) => readVariable(context as TestContext, id),
    set: (context: ExecutionContext, value: Value) => writeVariable(context as TestContext, id, value),
  }),
};

export function compileText(
  text: string,
  options: CompileOptions = {},
  catalogue = new TestCatalogue(),
): CompileResult {
  return compile(memoryReader({ 'test.cfg': text }), 'test.cfg', catalogue, options);
}

export interface TestHost extends RouteHost {
  readonly complaints: string[];
  readonly statements: number[];
}

export function testHost(): TestHost {
  const complaints: string[] = [];
  const statements: number[] = [];
  return {
    complaints,
    statements,
    maxRecursiveLevel: 256,
    maxWhileLoops: 100,
    recursionTooDeep: (_c, name) => complaints.push(`too deep: ${name}`),
    loopTooLong: (_c, file, line) => complaints.push(`loop: ${file}:${line}`),
    routeNotFound: (_c, name, file, line) => complaints.push(`no route: ${name} ${file}:${line}`),
    badRegex: (pattern) => complaints.push(`regex: ${pattern}`),
    statement: (_c, site) => {
      statements.push(site);
    },
  };
}

export function link(result: CompileResult, host: RouteHost = testHost()): LinkedRoutes {
  if (!result.code) {
    throw new Error(result.diagnostics.map(({ line, message }) => `${line}: ${message}`).join('\n'));
  }
  // the linker of script/ does the same; the text is what the code generator wrote
  const make = new Function(`return ${result.code.javascript}`)() as (
    link: LinkTable,
    ops: Operators,
  ) => LinkedRoutes;
  return make(testLinks, new Operators(host));
}

export interface Run {
  readonly context: TestContext;
  readonly code: number | Promise<number>;
  readonly host: TestHost;
}

/** Compiles and runs the request route of a config. */
export function runRequest(text: string, prepare?: (context: TestContext) => void): Run {
  const host = testHost();
  const { routes } = link(compileText(text), host);
  const context = new TestContext();
  prepare?.(context);
  const code = routes.request!(context);
  return { context, code, host };
}
