/** The import graph and the rules of ARCHITECTURE.md. */
import { dirname, posix } from 'node:path';
import { isTestFile, type SourceFile } from './sources.ts';

export interface Import {
  readonly from: string;
  /** A path below the repository, or the name of a package or built-in. */
  readonly to: string;
  readonly typeOnly: boolean;
}

/** Which rooms a room may import; `*` is all but runtime. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  base: [],
  sip: ['base'],
  lang: ['base'],
  identity: ['base', 'sip'],
  transaction: ['base', 'sip'],
  proxy: ['base', 'sip', 'transaction'],
  module: ['base'],
  script: ['base', 'sip', 'proxy', 'lang', 'module'],
  modules: ['base', 'sip', 'proxy', 'module', 'identity'],
  server: ['base', 'sip', 'lang', 'transaction', 'proxy', 'module', 'script', 'modules'],
  runtime: ['base'],
  client: ['base', 'sip', 'transaction', 'proxy'],
  rpc: ['base', 'lang', 'module'],
  console: ['base', 'lang', 'module'],
  cli: ['base', 'sip', 'transaction', 'lang', 'module', 'identity', 'client'],
  lsp: ['base', 'lang', 'module'],
  bin: [
    'base',
    'identity',
    'sip',
    'lang',
    'transaction',
    'proxy',
    'module',
    'script',
    'modules',
    'server',
    'client',
    'runtime',
    'rpc',
    'console',
    'cli',
    'lsp',
  ],
  sim: [
    'base',
    'identity',
    'sip',
    'lang',
    'transaction',
    'proxy',
    'module',
    'script',
    'modules',
    'server',
    'client',
    'rpc',
    'console',
    'cli',
    'lsp',
  ],
};

/** Rooms that may be imported for their types only. */
const typeArrows: Readonly<Record<string, readonly string[]>> = {
  module: ['sip', 'proxy', 'lang'],
  modules: ['lang'],
  rpc: ['server'],
  console: ['server'],
  cli: ['server'],
  lsp: ['server'],
};

/** tm owns the transaction layer (ARCHITECTURE.md); no other module sees it. */
const moduleArrows: Readonly<Record<string, readonly string[]>> = { tm: ['transaction'] };

/** Node's built-ins that touch no world outside: fine anywhere. All others belong to runtime and bin. */
const pureBuiltins = new Set([
  'node:buffer',
  'node:crypto',
  'node:module',
  'node:string_decoder',
  'node:zlib',
  'node:util',
  'node:vm',
]);

export function importsOf(file: SourceFile): Import[] {
  const found: Import[] = [];
  const statement = /^(import|export)\s+(type\s)?[^;'"]*?from\s+'([^']+)'|^import\s+'([^']+)'/gm;
  for (const match of file.text.matchAll(statement)) {
    found.push(
      resolveImport(file, match[3] ?? match[4]!, match[2] !== undefined || onlyInlineTypes(match[0])),
    );
  }
  for (const match of file.text.matchAll(/\bimport\('([^']+)'\)/g)) {
    found.push(resolveImport(file, match[1]!, false));
  }
  return found;
}

/** `import { type A, type B } from ...` */
function onlyInlineTypes(statement: string): boolean {
  const names = /\{([^}]*)\}/
    .exec(statement)?.[1]
    ?.split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  return names !== undefined && names.length > 0 && names.every((name) => name.startsWith('type '));
}

/** All imports that no arrow allows, in words. */
export function arrowViolations(files: readonly SourceFile[]): string[] {
  const requires = (module: string): readonly string[] => requiredModules(files, module);
  const wrong = files.flatMap(importsOf).map((one) => violation(one, requires));
  return wrong.filter((text) => text !== undefined);
}

/** The `requires: [...]` of a module's declaration. */
function requiredModules(files: readonly SourceFile[], module: string): readonly string[] {
  const declaration = files.find((file) => file.path === `src/modules/${module}/index.ts`);
  const list = /\brequires:\s*\[([^\]]*)\]/.exec(declaration?.text ?? '')?.[1] ?? '';
  return [...list.matchAll(/'([^']+)'/g)].map((match) => match[1]!);
}

function resolveImport(file: SourceFile, target: string, typeOnly: boolean): Import {
  const to = target.startsWith('.') ? posix.normalize(posix.join(dirname(file.path), target)) : target;
  return { from: file.path, to, typeOnly };
}

/** `base`, `sip` ... for files of src, `sim` for the simulator. */
export function roomOf(path: string): string {
  const [top = '', room = ''] = path.split('/');
  return top === 'src' ? room : top;
}

/** What is wrong with this import, or undefined. `requires` are the modules that a module declares it needs. */
export function violation(one: Import, requires: (module: string) => readonly string[]): string | undefined {
  const room = roomOf(one.from);
  if (!one.to.startsWith('src/') && !one.to.startsWith('sim/')) return outsideViolation(one, room);
  const target = roomOf(one.to);
  if (isTestFile(one.to) && room !== 'sim') return `${one.from} imports ${one.to}, which is for tests`;
  if (isFolderIndex(one.from)) return undefined; // src/index.ts: what the package exports
  if (room === 'modules' && target === 'modules') return moduleViolation(one, requires);
  if (room === target || arrows[room]?.includes(target)) return undefined;
  if (one.typeOnly && typeArrows[room]?.includes(target)) return undefined;
  if (room === 'modules' && moduleArrows[moduleOf(one.from)]?.includes(target)) return undefined;
  return `${one.from} imports ${one.to}: no arrow from ${room} to ${target}${one.typeOnly ? ' (types count)' : ''}`;
}

function isFolderIndex(path: string): boolean {
  return path === 'src/index.ts' || path === 'src/sip.ts';
}

function outsideViolation(one: Import, room: string): string | undefined {
  if (/^(test|bench)\//.test(one.to))
    return `${one.from} imports ${one.to}: product code does not stand on tests`;
  if (!one.to.startsWith('node:') || pureBuiltins.has(one.to) || room === 'runtime' || room === 'bin')
    return undefined;
  return `${one.from} imports ${one.to}: only runtime and bin touch the world outside`;
}

function moduleViolation(one: Import, requires: (module: string) => readonly string[]): string | undefined {
  const [from, to] = [moduleOf(one.from), moduleOf(one.to)];
  if (from === to) return undefined;
  if (from === 'index.ts')
    return posix.basename(one.to) === 'index.ts'
      ? undefined
      : `${one.from} imports ${one.to}, not its index.ts`;
  if (posix.basename(one.to) !== 'api.ts')
    return `${one.from} imports ${one.to}: other modules only through their api.ts`;
  if (!requires(from).includes(to))
    return `${one.from} imports ${one.to}, but ${from} does not declare that it requires ${to}`;
  return undefined;
}

function moduleOf(path: string): string {
  return path.split('/')[2] ?? '';
}

/** Circles in the graph, each as the list of its files; type imports count. */
export function findCycles(imports: readonly Import[]): string[][] {
  const edges = new Map<string, string[]>();
  for (const { from, to } of imports) edges.set(from, [...(edges.get(from) ?? []), to]);
  const finished = new Set<string>();
  const cycles: string[][] = [];
  for (const start of edges.keys()) visit(start, [], edges, finished, cycles);
  return cycles;
}

function visit(
  file: string,
  path: readonly string[],
  edges: ReadonlyMap<string, readonly string[]>,
  finished: Set<string>,
  cycles: string[][],
): void {
  const seenAt = path.indexOf(file);
  if (seenAt >= 0) cycles.push([...path.slice(seenAt), file]);
  if (seenAt >= 0 || finished.has(file)) return;
  for (const next of edges.get(file) ?? []) visit(next, [...path, file], edges, finished, cycles);
  finished.add(file);
}
