import { errorText } from '../base/errors.ts';
import type { LogLevels } from '../base/log.ts';
import type { Files, Log } from '../base/ports.ts';
import {
  type CompiledRoutes,
  type CompileResult,
  compile,
  type Diagnostic,
  parseFormat,
  printConfig,
  type RouteHost,
} from '../lang/index.ts';
import type { Formats } from '../module/host.ts';
import type { ModuleRegistry } from '../module/registry.ts';
import { ServerCatalogue } from '../script/catalogue.ts';
import { ScriptFormats } from '../script/formats.ts';
import { ScriptLinks } from '../script/link.ts';
import { generatedFile, linkProgram } from '../script/program.ts';
import { PvBinder } from '../script/pvBinding.ts';
import { StackTraces } from '../script/stackTrace.ts';
import { Debugging, neverHeld } from './debugging.ts';
import { globalsByName } from './globalParameters.ts';
import type { RouteRunner } from './routes.ts';
import { ServerSettingSink } from './settingSink.ts';
import { oleloVersion, type ServerSettings } from './settings.ts';
import { parseAliasArgument, parseListenArgument } from './transport/index.ts';
import type { TransportSettings } from './transportSettings.ts';

/** A configuration and what the command line adds to it. */
export interface ConfigSource {
  readonly file: string;
  /** Instead of reading `file`. */
  readonly text?: string | undefined;
  /** `NAME` or `NAME=value`. */
  readonly defines?: readonly string[];
  readonly substitutions?: readonly {
    readonly kind: 'subst' | 'substdef' | 'substdefs';
    readonly text: string;
  }[];
  /** As `-l` takes them. */
  readonly listen?: readonly string[];
  readonly aliases?: readonly string[];
  readonly autoAliases?: boolean | undefined;
  readonly loadModules?: readonly string[];
  readonly modParams?: readonly {
    readonly module: string;
    readonly name: string;
    readonly value: number | string;
  }[];
  readonly debug?: number | undefined;
  readonly tcpDisabled?: boolean;
  readonly checkVia?: boolean;
  readonly runDirectory?: string | undefined;
  readonly serverId?: number | undefined;
  readonly receiveBufferBytes?: number | undefined;
  readonly environment?: (name: string) => string | undefined;
}

export interface LoadedConfig {
  readonly ok: boolean;
  readonly diagnostics: readonly Diagnostic[];
  /** What the command line asked for that cannot be, one sentence each. */
  readonly problems: readonly string[];
}

export interface LoaderParts {
  readonly log: Log;
  readonly files: Files;
  readonly levels: LogLevels;
  readonly settings: ServerSettings;
  readonly registry: ModuleRegistry;
  readonly routes: RouteRunner;
  readonly transportSettings: TransportSettings;
}

/** Reads, checks and links a configuration into the parts of a server. Opens nothing. */
export class ConfigLoader {
  readonly #parts: LoaderParts;
  readonly #sink: ServerSettingSink;
  readonly #binder: PvBinder;
  readonly formats: Formats;
  readonly debugging: Debugging;
  /** Values as written, '' for a plain name. */
  defines: ReadonlyMap<string, string> = new Map();
  configFile = '';

  constructor(parts: LoaderParts) {
    this.#parts = parts;
    this.#sink = new ServerSettingSink(parts.settings, parts.levels);
    this.#binder = new PvBinder(parts.registry, parseFormat);
    this.formats = new ScriptFormats(this.#binder, parseFormat);
    this.debugging = new Debugging(parts.levels, {
      resetMessageIds: () => parts.routes.resetMessageIds(),
      variableNames: () => this.#binder.names(),
    });
  }

  get customDescriptions(): ReadonlyMap<string, string> {
    return this.#sink.customDescriptions;
  }

  load(source: ConfigSource): LoadedConfig {
    this.configFile = source.file;
    const problems = this.#applyCommandLine(source);
    const { registry } = this.#parts;
    const catalogue = new ServerCatalogue(registry, this.#binder, globalsByName, this.#sink);
    const result = compile(this.#reader(source), source.file, catalogue, this.#compileOptions(source));
    problems.push(...this.#applyAfterFile(source));
    this.defines = new Map([...result.defines].map(([name, value]) => [name, value ?? '']));
    if (result.failed || problems.length > 0) return { ok: false, diagnostics: result.diagnostics, problems };
    for (const { addresses, advertise, name, virtual } of result.sockets) {
      this.#parts.transportSettings.listen.push({ addresses, advertise, name, virtual });
    }
    for (const { addresses } of result.aliases) this.#parts.transportSettings.aliases.push(...addresses);
    problems.push(...this.#makeInstances());
    if (problems.length > 0) return { ok: false, diagnostics: result.diagnostics, problems };
    this.#link(result, catalogue);
    return { ok: true, diagnostics: result.diagnostics, problems };
  }

  /** `--cfg-print`. */
  print(source: ConfigSource): { readonly text: string; readonly diagnostics: readonly Diagnostic[] } {
    return printConfig(this.#reader(source), source.file, this.#compileOptions(source));
  }

  #reader({ file, text }: ConfigSource): Pick<Files, 'readTextSync' | 'existsSync'> {
    const { files } = this.#parts;
    if (text === undefined) return files;
    return {
      readTextSync: (path) => (path === file ? text : files.readTextSync(path)),
      existsSync: (path) => path === file || files.existsSync(path),
    };
  }

  #compileOptions(source: ConfigSource) {
    return {
      defines: source.defines ?? [],
      substitutions: (source.substitutions ?? []).map(({ kind, text }) => ({ kind, expression: text })),
      environment: source.environment,
      fileName: generatedFile,
      predefined: new Map([
        ['KAMAILIO', undefined],
        ['KAMAILIO_6', undefined],
        ['KAMAILIO_6_1', undefined],
        ['KAMAILIO_VERSION', '6001000'],
        ['OLELO', undefined],
        ['OLELO_VERSION', oleloVersion],
        ['OS_NAME', 'linux'],
      ]),
    };
  }

  /** Before the file, so that it wins over the file where Kamailio lets it. */
  #applyCommandLine(source: ConfigSource): string[] {
    const problems: string[] = [];
    if (source.debug !== undefined) this.#sink.pin('debug', source.debug);
    if (source.tcpDisabled === true) this.#sink.pin('disable_tcp', 1);
    if (source.checkVia === true) this.#sink.pin('check_via', 1);
    if (source.autoAliases !== undefined) this.#sink.pin('auto_aliases', source.autoAliases ? 1 : 0);
    if (source.serverId !== undefined) this.#sink.pin('server_id', source.serverId);
    if (source.runDirectory !== undefined) this.#sink.pin('rundir', source.runDirectory);
    if (source.receiveBufferBytes !== undefined) this.#sink.pin('maxbuffer', source.receiveBufferBytes);
    for (const listen of source.listen ?? []) {
      const parsed = parseListenArgument(listen);
      if (parsed === undefined) problems.push(`-l: "${listen}" is no address to listen on`);
      else this.#parts.transportSettings.listen.push(parsed);
    }
    for (const alias of source.aliases ?? []) {
      const parsed = parseAliasArgument(alias);
      if (parsed === undefined) problems.push(`--alias: "${alias}" is no [proto:]hostname[:port]`);
      else this.#parts.transportSettings.aliases.push(parsed);
    }
    for (const name of source.loadModules ?? []) {
      const error = this.#parts.registry.load(name.replace(/^.*\//, '').replace(/\.so$/, ''));
      if (error !== undefined) problems.push(`--loadmodule: ${error}`);
    }
    return problems;
  }

  /** Parameters for modules that the file loads. */
  #applyAfterFile(source: ConfigSource): string[] {
    const problems: string[] = [];
    for (const { module, name, value } of source.modParams ?? []) {
      const loaded = this.#parts.registry.get(module);
      const error = loaded === undefined ? `module '${module}' is not loaded` : loaded.assign(name, value);
      if (error !== undefined) problems.push(`--modparam: ${error}`);
    }
    return problems;
  }

  /** Every module, also those that no route mentions. */
  #makeInstances(): string[] {
    const problems: string[] = [];
    for (const module of this.#parts.registry.loaded) {
      try {
        void module.instance;
      } catch (error) {
        problems.push(`module ${module.name}: ${errorText(error)}`);
      }
    }
    return problems;
  }

  #link({ code, generate }: CompileResult, catalogue: ServerCatalogue): void {
    if (code === undefined || generate === undefined) return;
    const { assigned } = this.debugging;
    const links = new ScriptLinks(catalogue, this.#parts.registry, this.#binder, assigned);
    const use = (routes: CompiledRoutes): void => {
      const program = linkProgram(routes, links, this.#routeHost(routes));
      const traces = new StackTraces(generatedFile, JSON.stringify(routes.sourceMap));
      this.#parts.routes.use(program, traces);
    };
    use(code);
    this.debugging.serve({
      use: (mode) => {
        if (mode === 'off') use(code);
        else use(generate({ trace: true, ...(mode === 'step' ? { steps: { never: neverHeld } } : {}) }));
      },
    });
  }

  /** What running routes complain about. */
  #routeHost(code: CompiledRoutes): RouteHost {
    const { log, settings } = this.#parts;
    return {
      maxRecursiveLevel: settings.number('max_recursive_level', 256),
      maxWhileLoops: settings.number('max_while_loops', 100),
      recursionTooDeep: (_context, name) =>
        log.error(`route[${name}] was not entered: too many nested routes`),
      loopTooLong: (_context, file, line) => log.error(`${file}:${line}: while loop left: too many rounds`),
      routeNotFound: (_context, name, file, line) => log.error(`${file}:${line}: there is no route[${name}]`),
      badRegex: (pattern, reason) => log.error(`malformed regular expression "${pattern}": ${reason}`),
      statement: this.debugging.hookFor(code) as RouteHost['statement'],
    };
  }
}
