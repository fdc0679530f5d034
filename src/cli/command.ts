import { errorText } from '../base/errors.ts';
import { type Diagnostic, renderDiagnostics } from '../lang/index.ts';
import type { ConfigSource } from '../server/configLoader.ts';
import { Server } from '../server/server.ts';
import { bannerText, listeningText } from './banner.ts';
import { databaseCommand, defaultDatabaseUrl, makeTables } from './databaseCommand.ts';
import { helpText, versionText } from './help.ts';
import { parseServerOptions, type ServerOptions, UsageError } from './options.ts';
import type { LogChoice, Program } from './program.ts';

/** Kamailio's exit code for whatever goes wrong at the start. */
const FAILURE = 255;

/** What in-flight calls and messages get on SIGTERM before the end, ms. */
const drainMs = 5000;

/** Runs `olelo` with these arguments; resolves to the exit code when everything has ended. */
export async function runCommand(argv: readonly string[], program: Program): Promise<number> {
  try {
    if (argv[0] === 'db') return await databaseCommand(argv.slice(1), program);
    const options = parseServerOptions(argv);
    return await act(options, argv, program);
  } catch (error) {
    program.error(error instanceof UsageError ? error.message : `ERROR: ${errorText(error)}`);
    return FAILURE;
  }
}

async function act(options: ServerOptions, argv: readonly string[], program: Program): Promise<number> {
  switch (options.action) {
    case 'help':
      program.out(helpText());
      return 0;
    case 'version':
    case 'compileFlags':
      program.out(versionText(program.nodeVersion, program.platform));
      return 0;
    default:
      return serve(options, argv, program);
  }
}

async function serve(options: ServerOptions, argv: readonly string[], program: Program): Promise<number> {
  if (options.chroot !== undefined)
    throw new UsageError('-t: a Node process cannot change its root directory');
  if (options.configFile !== undefined && !program.fileExists(options.configFile)) {
    throw new Error(`loading config file(${options.configFile}): No such file or directory`);
  }
  const source = configSource(options, program);
  let finish: (code: number) => void = () => undefined;
  const ended = new Promise<number>((resolve) => {
    finish = resolve;
  });
  const server = new Server({
    ports: program.ports(startingLog(options)),
    modules: program.modules,
    core: program.core,
    onFailure: () => finish(FAILURE),
  });
  if (options.action === 'print') {
    const { text, diagnostics } = server.print(source);
    report(diagnostics, program);
    program.out(text);
    return diagnostics.some(({ severity }) => severity === 'error') ? FAILURE : 0;
  }
  const loaded = server.load(source);
  // a running server tells notices in its log; who checks or has a mistake sees them in place
  const quiet = options.action === 'run' && loaded.ok;
  report(
    quiet ? loaded.diagnostics.filter(({ severity }) => severity !== 'notice') : loaded.diagnostics,
    program,
  );
  for (const problem of loaded.problems) program.error(`ERROR: ${problem}`);
  if (!loaded.ok) {
    const errors =
      loaded.diagnostics.filter(({ severity }) => severity === 'error').length + loaded.problems.length;
    program.error(`ERROR: bad config file (${errors} errors)`);
    return FAILURE;
  }
  if (options.action === 'check') {
    program.error('config file ok, exiting...');
    return 0;
  }
  if (!options.foreground && server.settings.number('fork', 1) !== 0 && !program.isDaemon)
    return program.daemonize(argv);
  return run(server, loaded.diagnostics, options, program, ended, finish);
}

async function run(
  server: Server,
  diagnostics: readonly Diagnostic[],
  options: ServerOptions,
  program: Program,
  ended: Promise<number>,
  finish: (code: number) => void,
): Promise<number> {
  // before the log goes where the config wants it: making tables logs to stderr
  if (options.configFile === undefined)
    await makeTables(String(server.registry.get('usrloc')?.values.db_url), ['standard'], program);
  const toStderr = options.logToStderr || server.settings.number('log_stderror', 0) !== 0;
  program.redirectLog({
    ...startingLog(options),
    ...configuredLog(server, options),
    to: toStderr ? 'stderr' : 'syslog',
  });
  for (const { severity, file, line, message } of diagnostics) {
    if (severity === 'notice') server.log.notice(`${file}:${line}: ${message}`);
  }
  for (const reason of options.meaningless) server.log.debug(`accepted without effect: ${reason}`);
  const workDir = options.workDir ?? server.settings.text('workdir', '');
  if (workDir !== '') program.changeDirectory(workDir);
  await server.start();
  const { settings } = server;
  await program.changeIdentity(
    options.user ?? (settings.text('user', '') || undefined),
    options.group ?? (settings.text('group', '') || undefined),
  );
  if (options.pidFile !== undefined) program.writePidFile(options.pidFile, program.pid);
  if (options.pgidFile !== undefined) program.writePidFile(options.pgidFile, program.processGroup);
  program.onSignal((signal) => onSignal(signal, server, finish));
  program.out(listeningText(server));
  if (options.configFile === undefined) program.out(bannerText(server, program));
  program.ready();
  const code = await ended;
  await server.stop();
  if (options.pidFile !== undefined) program.removeFile(options.pidFile);
  if (options.pgidFile !== undefined) program.removeFile(options.pgidFile);
  program.flushLog();
  return code;
}

function onSignal(signal: string, server: Server, finish: (code: number) => void): void {
  switch (signal) {
    case 'SIGTERM':
      server.log.notice(`SIGTERM: finishing what is under way, at most ${drainMs / 1000} s`);
      void server.drain(drainMs).then(() => finish(0));
      return;
    case 'SIGINT':
      server.log.notice('SIGINT: stopping now');
      finish(0);
      return;
    case 'SIGUSR1':
      for (const { group, name, value } of server.statistics.list())
        server.log.notice(`statistics ${group}:${name} = ${value}`);
      return;
    default:
      server.log.notice(`${signal} is ignored`);
  }
}

function startingLog(options: ServerOptions): LogChoice {
  return {
    to: 'stderr',
    colors: options.colorLog,
    engine: options.logEngine,
    facility: undefined,
    name: undefined,
  };
}

function configuredLog(server: Server, options: ServerOptions): Partial<LogChoice> {
  const engine = options.logEngine ?? (server.settings.text('log_engine_type', '') || undefined);
  return {
    engine,
    facility: server.settings.text('log_facility', '') || undefined,
    name: server.settings.text('log_name', '') || undefined,
  };
}

/** The built-in default keeps its data where this user may write. */
function configSource(options: ServerOptions, program: Program): ConfigSource {
  const builtIn = options.configFile === undefined && options.action !== 'print';
  const defines = [...options.defines];
  if (builtIn && !defines.some((define) => define.startsWith('DBURL='))) {
    defines.push(`DBURL="${defaultDatabaseUrl(program)}"`);
  }
  return {
    file: options.configFile ?? program.defaultConfig,
    defines,
    substitutions: options.substitutions,
    listen: options.listen,
    aliases: options.aliases,
    autoAliases: options.autoAliases,
    loadModules: options.loadModules,
    modParams: options.modParams,
    debug: options.debug,
    tcpDisabled: options.tcpDisabled,
    runDirectory:
      options.action === 'run'
        ? program.runtimeDirectory(options.runtimeDir)
        : (options.runtimeDir ?? '/run/kamailio'),
    serverId: options.serverId,
    checkVia: options.checkVia,
    receiveBufferBytes: options.receiveBufferBytes,
    environment: (name) => program.environment(name),
  };
}

/** Mistakes and notices of the config, as a person reads them. */
function report(diagnostics: readonly Diagnostic[], program: Program): void {
  if (diagnostics.length > 0) program.error(renderDiagnostics(diagnostics, { color: program.isTerminal }));
}
